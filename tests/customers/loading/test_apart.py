"""Reading apart: another process reads a large file, and nobody can tell but by the clock."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from regulars.customers.loading import apart
from regulars.errors import PluginError, SourceError, TemporaryError

from tests.customers.shop import ORDERS, Shop, open_shop
from tests.hooks.conftest import distribution, loose, site

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from tests.hooks.conftest import Distribution, Loose

__all__ = ["distribution", "loose", "site"]

ROOT = Path(__file__).parents[3]
HEADER = "who,at,item,total"
MANY = [f"c{n % 90},2025-03-01,x{n},{n}" for n in range(25_000)]  # several batches
LITTLE = 1 << 16  # bytes: less than a whole batch of them
NUMBERS = {"use": "numbers", "provides": "events", "event": "order"}
CONNECTOR = """
    import os
    from contextlib import contextmanager
    from functools import partial
    from regulars.errors import SourceError
    from regulars.hooks import Batch, ConnectorKind, Settings, SourcePart, hookimpl

    class Own(SourceError):
        def __init__(self, what, how):
            super().__init__(f"{what} {how}")

    class Numbers(Settings):
        pass

    def read(cursor):
        print("reading now")
        yield Batch(("customer", "time", "item"), [("a", "2025-03-01", str(os.getpid()))], [1])
        AFTER

    @contextmanager
    def open_numbers(config, folder):
        yield [SourcePart("numbers", read, size=1_000_000_000)]

    @hookimpl
    def regulars_connectors():
        return [ConnectorKind("numbers", "Numbers", Numbers, open_numbers)]
"""


@pytest.fixture
def shop(sqlite_url: str, tmp_path: Path) -> Iterator[Shop]:
    shop = open_shop(tmp_path, sqlite_url)
    yield shop
    shop.store.close()


@pytest.fixture
def all_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "LARGE", 1)
    monkeypatch.setattr(apart, "AHEAD", LITTLE)


def others() -> list[int]:
    """The processes that this one has started to read."""
    asked = ["pgrep", "-P", str(os.getpid()), "-f", "apart_process"]
    found = subprocess.run(asked, check=False, capture_output=True, text=True)
    return [int(process) for process in found.stdout.split()]


class AtFirst:
    """A progress that does something after the first batch."""

    def __init__(self, do: Callable[[], None]) -> None:
        self._do: Callable[[], None] | None = do

    def start(self, what: str, total: int | None = None) -> None:
        """Show nothing."""

    def advance(self, _count: int) -> None:
        do, self._do = self._do, None
        if do is not None:
            do()


# ------------------------------------------------------------------ the same result


def good(shop: Shop) -> Any:
    return shop.orders(*MANY, *MANY[:10])


def bad_rows_everywhere(shop: Shop) -> Any:
    rows = [row.replace("2025", "soon") if n % 997 == 0 else row for n, row in enumerate(MANY)]
    return shop.orders(*rows, "too,short", *rows)


def bad_row_that_stops(shop: Shop) -> Any:
    return shop.orders(*MANY, "a,never,x,1", on_bad_row="stop")


def too_many_bad_rows(shop: Shop) -> Any:
    return shop.orders(*MANY, *["a,never,x,1"] * 500, max_bad="1%")


def missing_column(shop: Shop) -> Any:
    shop.write("orders.csv", "whom,at,item,total", "a,2025-03-01,x,1")
    return shop.load({"orders": ORDERS})


def misspelt_key(shop: Shop) -> Any:
    shop.write("a.jsonl", '{"who": "a", "at": "2025-03-01", "item": "tea"}')
    return shop.load({"orders": ORDERS | {"use": "jsonl", "path": "*.jsonl"}})


def key_that_comes_later(shop: Shop) -> Any:
    shop.write("a.jsonl", '{"who": "a", "at": "2025-03-01", "item": ["tea", 1]}')
    shop.write("b.jsonl", '{"who": "a", "at": 1740823200, "item": "", "total": 0.1}')
    return shop.load({"orders": ORDERS | {"use": "jsonl", "path": "*.jsonl"}})


def open_quote_at_the_end(shop: Shop) -> Any:
    return shop.orders(*MANY, 'a,2025-03-01,"x,1')


def unusual_texts(shop: Shop) -> Any:
    cells = ['"two\nlines"', '"a ""quote"""', "\u2028\x85", "naïve 🥐", "", " "]
    return shop.orders(*(f"é {n},2025-03-01,{cell},1" for n, cell in enumerate(cells)))


