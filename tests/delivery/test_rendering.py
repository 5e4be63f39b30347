"""Every message is readable, within its channel's limits, and made of escaped data."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.headerregistry import Address as Mailbox
from email.policy import default as modern
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.delivery.channels.composing import compose
from alerts.delivery.channels.telegram import GENERAL_NOTE, TelegramChannel
from alerts.delivery.rendering import Renderer
from alerts.delivery.rendering.mail import MOST_ALERTS
from alerts.delivery.rendering.marked import units
from alerts.delivery.rendering.telegram import MOST_ENTITIES, MOST_UNITS
from alerts.delivery.rendering.view import REPEAT, age, link
from alerts.model import (
    Address,
    Alert,
    Article,
    Delivery,
    DeliveryKind,
    Evidence,
    Fact,
    Field,
    How,
    Message,
    Severity,
)
from tests.delivery import gallery
from tests.delivery.samples import (
    CHAT,
    MAILBOX,
    NOW,
    TERMINAL,
    alert,
    arabic,
    article,
    chemical,
    delivery,
    evidence,
    khmeimim,
    long_list,
    match,
)
from tests.servers.bot_api import ENTITY_LIMIT, TEXT_LIMIT, BotApi
from tests.servers.telegram_html import Entity, parse_html, utf16_length

#: DELIVERY.md, Email.
MOST_BYTES = 90_000
RENDERER = Renderer("https://tocsin.example/")
KINDS = (DeliveryKind.ALERT, DeliveryKind.LIST)
SENDER = Mailbox("Tocsin", "tocsin", "example.org")
READER = Mailbox("", "reader", "example.net")


def render(one: Delivery) -> Message:
    return RENDERER.render(one, now=NOW)


def telegram(*alerts: Alert, **values: Any) -> tuple[str, tuple[Entity, ...], Message]:
    message = render(delivery(*alerts, **values))
    return *parse_html(message.html), message


# --- what stands in a message -----------------------------------------------------------------


@pytest.mark.parametrize("address", [CHAT, MAILBOX, TERMINAL])
def test_an_alert_says_what_who_when_where_and_why(address: Address) -> None:
    text = render(delivery(khmeimim(), address=address)).text
    for words in (
        "CRITICAL: Drones shot down over Hmeymim, residents report explosions",
        "Levant Wire · 12 min ago",
        "https://news.example/syria/hmeymim-drones",
        "Air defences at the Russian-run Hmeymim base",
        "matched Hmeymim = Khmeimim Air Base, drones = drone, watchlist Attack on Khmeimim\n",
        "matched Latakia, watchlist Anything in Latakia\n",
        "Also reported by \u2068وكالة الساحل\u2069, Coast Observer",
    ):
        assert words in text


def test_telegram_shows_the_same_with_matched_words_in_bold() -> None:
    text, entities, message = telegram(khmeimim())
    assert text.startswith("🔴 CRITICAL\nDrones shot down over Hmeymim")
    bold = [_shown(text, one) for one in entities if one.tag == "b"]
    assert bold[:5] == ["CRITICAL", "Hmeymim", "Hmeymim", "Latakia", "drones"]
    links = {one.href: _shown(text, one) for one in entities if one.tag == "a"}
    assert links["https://news.example/syria/hmeymim-drones"].startswith("Drones shot down")
    assert "matched Hmeymim = Khmeimim Air Base, drones = drone, watchlist" in text
    assert message.subject == "Critical: Drones shot down over Hmeymim, residents report explosions"


def _shown(text: str, entity: Entity) -> str:
    data = text.encode("utf-16-le")
    return data[entity.offset * 2 : (entity.offset + entity.length) * 2].decode("utf-16-le")


def test_the_same_word_is_not_explained_by_itself() -> None:
    lead = article(title="DRONE seen")
    found = evidence(lead, "DRONE", "drone", field=Field.TITLE)
    text, _, _ = telegram(alert(lead, matches=(match(lead, found),)))
    assert "matched DRONE, watchlist Attack on Khmeimim" in text


@pytest.mark.parametrize("address", [CHAT, MAILBOX, TERMINAL])
@pytest.mark.parametrize("kind", KINDS)
def test_what_a_watchlist_asks_for_and_an_article_does_not_say_is_told(
    address: Address, kind: DeliveryKind
) -> None:
    lead = article(title="Drone seen")
    found = evidence(lead, "Drone", "drone", field=Field.TITLE)
    doubtful = match(lead, found, unknown=(Fact.LANGUAGE, Fact.PUBLISHER))
    message = render(delivery(alert(lead, matches=(doubtful,)), address=address, kind=kind))
    told = "Attack on Khmeimim (not known: language, publisher)"
    assert told in message.text
    if message.html:
        assert told in re.sub("<[^>]*>", "", message.html)


def test_an_excerpt_of_another_article_names_its_publisher() -> None:
    lead, other = article(), article(id="a2", publisher="Coast Observer")
    found = match(other, evidence(other, "Hmeymim", "Khmeimim Air Base"))
    text, _, _ = telegram(alert(lead, other, matches=(found,)))
    assert "residents of Jableh said.\n(Coast Observer)" in text


@pytest.mark.parametrize("address", [CHAT, MAILBOX, TERMINAL])
@pytest.mark.parametrize("alerts", [(khmeimim(),), (khmeimim(), arabic())])
def test_a_possible_repeat_is_explained_first(address: Address, alerts: tuple[Alert, ...]) -> None:
    message = render(delivery(*alerts, address=address, possible_repeat=True))
    assert message.possible_repeat
    assert message.text.startswith(REPEAT)
    assert REPEAT not in render(delivery(*alerts, address=address)).text
    if message.html:
        assert REPEAT in message.html


@pytest.mark.parametrize(
    ("published_at", "words"),
    [
        (None, "date unknown"),
        (NOW, "just now"),
        (NOW + timedelta(minutes=4), "just now"),
        (NOW + timedelta(hours=1), "dated in the future"),
        (NOW - timedelta(seconds=59), "just now"),
        (NOW - timedelta(seconds=60), "1 min ago"),
        (NOW - timedelta(minutes=59, seconds=59), "59 min ago"),
        (NOW - timedelta(hours=1), "1 h ago"),
        (NOW - timedelta(hours=47), "47 h ago"),
        (NOW - timedelta(days=2), "2 days ago"),
        (datetime(1970, 1, 1, tzinfo=UTC), "20,414 days ago"),
    ],
)
def test_age_in_words(published_at: datetime | None, words: str) -> None:
    assert age(published_at, now=NOW) == words


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JavaScript:alert(1)//https://x.example",
        "data:text/html,x",
        "//evil.example",
        "http://",
        "http:///x",
        "https://x.example/ y",
        "https://x.example/\n",
        "https://x.example/\u202egnp.exe",
        "https://[::1",
        "tg://resolve?domain=x",
        "https://x.example/" + "y" * 2000,
    ],
)
@pytest.mark.parametrize("address", [CHAT, MAILBOX, TERMINAL])
def test_only_web_addresses_become_links(url: str, address: Address) -> None:
    assert link(url) == ""
    message = render(delivery(alert(article(url=url)), address=address))
    for text in (message.text, message.html):
        assert "javascript:" not in text.lower()
        assert url not in text


def test_feed_text_cannot_ring_people_by_their_names() -> None:
    lead = article(title="@everyone read this", publisher="@feed", summary="Ask @somebody now.")
    html = render(delivery(alert(lead))).html
    assert "@e" not in html
    assert "@f" not in html
    assert "@s" not in html


def test_right_to_left_names_do_not_reorder_our_lines() -> None:
    text, _, _ = telegram(arabic())
    _, headline, byline, *_ = text.split("\n")
    assert headline == "قصف جوي على خان شيخون بريف إدلب (فيديو)"
    assert byline == "\u2068وكالة الساحل\u2069 · date unknown"
    html = render(delivery(arabic(), address=MAILBOX)).html
    assert 'class="headline" dir="auto"' in html
    assert "<bdi>وكالة الساحل</bdi>" in html


# --- lists ------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [2, 7, 40, 500])
def test_a_telegram_list_drops_nothing_unseen(count: int) -> None:
    text, _, message = telegram(*long_list(count))
    for seen in (text, message.text):
        assert seen.startswith(f"{count} alerts, the most severe first")
        listed = seen.count("watchlist Attack on Khmeimim") + seen.count("watchlist Khan Shaykhun")
        listed += seen.count("watchlist Chemical weapons")
        rest = f"and {count - listed} more: https://tocsin.example/"
        assert seen.endswith(rest) if listed < count else "and 0 more" not in seen
        assert listed >= min(count, 7)


def test_a_list_of_one_is_a_list() -> None:
    text, _, message = telegram(khmeimim(), kind=DeliveryKind.LIST)
    assert text.startswith("1 alert")
    assert message.subject.startswith("1 alert: Drones")


@pytest.mark.parametrize("count", [2, 50, 51, 87, 400])
def test_a_mail_lists_everything_as_text_and_says_what_its_html_leaves_out(count: int) -> None:
    message = render(delivery(*long_list(count), address=MAILBOX))
    assert message.text.startswith(f"{count} alerts, the most severe first")
    assert message.text.count("\nmatched ") >= count
    shown = message.html.count('class="headline"')
    assert shown <= MOST_ALERTS
    assert (f"and {count - shown} more" in message.html) is (shown < count)
    assert len(message.html.encode()) < MOST_BYTES


def test_fat_alerts_make_a_shorter_html_part_and_never_a_larger_one() -> None:
    fat = alert(
        *(
            article(id=f"{n}", publisher="&" * 99, url=f"https://x.example/{'&' * 900}")
            for n in range(9)
        ),
        matches=tuple(
            match(article(id="0"), *_many("&" * 90), title="&" * 99, watchlist=f"w{n}")
            for n in range(30)
        ),
    )
    one = render(delivery(fat, address=MAILBOX))
    many = render(delivery(*[fat] * 60, address=MAILBOX))
    for message in (one, many):
        assert len(message.html.encode()) < MOST_BYTES
    assert one.html
    assert "more, in the text part of this mail" in many.html
    assert many.text.count("CRITICAL:") == 60


def _many(word: str) -> list[Evidence]:
    return [
        Evidence(
            field=Field.TITLE,
            start=n,
            end=n + 1,
            surface=word + str(n),
            term=word * n,
            how=How.REGEX,
        )
        for n in range(12)
    ]


# --- threads and subjects ---------------------------------------------------------------------


def test_messages_of_one_story_share_a_thread() -> None:
    first = render(delivery(khmeimim(), address=MAILBOX))
    update = render(delivery(khmeimim(), address=MAILBOX, id="other"))
    assert first.thread == update.thread != render(delivery(arabic(), address=MAILBOX)).thread


def test_lists_of_one_day_to_one_address_share_a_thread() -> None:
    lists = [
        render(delivery(*long_list(2), address=address, created_at=at)).thread
        for address, at in [
            (MAILBOX, NOW),
            (MAILBOX, NOW + timedelta(hours=1)),
            (MAILBOX, NOW + timedelta(days=1)),
            (CHAT, NOW),
        ]
    ]
    assert lists[0] == lists[1]
    assert len(set(lists)) == 3


# --- for all inputs ---------------------------------------------------------------------------

HOSTILE = [
    "<b>bold</b> <script>alert(1)</script> &amp; &lt; \" '",
    "🔴" * 3000,
    "x" * 5000,
    "word " * 1000,
    "قصف " * 1500,
    "javascript:alert(1)",
    "a\nb\r\nSubject: injected\r\n\r\nbody",
    "\u200b\u2060\ufeff",
    "\0\x1b]0;title\x07\x1b[31m",
    "\u202eevil\u2066",
    "[bold red]markup[/] :smile:",
    "e\u0301" * 3000,
    "\ud83d lone",
    "</a></b></i>",
    "{{ 7 * 7 }} {% raw %}",
    "@a" * 2500,
    "=?utf-8?q?=0D=0ABcc:_x?= " * 9,
    "",
    " ",
]


def outlandish(text: str) -> Alert:
    """An alert that says *text* wherever text can stand."""
    one = Article(
        id="x",
        publisher=text,
        url=f"https://x.example/{text[:50]}",
        title=text,
        summary=text,
        content=text,
        author=text,
        tags=(text,),
    )
    found = tuple(
        Evidence(
            field=field, start=n * 3, end=n * 3 + 2, surface=text, term=f"{n}{text}", how=How.EXACT
        )
        for field in Field
        for n in range(10)
    )
    matches = tuple(match(one, *found, title=text, watchlist=f"w{n}") for n in range(12))
    return alert(*[one] * 12, matches=matches, severity=Severity.INFO)


def accepted_by_telegram(message: Message) -> None:
    """Check *message* as the server does, with the note in front that a gone topic brings."""
    for html in (message.html, f"<i>{GENERAL_NOTE}</i>\n\n{message.html}"):
        text, entities = parse_html(html)
        assert text
        assert utf16_length(text) <= TEXT_LIMIT
        assert len(entities) <= ENTITY_LIMIT
        assert {entity.tag for entity in entities} <= {"a", "b", "i"}
    assert 0 < units(message.text) <= MOST_UNITS
    assert units(GENERAL_NOTE) + 2 + MOST_UNITS <= TEXT_LIMIT
    assert MOST_ENTITIES < ENTITY_LIMIT


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links |= {value or "" for name, value in attrs if name in ("href", "src")}
        assert not any(name.startswith("on") for name, _ in attrs)


OUR_TAGS = {
    "html",
    "head",
    "meta",
    "title",
    "style",
    "body",
    "table",
    "tr",
    "td",
    "br",
    "div",
    "p",
    "h1",
    "h2",
    "a",
    "b",
    "bdi",
    "span",
}


def is_a_sound_mail(message: Message) -> None:
    raw = compose(message, SENDER, READER)
    parsed = message_from_bytes(raw, policy=modern)
    assert parsed.keys() == [
        *("From", "To", "Subject", "Date", "Message-ID", "In-Reply-To", "References"),
        *("List-Id", "Auto-Submitted", "MIME-Version", "Content-Type"),
    ]
    assert parsed["Subject"] == message.subject
    assert parsed["To"] == "reader@example.net"
    assert not parsed.defects
    assert units(message.subject) <= 120
    assert len(message.html.encode()) < MOST_BYTES
    tags = _Tags()
    tags.feed(message.html)
    assert tags.tags <= OUR_TAGS
    assert all(link.startswith(("http://", "https://")) for link in tags.links)


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("kind", KINDS)
def test_hostile_texts_are_shown_and_do_nothing(text: str, kind: DeliveryKind) -> None:
    alerts = (outlandish(text),) * (1 if kind is DeliveryKind.ALERT else 40)
    for repeat in (False, True):
        accepted_by_telegram(render(delivery(*alerts, kind=kind, possible_repeat=repeat)))
        mail = render(delivery(*alerts, kind=kind, address=MAILBOX, possible_repeat=repeat))
        is_a_sound_mail(mail)
        assert "49" not in mail.subject


@given(st.text(st.characters(codec=None), max_size=300), st.integers(1, 12))
@settings(max_examples=60, deadline=None)
def test_any_text_makes_a_message_that_telegram_takes(text: str, count: int) -> None:
    accepted_by_telegram(render(delivery(*[outlandish(text)] * count)))


@given(st.text(st.characters(codec=None), max_size=300), st.integers(1, 4))
@settings(max_examples=60, deadline=None)
def test_any_text_makes_a_mail_without_injected_headers(text: str, count: int) -> None:
    is_a_sound_mail(render(delivery(*[outlandish(text)] * count, address=MAILBOX)))


def test_rendering_is_pure() -> None:
    for address in (CHAT, MAILBOX, TERMINAL):
        one = delivery(khmeimim(), chemical(), address=address)
        assert render(one) == render(one)


# --- against the servers ----------------------------------------------------------------------


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    async with BotApi() as api:
        yield api


async def test_the_server_accepts_every_hostile_text(api: BotApi) -> None:
    channel = TelegramChannel(api.token, api.url)
    for text in HOSTILE:
        for alerts in ((outlandish(text),), (outlandish(text),) * 40):
            await channel.send(render(delivery(*alerts)), CHAT)
    assert len(api.accepted) == 2 * len(HOSTILE)
    assert not channel.fallbacks
    await channel.close()


async def test_plain_text_fits_where_html_was_refused(api: BotApi) -> None:
    channel = TelegramChannel(api.token, api.url)
    api.closed_topics = {("-1001", 7)}
    for text in HOSTILE:
        api.answers = [
            json.loads('{"ok":false,"error_code":400,"description":"can\'t parse entities: x"}')
        ]
        await channel.send(render(delivery(outlandish(text))), CHAT)
    assert [taken.html for taken in api.accepted] == [""] * len(HOSTILE)
    await channel.close()


def test_the_gallery_can_be_made() -> None:
    assert all((gallery.pages() | gallery.digest_pages()).values())
