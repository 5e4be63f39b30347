"""Whoever leaves is forgotten at once: no table knows the chat, the mailbox, or a word of theirs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import inspect, select, text

from alerts.model import (
    Address,
    Answer,
    Delivery,
    DeliveryState,
    Destination,
    Receipt,
    Receiver,
    RoutedMatch,
    Severity,
    Sighting,
    Subscriber,
)
from alerts.storage import Storage
from alerts.storage.dialogues import Dialogue
from alerts.storage.feedback import Verdict
from alerts.storage.muted import MuteKind, Subject
from alerts.storage.tables import (
    alert_matches,
    alerts,
    deliveries,
    matches,
    metadata,
    subscribers,
    updates,
)
from tests.builders import NOW, a_destination, a_match, a_notice, a_sighting, an_article
from tests.storage.databases import count, fetch, list_feeds, record, table
from tests.storage.endings import told_in_english
from tests.storage.people import MINUTE, a_subscription, admitted, again, an_own, lease, sent, to

DAY = timedelta(days=1)
CHAT, ANNA, MAIL = "4711000", "telegram:4711000", "anna@home.example"
#: Nothing else in a test says these.
TITLE, WORDS = "Zebrafish", ("zebrafish", "ocelot", "quagga")
KEYS = ("url:https://news.example/blast",)


@pytest.fixture(autouse=True)
async def _feeds(storage: Storage) -> None:
    await list_feeds(storage)


async def anna(storage: Storage) -> Subscriber:
    """Return a subscriber with a mailbox, two watchlists of its own, and one that it deleted."""
    person = await admitted(storage, CHAT)
    await storage.subscribers.keep(replace(person, mail=MAIL))
    own = an_own(
        title=TITLE, wish="zebrafish, ocelot", query="zebrafish OR ocelot", exclude="quagga"
    )
    for _ in range(3):
        await storage.subscribers.watch(person.id, own, most=9)
    await storage.subscribers.unwatch(person.id, 2)
    await storage.subscribers.subscribe(person.id, a_subscription(), most=9)
    return await again(storage, person)


def a_find(name: str, found: Iterable[tuple[str, str, Destination]], **fields: Any) -> Sighting:
    """Return an article that meets watchlists: their ids and titles, and who hears of them."""
    article = an_article(name)
    routed = tuple(
        RoutedMatch(
            match=a_match(article, watchlist, title=title, severity=severity),
            destinations=(where,),
        )
        for watchlist, title, where in found
        for severity in [fields.get("severity", Severity.MEDIUM)]
    )
    return replace(a_sighting(article, to=()), matches=routed, **_but(fields, "severity"))


def _but(fields: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if name not in names}


def own(person: Subscriber, number: int = 1) -> tuple[str, str]:
    """Return the id and the title of one of its watchlists."""
    return person.watchlist_id(number), TITLE


async def rest(storage: Storage) -> dict[str, list[str]]:
    """Return table -> its rows as text, of every table that the database has."""
    async with storage.outbox._readers.connect() as connection:
        names = await connection.run_sync(lambda sync: inspect(sync).get_table_names())
        assert set(metadata.tables) <= set(names)
        found = {}
        for name in names:
            rows = await connection.execute(text(f'SELECT * FROM "{name}"'))
            found[name] = sorted(str(tuple(row)) for row in rows)
        return found


async def saying(storage: Storage, *words: str) -> list[str]:
    """Return the tables that say one of *words*, in any case."""
    return [
        name
        for name, rows in (await rest(storage)).items()
        if any(word in row.casefold() for row in rows for word in words)
    ]


async def erase(storage: Storage, person: Subscriber) -> dict[str, int]:
    return await storage.subscribers.erase(person, people=[ANNA])


# --- everything -----------------------------------------------------------------------------------


async def live(storage: Storage, person: Subscriber) -> None:
    """Let everything happen to *person* that leaves a trace."""
    mail, group = Address(channel="email", target=MAIL), Address(channel="telegram", target="-5")
    topic = replace(person.chat, thread=7)
    by_mail = to(person, address=mail)
    for name, found in (
        ("told", [(*own(person), to(person)), ("bases", "Bases", to(person))]),
        ("mailed", [(*own(person, 2), by_mail)]),
        ("topic", [(*own(person, 3), to(person, address=topic))]),
    ):
        await record(storage, a_find(name, found, story_keys=(f"url:{name}",)))
    told = await sent(storage) + await sent(storage, 50, "email")
    assert len(told) == 3
    more = [(*own(person, 3), to(person))]
    rising = a_find("more", more, story_keys=("url:told",), severity=Severity.HIGH)
    await record(storage, rising)  # an update
    late = to(person, gathers="quiet", due_at=NOW + DAY)
    await record(storage, a_find("waits", [(*own(person), late)]))
    for number, each in enumerate(told):
        for alert in each.alerts:
            await storage.feedback.give(alert.id, f"telegram:{number}", Verdict.USEFUL, now=NOW)
            await storage.feedback.give(alert.id, ANNA, Verdict.USEFUL, now=NOW)
    for where in (person.chat, topic):
        subject = Subject(kind=MuteKind.WATCHLIST, value=own(person)[0], title=TITLE)
        await storage.mutes.begin(subject, where, person.name, until=NOW + MINUTE, now=NOW)
    await storage.mutes.end_due(now=NOW + MINUTE, ending=told_in_english)  # two notices
    await storage.mutes.begin(subject, topic, person.name, until=NOW + DAY, now=NOW)
    for chat, who in ((person.chat, ANNA), (person.chat, "telegram:2"), (group, ANNA)):
        state = {"wish": "zebrafish"}
        dialogue = Dialogue(chat=chat, person=who, key="a", about="w", state=state, asked_at=NOW)
        await storage.dialogues.begin(dialogue)
    await storage.answers.put("1", person.chat, Answer(html="<b>Zebrafish</b>"), now=NOW)
    await storage.consents.ask(mail, person.name, now=NOW)
    letter = a_notice(about=f"mail of {person.name} to {MAIL}")
    await storage.outbox.notify(letter, Receiver(name=person.name, addresses=(mail,)), now=NOW)
    back = f"<{told[-1].id}@home.example>"
    assert await storage.bounces.count(back, status="5.1.1", reason=MAIL, now=NOW)
    await storage.invites.make("x", made_by=ANNA, uses=1, now=NOW, expires_at=NOW + DAY)
    for where in (person.chat, mail):
        await storage.outbox.put_off(where, NOW + MINUTE)


async def test_no_table_knows_who_left_nor_a_word_of_theirs(storage: Storage) -> None:
    stays = await admitted(storage, "815")
    await storage.subscribers.watch(stays.id, an_own(title="Stays"), most=9)
    await record(storage, a_find("stays", [(stays.watchlist_id(1), "Stays", to(stays))]))
    await sent(storage, 90)
    before = await rest(storage)
    person = await anna(storage)
    await live(storage, person)
    traces = (CHAT, MAIL, person.name, person.watchlist_id(1)[:-1], *WORDS)
    touched = {
        "addresses", "alerts", "alert_matches", "answers", "bounces", "consents", "deliveries",
        "dialogues", "feedback", "invites", "matches", "mutes", "notices", "own_watchlists",
        "subscribers", "subscriptions", "updates",
    }  # fmt: skip
    gone = await erase(storage, person)
    assert await saying(storage, *traces) == []
    assert set(gone) == touched
    # Nobody else has lost anything; and what the operator's watchlist met is the operator's.
    after = {
        name: [row for row in rows if "'bases'" not in row]
        for name, rows in (await rest(storage)).items()
        if name in touched
    }
    assert after == {name: before[name] for name in touched}


async def test_a_trace_in_any_table_would_be_found(storage: Storage) -> None:
    """What the test above looks for is there before."""
    person = await anna(storage)
    await live(storage, person)
    assert {"deliveries", "alerts", "mutes", "addresses", "dialogues"} < set(
        await saying(storage, CHAT)
    )
    assert {"matches", "own_watchlists", "updates", "notices", "answers", "dialogues"} < set(
        await saying(storage, *WORDS)
    )
    assert {"bounces", "consents", "subscribers"} < set(await saying(storage, MAIL))


async def test_to_be_erased_twice_is_to_be_erased(storage: Storage) -> None:
    person = await anna(storage)
    await erase(storage, person)
    assert await erase(storage, person) == {}


async def test_who_comes_back_is_a_stranger(storage: Storage) -> None:
    person = await anna(storage)
    await live(storage, person)
    await erase(storage, person)
    back = await admitted(storage, CHAT, language="tr", now=NOW + DAY)
    assert (back.language, back.mail, back.watchlists) == ("tr", "", ())
    await record(storage, a_find("told", [("bases", "Bases", to(back))]))
    assert [each.kind.value for each in await lease(storage)] == ["alert"]


async def test_a_subscriber_with_a_number_that_begins_alike_keeps_all(storage: Storage) -> None:
    people = [await admitted(storage, str(1000 + number)) for number in range(11)]
    for each in people:
        await storage.subscribers.watch(each.id, an_own(), most=9)
        find = [(each.watchlist_id(1), "x", to(each))]
        await record(storage, a_find(each.chat.target, find))
    first = people[0]
    assert any(each.name.startswith(first.name) for each in people[1:])
    await storage.subscribers.erase(first, people=())
    assert await count(storage, matches) == await count(storage, alerts) == 10
    assert await count(storage, subscribers) == 10


# --- what is others' ------------------------------------------------------------------------------


async def desk(storage: Storage) -> list[Delivery]:
    """Return what is on its way by an operator's receiver, sent."""
    return [each for each in await sent(storage) if each.receiver == "desk"]


