"""Loading a playbook that is to be run: everything is checked, its templates too."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from regulars.customers.privacy.looking_back import check_retention
from regulars.errors import RegularsError, SourceError
from regulars.messages.checking import check_templates
from regulars.playbook import loading
from regulars.playbook.secrets import redact

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


@contextmanager
def spoken(loaded: Loaded) -> Iterator[None]:
    """Errors inside are redacted of the playbook's secrets; a source's says where it stands."""
    try:
        yield
    except RegularsError as error:
        told = _placed(error, loaded)
        told.args = tuple(redact(str(item), loaded.playbook.secrets) for item in told.args)
        raise told from error


def _placed(error: RegularsError, loaded: Loaded) -> RegularsError:
    """``error``, with the place of the source that it speaks of."""
    if not isinstance(error, SourceError) or error.source is None:
        return error
    place = ":".join(map(str, loaded.place(("sources", error.source))))
    return SourceError(f"{place}: {error}", source=error.source)


def _check(loaded: Loaded) -> Iterator[Problem]:
    yield from check_templates(loaded)
    yield from check_retention(loaded)
