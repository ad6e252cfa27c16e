"""The drip of peers_drip.yaml with django-drip-campaigns, as its readme says to write one.

    python bench/peers_drip.py make FOLDER
    python bench/peers_drip.py send FOLDER [in-one-transaction]

``make`` reads the folder's customers into a database of Django's and writes the drip down; ``send``
is what its cron job does, and prints how many it sent. It has an environment of its own, see
peers.py, and knows nothing of regulars.
"""

from __future__ import annotations

import csv
import json
import sys
from contextlib import nullcontext
from datetime import datetime
from pathlib import Path

import django  # type: ignore[import-not-found]
from django.conf import settings  # type: ignore[import-not-found]
from django.core.management import call_command  # type: ignore[import-not-found]

SUBJECT = "{{ user.first_name }}, we miss you"
BATCH = 5_000


def set_up(folder: Path) -> None:
    settings.configure(
        INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "drip"],
        DATABASES={
            "default": {"ENGINE": "django.db.backends.sqlite3", "NAME": folder / "drip.sqlite3"}
        },
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
        EMAIL_BACKEND="django.core.mail.backends.dummy.EmailBackend",
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        DEFAULT_FROM_EMAIL="hello@example.com",
        SECRET_KEY="of no use here",
        USE_TZ=True,
    )
    django.setup()


def make(folder: Path) -> None:
    from django.contrib.auth.models import User  # type: ignore[import-not-found]  # noqa: PLC0415
    from drip.models import Drip, QuerySetRule  # type: ignore[import-not-found]  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    drip = Drip.objects.create(
        name="we miss you",
        enabled=True,
        subject_template=SUBJECT,
        body_html_template=(folder / "drip.html.j2").read_text().replace("customer.", "user."),
    )
    for field, ago in {"date_joined": "now-90 days", "last_login": "now-30 days"}.items():
        QuerySetRule.objects.create(drip=drip, field_name=field, lookup_type="lte", field_value=ago)
    with (folder / "customers.csv").open() as file:
        users = [
            User(
                username=row["id"],
                email=row["email"],
                first_name=row["first_name"],
                date_joined=datetime.fromisoformat(row["joined"]),
                last_login=datetime.fromisoformat(row["last_login"]),
            )
            for row in csv.DictReader(file)
        ]
    User.objects.bulk_create(users, batch_size=BATCH)


def send(*, together: bool) -> int:
    from django.db import transaction  # type: ignore[import-not-found]  # noqa: PLC0415
    from drip.models import SentDrip  # noqa: PLC0415

    before: int = SentDrip.objects.count()
    with transaction.atomic() if together else nullcontext():
        call_command("send_drips")
    after: int = SentDrip.objects.count()
    return after - before


if __name__ == "__main__":
    work, place, *how = sys.argv[1:]
    set_up(Path(place))
    if work == "make":
        make(Path(place))
    else:
        print(json.dumps({"sent": send(together=bool(how))}))
