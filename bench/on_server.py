"""Run a benchmark with its store on a server: STORE_URL names an empty database there.

    python bench/on_server.py postgresql|mariadb bench/engine.py [OPTIONS]

The server is started for it with the settings that it comes with, so that it loses nothing, and is
ended afterwards.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1]))
from tests.servers import mariadb, postgres


def main() -> None:
    name, *command = sys.argv[1:]
    of_postgres = name == "postgresql"
    started = (
        postgres.postgres(18, postgres.ALONE) if of_postgres else mariadb.mariadb(mariadb.ALONE)
    )
    with started as server, server.database() as url:
        environment = {**os.environ, "STORE_URL": url}
        ended = subprocess.run([sys.executable, *command], env=environment, check=False)
    sys.exit(ended.returncode)


if __name__ == "__main__":
    main()