async def test_what_the_operator_tells_the_same_chat_stays(storage: Storage) -> None:
    person = await anna(storage)
    await record(storage, a_find("theirs", [("bases", "Bases", a_destination(CHAT))]))
    operator = Receiver(name="operator", addresses=(person.chat,))
    await storage.outbox.notify(a_notice(), operator, now=NOW)
    await storage.outbox.put_off(person.chat, NOW)
    await record(storage, a_find("mine", [(*own(person), to(person))]))
    await storage.answers.put("1", person.chat, Answer(html="x"), now=NOW)
    await erase(storage, person)
    kept = await table(storage, deliveries)
    assert sorted(row["receiver"] for row in kept) == ["desk", "operator"]
    assert {row["target"] for row in kept} == {CHAT}
    assert await saying(storage, *WORDS) == []
    assert "addresses" in await saying(storage, CHAT)
    assert len(await sent(storage)) == 2


async def test_an_alert_of_the_operators_loses_what_the_subscribers_watchlist_added(
    storage: Storage,
) -> None:
    person = await anna(storage)
    both = [("bases", "Bases", a_destination(CHAT)), (*own(person), to(person))]
    await record(storage, a_find("a", both))
    [row] = await table(storage, deliveries)
    assert row["receiver"] == "desk"
    await erase(storage, person)
    [told] = await desk(storage)
    assert [match.watchlist for match in told.alerts[0].matches] == ["bases"]


