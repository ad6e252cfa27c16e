"""Buy till you die: who will come back, how often, when next, and what that is worth.

Arrays in, arrays out; the unit of time is a week. What is where:

- ``kind``, ``settings``: what a playbook says after ``use: mbg-nbd``, ``bg-nbd``, ``pareto-nbd``,
  ``gamma-gamma``
- ``known`` → ``summary``, ``compression``: events as histories, each once
- ``learning``: what is learned, by ``fitting`` the ``model`` that ``catalogue`` names, and
  ``gamma_gamma``; ``tracking`` tells how well it follows what it learned from
- ``scoring``, with ``clv``: what that says of each customer; ``reasons``: why
- each model is a module: ``bg_nbd`` and ``mbg_nbd`` by ``beta_geometric``, ``pareto_nbd``, ``nbd``;
  their integrals are in ``quadrature``, ``remainder``, ``arrivals``, ``waiting``
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from regulars.hooks import hookimpl

if TYPE_CHECKING:
    from collections.abc import Iterable

    from regulars.hooks import ModelKind


@hookimpl
def regulars_models() -> Iterable[ModelKind]:
    """Offer ``mbg-nbd``, ``bg-nbd``, ``pareto-nbd`` and ``gamma-gamma``."""
    from .kind import KINDS  # noqa: PLC0415 (only when a playbook is read)

    return KINDS
