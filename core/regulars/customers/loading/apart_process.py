"""The process that reads a part for another one (apart.py), as ``python -m`` of this module.

It gets a pickled ``Reading`` on standard input. On standard output it says that it is ready, then
each batch, and at last the columns or the error that stopped it. What connectors print goes to
standard error. It ends by itself when nobody listens any more.
"""

from __future__ import annotations

import gc
import os
import pickle
import sys
import traceback
from typing import IO, TYPE_CHECKING, Any

from regulars.errors import PluginError, SourceError, StoreError, TemporaryError

from .apart import READY

if TYPE_CHECKING:
    from .reading import Reading

_KNOWN = (SourceError, PluginError, StoreError, TemporaryError)


def main() -> None:
    """Do the one errand."""
    gc.disable()  # as in the process that asks: rows make no cycles
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    try:
        reading = pickle.load(sys.stdin.buffer)  # noqa: S301 (from the process that started us)
    except Exception:  # noqa: BLE001 (it is read over there instead)
        os._exit(1)
    try:
        _answer(answers, reading)
    except BrokenPipeError:
        os._exit(1)


def _answer(answers: IO[bytes], reading: Reading) -> None:
    _say(answers, READY)
    try:
        for batch in reading.batches():
            _say(answers, batch)
    except BrokenPipeError:
        raise
    except Exception as error:  # noqa: BLE001 (raised again over there)
        error.add_note(traceback.format_exc())
        _say(answers, _fit_to_travel(error))
    else:
        _say(answers, reading.columns)


def _say(answers: IO[bytes], what: Any) -> None:
    pickle.dump(what, answers, pickle.HIGHEST_PROTOCOL)
    answers.flush()


def _fit_to_travel(error: Exception) -> Exception:
    """``error``, or one of the nearest known kind with the same words."""
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301 (our own)
    except Exception:  # noqa: BLE001 (a plugin's own class)
        known = next((kind for kind in _KNOWN if isinstance(error, kind)), RuntimeError)
        return known(str(error))
    return error


if __name__ == "__main__":
    main()
