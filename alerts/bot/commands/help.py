"""/help: what can be asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from alerts.bot.desk import Desk
from alerts.bot.talk import Call, Command, Says, button
from alerts.locales import marked

_EXAMPLE: Final = marked('Idlib, Homs + sarin - "trade fair"')
_HOW: Final = marked(
    "Tell me what to watch for: places, groups, words.\n\n"
    "<code>{example}</code>\n\n"
    "A comma means “or”, plus “and”, minus “without”. I show what I understood before anything is"
    " saved; names are found in all their spellings."
)
_ALL: Final = marked("What I can do:")
_OPERATORS: Final = marked("For you, as the operator:")


def make_help(listed: Callable[[], Sequence[Command]]) -> Command:
    """Return the command that tells of those *listed*."""

    async def help_(call: Call, desk: Desk) -> Says:
        del desk
        words = call.words
        parts = [
            words.say(_HOW, example=f"/watch {words.of(_EXAMPLE)}"),
            words.say(_ALL) + "\n" + "\n".join(_lines(listed(), call, for_operators=False)),
        ]
        if call.is_operator:
            theirs = "\n".join(_lines(listed(), call, for_operators=True))
            parts.append(words.say(_OPERATORS) + "\n" + theirs)
        return Says(html="\n\n".join(parts), buttons=((button("/watch", "/watch"),),))

    return Command(
        name="help", does=help_, about=marked("what I can do, and how"), for_strangers=True
    )


def _lines(listed: Sequence[Command], call: Call, *, for_operators: bool) -> Iterator[str]:
    for each in listed:
        if each.about and each.for_operators is for_operators:
            yield f"/{each.name} – {call.words.say(each.about)}"
