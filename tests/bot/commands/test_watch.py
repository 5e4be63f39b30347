"""/watch: a watchlist by talking; nothing is saved before it was seen, and nothing twice."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from alerts.model import Address
from alerts.subscribers.members import MOST_OWN
from tests.bot.chats import Conversation, conversation, labels
from tests.bot.subscribed import watching
from tests.servers.bot_api import BotApi
from tests.servers.bot_people import member

WISH = 'Idlib, Khan Sheikhun + chemical, sarin - "chemical industry"'
GROUP = "-5"
ADMIN, OTHER_ADMIN, GUEST = 7, 8, 9


def own(talk: Conversation, chat: str = "100") -> list[tuple[int, str, str, str]]:
    """Return what the subscriber of *chat* has: number, title, query, severity."""
    who = talk.members.of(Address(channel="telegram", target=chat))
    lists = who.watchlists if who is not None else ()
    return [(each.number, each.title, each.query, each.severity.value) for each in lists]


async def test_a_wish_is_shown_with_what_it_would_have_brought_and_rings_once_saved(
    tmp_path: Path,
) -> None:
    async with conversation(tmp_path) as talk:
        await talk.report("Sarin was used in Idlib")
        talk.clock.advance(seconds=60)
        [draft] = await talk.say("100", f"/watch {WISH}")
        assert draft.text == (
            "This is what I understood:\n"
            "Articles with any of these:\n"
            "• Idlib, Syria (map)\n"
            "• Khan Sheikhun, Syria (map)\n"
            "and also with any of these:\n"
            "• the word chemical; also: chemicals\n"
            "• the word sarin\n"
            "but without this:\n"
            "• exactly these words: chemical industry\n\n"
            "In the last 7 days it would have brought 1 alert:\n"
            "• Sarin was used in Idlib (The Example)\n\n"
            "Nothing is saved yet. How urgent is it?"
        )
        links = [entity.href for entity in draft.entities if entity.href]
        assert links == [
            "https://www.openstreetmap.org/?mlat=35.9306&mlon=36.6339#map=8/35.9306/36.6339",
            "https://www.openstreetmap.org/?mlat=35.4421&mlon=36.6510#map=8/35.4421/36.6510",
            "https://news.example/1",
        ]
        assert own(talk) == []
        assert await talk.report("Sarin again in Idlib") == []
        saved = await talk.press(draft, "Save")
        title = "Idlib, Khan Sheikhun + chemical, sarin"
        assert saved.message.text == f"Saved as watchlist 1: {title}. It rings from now on."
        assert labels(saved.message) == [["Edit", "Pause", "Delete"], ["Hear it as a digest"]]
        [rung] = await talk.report("Chemical attack on Khan Shaykhun")
        assert "Chemical attack on Khan Shaykhun" in rung.text


async def test_plain_words_in_a_private_chat_are_a_wish(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        [draft] = await talk.say("100", "Homs")
        assert "• Homs, Syria (map)" in draft.text
        assert "I have read no articles yet" in draft.text


async def test_what_may_mean_several_things_is_chosen_before_it_is_saved(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        [draft] = await talk.say("100", "/watch Tripoli, RSF")
        assert "• Tripoli may mean several things: please choose below" in draft.text
        assert labels(draft)[:2] == [["Tripoli: Libya"], ["Tripoli: Lebanon"]]
        refused = await talk.press(draft, "Save")
        assert refused.toast == "Please choose first what is meant."
        assert own(talk) == []
        pressed = await talk.press(draft, "Tripoli: Lebanon")
        assert "• Tripoli, Lebanon (map)" in pressed.message.text
        assert "Please choose what is meant" in pressed.message.text
        pressed = await talk.press(draft, "RSF: Rapid Support Forces")
        assert "• RSF = Rapid Support Forces, a group; also, among others:" in pressed.message.text
        await talk.press(draft, "Save")
        assert own(talk)[0][2] == 'place:"Tripoli (LB)" OR @rsf'


async def test_another_meaning_than_the_likeliest_is_chosen(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        [draft] = await talk.say("100", "/watch Paris")
        others = (await talk.press(draft, "Meant otherwise")).message
        assert ["✓ Paris: France"] in labels(others)
        await talk.press(others, "Paris: Canada")
        [now] = [talk.now_of(draft)]
        assert "• Paris, Canada (map)" in now.text
        again = (await talk.press(now, "Meant otherwise")).message
        back = (await talk.press(again, "Back")).message
        assert back.text == now.text


async def test_a_name_that_was_nearly_right_is_replaced_by_a_button(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        [draft] = await talk.say("100", "/watch Assad, Homs + drone - fair")
        assert "no name that I know. Did you mean one of these: Assab, Assa and" in draft.text
        pressed = await talk.press(draft, "Assad: Assab")
        assert "• Assab, Eritrea (map)\n• Homs, Syria (map)" in pressed.message.text
        await talk.press(draft, "Save")
        assert own(talk)[0][1] == "Assab, Homs + drone"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("+ - ,", "There is nothing to watch for in that."),
        ("- Idlib", "That only says what you do not want."),
        ("Idlib, 🔥🔥", "“🔥🔥” has no letter or digit"),
        ("x" * 201, "is longer than 200 characters"),
        (", ".join(f"a{n}" for n in range(51)), "That is more than 50 things at once."),
        ("Idlib NEAR/5 sarin", "I cannot read “Idlib NEAR/5 sarin”."),
        ("c*h", "In “c*h” the star stands where I cannot use it"),
    ],
)
async def test_what_is_no_wish_is_answered_exactly(tmp_path: Path, typed: str, said: str) -> None:
    async with conversation(tmp_path) as talk:
        [answer] = await talk.say("100", f"/watch {typed}")
        assert said in answer.text
        assert await talk.storage.dialogues.waiting("watch") == []


@pytest.mark.parametrize(
    "typed",
    [
        "<b>Homs</b> & <script>",
        "Ho\u200bms \u202eslm\u202c",
        "Idlib\nHoms\n\n+ drone",
        "إدلب، حمص",
        ", ".join(["Tripoli", "RSF", "Paris", "Georgia"] + [f"Xyzzy{n}ville" for n in range(46)]),
        ", ".join(("Hayat Tahrir al-Sham " + "x" * 50 + str(n)) for n in range(49)),
        "👩\u200d👩\u200d👧 Homs",
    ],
)
async def test_hostile_wishes_are_shown_and_saved_whole(tmp_path: Path, typed: str) -> None:
    async with conversation(tmp_path) as talk:
        [draft] = await talk.say("100", f"/watch {typed}")
        assert draft.html, "it was within the limits of Telegram"
        assert draft.buttons
        await talk.press(draft, "Save")
        assert len(own(talk)) == ("Please choose" not in draft.text)


async def test_saving_twice_saves_once(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        [draft] = await talk.say("100", "/watch Homs")
        data = draft.buttons[0][0].data
        assert (await talk.press_data(draft, data)).toast == ""
        assert (await talk.press_data(draft, data)).toast == "That was saved or dropped already."
        assert len(own(talk)) == 1


async def test_a_press_that_is_brought_again_after_a_crash_saves_once(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        [draft] = await talk.say("100", "/watch Homs")
        [before] = await talk.storage.dialogues.waiting("watch")
        data = draft.buttons[0][0].data
        await talk.press_data(draft, data)
        await talk.storage.dialogues.begin(before)  # as if it had died before that was written
        pressed = await talk.press_data(draft, data)
        assert pressed.message.text == "Saved as watchlist 1: Homs. It rings from now on."
        assert len(own(talk)) == 1


async def test_buttons_of_an_older_draft_do_nothing(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        [old] = await talk.say("100", "/watch Homs")
        [new] = await talk.say("100", "Hama")
        pressed = await talk.press(old, "Save")
        assert pressed.toast == "Something newer has taken its place."
        dropped = await talk.press(new, "Cancel")
        assert dropped.message.text == "Dropped. Nothing was saved."
        assert (await talk.press(old, "Save")).toast == "That was saved or dropped already."
        assert own(talk) == []


@pytest.mark.parametrize(
    "rest",
    [
        "pick {key} 99 0",
        "pick {key} x",
        "nearly {key} 0 9",
        "severity {key} loud",
        "fly {key}",
        "pick {key}",
        "skip {key} where",
    ],
)
async def test_a_button_that_no_draft_has_is_answered_kindly(tmp_path: Path, rest: str) -> None:
    async with conversation(tmp_path) as talk:
        [draft] = await talk.say("100", "/watch Homs")
        key = draft.buttons[0][0].data.split()[-1]
        pressed = await talk.press_data(draft, "/watch " + rest.format(key=key))
        assert pressed.toast == "This button is of no use any more."
        assert pressed.message.text == draft.text


async def test_the_urgency_is_chosen_and_stays_with_other_words(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        [draft] = await talk.say("100", "/watch Homs")
        pressed = await talk.press(draft, "🔴 critical")
        assert labels(pressed.message)[2] == ["🟠 high", "✓ 🔴 critical"]
        [asked] = (await talk.press(draft, "Change words")).arrived
        assert asked.text.endswith("to be copied:\nHoms")
        [draft] = await talk.say("100", "Hama + fire")
        await talk.press(draft, "Save")
        assert own(talk) == [(1, "Hama + fire", 'place:"Hama" AND fire', "critical")]


async def test_what_was_left_lying_is_not_changed_by_words_of_another_day(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        await watching(talk, query="Homs")
        [asked] = await talk.say("100", "/edit 1")
        talk.clock.advance(hours=2)
        [draft] = await talk.say("100", "Hama")
        assert draft.text.startswith("This is what I understood:")
        [asked] = await talk.say("100", "/edit 1")
        shown = await talk.press(asked, "Urgency, topic, meaning…")
        talk.clock.advance(hours=2)
        await talk.press(talk.now_of(shown.message), "Change words")
        [draft] = await talk.say("100", "Hama")
        assert draft.text.startswith("Watchlist 1 would become this:")


async def test_who_has_as_many_as_can_be_keeps_the_draft(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        for _ in range(MOST_OWN):
            await watching(talk, query="Homs")
        [draft] = await talk.say("100", "/watch Hama")
        assert (await talk.press(draft, "Save")).toast.startswith("You have 50 watchlists")
        await talk.say("100", "/unwatch 1 yes")
        assert (await talk.press(draft, "Save")).message.text.startswith("Saved as watchlist 51")


async def test_too_much_is_warned_of(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        for number in range(60):
            await talk.report(f"Report {number} of the war")
        talk.clock.advance(seconds=60)
        [draft] = await talk.say("100", "/watch report")
        assert "it would have brought 60 alerts:" in draft.text
        assert draft.text.count("(The Example)") == 3
        assert "That is nearly everything" in draft.text
        [draft] = await talk.say("100", "/watch zebra")
        assert "In the last 7 days it would have brought nothing." in draft.text


# --- restarts and others ------------------------------------------------------------------------------


async def test_a_draft_that_a_restart_broke_off_is_shown_once(tmp_path: Path) -> None:
    async with BotApi() as api:
        again = partial(conversation, tmp_path, api=api)
        async with again() as talk:
            [draft] = await talk.say("100", "/watch Homs")
            [shown] = await talk.storage.dialogues.waiting("watch")
            # As it stands while the last days are looked at: nothing has been said.
            state = {**shown.state, "update": "update 7", "shown": False, "brought": ""}
            await talk.storage.dialogues.begin(replace(shown, state=state))
        async with again() as talk:
            [late] = await talk.arrived()
            assert late.text == draft.text
            [kept] = await talk.storage.dialogues.waiting("watch")
            assert kept.state["shown"], "the next restart need not look again"
            await talk.storage.dialogues.begin(replace(shown, state=state))
        async with again() as talk:
            assert await talk.arrived() == []
            await talk.press(late, "Save")
            assert len(own(talk)) == 1


async def test_two_people_make_watchlists_at_once(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        talk.api.people.say("100", 100, "/watch Homs")
        talk.api.people.say("200", 200, "/watch Hama")
        first, second = sorted(await talk.arrived(), key=lambda one: one.chat)
        await talk.press(second, "Save")
        await talk.press(first, "Save")
        assert own(talk, "100")[0][1] == "Homs"
        assert own(talk, "200")[0][1] == "Hama"


async def test_in_a_group_any_administrator_goes_on_with_a_draft_and_nobody_else(
    tmp_path: Path,
) -> None:
    async with conversation(tmp_path) as talk:
        for admin in (ADMIN, OTHER_ADMIN):
            talk.api.people.members[GROUP, admin] = member("administrator", admin)
        [refused] = await talk.say(GROUP, "/watch Homs", user=GUEST)
        assert refused.text == "Only administrators of this chat can change that."
        [draft] = await talk.say(GROUP, "/watch Homs", user=ADMIN)
        assert "Only administrators" in (await talk.press(draft, "Save", user=GUEST)).toast
        [asked] = (await talk.press(draft, "Change words", user=OTHER_ADMIN)).arrived
        assert asked.asks
        assert await talk.say(GROUP, "Hama", user=OTHER_ADMIN) == []  # said to somebody else
        reply = {"reply_to": asked.message_id}
        [draft] = await talk.say(GROUP, "Hama", user=OTHER_ADMIN, **reply)
        await talk.press(draft, "Save", user=ADMIN)
        assert own(talk, GROUP)[0][1] == "Hama"


async def test_a_watchlist_rings_in_the_topic_that_is_chosen(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        talk.api.people.members[GROUP, ADMIN] = member("administrator", ADMIN)
        [draft] = await talk.say(GROUP, "/watch Homs", user=ADMIN, thread=3)
        assert draft.thread == 3
        pressed = await talk.press(draft, "Ring in General", user=ADMIN)
        pressed = await talk.press(pressed.message, "Ring in this topic", user=ADMIN)
        await talk.press(pressed.message, "Save", user=ADMIN)
        [rung] = await talk.report("Fire in Homs")
        assert rung.thread == 3


async def test_a_group_that_becomes_a_supergroup_keeps_its_draft(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        people = talk.api.people
        people.chats["-10"] = {"type": "group"}
        people.members["-10", ADMIN] = member("administrator", ADMIN)
        [draft] = await talk.say("-10", "/watch Homs", user=ADMIN)
        people.upgrades("-10", "-1001")
        await talk.arrived()
        [again] = await talk.say("-1001", "/watch Hama", user=ADMIN)
        key = draft.buttons[0][0].data.split()[-1]
        assert key not in again.buttons[0][0].data
        await talk.press(again, "Save", user=ADMIN)
        assert own(talk, "-1001")[0][1] == "Hama"
