"""What a subscriber takes along comes back as it was, from both formats, here and elsewhere."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts import model
from alerts.feeds.opml import read_opml
from alerts.model import (
    FOREVER,
    Address,
    DigestHours,
    OwnWatchlist,
    QuietHours,
    Severity,
    Status,
    Subscriber,
    Subscription,
    Weekday,
    is_paused,
)
from alerts.subscribers.portable import (
    Bundle,
    PortableFlaw,
    PortableSettings,
    PortableWatchlist,
    Why,
    read,
    to_opml,
    to_yaml,
)
from alerts.watchlists.layout import lay_out
from alerts.watchlists.load import load_text
from alerts.watchlists.query.parser import parse
from alerts.watchlists.query.printing import to_text
from alerts.watchlists.query.terms import spaced

NOW = datetime(2026, 11, 22, 7, tzinfo=UTC)
LATER = NOW + timedelta(hours=8)

IDLIB = OwnWatchlist(
    number=3,
    title="Chemical weapons: Idlib",
    wish='Idlib, Khan Sheikhun\n+ sarin, chlorine - "trade fair"',
    query='(place:"Idlib" OR place:"Khan Sheikhun") AND (sarin OR chlorine)',
    exclude='"trade fair"',
    severity=Severity.HIGH,
    created_at=NOW,
)
ALEPPO = OwnWatchlist(
    number=4, title="حلب", wish="حلب", query='place:"حلب"', paused_until=LATER, created_at=NOW
)
EVERYTHING = Subscriber(
    id=12,
    chat=Address(channel="telegram", target="100"),
    language="ar",
    time_zone="Europe/Berlin",
    quiet=QuietHours(begin=time(22), end=time(7), below=Severity.HIGH),
    digest=DigestHours(at=(time(7), time(17, 30)), days=(Weekday.MONDAY, Weekday.SUNDAY)),
    created_at=NOW,
    watchlists=(IDLIB, ALEPPO),
    subscriptions=(
        Subscription(watchlist="idlib-chemical", created_at=NOW),
        Subscription(watchlist="no", paused_until=FOREVER, created_at=NOW),
    ),
)

# --- there and back ---------------------------------------------------------------------------


def readable(text: str) -> str:
    """Return *text* as it must come back: what no file can hold is gone."""
    text = re.sub("\r\n|[\r\x0b\x0c\x85\u2028\u2029]", "\n", text)
    kept = (each for each in text if each in "\n\t" or unicodedata.category(each) not in "Cc Cs")
    return re.sub("[\ufeff\ufffe\uffff]", "", "".join(kept))


def on_one_line(text: str) -> str:
    return re.sub("[\n\t]", " ", readable(text)).strip()


def titled(own: OwnWatchlist) -> str:
    return on_one_line(own.title) or f"subscriber-12-{own.number}"


def taken(subscriber: Subscriber) -> Bundle:
    """Return what must come back of *subscriber*."""
    return Bundle(
        watchlists=tuple(
            PortableWatchlist(
                title=titled(own),
                wish=readable(own.wish),
                query=on_one_line(own.query),
                exclude=on_one_line(own.exclude),
                severity=own.severity,
                paused_until=lasting(own.paused_until),
            )
            for own in subscriber.watchlists
        ),
        subscriptions={
            each.watchlist: lasting(each.paused_until) for each in subscriber.subscriptions
        },
        settings=PortableSettings(
            language=subscriber.language,
            time_zone=subscriber.time_zone,
            quiet=subscriber.quiet,
            digest=subscriber.digest,
        ),
    )


def lasting(paused_until: datetime | None) -> datetime | None:
    return paused_until if is_paused(paused_until, NOW) else None


anything = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from("\0\t\n\r\x85\u2028\ufeff\u202e\u2069\U0001f1fa'\"\\#:+-&<>]{}@!%"),
    ),
    max_size=60,
)
titles = st.one_of(
    anything,
    st.sampled_from(
        ["no", "22:00", "~", "012", "1e3", "- a", "#+ language: ru", "# x", "<b>", "%"]
    ),
)
names = st.text(
    st.characters(exclude_categories=("C", "Zl", "Zp"), exclude_characters="*"), max_size=30
)
terms = names.map(spaced).filter(lambda name: any(unicodedata.category(x)[0] in "LN" for x in name))
queries = st.lists(st.builds(model.Phrase, terms), min_size=1, max_size=3).map(
    lambda parts: to_text(parts[0] if len(parts) == 1 else model.Any(tuple(parts)))
)
queries |= st.sampled_from(["/[a'\\\\]: #b/", "a\nOR b", "@hts AND title:x", "=IS NEAR/5 b", "no"])
pauses = (
    st.none()
    | st.just(FOREVER)
    | st.timedeltas(timedelta(-900), timedelta(26_000)).map(lambda span: NOW + span)
)
clocks = st.builds(time, st.integers(0, 23), st.integers(0, 59))
own_watchlists = st.builds(
    OwnWatchlist,
    number=st.integers(1, 99),
    title=titles,
    wish=anything,
    query=queries,
    exclude=st.just("") | queries,
    severity=st.sampled_from(Severity),
    thread=st.none() | st.just(7),
    paused_until=pauses,
    created_at=st.just(NOW),
)
ids = st.from_regex("[A-Za-z0-9][A-Za-z0-9_-]{0,63}", fullmatch=True)
subscriptions = st.builds(Subscription, watchlist=ids, paused_until=pauses, created_at=st.just(NOW))
digests = st.builds(
    DigestHours,
    at=st.sets(clocks, min_size=1, max_size=5).map(lambda at: tuple(sorted(at))),
    days=st.lists(st.sampled_from(Weekday), unique=True).map(tuple),
)
subscribers = st.builds(
    replace,
    st.just(EVERYTHING),
    language=st.sampled_from(["en", "ar", "uk", "pt-br"]),
    time_zone=st.sampled_from(["UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires"]),
    quiet=st.none()
    | st.builds(QuietHours, begin=clocks, end=clocks, below=st.sampled_from(Severity)),
    digest=st.none() | digests,
    watchlists=st.lists(own_watchlists, unique_by=lambda own: own.number, max_size=5).map(tuple),
    subscriptions=st.lists(subscriptions, unique_by=lambda one: one.watchlist, max_size=4).map(
        tuple
    ),
)


@settings(deadline=None)
@given(subscribers)
def test_everything_comes_back_from_yaml(subscriber: Subscriber) -> None:
    assert read("", to_yaml(subscriber, now=NOW).encode()) == taken(subscriber)


@settings(deadline=None)
@given(subscribers)
def test_everything_comes_back_from_opml(subscriber: Subscriber) -> None:
    assert read("", to_opml(subscriber, now=NOW).encode()) == taken(subscriber)


@settings(deadline=None)
@given(subscribers.map(lambda each: replace(each, watchlists=each.watchlists[:2])))
def test_the_yaml_is_a_rule_file_that_says_the_same(subscriber: Subscriber) -> None:
    known = [own for own in subscriber.watchlists if "@hts" not in own.query + own.exclude]
    subscriber = replace(subscriber, watchlists=tuple(known))
    rules = load_text(to_yaml(subscriber, now=NOW))
    assert [each.title for each in rules.watchlists] == [titled(own) for own in known]
    for own, loaded in zip(known, rules.watchlists, strict=True):
        assert loaded.condition == parse(own.query)
        assert loaded.exclude == (parse(own.exclude) if own.exclude else None)
        assert loaded.severity == own.severity
        assert (loaded.status == Status.OFF) == is_paused(own.paused_until, NOW)


@settings(deadline=None)
@given(subscribers)
def test_the_yaml_is_laid_out_as_fmt_would(subscriber: Subscriber) -> None:
    layout = lay_out(to_yaml(subscriber, now=NOW).encode(), "watchlists.yml")
    assert not layout.problem
    assert layout.after == layout.before


# --- what the files look like -----------------------------------------------------------------


def test_a_rule_file_shows_the_wish_beside_its_query() -> None:
    assert (
        to_yaml(EVERYTHING, now=NOW).partition("\n#+ ")[2]
        == """\
