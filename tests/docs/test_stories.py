"""Every command and every playbook in the documentation does what the page says.

A page is read as one story, from top to bottom, in a folder that holds the examples:

- A ``console`` block holds commands (``$ …``) and what they print; ``…`` stands for anything, and
  a command without output below it need only succeed. A comment ``<!-- exit status 2 -->`` before
  the block says how its last command ends.
- A ``yaml`` or ``python`` block that begins with ``# file: NAME`` is written there. Any other
  ``yaml`` block is a part of a playbook: it must pass ``check`` as an addition to the Corner
  Bakery's.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner
from regulars.cli.entry import regulars

ROOT = Path(__file__).parents[2]
PAGES = [
    "README.md",
    "docs/architecture.md",
    "docs/experiments.md",
    "docs/playbook.md",
    "docs/predictions.md",
    "docs/proof.md",
    "docs/reading-models.md",
    "docs/scale.md",
    "examples/cdnow/README.md",
    "examples/corner-bakery/README.md",
]
BLOCK = re.compile(
    r"(?:<!-- exit status (\d) -->\n+)?^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE
)
FILE = re.compile(r"# file: (\S+)\n")
END = "--- end of command {number}: "

# `make` in a page: the demo is played with the regulars under test, the rest must be known to make.
MAKE = f"""
make() {{
    case $1 in
        demo) sh examples/demo.sh build/demo ;;
        *) command make -n -C '{ROOT}' "$1" >/dev/null ;;
    esac
}}
"""


@dataclass(frozen=True)
class Block:
    language: str
    text: str
    status: int

    @property
    def file(self) -> str | None:
        match = FILE.match(self.text)
        return match[1] if match else None


@dataclass(frozen=True)
class Command:
    line: str
    output: str
    status: int


def blocks(page: str) -> list[Block]:
    text = (ROOT / page).read_text(encoding="utf-8")
    return [Block(m[2], m[3], int(m[1] or 0)) for m in BLOCK.finditer(text)]


def commands(block: Block) -> list[Command]:
    """The commands of a console block, each with what the page says it prints."""
    parts = re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]
    lines = [part.partition("\n") for part in parts]
    return [
        Command(line, output.strip("\n"), block.status if number == len(lines) else 0)
        for number, (line, _, output) in enumerate(lines, 1)
    ]


def pattern(output: str) -> re.Pattern[str]:
    """The expected output as a pattern: ``…`` is anything, ends of lines don't count spaces."""
    lines = "\n".join(line.rstrip() for line in output.splitlines())
    return re.compile(".*?".join(map(re.escape, lines.split("…"))), re.DOTALL)


def play(folder: Path, story: list[Command]) -> None:
    """Run the commands in one shell and compare what each printed with the page."""
    ends = [END.format(number=number) for number in range(len(story))]
    script = MAKE + "".join(
        f"{command.line}\nstatus=$?; echo; echo '{end}'$status\n"
        for command, end in zip(story, ends, strict=True)
    )
    done = subprocess.run(
        ["/bin/sh", "-c", script],
        cwd=folder,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    rest = "\n".join(line.rstrip() for line in done.stdout.splitlines()) + "\n"
    for command, end in zip(story, ends, strict=True):
        printed, found, rest = rest.partition(end)
        status, _, rest = rest.partition("\n")
        assert found, f"$ {command.line}\nthe shell stopped:\n{printed}"
        told = f"$ {command.line}\n--- the page says\n{command.output}\n--- it printed\n{printed}"
        if int(status) != command.status:
            pytest.fail(f"{told}exit status {status}, not {command.status}", pytrace=False)
        if command.output and not pattern(command.output).fullmatch(printed.strip("\n")):
            pytest.fail(told, pytrace=False)


def environment() -> dict[str, str]:
    ours = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "COLUMNS": "80"}
    return {**os.environ, **ours, "PYTHONWARNINGS": "error", "NO_COLOR": "1"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made_by_runs = shutil.ignore_patterns(".regulars", "outbox", "plugins", "__pycache__")
    shutil.copytree(ROOT / "examples", tmp_path / "examples", ignore=made_by_runs)
    return tmp_path


@pytest.mark.parametrize("page", PAGES)
def test_the_page_tells_what_happens(page: str, folder: Path) -> None:
    story: list[Command] = []
    parts: list[str] = []
    for block in blocks(page):
        if block.language == "console":
            story += commands(block)
        elif block.file:
            write(folder / block.file, block.text, story)
        elif block.language == "yaml":
            parts.append(block.text)
    home = Path(page).parent if page.startswith("examples/") else "."
    play(folder / home, story)
    for number, part in enumerate(parts):
        check_part(folder, f"part-{number}", part)


def write(path: Path, text: str, story: list[Command]) -> None:
    """The page writes a file at this point of its story."""
    story.append(Command(f"mkdir -p '{path.parent}' && cat > '{path}' <<'END'\n{text}END", "", 0))


def check_part(folder: Path, name: str, text: str) -> None:
    """A part of a playbook, added to the Corner Bakery's, passes ``check``."""
    home = folder / "examples" / "corner-bakery"
    own = (
        "" if re.search("^(playbook|extends):", text, re.MULTILINE) else "extends: playbook.yaml\n"
    )
    part = home / f"{name}.yaml"
    part.write_text(own + text, encoding="utf-8")
    checked = CliRunner().invoke(regulars, ["check", str(part)])
    assert checked.exit_code == 0, f"{text}\n{checked.output}"


@pytest.mark.parametrize("page", [*PAGES, "docs/plugins.md"])
def test_the_page_links_to_what_exists(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text)

    assert [link for link in links if not (ROOT / page).parent.joinpath(link).exists()] == []
