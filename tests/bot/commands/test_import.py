"""/import: a file is looked at first, and nothing of it is believed."""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from pathlib import Path

import pytest

from alerts.model import QuietHours
from alerts.subscribers.members import MOST_OWN
from alerts.subscribers.portable import to_opml, to_yaml
from tests.bot.chats import Conversation, conversation, labels
from tests.bot.subscribed import of, subscribed, watching
from tests.builders import FEED, NOW
from tests.servers.bot_api import Accepted

FILE = """
#+ time_zone: Europe/Kyiv
#+ subscriptions:
#+   - idlib
#+   - elsewhere
version: 1
watchlists:
  - {id: a, title: Homs, query: '"Homs"'}
  - {id: b, title: Hama <b>, query: '"Hama"'}
  - {id: c, title: Broken, query: 'AND AND'}
  - {id: d, title: Unknown, query: '@nobody-knows-this'}
"""
LIST = f"""<opml version="2.0"><body>
<outline type="rss" text="Ours" xmlUrl="{FEED}"/>
<outline type="rss" text="Other" xmlUrl="https://other.example/rss"/>
<outline type="rss" text="Odd" xmlUrl="javascript:alert(1)"/>
</body></opml>"""


async def send(
    talk: Conversation, content: str | bytes, *, chat: str = "100", caption: str = ""
) -> list[Accepted]:
    """Let somebody send a file."""
    data = content.encode() if isinstance(content, str) else content
    talk.api.people.send_document(chat, 100, "watchlists.yml", data, caption)
    return await talk.arrived()


