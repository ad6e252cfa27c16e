from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from regulars.hooks import Plugins
from regulars.messages.rendering import Rendered, Renderer
from regulars.playbook.messages import Message
from regulars.playbook.playbook import Playbook

if TYPE_CHECKING:
    from pathlib import Path

ADA = {
    "customer": {"id": "c1", "first_name": "Ada", "city": None, "timezone": "America/Chicago"},
    "traits": {"usual": "sourdough", "spend": Decimal("120.50")},
    "scores": {},
    "event": None,
    "now": datetime(2026, 3, 1, 4, 30, tzinfo=UTC),
}

RenderPart = Callable[..., Rendered]


@pytest.fixture(scope="session")
def plugins() -> Plugins:
    return Plugins.load(allow=[])


@pytest.fixture
def render_part(tmp_path: Path, plugins: Plugins) -> RenderPart:
    """Render one part of a message, written as in a playbook, for Ada or another customer."""

    def render(
        part: Mapping[str, Any],
        scope: Mapping[str, Any] = ADA,
        files: Mapping[str, str] | None = None,
        **customer: Any,
    ) -> Rendered:
        for name, content in (files or {}).items():
            (tmp_path / name).write_text(content, encoding="utf-8")
        message = Message.model_validate({"news": part})
        playbook = Playbook(
            id="corner-bakery", path=tmp_path / "playbook.yaml", messages={"hello": message}
        )
        known = {**scope, "customer": {**scope["customer"], **customer}}
        return Renderer(playbook, plugins).render("hello", "news", known)

    return render
