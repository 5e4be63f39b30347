"""What of an alert still rings?  Every combination of mutes, without a database."""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from alerts.model import Match
from alerts.storage.muted import Mute, Muted, MuteKind, Subject
from tests.builders import CHAT, NOW, a_match, an_article

ARTICLES = {name: an_article(name, publisher=f"Paper {name}") for name in "ab"}
PUBLISHERS = {article.id: article.publisher for article in ARTICLES.values()}
MATCHES = [a_match(article, name) for article in ARTICLES.values() for name in ("x", "y")]
STORY = "story"
SUBJECTS = [
    *((MuteKind.STORY, story) for story in (STORY, "other story")),
    *((MuteKind.WATCHLIST, name) for name in ("x", "y", "z", "Paper a")),
    *((MuteKind.PUBLISHER, name) for name in ("PAPER A", "paper b", "Paper c", "x")),
]


def muted(subjects: Iterable[tuple[MuteKind, str]]) -> Muted:
    return Muted.by(
        Mute(
            id=SUBJECTS.index((kind, value)) + 1,
            subject=Subject(kind=kind, value=value, title=value),
            address=CHAT,
            receiver="desk",
            begun_at=NOW,
            until=NOW,
            muted=0,
        )
        for kind, value in subjects
    )


def is_silent(match: Match, subjects: Iterable[tuple[MuteKind, str]]) -> bool:
    """Tell it the slow way."""
    publisher = PUBLISHERS[match.article].lower()
    return any(
        (kind is MuteKind.STORY and value == STORY)
        or (kind is MuteKind.WATCHLIST and value == match.watchlist)
        or (kind is MuteKind.PUBLISHER and value.lower() == publisher)
        for kind, value in subjects
    )


@given(st.sets(st.sampled_from(SUBJECTS)), st.lists(st.sampled_from(MATCHES), min_size=1))
def test_a_match_rings_unless_its_story_watchlist_or_publisher_is_muted(
    subjects: set[tuple[MuteKind, str]], matches: list[Match]
) -> None:
    heard = muted(subjects).heard(matches, story=STORY, publishers=PUBLISHERS)
    expected = [match for match in matches if not is_silent(match, subjects)]
    assert list(heard.matches) == expected
    # Who is counted: nobody while something rings, and only mutes that there are.
    assert bool(heard.muted_by) is not bool(expected)
    assert heard.muted_by <= {SUBJECTS.index(subject) + 1 for subject in subjects}


def test_a_muted_story_is_counted_for_that_alone() -> None:
    both = muted([(MuteKind.STORY, STORY), (MuteKind.WATCHLIST, "x")])
    assert both.heard(MATCHES[:1], story=STORY, publishers=PUBLISHERS).muted_by == {1}


def test_an_article_whose_publisher_nobody_knows_rings() -> None:
    everything = muted([(MuteKind.PUBLISHER, "x")])
    assert everything.heard(MATCHES, story=STORY, publishers={}).matches == tuple(MATCHES)
