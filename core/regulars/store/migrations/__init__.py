"""Upgrading an older store in place, by alembic."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config

if TYPE_CHECKING:
    from sqlalchemy import Connection

HERE = Path(__file__).parent


def upgrade(connection: Connection, scripts: Path | None = None) -> None:
    """Run every migration in ``scripts`` (default: those of regulars) that is still to run."""
    config = Config()
    config.set_main_option("script_location", str(scripts or HERE).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