async def test_an_alert_that_nothing_else_rang_goes_whoevers_it_was(storage: Storage) -> None:
    """The operator's watchlist was muted there: only the subscriber's own is left of it."""
    person = await anna(storage)
    muted = Subject(kind=MuteKind.WATCHLIST, value="bases", title="Bases")
    await storage.mutes.begin(muted, person.chat, "desk", until=NOW + DAY, now=NOW)
    both = [("bases", "Bases", a_destination(CHAT)), (*own(person), to(person))]
    await record(storage, a_find("a", both))
    assert await count(storage, alert_matches) == 1
    await erase(storage, person)
    assert await count(storage, alerts) == await count(storage, deliveries) == 0


async def test_an_update_that_names_a_watchlist_goes_and_the_others_stay(
    storage: Storage,
) -> None:
    person = await anna(storage)
    at_desk = a_destination(CHAT)
    for name, watchlist, title, severity, where in (
        ("a", "bases", "Bases", Severity.LOW, at_desk),
        ("b", *own(person), Severity.MEDIUM, at_desk),
        ("c", "latakia", "Latakia", Severity.HIGH, at_desk),
    ):
        find = a_find(name, [(watchlist, title, where)], severity=severity, story_keys=KEYS)
        await record(storage, find)
        await sent(storage, ord(name))
    assert await count(storage, updates) == 2
    await erase(storage, person)
    assert [row["watchlists"] for row in await table(storage, updates)] == [["Latakia"]]
    assert await saying(storage, *WORDS) == []
    assert await count(storage, deliveries) == 2


