"""What a webhook's body says: the schema that is published, held against what is sent."""

from __future__ import annotations

import copy
import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from alerts.delivery.channels.webhook import signed_headers
from alerts.delivery.rendering import Renderer
from alerts.delivery.rendering.webhook import (
    MOST_ARTICLES,
    MOST_BYTES,
    MOST_EVIDENCE,
    MOST_MATCHES,
)
from alerts.model import (
    Address,
    Change,
    Delivery,
    DeliveryKind,
    Fact,
    Field,
    How,
    Notice,
    Severity,
)
from tests.builders import a_notice, an_alert, an_article
from tests.delivery.samples import (
    KHMEIMIM,
    NOW,
    alert,
    article,
    delivery,
    evidence,
    khmeimim,
    long_list,
    match,
)
from tests.servers.webhook_receiver import SECRET

DOCS = Path(__file__).parents[2] / "docs"
SCHEMA = json.loads((DOCS / "webhook.schema.json").read_text(encoding="utf-8"))
HOOK = Address(channel="webhook", target="desk")
PUBLIC = "https://tocsin.example/"


def closed(schema: Any) -> Any:
    """Return *schema* with no room for keys that it does not describe."""
    strict = copy.deepcopy(schema)
    todo = [strict]
    while todo:
        part = todo.pop()
        if isinstance(part, dict):
            if "properties" in part:
                part["additionalProperties"] = False
            todo += part.values()
        elif isinstance(part, list):
            todo += part
    return strict


VALIDATOR = Draft202012Validator(closed(SCHEMA), format_checker=Draft202012Validator.FORMAT_CHECKER)


def body(sent: Delivery) -> Any:
    """Return what is posted for *sent*, which the schema must describe to the last key."""
    message = Renderer(PUBLIC).render(sent, now=NOW)
    said = json.loads(message.html)
    VALIDATOR.validate(said)
    return said


def test_an_alert_says_everything_that_a_person_sees() -> None:
    said = body(delivery(address=HOOK))
    assert (said["type"], said["timestamp"]) == ("alert", "2025-11-22T11:49:00Z")
    data = said["data"]
    assert data["version"] == 1
    assert data["delivery"] == "5f" * 32
    assert data["receiver"] == "security desk"
    assert data["severity"] == "critical"
    assert data["subject"].startswith("Critical: Drones shot down over Hmeymim")
    assert "matched" in data["text"]
    assert data["url"] == PUBLIC
    (told,) = data["alerts"]
    assert told["headline"] == "Drones shot down over Hmeymim, residents report explosions"
    assert told["url"] == "https://news.example/syria/hmeymim-drones"
    assert told["excerpt"].startswith("Air defences")
    assert [each["publisher"] for each in told["articles"]] == [
        "Levant Wire",
        "وكالة الساحل",
        "Coast Observer",
    ]
    first, second = told["matches"]
    assert (first["watchlist"], first["title"]) == ("khmeimim-attack", "Attack on Khmeimim")
    assert first["evidence"][0] == {
        "field": "title",
        "surface": "Hmeymim",
        "term": "Khmeimim Air Base",
        "how": "alias",
    }
    assert second["severity"] == "low"


def test_an_update_says_what_changed_and_which_message_it_follows() -> None:
    change = Change(
        severity_before=Severity.HIGH, headline_before="Drones over Hmeymim", watchlists=("Syria",)
    )
    sent = delivery(address=HOOK, kind=DeliveryKind.UPDATE, change=change, follows="ab" * 32)
    data = body(sent)["data"]
    assert data["follows"] == "ab" * 32
    assert data["change"] == {
        "severity_before": "high",
        "headline_before": "Drones over Hmeymim",
        "watchlists": ["Syria"],
    }


@pytest.mark.parametrize("alerts", [(), long_list(3)])
def test_a_digest_says_since_when(alerts: tuple[Any, ...]) -> None:
    since = NOW - timedelta(days=1)
    sent = delivery(*alerts, address=HOOK, kind=DeliveryKind.DIGEST, since=since)
    said = body(replace(sent, alerts=alerts))
    assert said["data"]["since"] == "2025-11-21T11:49:00Z"
    assert len(said["data"]["alerts"]) == len(alerts)


def test_a_notice_says_what_is_wrong() -> None:
    notice = a_notice(details=("rules/a.yml:3: R201 …",) * 60, more=5, shown_by="tocsin check")
    said = body(_notice(notice))
    told = said["data"]["notice"]
    assert said["type"] == "notice"
    assert (told["about"], told["state"], told["subject"]) == ("rules", "broken", "Rules broken")
    assert (len(told["details"]), told["more_details"]) == (50, 15)
    assert told["text"] == "What happened.\nWhat to do."
    assert "What to do." in said["data"]["text"]


