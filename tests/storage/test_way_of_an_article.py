"""An article's history holds what became of it, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from alerts.model import DeliveryState, Novelty, Receipt
from alerts.storage import Storage
from alerts.storage.silenced import Consent
from tests.builders import CHAT, NOW, a_destination, a_sighting, an_article
from tests.storage.databases import list_feeds, record


async def test_an_article_that_is_not_stored_has_no_history(storage: Storage) -> None:
    assert await storage.histories.of("0" * 64) is None


async def test_matches_alerts_deliveries_and_other_reports_are_told(storage: Storage) -> None:
    await list_feeds(storage)
    first, second = an_article("a"), an_article("b")
    key = ("url:same",)
    to = [a_destination("100"), a_destination("200")]
    await record(storage, a_sighting(first, story_keys=key, to=to, watchlists=("bases", "coast")))
    later = NOW + timedelta(minutes=1)
    until = later + timedelta(minutes=1)
    [sent] = await storage.outbox.lease_due("telegram", now=later, until=until, limit=1)
    await storage.outbox.mark_sent(sent, Receipt(message_id="7"), now=later)
    await record(
        storage, a_sighting(second, story_keys=key, to=to[:1], watchlists=("bases",)), now=later
    )

    history = await storage.histories.of(first.id)
    assert history is not None
    assert (history.novelty, history.story, history.reported) == (Novelty.NEW, first.id, 1)
    assert [report.id for report in history.reports] == [second.id]
    assert [one.match.watchlist for one in history.matches] == ["bases", "coast"]
    assert {one.rule_set for one in history.matches} == {"r1"}
    assert {one.watchlists for one in history.tellings} == {("bases", "coast")}
    states = {one.delivery.address.target: one.delivery.state for one in history.tellings}
    assert set(states) == {"100", "200"}
    assert states[sent.address.target] is DeliveryState.SENT
    [message] = [one.message_id for one in history.tellings if one.message_id]
    assert message == "7"

    other = await storage.histories.of(second.id)
    assert other is not None
    assert other.story == first.id
    assert len(other.tellings) == 2
    assert other.match("bases") is not None
    assert other.match("coast") is None


async def test_who_left_or_paused_is_refused_for_as_long_as_it_lasts(storage: Storage) -> None:
    await storage.consents.open(now=NOW)
    other = replace(CHAT, target="200")
    await storage.consents.leave(CHAT, "desk", now=NOW)
    await storage.consents.pause(other, "desk", until=NOW + timedelta(hours=1), now=NOW)
    wanted = [(CHAT, "desk"), (CHAT, "ops"), (other, "desk")]
    refused = await storage.histories.refused(wanted, now=NOW)
    states = {pair: standing.state for pair, standing in refused.items()}
    assert states == {(CHAT, "desk"): Consent.LEFT, (other, "desk"): Consent.PAUSED}
    later = NOW + timedelta(hours=2)
    assert set(await storage.histories.refused(wanted, now=later)) == {(CHAT, "desk")}
