"""A message reads in the language of its receiver, by the receiver's clock, and fits in each."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.alerting.audience import receiver_of
from alerts.delivery.channels.telegram import GENERAL_NOTE
from alerts.delivery.presses import read
from alerts.delivery.rendering import Renderer
from alerts.delivery.rendering.buttons import buttons, turned
from alerts.delivery.rendering.marked import units
from alerts.delivery.rendering.reader import ENGLISH, Reader
from alerts.delivery.rendering.telegram import MOST_UNITS, fits, telegram
from alerts.delivery.rendering.why import why, why_briefly
from alerts.locales import words_of
from alerts.model import (
    Address,
    Alert,
    Change,
    Delivery,
    DeliveryKind,
    Evidence,
    Fact,
    Field,
    How,
    Message,
    Receiver,
    RuleSet,
    Severity,
    Subscriber,
)
from tests.delivery.languages import READERS, arabic_words
from tests.delivery.samples import (
    CHAT,
    MAILBOX,
    NOW,
    alert,
    article,
    chemical,
    delivery,
    khmeimim,
    long_list,
    match,
)
from tests.servers.bot_api import ENTITY_LIMIT, TEXT_LIMIT
from tests.servers.telegram_html import parse_html, utf16_length

PUBLIC: Final = "https://tocsin.example/"
YESTERDAY: Final = NOW - timedelta(days=1)
DAMASCUS: Final = "Asia/Damascus"
ARABIC: Final = Reader(arabic_words(), DAMASCUS)
_SUBSCRIBER: Final = Subscriber(
    id=12, chat=CHAT, language="fr", time_zone=DAMASCUS, created_at=YESTERDAY
)


def lines(one: Delivery, reader: Reader = ARABIC) -> list[str]:
    """Return *one* line by line, as a chat shows it."""
    return parse_html(telegram(one, PUBLIC, NOW, reader=reader).html)[0].split("\n")


def digest(*alerts: Alert, **values: Any) -> Delivery:
    return delivery(*alerts, kind=DeliveryKind.DIGEST, since=YESTERDAY, **values)


# --- whose language ---------------------------------------------------------------------------


def test_a_subscriber_is_a_receiver_with_a_language_and_a_clock() -> None:
    receiver = receiver_of(_SUBSCRIBER)
    assert (receiver.language, receiver.time_zone) == ("fr", DAMASCUS)


def test_operators_read_english_by_utc() -> None:
    receiver = Receiver(name="desk", addresses=(CHAT,))
    assert (receiver.language, receiver.time_zone) == ("en", "UTC")
    assert lines(digest(khmeimim()), ENGLISH)[0] == "1 story since Fri 21 Nov, 11:49 UTC"


def test_a_message_is_in_the_language_and_by_the_clock_that_its_receiver_has_now() -> None:
    receivers = {_SUBSCRIBER.name: receiver_of(_SUBSCRIBER)}
    renderer = Renderer(PUBLIC)
    renderer.use(RuleSet(receivers=receivers))

    def since(**values: Any) -> str:
        one = digest(khmeimim(), **({"receiver": _SUBSCRIBER.name} | values))
        return renderer.render(one, now=NOW).html

    assert "21 nov., 14:49" in since()
    receivers[_SUBSCRIBER.name] = receiver_of(
        replace(_SUBSCRIBER, language="es", time_zone="America/Bogota")
    )
    assert "21 nov, 6:49" in since()
    assert "Fri 21 Nov, 11:49 UTC" in since(receiver="somebody who left")
    del receivers[_SUBSCRIBER.name]
    assert "Fri 21 Nov, 11:49 UTC" in since()


@pytest.mark.parametrize("address", [MAILBOX, Address(channel="apprise", target="x")])
def test_other_channels_read_english(address: Address) -> None:
    renderer = Renderer(PUBLIC)
    one = delivery(khmeimim(), address=address, receiver=_SUBSCRIBER.name)
    before = renderer.render(one, now=NOW)
    renderer.use(RuleSet(receivers={_SUBSCRIBER.name: receiver_of(_SUBSCRIBER)}))
    assert renderer.render(one, now=NOW) == before


@pytest.mark.parametrize(
    ("zone", "said", "dated"),
    [
        ("UTC", "Fri 21 Nov, 22:30 UTC", "21 Nov 2025, 22:30 UTC"),
        (DAMASCUS, "Sat 22 Nov, 01:30", "22 Nov 2025, 01:30"),
        ("Pacific/Kiritimati", "Sat 22 Nov, 12:30", "22 Nov 2025, 12:30"),
    ],
)
def test_a_moment_is_what_the_readers_clock_shows(zone: str, said: str, dated: str) -> None:
    at, reader = datetime(2025, 11, 21, 22, 30, tzinfo=UTC), Reader(words_of("en"), zone)
    assert (reader.moment(at), reader.dated(at)) == (said, dated)


# --- from right to left -----------------------------------------------------------------------


def isolate(text: str) -> str:
    return f"\u2068{text}\u2069"


def test_an_alert_reads_from_right_to_left_with_what_does_not_held_apart() -> None:
    _, headline, byline, _, excerpt, _, bases, latakia, sources = lines(delivery(khmeimim()))
    assert lines(delivery(khmeimim()))[0] == "🔴 حرج"
    # What the publisher wrote stands alone: its own letters say where it begins.
    assert headline.startswith("Drones shot down")
    assert excerpt.startswith("Air defences")
    assert byline == f"{isolate('Levant Wire')} · قبل 12 دقيقة"
    found = f"{isolate('Hmeymim')} = {isolate('Khmeimim Air Base')}، {isolate('drones')}"
    assert bases == f"طابق {found} = {isolate('drone')}، قائمة {isolate('Attack on Khmeimim')}"
    assert latakia == f"طابق {isolate('Latakia')}، قائمة {isolate('Anything in Latakia')}"
    assert sources == f"نشره أيضا وكالة الساحل، {isolate('Coast Observer')}"


def test_a_list_and_a_digest_read_from_right_to_left() -> None:
    since, heading, item, _ = (line for line in lines(digest(chemical())) if line)
    assert since == "1 أخبار منذ 21 نوفمبر، 14:49"
    assert heading == f"{isolate('Chemical weapons')} (1)"
    title = isolate('Inspectors: "chlorine & sarin" traces <confirmed> 🧪')
    assert item.startswith(f"🟡 {title} — {isolate('Idlib <Daily>')}، ")


def test_an_update_reads_from_right_to_left() -> None:
    change = Change(
        severity_before=Severity.HIGH, headline_before="Drones", watchlists=("Bases", "الساحل")
    )
    said = lines(delivery(khmeimim(), kind=DeliveryKind.UPDATE, change=change))
    assert said[:3] == [
        "تحديث: الدرجة حرجة وكانت عالية",
        f"كان العنوان: {isolate('Drones')}",
        f"يطابق أيضا: {isolate('Bases')}، الساحل",
    ]


def test_what_an_article_does_not_say_is_told_in_the_readers_language() -> None:
    lead = article()
    doubtful = alert(lead, matches=(match(lead, unknown=(Fact.LANGUAGE,)),))
    assert any("(غير معروف: اللغة)" in line for line in lines(delivery(doubtful)))


def test_the_plain_text_says_the_same_without_tags() -> None:
    message = telegram(delivery(khmeimim()), PUBLIC, NOW, reader=ARABIC)
    html = parse_html(message.html)[0].split("\n")
    assert [line for line in html[5:] if line] == message.text.split("\n")[-3:]
    assert message.text.startswith("حرج: Drones shot down")


def test_what_does_not_fit_is_counted_and_linked() -> None:
    said = lines(delivery(*long_list(200)))
    assert said[-1].startswith("و")
    assert said[-1].endswith(f" غيرها: {isolate(PUBLIC)}")


def test_why_it_rang_is_told_in_the_readers_language() -> None:
    lead = article()
    start = lead.summary.index("Hmeymim")
    found = Evidence(
        field=Field.CONTENT,
        start=start,
        end=start + 7,
        surface="Hmeymim",
        term="Khmeimim",
        how=How.SPELLING,
    )
    one = alert(lead, matches=(match(lead, found),))
    met = f"طابق {isolate('Hmeymim')} = {isolate('Khmeimim')} (كتابة أخرى) في النص"
    assert why(one, ARABIC.words).split("\n") == [
        f"القائمة <b>{isolate('Attack on Khmeimim')}</b>، حرجة",
        met,
    ]
    assert why_briefly(one, ARABIC.words).startswith(met)


def test_an_explanation_rings_nobody() -> None:
    lead = article(title="@everyone")
    found = Evidence(field=Field.TITLE, start=0, end=9, surface="@all", term="@e", how=How.REGEX)
    said = why(alert(lead, matches=(match(lead, found, title="@team"),)), ENGLISH.words)
    assert said.count("@\u2060") == said.count("@") == 3


# --- buttons ----------------------------------------------------------------------------------


@pytest.mark.parametrize("title", ["Bases", "Бази \u202e<b>&amp;</b>", "خان شيخون", "x" * 90])
@pytest.mark.parametrize("count", [1, 2, 5])
def test_a_button_is_turned_and_turned_back(title: str, count: int) -> None:
    lead = article()
    matches = tuple(match(lead, title=title, watchlist=f"w{n}") for n in range(count))
    one = alert(lead, matches=matches, id="5f" * 32)
    for words in (reader.words for reader in READERS):
        rows = buttons(one, words)
        pressed = [press for row in rows for each in row if (press := read(each.action))]
        mutes = [(press, press.opposite) for press in pressed if press.opposite]
        assert len(mutes) == 1 + min(count, 3)
        for press, opposite in mutes:
            after = turned(rows, press, words, title)
            pairs = zip(chain(*rows), chain(*after), strict=True)
            assert [new.action for old, new in pairs if old != new] == [opposite.action]
            assert turned(after, opposite, words, title) == rows


def test_a_pressed_button_speaks_the_language_of_whoever_reads_it() -> None:
    rows = buttons(replace(khmeimim(), id="5f" * 32), ENGLISH.words)
    press = read(rows[1][0].action)
    assert press is not None
    after = turned(rows, press, ARABIC.words, "Attack on Khmeimim")
    assert after[1][0].label == f"إلغاء كتم «{isolate('Attack on Khmeimim')}»"
    assert after[0] == rows[0]


# --- for all inputs ---------------------------------------------------------------------------


def within_limits(message: Message) -> None:
    for html in (message.html, f"<i>{GENERAL_NOTE}</i>\n\n{message.html}"):
        text, entities = parse_html(html)
        assert 0 < utf16_length(text) <= TEXT_LIMIT
        assert len(entities) <= ENTITY_LIMIT
        assert {one.tag for one in entities} <= {"a", "b", "i"}
    assert 0 < units(message.text) <= MOST_UNITS
    for one in (one for row in message.buttons for one in row):
        assert one.label.strip()
        assert units(one.label) <= 64


TEXTS: Final = st.text(st.characters(codec=None), max_size=400)
KINDS: Final = st.sampled_from(
    [DeliveryKind.ALERT, DeliveryKind.UPDATE, DeliveryKind.LIST, DeliveryKind.DIGEST]
)


def _outlandish(text: str, count: int) -> Alert:
    one = article(title=text * 3, publisher=text, summary=text)
    found = tuple(
        Evidence(field=field, start=0, end=2, surface=f"{n}{text}", term="x", how=how)
        for n, (field, how) in enumerate((field, how) for field in Field for how in How)
    )
    doubts = tuple(Fact) if count % 2 else ()
    matches = tuple(
        match(one, *found, title=text, watchlist=f"w{n}", unknown=doubts) for n in range(count)
    )
    return alert(*[one] * count, matches=matches)


@given(TEXTS, st.integers(1, 20), KINDS, st.booleans(), st.sampled_from(READERS))
@settings(max_examples=120, deadline=None)
def test_any_text_makes_a_message_that_telegram_takes_in_every_language(
    text: str, count: int, kind: DeliveryKind, repeat: bool, reader: Reader
) -> None:
    is_list = kind in (DeliveryKind.LIST, DeliveryKind.DIGEST)
    one = delivery(
        *[_outlandish(text, count)] * (count if is_list else 1),
        kind=kind,
        since=YESTERDAY,
        possible_repeat=repeat,
        change=Change(
            severity_before=Severity.LOW, headline_before=text * 9, watchlists=(text,) * count
        ),
    )
    within_limits(telegram(one, PUBLIC, NOW, reader=reader))


@given(TEXTS, st.integers(1, 20), st.sampled_from(READERS))
@settings(max_examples=60, deadline=None)
def test_any_alert_can_be_explained_in_every_language(
    text: str, count: int, reader: Reader
) -> None:
    one = _outlandish(text, count)
    said = why(one, reader.words)
    assert parse_html(said)[0]
    assert fits([said])
    assert 0 < units(why_briefly(one, reader.words)) <= 200
