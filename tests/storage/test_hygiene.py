"""What is counted of matches, alerts and deliveries, by watchlist and by receiver."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from alerts.model import (
    Delivery,
    DeliveryState,
    Evidence,
    Field,
    HeldBy,
    How,
    Receipt,
    RoutedMatch,
    Sighting,
)
from alerts.storage import Storage
from alerts.storage.feedback import Verdict
from alerts.storage.hygiene import Activity, Fate, Found, Reach, Verdicts
from alerts.storage.muted import MuteKind, Subject
from tests.builders import (
    CHAT,
    NOW,
    a_destination,
    a_match,
    a_notice,
    a_sighting,
    an_article,
    an_operator,
)
from tests.storage.databases import list_feeds, record

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


async def lease(storage: Storage, at: timedelta = timedelta(0)) -> list[Delivery]:
    now = NOW + at
    until = now + timedelta(minutes=3)
    return await storage.outbox.lease_due("telegram", now=now, until=until, limit=50)


async def send(storage: Storage, at: timedelta = timedelta(0)) -> int:
    count = 0
    while leased := await lease(storage, at):
        for delivery in leased:
            await storage.outbox.mark_sent(delivery, Receipt(), now=NOW + at)
        count += len(leased)
    return count


def held(sighting: Sighting) -> Sighting:
    [routed] = sighting.matches
    match = replace(routed.match, is_held=True)
    return replace(sighting, matches=(RoutedMatch(match=match, destinations=()),))


async def test_an_empty_archive_reaches_nowhere(storage: Storage) -> None:
    assert await storage.hygiene.reach(since=NOW) == Reach(articles=0, first_at=None)
    assert await storage.hygiene.activity(since=NOW) == {}
    assert await storage.hygiene.stories_told(since=NOW) == 0
    assert await storage.hygiene.undelivered(since=NOW) == []
    assert await storage.hygiene.last_told_at("rules") is None


async def test_activity_is_counted_by_watchlist_since_a_moment(storage: Storage) -> None:
    await list_feeds(storage)
    old = an_article("old", seen_at=NOW - 9 * DAY)
    await record(storage, a_sighting(old, watchlists=["bases"]), now=NOW - 9 * DAY)
    both = a_sighting(an_article("both"), watchlists=["bases", "air"])
    kept = held(a_sighting(an_article("kept"), watchlists=["bases"]))
    to_two = a_sighting(an_article("two"), to=[a_destination("100"), a_destination("200")])
    await record(storage, both, kept, to_two)
    since = NOW - DAY
    assert await storage.hygiene.activity(since=since) == {
        "bases": Activity(matches=3, held=1, silenced=0, stories=2),
        "air": Activity(matches=1, held=0, silenced=0, stories=1),
    }
    assert await storage.hygiene.stories_told(since=since) == 2
    assert await storage.hygiene.reach(since=since) == Reach(articles=3, first_at=NOW - 9 * DAY)
    last = await storage.hygiene.last_matches(["bases", "air", "never"])
    assert last == {"bases": NOW, "air": NOW}


async def test_what_became_of_alerts_is_counted_by_watchlist(storage: Storage) -> None:
    await list_feeds(storage)
    subject = Subject(kind=MuteKind.WATCHLIST, value="air", title="Air")
    await storage.mutes.begin(subject, CHAT, "desk", until=NOW + DAY, now=NOW)
    await record(
        storage,
        a_sighting(an_article("a"), watchlists=["bases"]),
        a_sighting(an_article("b"), watchlists=["air"]),
    )
    assert await send(storage) == 1
    sent, muted = Fate(DeliveryState.SENT, ""), Fate(DeliveryState.HELD, HeldBy.MUTED)
    fates = await storage.hygiene.fates(since=NOW - DAY)
    assert fates == {"bases": {sent: 1}, "air": {muted: 1}}


async def test_a_match_on_a_story_that_was_told_is_known(storage: Storage) -> None:
    await list_feeds(storage)
    first, second = an_article("first"), an_article("second")
    await record(storage, a_sighting(first, watchlists=["bases"], story_keys=("s",)))
    await send(storage)
    await record(storage, a_sighting(second, watchlists=["late"], story_keys=("s",)))
    asked = ["bases", "late", "never"]
    assert await storage.hygiene.told_before(asked, since=NOW - DAY) == {"late"}
    assert await storage.hygiene.told_before(["never"], since=NOW - DAY) == frozenset()


async def test_words_that_matched_are_found_each_once(storage: Storage) -> None:
    await list_feeds(storage)
    for name in ("a", "b"):
        article = an_article(name)
        word = Evidence(
            field=Field.TITLE, start=0, end=5, surface="Blast", term="blast", how=How.INFLECTION
        )
        match = a_match(article, evidence=(word,))
        routed = RoutedMatch(match=match, destinations=())
        await record(storage, a_sighting(article, matches=(routed,)))
    assert await storage.hygiene.found(since=NOW) == {Found("bases", "blast", "Blast")}
    assert await storage.hygiene.found(since=NOW + HOUR) == frozenset()


async def test_each_person_has_one_word_an_alert_for_each_of_its_watchlists(
    storage: Storage,
) -> None:
    await list_feeds(storage)
    articles = [an_article("a"), an_article("b")]
    await record(
        storage,
        *(a_sighting(one, watchlists=["bases", "air"], story_keys=("s",)) for one in articles),
    )
    [delivery] = await lease(storage)
    [alert] = delivery.alerts
    for person, verdict in [
        ("1", Verdict.USEFUL),
        ("1", Verdict.FALSE_ALARM),
        ("2", Verdict.USEFUL),
    ]:
        await storage.feedback.give(alert.id, person, verdict, now=NOW)
    said = Verdicts(useful=1, false_alarms=1)
    assert await storage.hygiene.verdicts(since=NOW) == {"bases": said, "air": said}
    assert await storage.hygiene.verdicts(since=NOW + HOUR) == {}


async def test_what_was_tried_in_vain_counts_until_something_arrives(storage: Storage) -> None:
    await list_feeds(storage)
    await record(storage, a_sighting(an_article("a")), a_sighting(an_article("b")))
    assert await storage.hygiene.undelivered(since=NOW) == []  # not tried yet
    [first] = await lease(storage)
    await storage.outbox.mark_dead(first, "400: refused")
    [second] = await lease(storage)
    await storage.outbox.mark_retry(second, "502", due_at=NOW + HOUR)
    [told] = await storage.hygiene.undelivered(since=NOW)
    assert (told.receiver, told.channel, told.target) == ("desk", "telegram", "100")
    assert (told.dead, told.waiting, told.since) == (1, 1, NOW)
    # Under way again it has not arrived yet.
    [again] = await lease(storage, HOUR)
    assert [each.waiting for each in await storage.hygiene.undelivered(since=NOW)] == [1]
    assert await storage.hygiene.undelivered(since=NOW + HOUR) == []
    await storage.outbox.mark_sent(again, Receipt(), now=NOW + HOUR)
    assert await storage.hygiene.undelivered(since=NOW) == []


async def test_an_address_that_is_gone_is_known_with_its_reason(storage: Storage) -> None:
    await list_feeds(storage)
    await record(storage, a_sighting())
    [delivery] = await lease(storage)
    await storage.outbox.mark_gone(delivery, "blocked", now=NOW)
    assert await storage.hygiene.gone() == {("telegram", "100"): (NOW, "blocked")}


async def test_when_trouble_was_told_last_is_known_beyond_its_end(storage: Storage) -> None:
    for hours, state in enumerate(["broken", "worse", ""]):
        await storage.outbox.notify(a_notice(state), an_operator(), now=NOW + hours * HOUR)
    assert await storage.hygiene.last_told_at("rules") == NOW + HOUR
