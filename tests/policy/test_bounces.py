"""An address that a channel calls dead is written to no more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regulars.store import tables
from sqlalchemy import select

from tests.delivery.conftest import shop

if TYPE_CHECKING:
    from tests.delivery.conftest import Shop

__all__ = ["shop"]


def test_a_dead_address_is_suppressed_and_one_that_was_refused_is_not(shop: Shop) -> None:
    shop.plan("dead@x.io", "permanent@x.io", "ada@x.io")
    shop.deliver()
    with shop.store.reading() as connection:
        rows = connection.execute(select(tables.suppressions)).all()
    assert [(row.address, row.reason) for row in rows] == [("dead@x.io", "bounce")]

    shop.plan("DEAD@x.io")
    shop.deliver()
    assert shop.decisions()[-1] == ("skipped", "suppressed")
    assert len(shop.lines("attempts")) == 3
