"""The models of events by the names they have in a playbook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .bg_nbd import BG_NBD
from .mbg_nbd import MBG_NBD
from .nbd import NBD
from .pareto_nbd import PARETO_NBD

if TYPE_CHECKING:
    from .model import Model

MODELS: dict[str, Model] = {
    "nbd": NBD,
    "bg-nbd": BG_NBD,
    "mbg-nbd": MBG_NBD,
    "pareto-nbd": PARETO_NBD,
}
