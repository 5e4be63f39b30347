"""/watchlists: what is heard of, the operator's catalogue, and deleting."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from alerts.bot.numbered import numbered
from alerts.bot.watchlist_said import PAGE, key_of, named, page
from alerts.model import FOREVER
from alerts.watchlists.contents import Contents
from alerts.watchlists.load import load_contents
from tests.bot.chats import conversation, labels
from tests.bot.subscribed import of, subscribed, watching
from tests.servers.bot_people import member

GROUP = "-5"
FEEDS = "feeds: [{url: 'https://feed.example/rss', publisher: The Example}]\n"
ENTITIES = "entities:\n  drones: {type: topic, name: drones}\n"
MANY = f"{FEEDS}watchlists:\n" + "".join(
    f"  - {{id: list-{number:02}, title: List {number:02}, query: word{number:02}}}\n"
    for number in range(10)
)


async def test_a_newcomer_is_shown_both_ways(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        [said] = await talk.say("100", "/watchlists")
        assert said.text.startswith("You have no watchlists yet.")
        assert labels(said) == [["Watch for something"], ["Ready-made watchlists"]]


async def test_what_is_heard_of_is_listed_and_opened(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        await watching(talk, query="Homs")
        await subscribed(talk)
        [said] = await talk.say("100", "/watchlists")
        assert said.text == "What you hear of:\n\n1. Homs · 🟡 medium\n• Idlib · 🟡 medium"
        assert labels(said)[:2] == [["1. Homs"], ["Idlib"]]
        mine = await talk.press(said, "1. Homs")
        assert mine.message.text == (
            "Watchlist 1: Homs\n\nArticles with this:\n• Homs, Syria (map)\n\n"
            "🟡 medium\nSince 1 May, 12:00 UTC."
        )
        assert labels(mine.message) == [["Edit", "Pause", "Delete"], ["All of mine"]]
        back = await talk.press(mine.message, "All of mine")
        theirs = await talk.press(back.message, "Idlib")
        assert "To share it: https://t.me/tocsin_bot?start=idlib" in theirs.message.text
        assert labels(theirs.message) == [["Pause", "Hear of it no more"], ["All of mine"]]
        ended = await talk.press(theirs.message, "Hear of it no more")
        assert ended.message.text == "You hear of Idlib no more."
        assert of(talk).subscriptions == ()


async def test_how_each_stands_is_said(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        await watching(talk, query="Homs", thread=3)
        await talk.say("100", "/pause 1 8h")
        await talk.say("100", "/pause")
        [said] = await talk.say("100", "/watchlists")
        assert said.text == (
            "What you hear of:\n\n"
            "1. Homs · 🟡 medium · paused until 1 May, 20:00 UTC · in a topic\n\n"
            "At the moment everything is paused: /resume"
        )


async def test_many_are_turned_by_pages(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        for number in range(PAGE + 2):
            await watching(talk, query=f"Homs {number}")
        [said] = await talk.say("100", "/watchlists")
        assert said.text.count("Homs") == PAGE
        turned = await talk.press(said, "»")
        assert turned.message.text.splitlines()[2:] == [
            "9. Homs 8 · 🟡 medium",
            "10. Homs 9 · 🟡 medium",
        ]
        assert (await talk.press(turned.message, "«")).message.text == said.text
        [far] = await talk.say("100", "/watchlists 99")
        assert far.text == turned.message.text


async def test_deleting_is_asked_once_and_done_once(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        await watching(talk, query="Homs")
        [mine] = await talk.say("100", "/watchlists show 1")
        asked = await talk.press(mine, "Delete")
        assert asked.message.text.startswith("Delete watchlist 1, Homs?")
        kept = await talk.press(asked.message, "Keep it")
        assert kept.message.text == mine.text
        assert len(of(talk).watchlists) == 1
        asked = await talk.press(kept.message, "Delete")
        data = asked.message.buttons[0][0].data
        done = await talk.press(asked.message, "Yes, delete it")
        assert done.message.text == "Watchlist 1, Homs, is deleted."
        again = await talk.press_data(done.message, data)
        assert again.message.text == "There is no such watchlist any more."
        assert await talk.report("Fire in Homs") == []


async def test_stale_buttons_of_a_deleted_watchlist_are_answered_kindly(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        await watching(talk, query="Homs")
        [mine] = await talk.say("100", "/watchlists show 1")
        await talk.say("100", "/unwatch 1 yes")
        said = [(await talk.press_data(mine, key.data)).message.text for key in mine.buttons[0]]
        assert said == [
            "You have no watchlists of your own yet.",
            "There is no watchlist 1. Yours: /watchlists",
            "There is no such watchlist any more.",
        ]


async def test_guests_of_a_group_see_and_do_not_delete(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        talk.api.people.members[GROUP, 7] = member("administrator", 7)
        await watching(talk, GROUP, query="Homs")
        [said] = await talk.say(GROUP, "/watchlists", user=8)
        assert "1. Homs" in said.text
        [refused] = await talk.say(GROUP, "/unwatch 1 yes", user=8)
        assert refused.text == "Only administrators of this chat can change that."
        [done] = await talk.say(GROUP, "/unwatch 1 yes", user=7)
        assert done.text == "Watchlist 1, Homs, is deleted."


async def test_one_that_is_not_understood_any_more_says_how_it_is_mended(tmp_path: Path) -> None:
    async with conversation(tmp_path, rules=ENTITIES + FEEDS) as talk:
        [draft] = await talk.say("100", "/watch drones")
        await talk.press(draft, "Save")
        files = Contents.of_files({"rules.yml": FEEDS.encode()})
        without = load_contents(files, environment={})
        await talk.members.use(await talk.members.compiled(without))
        [said] = await talk.say("100", "/watchlists")
        assert "1. drones · 🟡 medium · not understood any more" in said.text
        [mine] = await talk.say("100", "/watchlists show 1")
        assert "It does not ring: a name in it is known no more." in mine.text
        [draft] = await talk.say("100", "/edit 1 drones")
        await talk.press(draft, "Save")
        [said] = await talk.say("100", "/watchlists")
        assert "not understood" not in said.text


# --- the catalogue ------------------------------------------------------------------------------------


async def test_the_catalogue_toggles_and_stays_on_its_page(tmp_path: Path) -> None:
    async with conversation(tmp_path, rules=MANY) as talk:
        [first] = await talk.say("100", "/watchlists catalogue")
        assert len(labels(first)) == PAGE + 2
        second = await talk.press(first, "»")
        taken = await talk.press(second.message, "List 09")
        assert labels(taken.message) == [["List 08"], ["✓ List 09"], ["«"], ["Yours"]]
        data = second.message.buttons[1][0].data
        await talk.say("100", "/pause list-09")
        twice = await talk.press_data(taken.message, data)
        assert labels(twice.message) == labels(taken.message)
        [heard] = of(talk).subscriptions
        assert (heard.watchlist, heard.paused_until) == ("list-09", FOREVER)
        ended = await talk.press(twice.message, "✓ List 09")
        assert labels(ended.message)[1] == ["List 09"]
        assert of(talk).subscriptions == ()


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("chemical", [["Chemical weapons in Syria"]]),
        ("CHLORINE syria", [["Chemical weapons in Syria"]]),
        ("idlib", [["Idlib"]]),
        ("zebra", [["Watch for something"]]),
        ("<b>", [["Watch for something"]]),
    ],
)
async def test_the_catalogue_is_searched(
    tmp_path: Path, typed: str, found: list[list[str]]
) -> None:
    async with conversation(tmp_path) as talk:
        [said] = await talk.say("100", f"/watchlists catalogue {typed}")
        assert typed in said.text
        assert labels(said) == [*found, ["All ready-made watchlists"]]


async def test_where_nothing_is_offered_one_can_make_ones_own(tmp_path: Path) -> None:
    async with conversation(tmp_path, rules=FEEDS) as talk:
        [said] = await talk.say("100", "/watchlists catalogue")
        assert said.text.startswith("There are no ready-made watchlists here.")
        assert labels(said) == [["Watch for something"]]


# --- pure ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "number", "rest"),
    [
        ("3", 3, ""),
        (" #3. Idlib, Homs", 3, "Idlib, Homs"),
        ("٣ إدلب", 3, "إدلب"),
        ("3\nIdlib", 3, "Idlib"),
        ("3rd army", None, "3rd army"),
        ("1234567", None, "1234567"),
        ("", None, ""),
    ],
)
def test_a_number_is_read_before_what_is_said(typed: str, number: int | None, rest: str) -> None:
    assert numbered(typed) == (number, rest)


@given(st.lists(st.integers()), st.integers(-5, 99))
def test_every_page_is_full_but_the_last_and_none_is_lost(items: list[int], number: int) -> None:
    count = page(items, 1).count
    assert [each for at in range(1, count + 1) for each in page(items, at).items] == items
    shown = page(items, number)
    assert 1 <= shown.number <= count
    assert len(shown.items) <= PAGE


@example(["x" * 64, "x" * 63 + "y"])
@given(st.lists(st.text("abcXYZ019_-", min_size=1, max_size=64), unique=True, min_size=1))
def test_every_watchlist_has_a_key_that_fits_a_button(ids: list[str]) -> None:
    for id_ in ids:
        assert len(f"/unsubscribe {key_of(id_)} 999".encode("ascii")) <= 64
        assert named(ids, key_of(id_)) == id_
