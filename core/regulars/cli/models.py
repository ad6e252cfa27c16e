"""``regulars models``: what models have learned, and how good that is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from regulars.printing import print_json

from .opening import (
    at_option,
    instant_of,
    json_option,
    opened,
    playbook_argument,
    svg_option,
    write_picture,
)

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from regulars.playbook.loading import Loaded


@click.command("models")
@playbook_argument
@click.argument("name", required=False)
@at_option
@svg_option
@click.option(
    "--audit", metavar="ATTRIBUTE", help="Tell how NAME treats the groups of an attribute."
)
@json_option
def command(  # noqa: PLR0913 (one an option)
    playbook: Path,
    name: str | None,
    at: str | None,
    svg: Path | None,
    audit: str | None,
    *,
    as_json: bool,
) -> None:
    """List the models of PLAYBOOK, or tell what NAME has learned and how good that is.

    It is told as the last run left it, or with --at as a run then would leave it, which is
    rehearsed.
    """
    _refuse_mixtures(name, svg, audit)
    with opened(playbook) as loaded:
        now = None if at is None else instant_of(at, loaded)
        if name is None:
            _list(loaded, now, as_json=as_json)
        elif audit is None:
            _tell(loaded, name, now, svg, as_json=as_json)
        else:
            _audit(loaded, name, audit, now, as_json=as_json)


def _refuse_mixtures(name: str | None, svg: Path | None, audit: str | None) -> None:
    if svg is not None and audit is not None:
        raise click.UsageError("--svg draws a model, --audit looks at it by groups: say one")
    if name is None and (svg is not None or audit is not None):
        word = "--svg draws" if svg is not None else "--audit looks at"
        raise click.UsageError(f"{word} one model: name it")


def _list(loaded: Loaded, now: datetime | None, *, as_json: bool) -> None:
    from regulars.runs.modelling import modelled

    from .learned import print_models

    found = modelled(loaded, now)
    if as_json:
        print_json({model.name: model.as_json() for model in found})
    elif found:
        print_models(found)
    else:
        click.echo("The playbook has no models.")


def _tell(
    loaded: Loaded, name: str, now: datetime | None, svg: Path | None, *, as_json: bool
) -> None:
    from regulars.runs.model_picture import drawn
    from regulars.runs.modelling import modelled

    from .learned import print_model

    (found,) = modelled(loaded, now, name)
    if svg is not None:
        write_picture(svg, drawn(found))
    if as_json:
        print_json({name: found.as_json()})
    else:
        print_model(found)


def _audit(
    loaded: Loaded, name: str, attribute: str, now: datetime | None, *, as_json: bool
) -> None:
    from regulars.runs.auditing import audited

    from .audits import print_audit

    found = audited(loaded, name, attribute, now)
    if as_json:
        print_json(found.as_json())
    else:
        print_audit(found)
