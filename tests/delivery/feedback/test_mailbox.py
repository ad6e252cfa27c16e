"""Mail that comes back: delivery reports, complaints, replies; and whatever else there is."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from regulars.delivery.feedback.mailbox import read_folder, read_mailbox
from regulars.delivery.feedback.notices import notices
from regulars.delivery.feedback.reports import Ignored, Refused, Report

if TYPE_CHECKING:
    from pathlib import Path

    from regulars.delivery.feedback.reports import Found

KEY = "0f" * 16
SENT = f"{KEY}@corner.example"
AT = 1_785_578_400_000_000  # 1 August 2026, 10:00 UTC

BOUNCE = """\
From: Mail Delivery System <MAILER-DAEMON@mx.example>
To: bounces@corner.example
Date: Sat, 1 Aug 2026 12:00:00 +0200
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

I'm sorry to have to inform you that your message could not be delivered.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example
Arrival-Date: Sat, 1 Aug 2026 11:59:00 +0200

Final-Recipient: rfc822; ada@x.example
Original-Recipient: rfc822;ada@x.example
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 5.1.1 <ada@x.example>: Recipient address
    rejected: User unknown

--b
Content-Type: {original}

From: Corner Bakery <hello@corner.example>
To: ada@x.example
Subject: News
Message-ID: <{sent}>

Hello

--b--
"""

COMPLAINT = """\
From: <abusedesk@provider.example>
Date: Sat, 1 Aug 2026 10:00:00 +0000
Subject: FW: News
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="part1_13d.2e68ed54_boundary"

--part1_13d.2e68ed54_boundary
Content-Type: text/plain; charset="US-ASCII"

This is an email abuse report for an email message received from IP 192.0.2.1.
--part1_13d.2e68ed54_boundary
Content-Type: message/feedback-report

Feedback-Type: {kind}
User-Agent: SomeGenerator/1.0
Version: 1
Original-Mail-From: <hello@corner.example>

--part1_13d.2e68ed54_boundary
Content-Type: message/rfc822
Content-Disposition: inline

Received: from mailserver.corner.example
From: <hello@corner.example>
To: <redacted@provider.example>
Subject: News
Message-ID: <{sent}>

