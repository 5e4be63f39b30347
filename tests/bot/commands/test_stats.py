"""/stats: the numbers of everything."""

from __future__ import annotations

from pathlib import Path

from tests.bot.chats import conversation
from tests.bot.subscribed import subscribed, watching


async def test_it_counts_what_there_is(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        await subscribed(talk)
        await watching(talk)
        await subscribed(talk, "-5")
        await talk.report("Rain in Homs")
        await talk.report("Rain in Paris")
        [said] = await talk.say("900", "/stats")
        lines = said.text.splitlines()
        for line in (
            "Subscribers: 2",
            "Private chats: 1; groups: 1; channels: 0",
            "Watchlists of their own: 1",
            "Subscriptions to ready-made watchlists: 2",
            "Feeds read: 0; failing: 0; never read yet: 1",
            "Articles: 2 in 24 hours, 2 in 7 days, 2 stored",
            "Matches: 1 in 24 hours, 1 in 7 days",
            "Sent: 1 in 24 hours, 1 in 7 days",
            "Dead letters: 0; of the last 7 days: 0",
        ):
            assert line in lines


async def test_it_is_for_the_operator_alone(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        [said] = await talk.say("100", "/stats")
        assert said.text.startswith("This is for the operator of this bot")
