"""/export: what this chat watches for, as files to keep or to take along."""

from __future__ import annotations

from typing import Final

from alerts.bot.desk import Desk
from alerts.bot.talk import Call, Command, Paper, Says
from alerts.locales import marked
from alerts.subscribers.portable import to_opml, to_yaml

_NOTHING: Final = marked(
    "Nothing is kept of this chat yet, so that there is nothing to take along."
)
_HERE: Final = marked(
    "Here is everything, twice: as YAML, which operators of Tocsin can use as it is, and as OPML,"
    " which other readers of feeds understand. /import takes either of them, here or elsewhere.\n\n"
    "Mutes, a linked mailbox and the topics of this chat are not in it."
)
_YAML: Final = marked("Watchlists and settings, as YAML")
_OPML: Final = marked("Watchlists and settings, as OPML")


async def export(call: Call, desk: Desk) -> Says:
    """Send two files with everything that can be taken along."""
    del desk
    words, subscriber = call.words, call.subscriber
    if subscriber is None:
        return Says(html=words.say(_NOTHING))
    name = f"tocsin-{call.now:%Y-%m-%d}"
    papers = (
        Paper(
            name=f"{name}.yml",
            content=to_yaml(subscriber, now=call.now).encode(),
            caption=words.of(_YAML),
        ),
        Paper(
            name=f"{name}.opml",
            content=to_opml(subscriber, now=call.now).encode(),
            caption=words.of(_OPML),
        ),
    )
    return Says(html=words.say(_HERE), papers=papers)


COMMAND: Final = Command(
    name="export", does=export, about=marked("your watchlists and settings as files")
)