def _notice(notice: Notice) -> Delivery:
    return Delivery(
        id="0" * 64,
        kind=DeliveryKind.NOTICE,
        receiver="operator",
        address=HOOK,
        alerts=(),
        created_at=NOW,
        notice=notice,
    )


def test_the_words_are_those_of_the_model() -> None:
    """An enumeration that grows must be published."""
    defined = SCHEMA["$defs"]
    # The bot answers where it is spoken to, and nobody speaks to it through a webhook.
    published = [kind.value for kind in DeliveryKind if kind is not DeliveryKind.ANSWER]
    assert SCHEMA["properties"]["type"]["enum"] == published
    assert defined["severity"]["enum"] == [level.value for level in Severity]
    assert defined["match"]["properties"]["unknown"]["items"]["enum"] == [f.value for f in Fact]
    assert defined["evidence"]["properties"]["field"]["enum"] == [field.value for field in Field]
    assert defined["evidence"]["properties"]["how"]["enum"] == [how.value for how in How]


# --- limits -----------------------------------------------------------------------------------


def test_what_does_not_fit_is_counted() -> None:
    sent = delivery(*long_list(1_000), address=HOOK)
    message = Renderer().render(sent, now=NOW)
    data = json.loads(message.html)["data"]
    assert len(message.html.encode()) <= MOST_BYTES
    assert len(data["alerts"]) > 50
    assert len(data["alerts"]) + data["more"] == 1_000


def test_one_enormous_story_is_told_all_the_same() -> None:
    huge = "ف" * 5_000
    reported = [
        article(id=str(n), title=huge, summary=huge, author=huge, publisher=huge, url="https://a/b")
        for n in range(60)
    ]
    found = tuple(
        match(
            one,
            *(evidence(one, huge[:500], huge[:500]) for _ in range(30)),
            watchlist=one.id,
            title=huge,
        )
        for one in reported
    )
    sent = delivery(alert(*reported, matches=found), khmeimim(), address=HOOK)
    data = body(sent)["data"]
    (told,) = data["alerts"]
    assert (len(told["articles"]), told["more_articles"]) == (MOST_ARTICLES, 40)
    assert (len(told["matches"]), told["more_matches"]) == (MOST_MATCHES, 10)
    assert len(told["matches"][0]["evidence"]) == MOST_EVIDENCE
    assert data["more"] == 1
    assert len(json.dumps(data, ensure_ascii=False).encode()) < 4 * MOST_BYTES


@example(text="\ud800", repeat=False)
@given(text=st.text(st.characters(codec=None, categories=None), max_size=40), repeat=st.booleans())
def test_whatever_an_article_says_the_body_is_json_in_utf_8(text: str, repeat: bool) -> None:
    hostile = an_article(
        "x", title=f"x{text}", summary=text * 3, author=text, language=text, tags=(text,)
    )
    sent = delivery(an_alert(hostile, id="a"), address=HOOK, possible_repeat=repeat)
    said = body(sent)
    assert said["data"]["possible_repeat"] is repeat
    Renderer().render(sent, now=NOW).html.encode("utf-8")


@pytest.mark.parametrize("url", ["javascript:alert(1)", "file:///etc/passwd", "https://a/\u202eb"])
def test_only_links_that_are_safe_to_click_are_passed_on(url: str) -> None:
    (told,) = body(delivery(alert(article(url=url)), address=HOOK))["data"]["alerts"]
    assert (told["url"], told["articles"][0]["url"]) == ("", "")


def test_the_address_of_a_feed_stays_here() -> None:
    secret = an_article("x", feed="https://user:canary@news.example/feed?key=canary")
    assert "canary" not in Renderer().render(delivery(an_alert(secret), address=HOOK), now=NOW).html


# --- the page ---------------------------------------------------------------------------------


def block(language: str) -> str:
    page = (DOCS / "webhook.md").read_text(encoding="utf-8")
    (found,) = re.findall(rf"^```{language}\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    return str(found)


def test_the_example_on_the_page_is_what_is_sent() -> None:
    lead = article(id="a1" * 32)
    found = (evidence(lead, "Hmeymim", KHMEIMIM), evidence(lead, "drones", "drone"))
    told = alert(lead, id="5f" * 32, story="a1" * 32, matches=(match(lead, *found),))
    sent = delivery(told, address=HOOK, receiver="desk")
    assert json.loads(block("json")) == body(sent)


def test_the_check_on_the_page_believes_us_and_nobody_else() -> None:
    given: dict[str, Any] = {}
    exec(block("python"), given)
    sent, other = b'{"type": "alert"}', b'{"type": "alarm"}'
    headers = signed_headers("5f" * 32, datetime.now(UTC), sent, SECRET)
    assert given["is_genuine"](headers, sent, SECRET)
    assert not given["is_genuine"](headers, other, SECRET)
    old = signed_headers("5f" * 32, datetime.now(UTC) - timedelta(hours=1), sent, SECRET)
    assert not given["is_genuine"](old, sent, SECRET)