async def test_what_it_would_change_is_shown_and_nothing_is_changed(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        await watching(talk)
        [said] = await send(talk, FILE, caption="/import")
        assert said.text == (
            "This is what the file would change here. Nothing is changed yet.\n\n"
            "1 new watchlist:\n• Hama <b>\n\n"
            "1 ready-made watchlist that would ring here:\n• idlib\n\n"
            "Settings that would change: time zone\n\n"
            "1 watchlist is here already.\n\n"
            "1 ready-made watchlist is not offered here:\n• elsewhere\n\n"
            "2 parts of the file cannot be taken:\n"
            "• Broken: its query cannot be read\n"
            "• Unknown: names something that is not known here"
        )
        assert labels(said) == [["Import", "Cancel"]]
        assert len(of(talk).watchlists) == 1
        assert of(talk).subscriptions == ()
        assert of(talk).time_zone == "UTC"


async def test_import_takes_it_and_it_rings(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        [said] = await send(talk, FILE)
        pressed = await talk.press(said, "Import")
        assert pressed.message.text == "Imported. What is watched for here: /watchlists"
        assert [own.title for own in of(talk).watchlists] == ["Homs", "Hama <b>"]
        assert [one.watchlist for one in of(talk).subscriptions] == ["idlib"]
        assert of(talk).time_zone == "Europe/Kyiv"
        [alert] = await talk.report("Floods in Hama")
        assert "Floods in Hama" in alert.text
        again = await talk.press_data(said, said.buttons[0][0].data)
        assert again.toast.startswith("This was decided already")
        assert len(of(talk).watchlists) == 2


async def test_cancel_takes_nothing(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        [said] = await send(talk, FILE)
        key = said.buttons[0][0].data.split()[-1]
        assert (await talk.press(said, "Cancel")).message.text == "Nothing was imported."
        assert (await talk.press_data(said, f"/import yes {key}")).toast.startswith("This was")
        assert of(talk).watchlists == ()


@pytest.mark.parametrize("write", [to_yaml, to_opml])
async def test_an_export_comes_back_whole(write: object, tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        await subscribed(talk)
        await watching(talk, query="Homs 🧪")
        quiet = QuietHours(begin=time(22), end=time(7))
        await talk.members.keep(replace(of(talk), quiet=quiet))
        before = of(talk)
        content: str = write(before, now=NOW)  # type: ignore[operator] # one of those above
        [nothing] = await send(talk, content)
        assert nothing.text.startswith("There is nothing in the file that is new here.")
        assert labels(nothing) == []
        [said] = await send(talk, content, chat="200")
        await talk.press(said, "Import", user=100)
        after = of(talk, "200")
        assert [own.query for own in after.watchlists] == [own.query for own in before.watchlists]
        assert [own.title for own in after.watchlists] == [own.title for own in before.watchlists]
        assert {one.watchlist for one in after.subscriptions} == {"idlib"}
        assert after.quiet == quiet


async def test_a_wish_is_kept_where_it_is_what_the_query_asks_for(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        wishes = "#+ wish: {wish}"
        lines = ["version: 1", "watchlists:"]
        for wish, query in (("sarin", "sarin"), ("kittens", "chlorine")):
            lines += ["  - id: " + wish, "    title: t", f"    {wishes.format(wish=wish)}"]
            lines += [f"    query: {query}"]
        [said] = await send(talk, "\n".join(lines))
        await talk.press(said, "Import")
        assert [own.wish for own in of(talk).watchlists] == ["sarin", ""]


async def test_what_does_not_fit_is_said_before(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        titles = [f"  - {{id: w{n}, title: T{n}, query: word{n}}}" for n in range(MOST_OWN + 3)]
        [said] = await send(talk, "\n".join(["version: 1", "watchlists:", *titles]))
        assert "50 new watchlists:\n• T0\n" in said.text
        assert "• T9\nand 40 more" in said.text
        assert "3 watchlists do not fit: a chat has 50 at most." in said.text
        await watching(talk)
        refused = await talk.press(said, "Import")
        assert refused.message.text.startswith("There is no room for all of them any more")
        assert len(of(talk).watchlists) == 1, "all or none"


async def test_feeds_of_another_reader_can_be_proposed_once(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        [said] = await send(talk, LIST)
        assert "1 feed of the list is read here already." in said.text
        assert "1 feed of the list is not read here; the operator decides about that." in said.text
        pressed = await talk.press(said, "Propose the other feeds")
        assert pressed.message.text == "The operator of this bot is told of them."
        [told] = pressed.arrived
        assert told.chat == "900"
        assert told.text.startswith("⚪ Chat 100 proposes 1 feed\n")
        assert "https://other.example/rss" in told.text
        key = said.buttons[0][0].data.split()[-1]
        again = await talk.press_data(said, f"/import feeds {key}")
        assert again.arrived == []


async def test_it_asks_for_the_file_and_waits_for_it(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        [asked] = await talk.say("100", "/import")
        assert asked.text.startswith("Send me the file")
        [reminded] = await talk.say("100", "which one")
        assert reminded.text.startswith("I wait for a file")
        [said] = await send(talk, FILE)
        assert said.text.startswith("This is what the file would change here.")


async def test_in_a_group_only_administrators_import(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        talk.api.people.becomes("-100200", "member", by=7)
        await talk.arrived()
        [said] = await send(talk, FILE, chat="-100200", caption="/import")
        assert said.text == "Only administrators of this chat can change that."


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"\xff\xfe\x00binary\x00\x01", "Nothing was imported."),
        (b"hello there", "Nothing was imported. The file is something else"),
        (b"a: &b [*b]", "Nothing was imported. The file uses parts of YAML that I do not read"),
        (b'<!DOCTYPE x [<!ENTITY e "e">]><opml/>', "Nothing was imported. The file declares"),
        (b"x" * 1_000_001, "That file is larger than 1 MB"),
        (b"\x00" * 20, "Nothing was imported."),
    ],
)
async def test_what_cannot_be_read_is_told_why(content: bytes, told: str, tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        [said] = await send(talk, content)
        assert said.text.startswith(told)


async def test_what_is_too_much_to_wait_with_is_refused(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        query = " OR ".join(f"word{n}" for n in range(250))
        lists = [
            f"  - {{id: w{n}, title: T{n}, query: 'x{n} OR {query}'}}" for n in range(MOST_OWN)
        ]
        [said] = await send(talk, "\n".join(["version: 1", "watchlists:", *lists]))
        assert said.text.startswith("That is more than I can keep in mind")