language: ar
#+ time_zone: Europe/Berlin
#+ quiet: 22:00-07:00 except high
#+ digest: 07:00 17:30 mon sun
#+ subscriptions:
#+   - idlib-chemical
#+   - {watchlist: "no", status: "off"}

version: 1

watchlists:
  - id: subscriber-12-3
    title: "Chemical weapons: Idlib"
    severity: high
    #+ wish: "Idlib, Khan Sheikhun\\n+ sarin, chlorine - \\"trade fair\\""
    query: (place:"Idlib" OR place:"Khan Sheikhun") AND (sarin OR chlorine)
    exclude: '"trade fair"'

  - id: subscriber-12-4
    title: "حلب"
    status: "off"
    #+ paused_until: "2026-11-22T15:00:00+00:00"
    severity: medium
    #+ wish: "حلب"
    query: 'place:"حلب"'
"""
    )


def test_an_opml_file_has_an_outline_for_each_watchlist() -> None:
    text = to_opml(EVERYTHING, now=NOW)
    assert (
        '<outline type="watchlist" text="Chemical weapons: Idlib" severity="high"'
        " wish='Idlib, Khan Sheikhun&#10;+ sarin, chlorine - \"trade fair\"'"
        ' query=\'(place:"Idlib" OR place:"Khan Sheikhun") AND (sarin OR chlorine)\''
        " exclude='\"trade fair\"'/>"
    ) in text
    assert '<outline type="subscription" text="no" watchlist="no" status="off"/>' in text
    # Other readers take nothing in it for a feed.
    assert read_opml(text.encode()).feeds == ()


def test_what_belongs_to_one_chat_stays_there() -> None:
    chat = replace(
        EVERYTHING,
        chat=Address(channel="telegram", target="4711", thread=815),
        mail="ann@example.org",
        paused_until=FOREVER,
        watchlists=(replace(IDLIB, thread=816),),
    )
    for text in (to_yaml(chat, now=NOW), to_opml(chat, now=NOW)):
        assert not re.search("4711|815|816|ann@|paused", text.replace('status="off"', ""))


def test_a_pause_that_is_over_is_not_told() -> None:
    subscriber = replace(EVERYTHING, subscriptions=(), watchlists=(ALEPPO,))
    assert "paused_until" in to_yaml(subscriber, now=LATER - timedelta(seconds=1))
    for text in (to_yaml(subscriber, now=LATER), to_opml(subscriber, now=LATER)):
        assert "paused_until" not in text
        assert "off" not in text


# --- what others write ------------------------------------------------------------------------


def taken_from(content: str) -> Bundle:
    bundle = read("", content.encode())
    assert isinstance(bundle, Bundle), bundle
    return bundle


def told(bundle: Bundle) -> list[tuple[str, str]]:
    """Return what is left out, with the codes of the reasons."""
    return [(name, flaw.code) for name, flaw in bundle.flaws]


def test_a_rule_file_written_by_hand_is_read() -> None:
    bundle = taken_from(
        """
