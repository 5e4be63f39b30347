"""Hearing of the operator's watchlists: by links, by buttons, by name."""

from __future__ import annotations

from pathlib import Path

from alerts.bot.watchlist_said import key_of
from alerts.model import Subscription
from alerts.subscribers.members import MOST_SUBSCRIPTIONS
from tests.bot.chats import conversation, labels
from tests.bot.subscribed import of, subscribed
from tests.servers.bot_people import member

LONG = "x" * 64
LONG_RULES = (
    "feeds: [{url: 'https://feed.example/rss', publisher: The Example}]\n"
    f"watchlists: [{{id: {LONG}, title: Long, query: flood}}]\n"
)


async def test_a_link_leads_to_a_watchlist_that_rings_from_then_on(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        [said] = await talk.say("100", "/start syria-chemical")
        assert said.text == "You hear of Chemical weapons in Syria (🟠 high) from now on."
        assert len(await talk.report("Sarin in Syria")) == 1
        [again] = await talk.say("100", "/start syria-chemical")
        assert again.text == "You hear of Chemical weapons in Syria (🟠 high) already."
        undone = await talk.press(said, "Undo")
        assert undone.message.text == "You hear of Chemical weapons in Syria no more."
        assert await talk.report("Chlorine in Syria") == []
        back = await talk.press(undone.message, "Hear of it again")
        assert back.message.text == said.text


async def test_a_link_to_nothing_leads_to_the_catalogue(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        [said] = await talk.say("100", "/start nowhere")
        assert said.text.startswith("There is no ready-made watchlist “nowhere”")
        offered = await talk.press(said, "Ready-made watchlists")
        assert labels(offered.message)[:2] == [["Chemical weapons in Syria"], ["Idlib"]]


async def test_it_is_found_by_its_title_or_by_words_of_it(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        [said] = await talk.say("100", "/subscribe idlib")
        assert said.text == "You hear of Idlib (🟡 medium) from now on."
        [asked] = await talk.say("100", "/subscribe weapons")
        assert (asked.text, labels(asked)[0]) == ("Which one?", ["Chemical weapons in Syria"])
        [ended] = await talk.say("100", "/unsubscribe Idlib")
        assert ended.text == "You hear of Idlib no more."
        [none] = await talk.say("100", "/unsubscribe Idlib")
        assert none.text == "You do not hear of that watchlist."
        [listed] = await talk.say("100", "/subscribe")
        assert listed.text.startswith("Ready-made watchlists.")


async def test_an_id_that_is_too_long_for_a_button_has_a_key(tmp_path: Path) -> None:
    async with conversation(tmp_path, rules=LONG_RULES) as talk:
        [listed] = await talk.say("100", "/watchlists catalogue")
        assert listed.buttons[0][0].data == f"/subscribe {key_of(LONG)} 1"
        await talk.press(listed, "Long")
        assert [one.watchlist for one in of(talk).subscriptions] == [LONG]
        [theirs] = await talk.say("100", f"/watchlists of {key_of(LONG)}")
        await talk.press(theirs, "Pause")
        assert of(talk).subscriptions[0].paused_until is not None
        await talk.press(theirs, "Hear of it no more")
        assert of(talk).subscriptions == ()


async def test_one_that_the_operator_took_back_can_still_be_ended(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        await subscribed(talk, watchlist="former")
        [said] = await talk.say("100", "/watchlists")
        assert said.text.endswith("• former · not offered any more")
        theirs = await talk.press(said, "former")
        assert "The operator does not offer it any more" in theirs.message.text
        ended = await talk.press(theirs.message, "Hear of it no more")
        assert labels(ended.message) == [["Your watchlists"]]
        assert of(talk).subscriptions == ()
        stale = await talk.press_data(ended.message, "/subscribe former 1")
        assert stale.toast == "That one is not offered any more."


async def test_there_is_an_end_to_how_many(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        who = await subscribed(talk)
        for number in range(MOST_SUBSCRIPTIONS - 1):
            wanted = Subscription(watchlist=f"w{number}", created_at=talk.clock.now)
            await talk.members.subscribe(of(talk), wanted)
        [said] = await talk.say("100", "/subscribe syria-chemical")
        assert said.text.startswith("You hear of 200 ready-made watchlists")
        [listed] = await talk.say("100", "/watchlists catalogue")
        pressed = await talk.press(listed, "Chemical weapons in Syria")
        assert pressed.toast.startswith("You hear of 200 ready-made watchlists")
        assert len(of(talk).subscriptions) == MOST_SUBSCRIPTIONS
        assert who.id == of(talk).id


async def test_in_a_topic_it_rings_there_and_guests_change_nothing(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        talk.api.people.members["-5", 7] = member("administrator", 7)
        [refused] = await talk.say("-5", "/subscribe idlib", user=8, thread=3)
        assert refused.text == "Only administrators of this chat can change that."
        await talk.say("-5", "/subscribe idlib", user=7, thread=3)
        [rung] = await talk.report("Fire in Idlib")
        assert (rung.chat, rung.thread) == ("-5", 3)
