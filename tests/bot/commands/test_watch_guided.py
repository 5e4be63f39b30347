"""/watch step by step: where, about what, without what; every step outlives a restart."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from telegram import Update

from tests.bot.chats import conversation, labels
from tests.bot.subscribed import of
from tests.servers.bot_api import BotApi
from tests.servers.bot_people import member

GROUP, ADMIN = "-5", 7
TOPIC_RULES = """
feeds: [{url: "https://feed.example/rss", publisher: The Example}]
entities:
  drones: {type: topic, name: drones, aliases: [UAV]}
"""


async def test_an_answer_that_is_brought_again_after_a_crash_is_taken_once(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        application = talk.bot._application
        await talk.say("100", "/watch")
        for answer in ("Homs", "fire", "brigade"):
            talk.api.people.say("100", 100, answer)
            update = Update.de_json(talk.api.people.updates[0], application.bot)
            [said] = await talk.arrived()
            await application.process_update(update)
            assert await talk.arrived() == []
        await talk.press(said, "Save")
        assert of(talk).watchlists[0].title == "Homs + fire"


async def test_a_watchlist_is_made_step_by_step_and_each_step_outlives_a_restart(
    tmp_path: Path,
) -> None:
    async with BotApi() as api:
        again = partial(conversation, tmp_path, rules=TOPIC_RULES, api=api)
        async with again() as talk:
            [where] = await talk.say("100", "/watch")
            assert where.text.startswith("Where? Send me places")
            assert labels(where) == [["Skip", "Cancel"]]
        async with again() as talk:
            [what] = await talk.say("100", "Homs, Hama")
            assert what.text.startswith("About what?")
            assert labels(what) == [["drones"], ["Skip", "Cancel"]]
        async with again() as talk:
            pressed = await talk.press(what, "drones")
            assert pressed.message.text.startswith("Without what?")
        async with again() as talk:
            [draft] = await talk.say("100", '- "trade fair"')
            await talk.press(draft, "Save")
            query = '(place:"Homs" OR place:"Hama") AND @drones'
            [own] = of(talk).watchlists
            assert (own.title, own.query) == ("Homs, Hama + drones", query)


async def test_steps_are_skipped_but_not_all_of_them(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        [question] = await talk.say("100", "/watch")
        pressed = await talk.press(question, "Skip")
        where_skip = question.buttons[-1][0].data
        assert (await talk.press_data(question, where_skip)).message.text == pressed.message.text
        pressed = await talk.press(pressed.message, "Skip")
        assert pressed.message.text.startswith("Then there is nothing to watch for yet.")
        [what] = await talk.say("100", "Homs")
        without = await talk.press(what, "Skip")
        ended = await talk.press(without.message, "Skip")
        [draft] = ended.arrived
        assert "Articles with this:\n• Homs, Syria (map)\n\n" in draft.text
        assert labels(ended.message) == []


async def test_a_whole_wish_ends_the_questions_and_a_flaw_asks_again(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        await talk.say("100", "/watch")
        [flaw] = await talk.say("100", "🔥")
        assert "has no letter or digit" in flaw.text
        [draft] = await talk.say("100", "Homs + fire - brigade")
        assert "but without this:\n• the word brigade" in draft.text


async def test_in_a_group_the_questions_are_answered_by_replies(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        talk.api.people.members[GROUP, ADMIN] = member("administrator", ADMIN)
        answers = ["Homs", "fire", "-"]
        [asked] = await talk.say(GROUP, "/watch", user=ADMIN)
        for answer in answers:
            assert asked.asks
            assert "Please reply to this message" in asked.text
            reply = {"reply_to": asked.message_id}
            [asked] = await talk.say(GROUP, answer, user=ADMIN, **reply)
        await talk.press(asked, "Save", user=ADMIN)
        assert of(talk, GROUP).watchlists[0].title == "Homs + fire"


async def test_cancel_ends_what_was_asked(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        await talk.say("100", "/watch")
        [said] = await talk.say("100", "/cancel")
        assert said.text == "Dropped. What I asked is forgotten, and nothing was changed."
        [said] = await talk.say("100", "/cancel")
        assert said.text.startswith("There is nothing to cancel")
        [draft] = await talk.say("100", "Homs")
        assert draft.text.startswith("This is what I understood:")