version: 1
watchlists:
  - {id: a, owner: desk, title: Sarin, query: sarin}
  - {id: b, title: Off, query: b, status: off, severity: critical}
  - {id: c, title: Tried, query: c, status: experimental}
"""
    )
    assert bundle == Bundle(
        watchlists=(
            PortableWatchlist(title="Sarin", query="sarin"),
            PortableWatchlist(
                title="Off", query="b", severity=Severity.CRITICAL, paused_until=FOREVER
            ),
            PortableWatchlist(title="Tried", query="c", paused_until=FOREVER),
        )
    )


def test_one_bad_watchlist_does_not_take_the_others_with_it() -> None:
    bundle = taken_from(
        """
version: 1
watchlists:
  - {title: Good, query: sarin}
  - {title: Open, query: (sarin}
  - {title: Neither, query: sarin, exclude: NOT b}
  - {title: Lists, query: sarin, places: [Idlib], keywords: [a]}
  - {title: Excluded, query: sarin, exclude: [a]}
  - {title: Loud, query: sarin, severity: loud}
  - {title: Sleepy, query: sarin, status: asleep}
  - {title: Silent}
  - {title: Empty, query: }
  - {query: sarin}
  - {title: "  ", query: sarin}
  - {title: 1984, query: sarin}
  - {title: Paused, query: sarin, paused_until: tomorrow}
  - nonsense
  - {title: Fine, query: chlorine}
"""
    )
    assert [each.title for each in bundle.watchlists] == ["Good", "Fine"]
    assert told(bundle) == [
        ("Open", "R403"),
        ("Neither", "R414"),
        ("Lists", "R201"),
        ("Excluded", "R203"),
        ("Loud", "R204"),
        ("Sleepy", "R204"),
        ("Silent", "R202"),
        ("Empty", "R205"),
        ("", "R202"),
        ("", "R205"),
        ("", "R203"),
        ("Paused", "R214"),
        ("", "R203"),
    ]
    assert "'keywords', 'places'" in str(bundle.flaws[2][1])


def test_each_setting_is_taken_for_itself() -> None:
    bundle = taken_from(
        """
#+ language: klingon
#+ time_zone: Europe/Atlantis
#+ quiet: 22:00-07:00
#+ digest: daily
#+ subscriptions: [idlib-chemical, no/such, {watchlist: x, status: off}, {status: off}, [1]]
version: 1
"""
    )
    assert bundle.settings == PortableSettings(quiet=QuietHours(begin=time(22), end=time(7)))
    assert bundle.subscriptions == {"idlib-chemical": None, "x": FOREVER}
    assert told(bundle) == [
        ("language", "R211"),
        ("time_zone", "R215"),
        ("digest", "R214"),
        ("no/such", "R208"),
        ("", "R202"),
        ("", "R203"),
    ]


@pytest.mark.parametrize("quiet", ["", "22:00", "25:00-07:00", "22:00-07:00 except loud", "a-b"])
def test_hours_that_are_none_are_told(quiet: str) -> None:
    bundle = taken_from(f'<opml><body><outline type="settings" quiet="{quiet}"/></body></opml>')
    assert [name for name, _ in bundle.flaws] == ["quiet"]
    assert bundle.settings is None


def test_the_list_of_another_reader_is_taken_for_its_feeds() -> None:
    bundle = taken_from(
        """<?xml version="1.0" encoding="UTF-8"?>
<opml version="1.0"><head><title>Feeds</title></head><body>
  <outline text="Syria">
    <outline text="Example" title="Example" type="rss" xmlUrl="https://example.org/rss?a=1&b=2"/>
    <outline text="Again" type="rss" xmlUrl="https://example.org/rss?a=1&amp;b=2"/>
    <outline text="Old" type="rss" xmlUrl="feed://old.example/rss" htmlUrl="https://old.example/"/>
  </outline>
  <outline text="Trap" type="rss" xmlUrl="javascript:alert(1)"/>
  <outline text="File" type="rss" xmlUrl="file:///etc/passwd"/>
  <outline text="None" type="rss"/>
  <outline type="watchlist" text="Sarin" query="sarin"/>
</body></opml>"""
    )
    assert bundle.feeds == ("https://example.org/rss?a=1&b=2", "http://old.example/rss")
    assert bundle.watchlists == (PortableWatchlist(title="Sarin", query="sarin"),)
    assert told(bundle) == [("Trap", "R210"), ("File", "R210"), ("None", "R210")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_what_an_editor_makes_of_the_encoding_does_not_matter(encoding: str) -> None:
    for text in (to_yaml(EVERYTHING, now=NOW), to_opml(EVERYTHING, now=NOW)):
        for content in (text, text.replace("\n", "\r\n")):
            assert read("file", content.encode(encoding)) == taken(EVERYTHING)


def test_the_content_decides_and_the_name_is_a_hint() -> None:
    yaml, opml = to_yaml(EVERYTHING, now=NOW), to_opml(EVERYTHING, now=NOW)
    assert read("list.opml", yaml.encode()) == read("list.yml", opml.encode()) == taken(EVERYTHING)
    behind_a_warning = f"Warning: mail() failed: {opml}".encode()
    assert read("LIST.OPML", behind_a_warning) == PortableFlaw(why=Why.NOT_OURS)
    assert read("watchlists.yml", behind_a_warning) == PortableFlaw(why=Why.BROKEN, line=1)


@pytest.mark.parametrize(
    ("query", "most", "code"),
    [
        ("/a{}b/", 30, "R412"),
        ('keyword:"\\/a{}b/"', 30, "R412"),
        (" OR ".join(["a"] * 3_900) + "{}", 10, "R415"),
    ],
    ids=["regexes", "hidden regexes", "characters"],
)
def test_reading_goes_on_after_queries_that_cost_too_much(query: str, most: int, code: str) -> None:
    lines = "".join(f"  - {{title: T{n}, query: '{query.format(n)}'}}\n" for n in range(40))
    bundle = taken_from(f"version: 1\nwatchlists:\n{lines}  - {{title: Last, query: sarin}}\n")
    assert len(bundle.watchlists) == most + 1
    assert bundle.watchlists[-1].title == "Last"
    assert {flaw.code for _, flaw in bundle.flaws} == {code}


def test_a_wish_or_title_that_no_message_could_hold_is_told() -> None:
    for key, length in (("text", 1_001), ("wish", 4_097), ("query", 20_001)):
        said = {"text": "T", "query": "a"} | {key: "a" * length}
        written = " ".join(f'{name}="{text}"' for name, text in said.items())
        bundle = taken_from(f'<opml><body><outline type="watchlist" {written}/></body></opml>')
        assert [flaw.code for _, flaw in bundle.flaws] == ["R206"]
        assert not bundle.watchlists


def test_a_file_with_nothing_in_it_says_so() -> None:
    assert read("", b"version: 1\nwatchlists: []\n") == PortableFlaw(why=Why.NOTHING)
