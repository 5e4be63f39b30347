"""/edit and /rename: one's own watchlists changed; nothing changes before it was seen."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.bot.rewording import put_together, replaced, spelled
from alerts.subscribers.draft import Draft
from alerts.watchlists.wishes import Wish, wish_of
from tests.bot.chats import Conversation, conversation, labels
from tests.bot.subscribed import of
from tests.servers.bot_people import member


async def made(talk: Conversation, *wishes: str) -> None:
    for wish in wishes:
        [draft] = await talk.say("100", f"/watch {wish}")
        await talk.press(draft, "Save")


async def test_new_words_are_shown_and_take_the_place_of_the_old_ones(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        await made(talk, "Homs, Hama + fire")
        before = of(talk).watchlists[0]
        talk.clock.advance(days=1)
        [asked] = await talk.say("100", "/edit")
        assert labels(asked) == [["1. Homs, Hama + fire"]]
        pressed = await talk.press(asked, "1. Homs, Hama + fire")
        assert pressed.message.text == (
            "Watchlist 1, Homs, Hama + fire. Send me its new words. These are the present ones, to"
            " be copied:\nHoms, Hama + fire\n\nAnother title: /rename 1 Drones"
        )
        [draft] = await talk.say("100", "Idlib")
        assert draft.text.startswith("Watchlist 1 would become this:\nArticles with this:\n• Idlib")
        assert of(talk).watchlists == (before,)
        saved = await talk.press(draft, "Save")
        assert saved.message.text == "Changed: watchlist 1 is Idlib now."
        [after] = of(talk).watchlists
        assert (after.number, after.query) == (1, 'place:"Idlib"')
        assert after.created_at == before.created_at
        assert await talk.report("Fire in Homs") == []
        assert len(await talk.report("Fire in Idlib")) == 1


async def test_number_and_words_at_once(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        await made(talk, "Homs", "Hama")
        [draft] = await talk.say("100", "/edit 2 Idlib + drone")
        await talk.press(draft, "Save")
        assert [each.title for each in of(talk).watchlists] == ["Homs", "Idlib + drone"]


async def test_what_was_chosen_is_chosen_still_and_the_urgency_can_be_changed_alone(
    tmp_path: Path,
) -> None:
    async with conversation(tmp_path) as talk:
        [draft] = await talk.say("100", "/watch Tripoli")
        await talk.press(draft, "Tripoli: Lebanon")
        await talk.press(draft, "Save")
        [asked] = await talk.say("100", "/edit 1")
        await talk.press(asked, "Urgency, topic, meaning…")
        shown = talk.now_of(asked)
        assert "• Tripoli, Lebanon (map)" in shown.text
        await talk.press(shown, "🔴 critical")
        await talk.press(shown, "Save")
        [own] = of(talk).watchlists
        assert (own.severity.value, own.query) == ("critical", 'place:"Tripoli (LB)"')


async def test_a_title_is_given_and_stays_with_new_words(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        await made(talk, "Homs")
        [said] = await talk.say("100", "/edit 1 title: <b>My\u202e town</b>")
        assert said.text == "Watchlist 1 is called <b>My town</b> now."
        [draft] = await talk.say("100", "/edit 1 Hama")
        await talk.press(draft, "Save")
        assert of(talk).watchlists[0].title == "<b>My town</b>"
        [said] = await talk.say("100", "/rename 1 " + "long " * 100)
        assert len(of(talk).watchlists[0].title) <= 60
        [rung] = await talk.report("Fire in Hama")
        assert "long long" in rung.text


async def test_a_paused_one_stays_paused(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        await made(talk, "Homs")
        await talk.say("100", "/pause 1")
        [draft] = await talk.say("100", "/edit 1 Hama")
        saved = await talk.press(draft, "Save")
        assert saved.message.text.endswith("It is paused, and rings when you resume it: /resume 1")
        assert await talk.report("Fire in Hama") == []


async def test_one_that_is_deleted_meanwhile_is_not_made_again(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        await made(talk, "Homs")
        [draft] = await talk.say("100", "/edit 1 Hama")
        await talk.say("100", "/unwatch 1 yes")
        saved = await talk.press(draft, "Save")
        assert saved.message.text.startswith("Watchlist 1 is deleted.")
        assert of(talk).watchlists == ()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("/edit 9", "There is no watchlist 9. Yours: /watchlists"),
        ("/edit Homs", "Which one shall be changed?"),
        ("/edit 1 title:", "What shall it be called? For example: /rename 1 Drones"),
        ("/rename", "What shall it be called? For example: /rename 1 Drones"),
        ("/rename 9 Towns", "There is no watchlist 9. Yours: /watchlists"),
        ("/rename 1 \u200b", "What shall it be called? For example: /rename 1 Drones"),
        ("/edit 1 🔥", "“🔥” has no letter or digit"),
    ],
)
async def test_what_cannot_be_is_answered_exactly(tmp_path: Path, typed: str, said: str) -> None:
    async with conversation(tmp_path) as talk:
        await made(talk, "Homs")
        before = of(talk)
        [answer] = await talk.say("100", typed)
        assert answer.text.startswith(said)
        assert of(talk) == before


async def test_who_has_none_is_led_to_making_one(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        [said] = await talk.say("100", "/edit 1")
        assert said.text == "You have no watchlists of your own yet."
        assert labels(said) == [["Watch for something"]]


async def test_in_a_group_new_words_are_a_reply(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        talk.api.people.members["-5", 7] = member("administrator", 7)
        [draft] = await talk.say("-5", "/watch Homs", user=7)
        await talk.press(draft, "Save", user=7)
        [asked] = await talk.say("-5", "/edit 1", user=7)
        assert asked.asks
        [draft] = await talk.say("-5", "Hama", user=7, reply_to=asked.message_id)
        await talk.press(draft, "Save", user=7)
        assert [each.title for each in of(talk, "-5").watchlists] == ["Hama"]


# --- pure ---------------------------------------------------------------------------------------------

WISHES = st.lists(
    st.sampled_from(
        ["Homs", "C++", '"a + b"', '“say "so", now”', "«x»", "l'Aquila", "S-300", "Tripoli (LB)"]
    )
    | st.text(min_size=1, max_size=8),
    min_size=1,
    max_size=6,
).flatmap(
    lambda terms: st.lists(
        st.sampled_from([", ", " + ", " - "]), min_size=len(terms), max_size=len(terms)
    ).map(lambda marks: "".join(map("".join, zip(terms, marks, strict=True))))
)


@given(WISHES)
def test_a_wish_is_spelled_so_that_it_is_read_again(text: str) -> None:
    wish = wish_of(text)
    if isinstance(wish, Wish):
        assert wish_of(spelled(wish)) == wish


@pytest.mark.parametrize(
    ("wish", "place", "name", "after", "choices"),
    [
        ("Assad, Tripoli", 0, "Assab", "Assab, Tripoli", {1: 1}),
        ("Tripoli - Assad", 1, "Assab", "Tripoli - Assab", {}),
        ('"a, b" + Assad', 1, "Assab", '"a, b" + Assab', {}),
        ("Assab, Assad, Tripoli", 1, "Assab", "Assab, Assab, Tripoli", {}),
    ],
)
def test_a_term_is_replaced(
    wish: str, place: int, name: str, after: str, choices: dict[int, int]
) -> None:
    draft = replaced(Draft(wish=wish, choices={1: 1}), place, name)
    assert (draft.wish, draft.choices) == (after, choices)


@pytest.mark.parametrize(("wish", "place"), [("Homs", 1), ("Homs", -1), ("", 0)])
def test_a_term_that_is_not_there_is_not_replaced(wish: str, place: int) -> None:
    with pytest.raises(ValueError, match="no term"):
        replaced(Draft(wish=wish), place, "Hama")


@pytest.mark.parametrize(
    ("wanted", "without", "wish"),
    [
        (("Homs, Hama", "fire"), "brigade", "Homs, Hama + fire - brigade"),
        (("", "fire"), "", "fire"),
        (("Homs", ""), "", "Homs"),
    ],
)
def test_answers_are_put_together(wanted: tuple[str, ...], without: str, wish: str) -> None:
    assert put_together(wanted, without) == wish
