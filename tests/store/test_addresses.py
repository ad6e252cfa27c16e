"""What a store's URL says to its driver."""

from __future__ import annotations

import pytest
from regulars.store.dialects import dialect_of
from sqlalchemy import make_url


@pytest.mark.parametrize(
    ("query", "disabled"),
    [
        ("?unix_socket=/run/mysqld.sock", "true"),
        ("?unix_socket=/run/mysqld.sock&ssl_ca=/etc/ca.pem", None),
        ("?ssl_ca=/etc/ca.pem", None),
        ("", None),
    ],
)
def test_tls_is_left_out_on_a_socket_unless_the_url_asks_for_it(
    query: str, disabled: str | None
) -> None:
    url = dialect_of("mariadb").address(make_url(f"mariadb://shop@db.example/shop{query}"))
    assert url.query.get("ssl_disabled") == disabled
    assert url.query["charset"] == "utf8mb4"
    assert url.drivername == "mariadb+pymysql"
