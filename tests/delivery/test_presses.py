"""What buttons say: short, read back as written, and nothing else is read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.delivery.presses import Press, Verb, read, watchlist_key
from alerts.delivery.rendering.buttons import buttons, turned
from alerts.locales import words_of
from alerts.model import Severity
from tests.builders import a_match, an_alert, an_article
from tests.servers.bot_keyboard import DATA_LIMIT

OF_WATCHLISTS = (Verb.MUTE_WATCHLIST, Verb.UNMUTE_WATCHLIST)
ENGLISH = words_of("en")
ALERT = "0123456789abcdef" * 2


@given(
    st.sampled_from(Verb), st.text(st.sampled_from("0123456789abcdef"), min_size=32, max_size=32)
)
def test_what_a_button_says_is_read_back(verb: Verb, alert: str) -> None:
    watchlist = watchlist_key(alert) if verb in OF_WATCHLISTS else ""
    press = Press(verb=verb, alert=alert, watchlist=watchlist)
    assert read(press.action) == press
    assert press.action.isascii()
    assert len(press.action) <= DATA_LIMIT


@pytest.mark.parametrize(
    "action",
    [
        "",
        "s",
        f"x{ALERT}",
        f"S{ALERT}",
        f"s{ALERT[1:]}",
        f"s{ALERT}0",
        f"s{ALERT.upper()}",
        f"s{ALERT}\n",
        f" s{ALERT}",
        f"s{ALERT}:{ALERT[:12]}",
        f"w{ALERT}",
        f"w{ALERT}:{ALERT[:11]}",
        f"w{ALERT}:{ALERT[:13]}",
        f"w{ALERT}:",
    ],
)
def test_nothing_else_is_read(action: str) -> None:
    assert read(action) is None


@given(st.text(max_size=70))
def test_no_text_trips_the_reader(action: str) -> None:
    press = read(action)
    assert press is None or press.action == action


@pytest.mark.parametrize("verb", Verb)
def test_what_takes_back_is_taken_back_by_the_first(verb: Verb) -> None:
    press = Press(verb=verb, alert=ALERT, watchlist=ALERT[:12] if verb in OF_WATCHLISTS else "")
    opposite = press.opposite
    assert opposite is None or (opposite != press and opposite.opposite == press)


def test_a_pressed_button_is_turned_and_no_other() -> None:
    article = an_article()
    alert = an_alert(article, matches=(a_match(article, "x"), a_match(article, "y")))
    rows = buttons(alert, ENGLISH)
    for button in (button for row in rows for button in row):
        press = read(button.action)
        assert press is not None
        title = press.watchlist and button.label.removeprefix("Mute “").removesuffix("”")
        after = turned(rows, press, ENGLISH, title)
        changed = [
            (old.label, new.label)
            for before_row, row in zip(rows, after, strict=True)
            for old, new in zip(before_row, row, strict=True)
            if old != new
        ]
        if press.opposite is None:
            assert changed == []
            continue
        assert changed == [(button.label, "Unmute" + button.label[4:].removesuffix(" 24 h"))]
        assert turned(after, press.opposite, ENGLISH, title) == rows


def test_an_alert_of_one_watchlist_has_five_buttons() -> None:
    # Two articles of one story, which both meet it.
    alert = an_alert(an_article("a"), an_article("b"))
    assert [[button.label for button in row] for row in buttons(alert, ENGLISH)] == [
        ["Mute story 24 h", "Mute watchlist"],
        ["Useful", "False alarm", "Why"],
    ]
    presses = [read(button.action) for row in buttons(alert, ENGLISH) for button in row]
    assert [press and press.verb for press in presses] == [
        *(Verb.MUTE_STORY, Verb.MUTE_WATCHLIST),
        *(Verb.USEFUL, Verb.FALSE_ALARM, Verb.WHY),
    ]
    assert {press and press.alert for press in presses} == {alert.id[:32]}


def test_several_watchlists_get_a_button_each_and_three_at_most() -> None:
    article = an_article()
    matches = tuple(
        a_match(article, f"list-{number}", title=f"List {number}", severity=Severity.LOW)
        for number in range(5)
    )
    rows = buttons(an_alert(article, matches=matches), ENGLISH)
    assert [button.label for row in rows for button in row] == [
        "Mute story 24 h",
        "Mute “List 0”",
        "Mute “List 1”",
        "Mute “List 2”",
        *("Useful", "False alarm", "Why"),
    ]
    named = [press.watchlist for row in rows for one in row if (press := read(one.action))]
    assert named[1:4] == [watchlist_key(f"list-{number}") for number in range(3)]


def test_no_two_watchlists_share_a_button() -> None:
    assert len({watchlist_key(f"list-{number}") for number in range(10_000)}) == 10_000
