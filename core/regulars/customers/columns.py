"""Where the customers table keeps each attribute, and a point as a unit vector."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from regulars import stored
from regulars.playbook.sources import BUILT_IN

if TYPE_CHECKING:
    from sqlalchemy import Column, Table


def attribute_column(customers: Table, name: str) -> Column[Any]:
    """The column of the attribute ``name``; KeyError if the store has none.

    ``id`` is the client's own id. A point's column holds its text.
    """
    if name in BUILT_IN:
        return customers.c["key" if name == "id" else name]
    return customers.c[stored.attribute_column(name)]


def vector_columns(customers: Table, name: str) -> tuple[Column[float], ...]:
    """The three columns of the unit vector of the point attribute ``name``."""
    return tuple(customers.c[column] for column in stored.vector_columns(name))


def unit_vector(latitude: float, longitude: float) -> tuple[float, float, float]:
    """The point on the unit sphere at ``latitude`` and ``longitude``, in degrees."""
    phi, theta = math.radians(latitude), math.radians(longitude)
    return (
        math.cos(phi) * math.cos(theta),
        math.cos(phi) * math.sin(theta),
        math.sin(phi),
    )
