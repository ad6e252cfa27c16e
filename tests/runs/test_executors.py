"""Executors: what is said of one that isn't there, or that is lost on the way."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from regulars.errors import TemporaryError
from regulars.runs import executors
from regulars.runs.executors import ExecutorError, executor_of, finished

from tests.proof.cluster import cluster

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("rest", ["", "localhost", "localhost:abc", "localhost:99999", ":0"])
def test_an_address_that_is_none_is_refused(rest: str) -> None:
    with pytest.raises(ExecutorError, match="say dask://HOST:PORT"), executor_of(f"dask://{rest}"):
        pass


def test_a_cluster_that_loses_its_last_worker_gives_the_tasks_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with cluster(tmp_path / "dask", 1) as dask:
        with executor_of(dask.name) as executor:
            monkeypatch.setattr(executors, "_WORKERLESS", 1.0)
            monkeypatch.setattr(executors, "_LOOK", 0.2)
            (begun,) = finished(executor, [executor.submit(abs, -1)])
            assert begun.result() == 1
            waiting = executor.submit(time.sleep, 60)
            dask.workers[0].kill()
            (lost,) = finished(executor, [waiting])
            with pytest.raises(TemporaryError, match="has lost all its workers"):
                lost.result()
        with pytest.raises(TemporaryError, match="has no workers"), executor_of(dask.name):
            pass