def several_files(shop: Shop) -> Any:
    for day in (1, 2, 3):
        shop.write(f"day-{day}.csv", HEADER, *MANY[: 10 * day])
    return shop.load({"orders": ORDERS | {"path": "day-*.csv"}})


def local_times_in_another_zone(shop: Shop) -> Any:
    shop.orders(*MANY[:9])
    return shop.load({"orders": ORDERS}, timezone="Asia/Tokyo")


def profiles(shop: Shop) -> Any:
    header = "id,email,city,plan,home,hobby,consent.offers"
    row = '{0},A{0}@Example.com,Rome,{1},"1,2",chess,yes'
    return shop.people(header, *(row.format(n, ["free", "gold"][n % 50 == 0]) for n in range(300)))


@pytest.mark.parametrize(
    "scenario",
    [
        good,
        bad_rows_everywhere,
        bad_row_that_stops,
        too_many_bad_rows,
        missing_column,
        misspelt_key,
        key_that_comes_later,
        open_quote_at_the_end,
        unusual_texts,
        several_files,
        local_times_in_another_zone,
        profiles,
    ],
)
def test_it_makes_no_difference_who_reads(
    scenario: Callable[[Shop], Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def outcome(where: str) -> Mapping[str, Any]:
        folder = tmp_path / where
        folder.mkdir()
        shop = open_shop(folder, f"sqlite:///{folder}/store.db")
        told = said(lambda: scenario(shop))
        customers = shop.rows(shop.store.tables.customers.select())
        found = {"events": shop.events(), "said": shop.properties(), "rejects": shop.rejects()}
        shop.store.close()
        return found | {"told": told.replace(str(folder), ""), "customers": customers}

    here = outcome("here")
    monkeypatch.setattr(apart, "LARGE", 1)
    assert outcome("apart") == here


def said(load: Callable[[], Any]) -> str:
    """What came of ``load``, in words."""
    try:
        return str(load())
    except (SourceError, PluginError) as error:
        return f"{type(error).__name__}: {error}"


# ------------------------------------------------------------------ who reads


@pytest.mark.usefixtures("all_apart")
def test_a_process_reads_and_is_gone_when_it_has_read(shop: Shop) -> None:
    seen: list[int] = []
    shop.write("orders.csv", HEADER, *MANY)
    shop.load({"orders": ORDERS}, progress=AtFirst(lambda: seen.extend(others())))
    assert len(seen) == 1
    assert others() == []
    assert len(shop.events()) == len(MANY)


def test_a_small_file_starts_no_process(shop: Shop) -> None:
    seen: list[int] = []
    shop.write("orders.csv", HEADER, *MANY)
    shop.load({"orders": ORDERS}, progress=AtFirst(lambda: seen.extend(others())))
    assert seen == []


@pytest.mark.usefixtures("all_apart")
def test_a_process_that_was_not_listened_to_to_the_end_is_gone(shop: Shop) -> None:
    with pytest.raises(SourceError, match="row 2: time: 'soon'"):
        shop.orders("a,soon,x,1", *MANY, on_bad_row="stop")
    assert others() == []
    assert shop.events() == []


def test_a_plugin_that_is_installed_reads_apart_and_its_prints_are_no_results(
    shop: Shop, distribution: Distribution, capfd: pytest.CaptureFixture[str]
) -> None:
    distribution("numbers", CONNECTOR.replace("AFTER", "pass"))
    shop.load({"orders": NUMBERS})
    (only,) = shop.properties()
    assert only["item"] != str(os.getpid())
    printed = capfd.readouterr()
    assert (printed.out, printed.err) == ("", "reading now\n")


def test_a_loose_plugin_file_can_not_travel_and_reads_here(
    shop: Shop, loose: Loose, capfd: pytest.CaptureFixture[str]
) -> None:
    loose(CONNECTOR.replace("AFTER", "pass"))
    shop.load({"orders": NUMBERS}, plugins=["./plugins.py"])
    assert shop.properties() == [{"item": str(os.getpid())}]
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize(
    ("after", "error", "words"),
    [
        (
            "raise ZeroDivisionError('oops')",
            PluginError,
            (
                "the connector 'numbers' of numbers (regulars-numbers 1.2) failed: "
                "ZeroDivisionError: oops (stranger_0_numbers.py, line 18); report it to its author"
            ),
        ),
        ("raise Own('out', 'of order')", SourceError, "sources.orders: out of order"),
    ],
)
def test_a_connector_that_fails_over_there_is_named_here(
    after: str, error: type[Exception], words: str, shop: Shop, distribution: Distribution
) -> None:
    distribution("numbers", CONNECTOR.replace("AFTER", after))
    with pytest.raises(error) as failure:
        shop.load({"orders": NUMBERS})
    assert str(failure.value) == words
    assert shop.events() == []


# ------------------------------------------------------------------ when one of the two dies


@pytest.mark.usefixtures("all_apart")
def test_when_the_reading_process_is_killed_nothing_is_loaded_and_the_next_run_loads(
    shop: Shop,
) -> None:
    def kill() -> None:
        for process in others():
            os.kill(process, signal.SIGKILL)

    shop.write("orders.csv", HEADER, *MANY)
    shop.people("id,city", "ada,Rome")
    with pytest.raises(TemporaryError) as failure:
        shop.load({"orders": ORDERS}, progress=AtFirst(kill))
    assert str(failure.value) == (
        "the process that read orders.csv ended too early (SIGKILL), so nothing of this source "
        "was loaded: see that there is enough memory, then run again"
    )
    assert shop.events() == []
    assert shop.count(shop.store.tables.customers) == 1
    assert others() == []
    assert shop.load({"orders": ORDERS})["orders"].events == len(MANY)


# An embedding program: everything at its top, nothing under ``if __name__ == "__main__"``.
PROGRAM = """
    import os, signal, sys, time
    from pathlib import Path
    from regulars.customers.loading import apart
    from tests.customers.loading.test_apart import HEADER, MANY, ORDERS, AtFirst, others
    from tests.customers.shop import open_shop

    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs ignore it
    apart.LARGE, apart.AHEAD = 1, 1 << 16
    folder = Path(sys.argv[1])
    shop = open_shop(folder, f"sqlite:///{folder}/store.db")
    shop.write("orders.csv", HEADER, *MANY)

    def now():
        print(*others(), flush=True)
        DO

    shop.load({"orders": ORDERS}, progress=AtFirst(now))
    print(len(shop.events()))
"""


def program(folder: Path, do: str) -> subprocess.CompletedProcess[str]:
    """Run the embedding program in a group of its own, as a shell does."""
    script = folder / "program.py"
    script.write_text(textwrap.dedent(PROGRAM).replace("DO", do))
    return subprocess.run(
        [sys.executable, str(script), str(folder)],
        check=False,
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        start_new_session=True,
    )


def gone(process: int) -> bool:
    """Whether ``process`` ends within some seconds."""
    for _ in range(100):
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.1)
    return False


def test_a_program_without_a_guard_loads_once(tmp_path: Path) -> None:
    ran = program(tmp_path, "pass")
    assert ran.stdout.splitlines()[1:] == [str(len(MANY))]
    assert (ran.returncode, ran.stderr) == (0, "")


def test_when_the_loading_process_is_killed_the_other_ends(tmp_path: Path) -> None:
    ran = program(tmp_path, "os.kill(os.getpid(), signal.SIGKILL)")
    assert ran.returncode == -signal.SIGKILL
    assert gone(int(ran.stdout))
    assert ran.stderr == ""


def test_ctrl_c_ends_both_with_one_word(tmp_path: Path) -> None:
    ran = program(tmp_path, "os.killpg(0, signal.SIGINT); time.sleep(5)")
    assert ran.returncode == -signal.SIGINT
    assert gone(int(ran.stdout))
    assert ran.stderr.count("Traceback") == 1
    shop = open_shop(tmp_path, f"sqlite:///{tmp_path}/store.db")
    assert shop.events() == []
    shop.store.close()