async def test_an_operators_update_of_an_alert_that_goes_goes_with_it(storage: Storage) -> None:
    person = await anna(storage)
    await record(storage, a_find("a", [(*own(person), to(person))], story_keys=KEYS))
    await sent(storage)
    find = [("bases", "Bases", a_destination(CHAT))]
    await record(storage, a_find("b", find, severity=Severity.HIGH, story_keys=KEYS))
    [update] = await lease(storage)
    assert update.receiver == "desk"
    await erase(storage, person)
    assert await count(storage, updates) == await count(storage, deliveries) == 0


async def test_the_end_of_a_mute_that_names_a_watchlist_goes_whoever_tells_it(
    storage: Storage,
) -> None:
    person = await anna(storage)
    for value in ("bases", own(person)[0]):
        subject = Subject(kind=MuteKind.WATCHLIST, value=value, title=value)
        await storage.mutes.begin(subject, person.chat, "desk", until=NOW, now=NOW)
    assert await storage.mutes.end_due(now=NOW, ending=told_in_english) == 2
    await erase(storage, person)
    [left] = await desk(storage)
    assert left.notice is not None
    assert left.notice.about.startswith("mute of watchlist bases")


async def test_a_mailbox_that_reads_another_list_keeps_what_it_said(storage: Storage) -> None:
    person = await anna(storage)
    mail = Address(channel="email", target=MAIL)
    for name in ("desk", person.name):
        await storage.consents.leave(mail, name, now=NOW, reason="too many")
    await storage.outbox.put_off(mail, NOW)
    await erase(storage, person)
    assert set(await storage.consents.standings(mail, now=NOW)) == {"desk"}
    assert "addresses" in await saying(storage, MAIL)


async def test_the_way_from_an_older_id_of_the_chat_is_forgotten(storage: Storage) -> None:
    group = await admitted(storage, "-100")
    new = Address(channel="telegram", target="-4711000")
    await storage.subscribers.move(group.chat, new, now=NOW)
    await erase(storage, await again(storage, group))
    assert await saying(storage, CHAT) == []


# --- what is under way ----------------------------------------------------------------------------


MARKS = {
    "sent": lambda box, told: box.mark_sent(told, Receipt(message_id="1"), now=NOW),
    "sent, and the pace is kept": lambda box, told: box.mark_sent(
        told, Receipt(message_id="1"), now=NOW, not_before_at=NOW + MINUTE
    ),
    "retry": lambda box, told: box.mark_retry(told, "503", due_at=NOW, not_before_at=NOW),
    "ambiguous": lambda box, told: box.mark_retry(told, "cut", due_at=NOW, ambiguous=True),
    "dead": lambda box, told: box.mark_dead(told, "400"),
    "given back": lambda box, told: box.give_back(told),
    "gone": lambda box, told: box.mark_gone(told, "403", now=NOW),
    "moved": lambda box, told: box.move(told, "-1004711000", now=NOW),
}


@pytest.mark.parametrize("mark", MARKS.values(), ids=list(MARKS))
async def test_what_becomes_of_a_message_that_was_under_way_changes_nothing(
    storage: Storage, mark: Any
) -> None:
    person = await anna(storage)
    await record(storage, a_find("a", [(*own(person), to(person))]))
    await record(storage, a_find("b", [("bases", "Bases", a_destination("300"))]))
    under_way = {told.address.target: told for told in await lease(storage)}
    await erase(storage, person)
    before = await rest(storage)
    assert not await mark(storage.outbox, under_way[CHAT])
    assert await rest(storage) == before
    # Nor is anybody else held up by it, who is noted in the same transaction.
    assert await storage.outbox.mark_sent(under_way["300"], Receipt(), now=NOW)
    states = await fetch(storage, select(deliveries.c.state))
    assert [row["state"] for row in states] == [DeliveryState.SENT.value]
