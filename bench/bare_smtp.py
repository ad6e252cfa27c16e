"""The floor under sending: the same messages into the same sink by nothing but smtplib.

    python bench/bare_smtp.py MESSAGE.eml CUSTOMERS.csv PORT

One connection, one EmailMessage each, filled in from the message of the first customer. Nothing
is rendered, nothing is written down, a second start sends everything again: what regulars takes
beyond this is what those things cost.
"""

from __future__ import annotations

import csv
import json
import smtplib
import sys
import time
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path


def main() -> None:
    path, people, port = sys.argv[1:]
    model = message_from_bytes(Path(path).read_bytes(), policy=policy.default)
    assert isinstance(model, EmailMessage)
    text, html = (part.get_content() for part in model.iter_parts())
    with open(people, encoding="utf-8", newline="") as lines:  # noqa: PTH123
        rows = list(csv.DictReader(lines))
    first, sender = rows[0], "hello@mailing.example"
    start = time.perf_counter()
    with smtplib.SMTP("127.0.0.1", int(port)) as server:
        for row in rows:
            message = EmailMessage()
            message["From"] = sender
            message["To"] = row["email"]
            message["Subject"] = str(model["Subject"]).replace(
                first["first_name"], row["first_name"]
            )
            message["Message-ID"] = f"<{row['id']}@mailing.example>"
            message.set_content(text.replace(first["first_name"], row["first_name"]))
            whole = html.replace(first["first_name"], row["first_name"])
            message.add_alternative(whole, subtype="html")
            server.send_message(message)
    print(json.dumps({"seconds": time.perf_counter() - start, "sent": len(rows)}))


if __name__ == "__main__":
    main()
