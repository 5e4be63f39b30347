"""A notice is readable on every channel, within its limits, and made of escaped data."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.delivery.channels.console import ConsoleChannel
from alerts.delivery.channels.telegram import GENERAL_NOTE, TelegramChannel
from alerts.delivery.rendering import Renderer
from alerts.delivery.rendering.marked import clean_lines, units
from alerts.delivery.rendering.telegram import MOST_UNITS
from alerts.delivery.rendering.view import REPEAT
from alerts.model import Address, Delivery, DeliveryKind, Message, Notice, Severity
from tests.delivery.samples import CHAT, MAILBOX, NOW, TERMINAL, delivery
from tests.delivery.test_rendering import HOSTILE, is_a_sound_mail
from tests.servers.bot_api import TEXT_LIMIT, BotApi
from tests.servers.telegram_html import parse_html, utf16_length

EVERYWHERE = [CHAT, MAILBOX, TERMINAL]
RENDERER = Renderer("https://tocsin.example/")
COMPLAINT = "rules/a.yml:2:23: R201 unknown key 'keywrods'\n  hint: did you mean 'keywords'?"


def refused(count: int = 1, **fields: Any) -> Notice:
    given: dict[str, Any] = {
        "about": "rules",
        "state": "5f" * 32,
        "subject": "Rule files refused: rules/a.yml:2:23: R201",
        "text": "An edit was refused.\nThe rules from before stay in force.",
        "details": tuple(COMPLAINT.replace(":2:", f":{line}:") for line in range(2, count + 2)),
        "shown_by": "tocsin check",
    }
    return Notice(**given | fields)


def carried(notice: Notice, address: Address = CHAT, **fields: Any) -> Delivery:
    given: dict[str, Any] = {
        "kind": DeliveryKind.NOTICE,
        "receiver": "operator",
        "alerts": (),
        "notice": notice,
    }
    one = delivery(address=address)
    return Delivery(id=one.id, address=address, created_at=NOW, **given | fields)


def render(notice: Notice, address: Address = CHAT, **fields: Any) -> Message:
    return RENDERER.render(carried(notice, address, **fields), now=NOW)


# --- what stands in it ------------------------------------------------------------------------


@pytest.mark.parametrize("address", EVERYWHERE)
def test_a_notice_says_what_happened_and_where(address: Address) -> None:
    message = render(refused(2, more=35), address)
    assert message.subject == "Tocsin: Rule files refused: rules/a.yml:2:23: R201"
    assert message.text.startswith("HIGH: Rule files refused: rules/a.yml:2:23: R201\n\nAn edit")
    assert "refused.\nThe rules from before stay in force.\n\nrules/a.yml:2:23" in message.text
    assert COMPLAINT in message.text
    assert "rules/a.yml:3:23" in message.text
    assert "'keywords'?\n\nand 35 more: tocsin check" in message.text


def test_telegram_shows_the_subject_in_bold_and_the_details_as_they_are() -> None:
    message = render(refused(2, more=35))
    text, entities = parse_html(message.html)
    assert text == "🟠 " + message.text.removeprefix("HIGH: ")
    assert [entity.tag for entity in entities] == ["b", "pre"]
    data = text.encode("utf-16-le")
    bold, pre = (
        data[one.offset * 2 : (one.offset + one.length) * 2].decode("utf-16-le") for one in entities
    )
    assert bold == "Rule files refused: rules/a.yml:2:23: R201"
    assert pre == COMPLAINT + "\n\n" + COMPLAINT.replace(":2:", ":3:")


def test_a_mail_has_the_same_in_both_parts() -> None:
    message = render(refused(2, more=35), MAILBOX)
    seen = unescape(re.sub("<[^>]*>", "", message.html))
    for words in ("HIGH", "Rule files refused", "An edit was refused.", COMPLAINT, "and 35 more"):
        assert words in message.text
        assert words in seen
    assert "Sent by Tocsin to the receiver operator" in message.text
    assert "Sent by Tocsin to the receiver operator" in seen
    is_a_sound_mail(_without_pre(message))


def _without_pre(message: Message) -> Message:
    """Return *message* in the tags of alerts: `pre` is what a notice has besides."""
    assert message.html.count("<pre ") == message.html.count("</pre>") <= 1
    html = message.html.replace("<pre ", "<div ").replace("</pre>", "</div>")
    return Message(
        delivery=message.delivery,
        created_at=message.created_at,
        subject=message.subject,
        text=message.text,
        html=html,
        thread=message.thread,
    )


@pytest.mark.parametrize("address", EVERYWHERE)
@pytest.mark.parametrize(
    "notice",
    [
        refused(0),
        Notice(about="x", state="", subject="All is well", text="", severity=Severity.INFO),
    ],
)
def test_a_notice_without_details_has_no_empty_frame(notice: Notice, address: Address) -> None:
    message = render(notice, address)
    assert "<pre" not in message.html
    assert "more" not in message.text
    assert "\n\n\n" not in message.text


@pytest.mark.parametrize("address", EVERYWHERE)
def test_a_possible_repeat_is_explained_first(address: Address) -> None:
    message = render(refused(), address, possible_repeat=True)
    assert message.text.startswith(REPEAT)
    assert message.possible_repeat
    assert REPEAT not in render(refused(), address).text
    if message.html:
        assert REPEAT in message.html


def test_trouble_and_its_end_share_a_thread_and_other_things_do_not() -> None:
    end = refused(0, state="", subject="Rule files taken again")
    threads = [render(notice, MAILBOX).thread for notice in (refused(), refused(9), end)]
    assert len(set(threads)) == 1
    assert render(refused(about="feed x"), MAILBOX).thread not in threads


def test_names_in_a_notice_ring_nobody() -> None:
    """Telegram finds no mentions inside of `pre` (Bot API, Formatting options)."""
    html = render(refused(subject="@feed is down", text="@somebody", details=("@all",))).html
    outside = re.sub("<pre>.*</pre>", "", html, flags=re.DOTALL)
    assert "@f" not in outside
    assert "@s" not in outside


# --- within the limits ------------------------------------------------------------------------


@pytest.mark.parametrize("count", [3, 17, 40, 300])
def test_telegram_shows_what_fits_and_counts_the_rest(count: int) -> None:
    message = render(refused(count, more=7))
    text, _ = parse_html(message.html)
    for seen in (text, message.text):
        shown = seen.count("R201 unknown key")
        assert seen.endswith(f"and {count - shown + 7} more: tocsin check")
        assert min(count, 17) <= shown <= 20
    assert units(message.text) <= MOST_UNITS


def test_a_message_may_fill_the_limit_to_the_last_unit() -> None:
    longest = 0
    for size in range(500, 600):
        details = ("y" * 500,) * 4 + ("z" * size,)
        message = render(refused(text="x" * 1400, details=details, severity=Severity.CRITICAL))
        accepted_by_telegram(message)
        longest = max(longest, units(message.text))
        assert ("z" in message.text) is ("z" in message.html)
    assert longest == MOST_UNITS


@pytest.mark.parametrize("address", [MAILBOX, TERMINAL])
@pytest.mark.parametrize(("count", "left"), [(20, 7), (21, 8), (300, 287)])
def test_elsewhere_twenty_details_are_shown_and_the_others_counted(
    address: Address, count: int, left: int
) -> None:
    message = render(refused(count, more=7), address)
    assert message.text.count("R201 unknown key") == 20
    assert f"\n\nand {left} more: tocsin check" in message.text


def hostile(text: str) -> Notice:
    """A notice that says *text* wherever text can stand."""
    return Notice(
        about=text,
        state=text,
        subject=text,
        text=text,
        details=(text,) * 300,
        more=5000,
        shown_by=text,
    )


@pytest.mark.parametrize(
    ("last", "leads"),
    [
        ("https://tocsin.example/mail/confirm/x.y", True),
        ("https://evil.example/mail/confirm/x.y", False),
        ("https://tocsin.example.evil.example/", False),
        ("the end", False),
    ],
)
def test_only_our_own_page_at_the_end_of_a_text_becomes_a_button(last: str, leads: bool) -> None:
    told = Notice(about="x", state="asked", subject="Do you want this?", text=f"Say so.\n\n{last}")
    message = render(told, MAILBOX)
    assert (f'href="{last}"' in message.html) is leads
    assert last in message.text
    assert (last in re.sub("<[^>]*>", "", message.html)) is not leads


def accepted_by_telegram(message: Message) -> None:
    for html in (message.html, f"<i>{GENERAL_NOTE}</i>\n\n{message.html}"):
        text, entities = parse_html(html)
        assert text
        assert utf16_length(text) <= TEXT_LIMIT
        assert {entity.tag for entity in entities} <= {"b", "i", "pre"}
    assert 0 < units(message.text) <= MOST_UNITS


@pytest.mark.parametrize("text", [*HOSTILE, "</pre><b>", "مفتاح غير معروف\n  تلميح"])
def test_hostile_texts_are_shown_and_do_nothing(text: str) -> None:
    for repeat in (False, True):
        accepted_by_telegram(render(hostile(text), possible_repeat=repeat))
        mail = render(hostile(text), MAILBOX, possible_repeat=repeat)
        is_a_sound_mail(_without_pre(mail))
        assert "49" not in mail.subject


@given(st.text(st.characters(codec=None), max_size=700))
@settings(max_examples=60)
def test_any_text_makes_a_notice_that_telegram_and_mail_take(text: str) -> None:
    accepted_by_telegram(render(hostile(text)))
    is_a_sound_mail(_without_pre(render(hostile(text), MAILBOX)))


async def test_the_server_takes_every_hostile_text_as_html() -> None:
    async with BotApi() as api:
        channel = TelegramChannel(api.token, api.url)
        for text in HOSTILE:
            await channel.send(render(hostile(text)), CHAT)
        assert len(api.accepted) == len(HOSTILE)
        assert not channel.fallbacks
        await channel.close()


async def test_the_console_prints_a_notice_without_obeying_it(tmp_path: Path) -> None:
    with (tmp_path / "out").open("w", encoding="utf-8") as file:
        for text in HOSTILE:
            await ConsoleChannel(file).send(render(hostile(text), TERMINAL), TERMINAL)
    printed = (tmp_path / "out").read_bytes()
    assert b"\x1b" not in printed
    assert b"\0" not in printed


@pytest.mark.parametrize(
    ("given", "cleaned"),
    [
        ("a\n  b  \n\n\tc", "a\n  b\n\n c"),
        ("\n\n a\n", " a"),
        ("a\r\nb\x1b[31m\u202ec\0", "a\nb [31mc"),
        ("\ud83d torn", "\ufffd torn"),
    ],
)
def test_lines_keep_their_indentation_and_nothing_hidden(given: str, cleaned: str) -> None:
    assert clean_lines(given) == cleaned
