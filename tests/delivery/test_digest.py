"""A digest says everything once, in the order of what matters, and fits into a mail."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.delivery.links import Links
from alerts.delivery.rendering import Renderer
from alerts.delivery.rendering.digest import sections
from alerts.delivery.rendering.mail import MOST_BYTES, mail
from alerts.delivery.rendering.reader import Reader
from alerts.locales import words_of
from alerts.model import (
    Change,
    Delivery,
    DeliveryKind,
    Digest,
    Message,
    Severity,
)
from tests.delivery.digests import NOW, SINCE, digest, evening, many
from tests.delivery.samples import MAILBOX, TERMINAL, arabic, delivery, khmeimim, match
from tests.delivery.samples import NOW as THEN

PUBLIC = "https://tocsin.example/"


def mailed(one: Delivery, *, most: int = 40, location: str = "UTC", whole: str = "") -> Message:
    wanted = Digest(at=(), max_items=most, location=location)
    return mail(one, PUBLIC, NOW, links=Links(whole=whole), digest=wanted)


def seen(html: str) -> str:
    """Return what a reader sees of *html*."""
    return unescape(re.sub("<[^>]*>", "", html.partition("<body")[2].partition(">")[2])).strip()


# --- what stands in it ------------------------------------------------------------------------


def test_the_subject_counts_and_names_the_gravest_story() -> None:
    assert mailed(digest(*many(4), khmeimim())).subject == (
        "5 stories: Drones shot down over Hmeymim, residents report explosions"
    )
    assert mailed(digest(khmeimim())).subject.startswith("1 story: Drones")


@pytest.mark.parametrize(
    ("location", "words"),
    [("UTC", "since Tue 3 Nov, 17:00 UTC"), ("Asia/Damascus", "since Tue 3 Nov, 20:00")],
)
def test_it_says_since_when_by_the_readers_clock(location: str, words: str) -> None:
    message = mailed(digest(*evening()), location=location)
    assert message.text.startswith(f"7 stories {words}\n")
    assert f"7 stories {words}" in message.html
    assert ("UTC" in message.text) is (location == "UTC")


def test_a_first_digest_has_no_since() -> None:
    assert mailed(digest(*evening(), since=None)).text.startswith("7 stories\n")


def test_each_story_stands_once_and_names_every_watchlist() -> None:
    three = replace(
        khmeimim(),
        matches=tuple(
            match(khmeimim().lead, watchlist=name, title=name.capitalize(), severity=level)
            for name, level in [
                ("attacks", Severity.CRITICAL),
                ("coast", Severity.LOW),
                ("drones", Severity.LOW),
            ]
        ),
    )
    message = mailed(digest(three, *many(3)))
    for text in (message.text, seen(message.html)):
        assert text.count("Drones shot down over Hmeymim") == 1
        for title in ("Attacks", "Coast", "Drones"):
            assert title in text
        assert "Attacks (1)" in text
        assert "Coast (" not in text


def test_the_gravest_watchlist_comes_first_and_in_it_the_gravest_and_earliest_story() -> None:
    parts = sections(evening())
    assert parts[0].watchlist == "Attack on Khmeimim"
    assert [part.alerts[0].severity.rank for part in parts] == sorted(
        (part.alerts[0].severity.rank for part in parts), reverse=True
    )
    (idlib,) = [part for part in sections(many(10)) if part.watchlist == "Anything in Idlib"]
    order = [(-one.severity.rank, one.lead.published_at) for one in idlib.alerts]
    assert order == sorted(order)


@given(st.integers(0, 60), st.integers(1, 60), st.randoms(use_true_random=False))
def test_every_story_is_in_one_section_whatever_the_order(
    count: int, most: int, random: object
) -> None:
    alerts = list(many(count))
    random.shuffle(alerts)  # type: ignore[attr-defined]
    parts = sections(alerts, most=most)
    told = [alert.story for part in parts for alert in part.alerts]
    assert len(told) == len(set(told)) == min(count, most)
    assert parts == sections(many(count), most=most)
    left = {alert.story: alert.severity.rank for alert in alerts} | dict.fromkeys(told, 0)
    shown = [alert.severity.rank for part in parts for alert in part.alerts]
    assert max(left.values(), default=0) <= min(shown, default=9)


@pytest.mark.parametrize("since", [SINCE, None])
def test_an_empty_digest_says_that_nothing_rang(since: datetime | None) -> None:
    message = mailed(digest(since=since))
    words = "Nothing rang since Tue 3 Nov, 17:00 UTC" if since else "Nothing rang"
    assert message.subject == words
    assert message.text.startswith(words + "\n\n-- \n")
    assert words in message.html
    assert Renderer().render(digest(address=TERMINAL, since=since), now=NOW).text == words


def test_unknown_times_are_told_as_what_is_known() -> None:
    lead = replace(arabic().lead, published_at=None, seen_at=None)
    undated = replace(arabic(), articles=(lead,))
    assert "date unknown" in mailed(digest(undated)).text
    lead = replace(lead, seen_at=NOW)
    assert "seen Wed 4 Nov, 17:00" in mailed(digest(replace(arabic(), articles=(lead,)))).text


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (datetime(2026, 3, 29, 0, 30, tzinfo=UTC), "Sun 29 Mar, 01:30"),
        (datetime(2026, 3, 29, 1, 30, tzinfo=UTC), "Sun 29 Mar, 03:30"),
        (datetime(2026, 12, 31, 23, 30, tzinfo=UTC), "Fri 1 Jan, 00:30"),
    ],
)
def test_a_moment_is_what_the_clock_there_reads(at: datetime, words: str) -> None:
    assert Reader(words_of("en"), "Europe/Berlin").moment(at) == words


def test_what_is_read_hours_later_has_no_age() -> None:
    message = mailed(digest(*evening()))
    for text in (message.text, message.html):
        assert " ago" not in text


# --- how much of it ---------------------------------------------------------------------------


@pytest.mark.parametrize(("count", "most"), [(40, 40), (77, 40), (41, 40), (60, 5), (300, 200)])
def test_the_html_has_so_many_stories_and_counts_the_rest(count: int, most: int) -> None:
    message = mailed(digest(*many(count)), most=most, whole=f"{PUBLIC}mail/digest/x")
    shown = message.html.count('class="headline"')
    assert shown == min(count, most) or (most == 200 and 40 < shown < 200)
    rest = f"and {count - shown} more, on the page of this digest and in the text part"
    assert (rest in seen(message.html)) is (shown < count)
    assert (f"{PUBLIC}mail/digest/x" in message.html) is (shown < count)
    assert message.text.count("https://news.example/2026/") == count
    assert len(message.html.encode()) < MOST_BYTES


def test_forty_stories_are_far_below_what_gmail_cuts() -> None:
    assert len(mailed(digest(*many(40))).html.encode()) < 70_000


def test_readers_of_one_digest_share_all_but_their_links() -> None:
    def read(name: str) -> Message:
        own = tuple(replace(alert, id=f"{name} {alert.id}") for alert in many(5))
        links = Links(leave=f"{PUBLIC}mail/leave/{name}", preferences=f"{PUBLIC}p/{name}")
        return mail(digest(*own), PUBLIC, NOW, links=links)

    ours, theirs = read("ours"), read("theirs")
    assert ours.unsubscribe_url == f"{PUBLIC}mail/leave/ours"
    assert "theirs" not in ours.html + ours.text
    assert ours.html.replace("ours", "theirs") == theirs.html
    assert ours.text.replace("ours", "theirs") == theirs.text


# --- how it is written ------------------------------------------------------------------------


@pytest.mark.parametrize("one", [digest(*evening()), digest(), delivery(*evening())])
def test_mail_programs_need_nothing_but_the_mail(one: Delivery) -> None:
    html = mailed(replace(one, address=MAILBOX), whole=f"{PUBLIC}x").html
    for forbidden in ("<script", "<img", "<link", "<iframe", "<form", "src=", "url(", "@import"):
        assert forbidden not in html.lower()
    # Without style sheets: what must be right stands on the elements themselves.
    assert all(" style=" in tag for tag in re.findall(r"<(?:h1|h2|p|body)\b[^>]*>", html))
    assert "prefers-color-scheme: dark" in html
    assert 'name="viewport"' in html
    assert html.count('class="headline" dir="auto"') == html.count('class="headline"')


def test_digests_of_a_day_share_a_thread_and_lists_another() -> None:
    later = digest(*many(2), created_at=NOW + timedelta(hours=2))
    tomorrow = digest(*many(2), created_at=NOW + timedelta(hours=9))
    threads = [mailed(one).thread for one in (digest(*many(2)), later, tomorrow)]
    assert threads[0] == threads[1] != threads[2]
    assert mailed(tomorrow, location="America/New_York").thread == threads[0]
    assert mailed(delivery(*many(2), created_at=NOW)).thread not in threads


# --- updates ----------------------------------------------------------------------------------


def update(change: Change | None, **values: object) -> Delivery:
    given = {"kind": DeliveryKind.UPDATE, "change": change, "follows": "<1@example.org>"} | values
    return delivery(khmeimim(), address=MAILBOX, **given)


def test_an_update_says_first_what_changed() -> None:
    changed = Change(
        severity_before=Severity.HIGH,
        headline_before="Drones over Hmeymim\r\n<b>x</b>",
        watchlists=("The coast", "Air bases"),
    )
    message = mail(update(changed), PUBLIC, THEN)
    said = (
        "Update: now critical, was high\nThe headline was: Drones over Hmeymim <b>x</b>\n"
        "Also matches: The coast, Air bases\n\nCRITICAL: Drones shot down"
    )
    assert message.text.startswith(said)
    assert seen(message.html).startswith("Update: now critical, was high")
    assert "<b>x</b>" not in message.html
    assert message.subject.startswith("Update, now critical: Drones shot down")
    assert message.follows == "<1@example.org>"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (Change(headline_before="Old"), "Update\nThe headline was: Old\n\nCRITICAL"),
        (Change(watchlists=("Coast",)), "Update\nAlso matches: Coast\n\nCRITICAL"),
        (None, "Update\n\nCRITICAL"),
    ],
)
def test_an_update_names_only_what_changed(change: Change | None, words: str) -> None:
    message = mail(update(change), PUBLIC, THEN)
    assert message.text.startswith(words)
    assert message.subject.startswith("Update: Drones")


def test_an_update_belongs_to_the_thread_of_its_story() -> None:
    told = mail(delivery(khmeimim(), address=MAILBOX), PUBLIC, THEN)
    assert mail(update(Change()), PUBLIC, THEN).thread == told.thread


def test_many_new_watchlists_are_counted() -> None:
    message = mail(update(Change(watchlists=tuple(f"W{n}" for n in range(11)))), PUBLIC, THEN)
    assert "Also matches: W0, W1, W2, W3, W4, W5, W6, W7 and 3 more" in message.text


# --- what every channel is told ---------------------------------------------------------------


def test_a_message_knows_its_list_and_how_loud_it_is() -> None:
    one = replace(update(None), is_silent=True)
    message = Renderer().render(replace(one, address=TERMINAL), now=THEN)
    assert (message.receiver, message.follows, message.is_silent) == (
        "security desk",
        "<1@example.org>",
        True,
    )


def test_a_list_of_one_says_no_order() -> None:
    one = delivery(khmeimim(), address=TERMINAL, kind=DeliveryKind.LIST)
    text = Renderer().render(one, now=THEN).text
    assert text.startswith("1 alert\n\nCRITICAL")


def test_the_console_groups_a_digest() -> None:
    text = Renderer().render(digest(*evening(), address=TERMINAL), now=NOW).text
    assert text.startswith("7 stories since Tue 3 Nov, 17:00 UTC\n\n## Attack on Khmeimim (1)\n\nC")
