"""/export: everything to take along, as files."""

from __future__ import annotations

from pathlib import Path

from alerts.subscribers.portable import Bundle, read
from tests.bot.chats import conversation
from tests.bot.subscribed import subscribed, watching


async def test_two_files_come_with_everything(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        await subscribed(talk)
        await watching(talk, query="حمص")
        arrived = await talk.say("100", "/export")
        files = {one.document.name: one.document.content for one in arrived if one.document}
        assert set(files) == {"tocsin-2024-05-01.yml", "tocsin-2024-05-01.opml"}
        for name, content in files.items():
            found = read(name, content)
            assert isinstance(found, Bundle)
            assert [one.query for one in found.watchlists] == ['"حمص"']
            assert set(found.subscriptions) == {"idlib"}
        [said] = [one for one in arrived if not one.document]
        assert said.text.startswith("Here is everything, twice")


async def test_a_stranger_has_nothing_to_take_along(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        [said] = await talk.say("100", "/export")
        assert said.text.startswith("Nothing is kept of this chat yet")