Hello
--part1_13d.2e68ed54_boundary--
"""

REPLY = """\
From: Ada <ada@x.example>
Date: Sat, 1 Aug 2026 10:00:00 +0000
Message-ID: <reply@x.example>
In-Reply-To: <{sent}>
{more}
Thanks!
"""


def bounce(
    action: str = "failed",
    status: str = "5.1.1",
    original: str = "message/rfc822",
    sent: str = SENT,
) -> bytes:
    return BOUNCE.format(action=action, status=status, original=original, sent=sent).encode()


def complaint(kind: str = "abuse", sent: str = SENT) -> bytes:
    return COMPLAINT.format(kind=kind, sent=sent).encode()


def reply(more: str = "") -> bytes:
    return REPLY.format(sent=SENT, more=more).encode()


@pytest.mark.parametrize(
    "original",
    ["message/rfc822", "text/rfc822-headers", "message/rfc822-headers", "message/global"],
)
def test_a_delivery_report_says_which_message_came_back_and_why(original: str) -> None:
    said = "5.1.1 smtp; 550 5.1.1 <ada@x.example>: Recipient address rejected: User unknown"
    assert notices(bounce(original=original)) == [
        Report("bounced", AT, delivery=SENT, permanent=True, detail=said)
    ]


@pytest.mark.parametrize(
    ("status", "permanent"),
    [
        ("5.1.1", True), ("5.0.0", True), ("5.2.1", True), ("5.4.4", True), ("5.1.10", True),
        ("4.4.7", False), ("4.2.2", False), ("5.7.1", False), ("5.2.2", False), ("5.3.4", False),
        ("5.6.1", False), ("5.1.8", False), ("nonsense", False), ("", False),
    ],
)  # fmt: skip
def test_only_a_dead_address_is_a_permanent_bounce(status: str, permanent: bool) -> None:  # noqa: FBT001
    (report,) = notices(bounce(status=status))
    assert isinstance(report, Report)
    assert report.permanent is permanent


def test_other_actions() -> None:
    assert notices(bounce("delayed", "4.4.1")) == [Ignored()]
    assert notices(bounce("Delivered", "2.0.0")) == [Report("delivered", AT, delivery=SENT)]
    assert isinstance(notices(bounce("exploded"))[0], Refused)


def test_a_complaint_names_the_message() -> None:
    assert notices(complaint()) == [Report("complained", AT, delivery=SENT)]
    assert notices(complaint("not-spam")) == [Ignored()]
    assert notices(complaint("opt-out")) == [Report("unsubscribed", AT, delivery=SENT)]
    assert isinstance(notices(complaint("praise"))[0], Refused)


@pytest.mark.parametrize("octets", [bounce(sent="x@y.example"), complaint(sent=f"{KEY}")])
def test_a_report_without_our_message_id_is_not_believed(octets: bytes) -> None:
    (refused,) = notices(octets)
    assert isinstance(refused, Refused)
    assert "Message-ID" in refused.reason


def test_an_answer_is_a_reply_unless_a_machine_wrote_it() -> None:
    (found,) = notices(reply())
    assert found == Report("replied", AT, delivery=SENT, id="<reply@x.example>")
    for header in (
        "Auto-Submitted: auto-replied",
        "Precedence: bulk",
        "X-Auto-Response-Suppress: All",
    ):
        assert notices(reply(f"{header}\n")) == [Ignored()]
    assert isinstance(notices(reply("Auto-Submitted: no\n"))[0], Report)


def test_what_is_none_of_these_is_refused() -> None:
    for octets in (
        b"", b"\n\n", b"Subject: buy now\n\nx", b"\xff\xfe\x00" * 100,
        b"From: MAILER-DAEMON@x.example\nIn-Reply-To: <" + SENT.encode() + b">\n\nNo such user",
    ):  # fmt: skip
        (refused,) = notices(octets)
        assert isinstance(refused, Refused)


def numbers(octets: bytes) -> list[tuple[int, type[Found]]]:
    return [(number, type(found)) for number, found in read_mailbox(io.BytesIO(octets))]


def test_an_mbox_file_holds_many_messages() -> None:
    start = b"From MAILER-DAEMON Sat Aug  1 10:00:00 2026\n"
    inside = reply() + b"\nFrom my phone\nthis is no new message\n"
    box = b"\n".join(
        start + octets for octets in (bounce(), complaint(), b"Subject: x\n\n", reply())
    )
    assert numbers(box) == [(1, Report), (2, Report), (3, Refused), (4, Report)]
    assert numbers(box.replace(b"\n", b"\r\n")) == numbers(box)
    assert numbers(start + inside.replace(b"\nFrom", b"\n>From"))[0] == (1, Report)


def test_a_file_may_be_one_message_or_none() -> None:
    assert numbers(bounce()) == [(1, Report)]
    assert numbers(reply() + b"\nFrom my phone\n") == [(1, Report)]
    assert numbers(b"") == []


def test_a_maildir_is_read_new_and_seen(tmp_path: Path) -> None:
    for name, octets in (("new/2", bounce()), ("cur/1:2,S", complaint()), ("tmp/3", reply())):
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(octets)
    kinds = [found.kind for _, found in read_folder(tmp_path) if isinstance(found, Report)]
    assert kinds == ["bounced", "complained"]


@pytest.mark.timeout(60)
def test_a_report_with_a_huge_original_is_read_and_its_rest_is_not() -> None:
    huge = (
        bounce()
        .replace(b"Hello\n", b"x" * 70 + b"\n", 1)
        .replace(b"\n--b--", b"\n" + (b"x" * 70 + b"\n") * 400_000 + b"--b--")
    )
    assert numbers(huge)[0] == (1, Report)


def nested(depth: int) -> bytes:
    opened = b"".join(
        b'Content-Type: multipart/report; boundary="%d"\n\n--%d\n' % (n, n) for n in range(depth)
    )
    return b"From: a@x.example\n" + opened + b"\nx\n"


@pytest.mark.timeout(60)
def test_mail_of_countless_parts_does_not_hold_up_what_comes_after_it() -> None:
    depth = 240
    nested = "".join(
        f'Content-Type: multipart/mixed; boundary="b{n}"\n\n--b{n}\n' for n in range(depth)
    )
    flat = 'Content-Type: multipart/mixed; boundary="b"\n\n' + "--b\n\n" * 100_000
    for hostile in (nested + "\n" + "-\n" * 400_000, flat):
        assert notices(hostile.encode()) == [Refused("has too many parts for a report or a reply")]


@pytest.mark.timeout(60)
def test_hostile_mail_is_refused_alone() -> None:
    start = b"From x\n"
    bad = [
        nested(5_000),
        b"A: b\n" * 50_000 + b"\n",
        b"Content-Type: message/rfc822\n\n" * 3_000,
        b"Content-Type: multipart/report; boundary=\n\n--\n",
        b"Content-Type: multipart/report; boundary*0*=utf-8''%ff; boundary*1=x\n\n--x\n",
        b"Date: Sat, 99 Foo 99999 99:99:99 +9999\nIn-Reply-To: <" + SENT.encode() + b">\n\n",
        bounce().replace(b"Action: failed", b"Action: =?utf-8?b?////?="),
        b"X" * 3_000_000,
    ]
    box = b"\n\n".join(start + octets for octets in [*bad, bounce()])
    found = list(read_mailbox(io.BytesIO(box)))
    assert found[-1] == (len(bad) + 1, notices(bounce())[0])


@given(st.binary(max_size=400), st.integers(0, 2_000))
def test_no_bytes_stop_the_reading(junk: bytes, place: int) -> None:
    for octets in (bounce(), complaint(), reply()):
        place = min(place, len(octets))
        assert notices(octets[:place] + junk + octets[place:])
