"""``regulars render``: show a message as a customer would get it."""

from __future__ import annotations

import sys
import tempfile
import webbrowser
from pathlib import Path

import click

from .opening import at_option, instant_of, opened, playbook_argument


@click.command("render")
@playbook_argument
@click.argument("message")
@click.option("--customer", required=True, metavar="ID", help="Whose message to show.")
@click.option("--channel", metavar="NAME", help="Which of its parts. Default: the first.")
@click.option("--open", "in_browser", is_flag=True, help="Show it in a browser.")
@at_option
def command(  # noqa: PLR0913 (one an option)
    playbook: Path,
    message: str,
    customer: str,
    channel: str | None,
    at: str | None,
    *,
    in_browser: bool,
) -> None:
    """Write the exact MESSAGE that a customer would get: e-mail as MIME, text as it is."""
    from regulars.runs.preview import preview

    with opened(playbook) as loaded:
        shown = preview(loaded, message, customer, channel, instant_of(at, loaded))
    if not in_browser:
        sys.stdout.buffer.write(shown.exact)
        sys.stdout.buffer.flush()
        return
    page = Path(tempfile.mkdtemp(prefix="regulars-")) / f"{message}.html"
    page.write_text(shown.page, encoding="utf-8")
    click.echo(f"written to {page}", err=True)
    webbrowser.open(page.as_uri())
