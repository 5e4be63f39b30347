"""/silence: nobody hears of some matches for a time."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.bot.silencing import SilenceFlaw, Wanted, wanted_of
from alerts.watchlists.matchers import written
from tests.bot.chats import conversation, labels
from tests.bot.subscribed import subscribed

FLAW = SilenceFlaw


async def test_a_silence_holds_and_ends_by_a_button(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        await subscribed(talk)
        [said] = await talk.say("900", "/silence watchlist=idlib 2h maintenance of roads")
        assert said.text == (
            'Silence 1 holds until 1 May, 14:00 UTC: watchlist="idlib"\n\nIt silences 1 watchlist.'
        )
        assert await talk.report("Shelling in Idlib") == []
        [listed] = await talk.say("900", "/silence")
        assert '1. watchlist="idlib" until 1 May, 14:00 UTC\nmaintenance of roads' in listed.text
        assert labels(listed) == [["End silence 1"]]
        ended = await talk.press(listed, "End silence 1")
        assert ended.message.text == (
            "Silence 1 is over.\n1 match did not ring because of it.\n"
            "What it held stays held; the next report of a story rings again."
        )
        assert [one.chat for one in await talk.report("Fire in Idlib")] == ["100"]
        again = await talk.press_data(listed, "/silence end 1")
        assert again.message.text.startswith("Nothing is silenced.")


async def test_what_silences_everything_is_asked_about_first(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        typed = "/silence publisher=“The Example” 2 hours of work"
        [asked] = await talk.say("900", typed)
        assert asked.text == (
            'publisher="The Example" silences everything for 2 hours. Is that what you mean?'
        )
        assert await talk.storage.silences.lasting(now=talk.clock.now) == []
        assert (await talk.press(asked, "Cancel")).message.text == "Nothing was silenced."
        [asked] = await talk.say("900", typed)
        begun = await talk.press(asked, "Silence everything")
        assert begun.message.text.startswith("Silence 1 holds until")
        key = asked.buttons[0][0].data
        assert (await talk.press_data(asked, key)).toast.startswith("This was decided already")
        assert len(await talk.storage.silences.lasting(now=talk.clock.now)) == 1


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("publisher=Reuters 2h x", "There is no publisher “Reuters”."),
        ("watchlist=idlip 2h x", "There is no watchlist “idlip”. Did you mean “idlib”?"),
        ("idlib 2h x", "I cannot read what is to be silenced."),
        ("colour=red 2h x", "I cannot read what is to be silenced."),
        ("watchlist=idlib", "Please say for how long"),
        ("watchlist=idlib forever x", "Please say for how long"),
        ("watchlist=idlib 2h", "Please say why"),
    ],
)
async def test_what_cannot_be_done_is_told_why(typed: str, told: str, tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        [said] = await talk.say("900", f"/silence {typed}")
        assert said.text.startswith(told)
        assert said.text.endswith("/silence publisher=Reuters 2h maintenance")


@pytest.mark.parametrize(
    ("text", "matchers", "span", "comment"),
    [
        ("publisher=Reuters 2h why", ['publisher="Reuters"'], timedelta(hours=2), "why"),
        ('publisher="The X" 2 hours why', ['publisher="The X"'], timedelta(hours=2), "why"),
        ("publisher=«The X» 30m a b", ['publisher="The X"'], timedelta(minutes=30), "a b"),
        ("tag = x tag!=y for 3d z", ['tag="x"', 'tag!="y"'], timedelta(days=3), "z"),
        ("tag=x 2 h m", ['tag="x"'], timedelta(hours=2), "m"),
        ("tag=x ٢h z", ['tag="x"'], timedelta(hours=2), "z"),
        ('severity=~"high|critical" 1w z', ['severity=~"high|critical"'], timedelta(days=7), "z"),
    ],
)
def test_a_silence_is_read(text: str, matchers: list[str], span: timedelta, comment: str) -> None:
    wanted = wanted_of(text)
    assert isinstance(wanted, Wanted)
    assert [written(each) for each in wanted.matchers] == matchers
    assert (wanted.span, wanted.comment) == (span, comment)


@pytest.mark.parametrize(
    ("text", "flaw"),
    [
        ("", FLAW.MATCHER),
        ("2h why", FLAW.MATCHER),
        ('publisher="open 2h why', FLAW.MATCHER),
        ("severity=~( 2h why", FLAW.MATCHER),
        ("tag=x 400d why", FLAW.SPAN),
        ("tag=x why", FLAW.SPAN),
        ("tag=x 0h why", FLAW.SPAN),
        ("tag=x 2h \u200b", FLAW.COMMENT),
    ],
)
def test_what_is_wrong_with_a_silence_is_told(text: str, flaw: SilenceFlaw) -> None:
    assert wanted_of(text) is flaw


@given(st.text() | st.from_regex(r"(tag|x)=\S* ?\d?[mhdw]? ?.*"))
def test_anything_can_be_typed(text: str) -> None:
    wanted = wanted_of(text)
    assert isinstance(wanted, SilenceFlaw) or (wanted.matchers and wanted.comment)
