"""Loading a playbook that is to be run: everything is checked, its templates too."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from regulars.customers.privacy.looking_back import check_retention
from regulars.messages.checking import check_templates
from regulars.playbook import loading

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from regulars.errors import Problem
    from regulars.playbook.loading import Loaded


def load_playbook(path: Path, environ: Mapping[str, str] = os.environ) -> Loaded:
    """The playbook at ``path`` with its plugins; ``environ`` is where ``{env: NAME}`` is looked up.

    Raises:
        PlaybookError: with every problem of the playbook, its files and its templates.
    """
    return loading.load_playbook(path, environ, _check)


def _check(loaded: Loaded) -> Iterator[Problem]:
    yield from check_templates(loaded)
    yield from check_retention(loaded)
