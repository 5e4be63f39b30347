"""Readers leave, pause, come back and move by links alone; looking at a page does nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest

from alerts.delivery.tokens import Claim, Purpose
from alerts.model import Address
from alerts.storage.silenced import Silenced, silenced
from alerts.web.mail.allowance import Allowance
from tests.builders import NOW, a_destination, a_sighting, an_article
from tests.delivery.digests import digest, evening
from tests.delivery.test_bounces import ID, POSTFIX
from tests.storage.databases import list_feeds, record
from tests.web.readers import OTHER, READER, Newsroom, newsroom

NEW = Address(channel="email", target="new@example.net")


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Newsroom]:
    async with newsroom(tmp_path) as room:
        yield room


async def said(room: Newsroom, *addresses: Address) -> Silenced:
    async with room.storage.outbox._readers.begin() as connection:
        return await silenced(connection, addresses or (READER,), now=room.clock())


# --- leaving ----------------------------------------------------------------------------------


async def test_one_press_leaves_a_list_without_cookie_or_login(room: Newsroom) -> None:
    page = await room.press(room.link(Purpose.LEAVE), do="leave")
    assert page.status == 200
    assert "You have left desk" in page.text
    told = await said(room)
    assert (READER, "desk") in told
    assert (READER, "night") not in told


async def test_a_mail_program_leaves_with_one_click(room: Newsroom) -> None:
    # RFC 8058, 3.2: either kind of form, and nothing else.
    link = room.link(Purpose.LEAVE)
    with aiohttp.MultipartWriter("form-data") as form:
        part = form.append("One-Click")
        part.set_content_disposition("form-data", name="List-Unsubscribe")
    async with aiohttp.ClientSession() as program:
        async with program.post(link, data=form, allow_redirects=False) as answer:
            assert answer.status == 200
        async with program.post(link, data={"List-Unsubscribe": "One-Click"}) as answer:
            assert answer.status == 200
    assert (READER, "desk") in await said(room)


@pytest.mark.parametrize("purpose", [Purpose.LEAVE, Purpose.PREFERENCES])
async def test_looking_at_a_page_does_nothing(room: Newsroom, purpose: Purpose) -> None:
    link = room.link(purpose)
    for query in ("", "?do=leave", "?List-Unsubscribe=One-Click"):
        assert (await room.get(link + query)).status == 200
        async with aiohttp.ClientSession() as scanner, scanner.head(link + query) as answer:
            assert answer.status == 200
    assert (READER, "desk") not in await said(room)
    assert room.consents.version(READER, "desk") == 0


async def test_leaving_twice_is_said_kindly(room: Newsroom) -> None:
    link = room.link(Purpose.LEAVE)
    await room.press(link)
    for page in (await room.press(link), await room.get(link)):
        assert (page.status, "You have left desk" in page.text) == (200, True)
    assert room.consents.version(READER, "desk") == 1


async def test_who_left_by_mistake_joins_again_from_the_same_page(room: Newsroom) -> None:
    page = await room.press(room.link(Purpose.LEAVE))
    token = page.text.partition("../preferences/")[2].partition('"')[0]
    joined = await room.press(f"{room.root}mail/preferences/{token}", do="resume", list="desk")
    assert "You get these mails again" in joined.text
    assert (READER, "desk") not in await said(room)


async def test_the_preferences_of_an_older_mail_lead_back_while_nothing_newer_comes(
    room: Newsroom,
) -> None:
    link = room.link(Purpose.PREFERENCES)
    await room.press(room.link(Purpose.LEAVE))
    assert "You have left desk" in (await room.get(link)).text
    assert (await room.press(link, do="resume", list="desk")).status == 410
    assert (READER, "desk") in await said(room)


# --- links that open nothing ------------------------------------------------------------------


async def test_a_link_of_an_older_mail_is_refused_after_leaving_and_joining(room: Newsroom) -> None:
    old = {purpose: room.link(purpose) for purpose in (Purpose.LEAVE, Purpose.PREFERENCES)}
    await room.press(old[Purpose.LEAVE])
    await room.press(room.link(Purpose.PREFERENCES), do="resume", list="desk")
    for link in old.values():
        for page in (await room.press(link, do="leave", list="desk"), await room.get(link)):
            assert page.status == 410
            assert "This link is from an older mail" in page.text
    assert (READER, "desk") not in await said(room)


@pytest.mark.parametrize("purpose", list(Purpose))
async def test_forged_and_cut_links_are_refused_kindly(room: Newsroom, purpose: Purpose) -> None:
    link = room.link(purpose)
    other = room.link(Purpose.LEAVE if purpose is not Purpose.LEAVE else Purpose.DIGEST)
    borrowed = f"{room.root}mail/{purpose}/{other.rpartition('/')[2]}"
    head, _, mac = link.rpartition(".")
    for forged in (link[:-1], f"{head[:-1]}.{mac}", borrowed, f"{room.root}mail/{purpose}/x"):
        page = await room.get(forged)
        assert page.status == 404
        assert "This link is not complete" in page.text
        if purpose is not Purpose.DIGEST:
            assert (await room.press(forged, do="leave", list="desk")).status == 404
    assert (READER, "desk") not in await said(room)


async def test_a_new_key_leaves_links_in_older_mails_alive(room: Newsroom) -> None:
    link = room.link(Purpose.LEAVE)
    await room.consents.rotate(now=NOW)
    assert room.link(Purpose.LEAVE) != link
    assert (await room.press(link)).status == 200


async def test_too_many_presses_are_told_to_wait(room: Newsroom) -> None:
    link = room.link(Purpose.PREFERENCES)
    for _ in range(30):
        assert (await room.press(link, do="pause 1", list="desk")).status == 200
    page = await room.press(link, do="resume", list="desk")
    assert (page.status, "Please wait a little" in page.text) == (429, True)
    room.clock.advance(minutes=10)
    assert (await room.press(link, do="resume", list="desk")).status == 200


def test_an_allowance_is_each_persons_own() -> None:
    allowance = Allowance(2, timedelta(minutes=1))
    assert [allowance.spend("a", now=NOW) for _ in range(3)] == [True, True, False]
    assert allowance.spend("b", now=NOW)
    assert not allowance.spend("a", now=NOW + timedelta(seconds=59))
    assert allowance.spend("a", now=NOW + timedelta(seconds=60))


# --- preferences ------------------------------------------------------------------------------


async def test_a_reader_sees_their_lists_and_nobody_elses(room: Newsroom) -> None:
    page = await room.get(room.link(Purpose.PREFERENCES))
    assert "<bdi>desk</bdi>" in page.text
    assert "<bdi>night</bdi>" in page.text
    assert "board" not in page.text
    assert READER.target in page.text
    assert OTHER.target not in page.text


@pytest.mark.parametrize("days", [1, 7, 30])
async def test_a_pause_is_as_long_as_it_says(room: Newsroom, days: int) -> None:
    page = await room.press(room.link(Purpose.PREFERENCES), do=f"pause {days}", list="night")
    assert "Paused. What rings meanwhile is not sent later." in page.text
    assert "Paused until" in page.text
    assert (READER, "night") in await said(room)
    assert (READER, "desk") not in await said(room)
    room.clock.advance(days=days)
    assert (READER, "night") not in await said(room)


async def test_a_pause_can_be_ended(room: Newsroom) -> None:
    link = room.link(Purpose.PREFERENCES)
    await room.press(link, do="pause 30", list="desk")
    await room.press(link, do="resume", list="desk")
    assert (READER, "desk") not in await said(room)


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"do": "pause 365", "list": "desk"}, 400),
        ({"do": "pause x", "list": "desk"}, 400),
        ({"do": "", "list": "desk"}, 400),
        ({"do": "leave", "list": "board"}, 410),
        ({"do": "leave", "list": "<b>"}, 410),
    ],
)
async def test_what_no_button_says_is_refused(
    room: Newsroom, form: dict[str, str], status: int
) -> None:
    page = await room.press(room.link(Purpose.PREFERENCES), do=form["do"], list=form["list"])
    assert page.status == status
    assert not (await said(room, READER, OTHER)).standings


async def test_a_page_says_nothing_that_its_address_made_up(room: Newsroom) -> None:
    page = await room.get(room.link(Purpose.PREFERENCES) + "?done=<b>you+won</b>")
    assert "you won" not in page.text
    assert 'class="done' not in page.text


# --- another address --------------------------------------------------------------------------


async def moved(room: Newsroom, text: str, receiver: str = "desk") -> str:
    link = room.link(Purpose.PREFERENCES)
    return (await room.press(link, do="move", list=receiver, address=text)).text


def question(room: Newsroom) -> str:
    """Return the link in the newest mail that asks an address."""
    notice, receiver = room.notices[-1]
    assert receiver.addresses == (NEW,)
    return notice.text.rpartition("\n")[2]


async def test_a_new_address_is_asked_and_the_old_one_stays_until_it_answers(
    room: Newsroom,
) -> None:
    before = room.link(Purpose.LEAVE).rpartition("/")[2]
    text = await moved(room, " new@example.net ")
    assert "We have written to the new address" in text
    link = question(room)
    assert READER.target not in room.notices[0][0].text
    assert "Mails of desk here?" in (await room.get(link)).text
    assert (await said(room)).moved(READER, "desk") == READER
    page = await room.press(link, do="yes")
    assert "The mails of desk come here" in page.text
    old = await room.get(f"{room.root}mail/leave/{before}")
    assert (old.status, "or moved to another address" in old.text) == (410, True)
    told = await said(room)
    assert told.moved(READER, "desk") == NEW
    assert told.moved(READER, "night") == READER
    assert (NEW, "desk") not in told


async def test_an_answer_counts_once_and_in_time(room: Newsroom) -> None:
    await moved(room, NEW.target)
    link = question(room)
    room.clock.advance(days=8)
    assert (await room.press(link, do="yes")).status == 410
    assert (await said(room)).moved(READER, "desk") == READER
    await moved(room, NEW.target)
    newer = question(room)
    assert (await room.press(link, do="yes")).status == 410
    assert (await room.press(newer, do="yes")).status == 200
    assert (await room.press(newer, do="yes")).status == 410


async def test_who_says_no_is_not_written_to(room: Newsroom) -> None:
    await moved(room, NEW.target)
    assert (await room.press(question(room), do="no")).status == 200
    told = await said(room, READER, NEW)
    assert told.moved(READER, "desk") == READER
    assert (NEW, "desk") in told


async def test_nobody_learns_who_is_on_a_list_or_is_pestered(room: Newsroom) -> None:
    text = await moved(room, OTHER.target)
    assert "We have written to the new address" in text
    assert room.notices == []
    for _ in range(5):
        await moved(room, NEW.target)
    assert len(room.notices) == 1
    for number in range(5):
        await moved(room, f"victim{number}@example.net")
    assert len(room.notices) <= 3


@pytest.mark.parametrize("text", ["", "nobody", "a@b, c@d", "a@b\r\nBcc: c@d", "<a@b>"])
async def test_what_is_no_address_is_not_asked(room: Newsroom, text: str) -> None:
    assert "That is not a mail address" in await moved(room, text)
    assert room.notices == []


# --- the whole digest -------------------------------------------------------------------------


async def test_a_digest_is_a_page_with_everything(room: Newsroom) -> None:
    room.digests["d1"] = digest(*evening())
    page = await room.get(room.link(Purpose.DIGEST, about="d1"))
    assert page.status == 200
    assert page.text.count("<article") == 7
    assert "&lt;confirmed&gt;" in page.text
    assert 'rel="noreferrer noopener"' in page.text


async def test_a_digest_that_is_forgotten_is_said_to_be(room: Newsroom) -> None:
    page = await room.get(room.link(Purpose.DIGEST, about="d1"))
    assert (page.status, "This is no longer here" in page.text) == (410, True)


# --- what comes back --------------------------------------------------------------------------


async def sent(room: Newsroom, number: int) -> str:
    """Have a mail sent to READER; return its Message-ID."""
    destination = replace(a_destination(), address=READER)
    await record(room.storage, a_sighting(an_article(f"{number}"), to=[destination]))
    later = NOW + timedelta(minutes=1)
    (leased,) = await room.storage.outbox.lease_due("email", now=NOW, until=later, limit=1)
    return f"<{leased.id}@example.org>"


async def test_three_bounces_turn_a_mailbox_off_and_tell_the_operator(room: Newsroom) -> None:
    await list_feeds(room.storage)
    for number in range(1, 4):
        assert room.notices == []
        mail = POSTFIX.replace(ID, await sent(room, number)).encode()
        await room.storage.outbox.recover(now=NOW + timedelta(days=1))
        page = await room.bring(mail)
        assert page.text == f"counted: reader@example.net, refusal {number}\n"
        assert (await room.bring(mail)).text == page.text
    assert (READER, "night") in await said(room)
    ((notice, receiver),) = room.notices
    assert receiver.name == "operator"
    assert notice.subject == "Mails to reader@example.net come back"
    assert "User unknown" in notice.details[0]
    page = await room.get(room.link(Purpose.PREFERENCES))
    assert "My mailbox works again" in page.text
    await room.press(room.link(Purpose.PREFERENCES), do="resume", list="desk")
    assert (READER, "night") not in await said(room)
    assert room.notices[-1][0].is_end


@pytest.mark.parametrize("token", ["", "wrong"])
async def test_only_the_operators_mail_server_brings_mails(room: Newsroom, token: str) -> None:
    assert (await room.bring(POSTFIX.encode(), token=token)).status == 401


@pytest.mark.parametrize(
    ("mail", "said"),
    [
        (POSTFIX.encode(), "ignored: it is about no mail of ours\n"),
        (POSTFIX.replace("Status: 5.1.1", "Status: 5.2.2").encode(), "not counted: failed 5.2.2\n"),
        (b"Subject: On holiday\n\n", "ignored: neither a delivery report nor"),
        (b"Subject: leave forged.token\n\n", "ignored: neither a delivery report nor"),
        (b"", "ignored: neither a delivery report nor"),
    ],
)
async def test_other_mails_are_taken_and_change_nothing(
    room: Newsroom, mail: bytes, said: str
) -> None:
    page = await room.bring(mail)
    assert page.status == 200
    assert page.text.startswith(said)
    assert room.notices == []


async def test_a_mail_to_the_list_leaves_it(room: Newsroom) -> None:
    token = room.link(Purpose.LEAVE).rpartition("/")[2]
    page = await room.bring(f"From: reader@example.net\nSubject: leave {token}\n\n".encode())
    assert page.text == "email:reader@example.net left desk\n"
    assert (READER, "desk") in await said(room)


async def test_a_mail_that_is_too_large_is_not_read(room: Newsroom) -> None:
    assert (await room.bring(b"x" * 600_000)).status == 413


# --- every page -------------------------------------------------------------------------------


async def test_every_page_is_strict_and_needs_no_script(room: Newsroom) -> None:
    room.digests["d1"] = digest(*evening())
    await moved(room, NEW.target)
    links = [
        room.link(Purpose.LEAVE),
        room.link(Purpose.PREFERENCES),
        room.link(Purpose.DIGEST, about="d1"),
        question(room),
        f"{room.root}mail/leave/x",
    ]
    for link in links:
        page = await room.get(link)
        policy = page.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "form-action 'self'" in policy
        assert "script-src" not in policy
        assert page.headers["Referrer-Policy"] == "no-referrer"
        assert page.headers["Cache-Control"] == "no-store"
        assert page.headers["X-Robots-Tag"] == "noindex"
        assert "Set-Cookie" not in page.headers
        for forbidden in ("<script", "onclick", "<img", "http-equiv"):
            assert forbidden not in page.text
        assert 'name="viewport"' in page.text
    style = await room.get(f"{room.root}mail/style.css")
    assert (style.status, style.headers["Content-Type"]) == (200, "text/css; charset=utf-8")
    assert (await room.get(room.root)).status == 401


async def test_hostile_names_are_only_text(room: Newsroom) -> None:
    claim = Claim(subscriber="email:<script>@x.example", list='"><script>alert(1)</script>')
    page = await room.get(room.pages.page(Purpose.LEAVE, claim))
    assert page.status == 200
    assert "<script>" not in page.text
