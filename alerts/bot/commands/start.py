"""/start: the first words with somebody; also links that lead to a watchlist, and invitations."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from alerts.bot.commands.subscribing import begin
from alerts.bot.desk import Desk
from alerts.bot.settings import Access, is_allowed
from alerts.bot.talk import CHANNEL, Call, Command, Says, button
from alerts.locales import marked
from alerts.model import ChatKind

#: What an invitation in a link begins with.
INVITE: Final = "invite-"

_HOW: Final = marked(
    "Send me what you want to hear of, for example:\n"
    "<code>{example}</code>\n"
    "A comma means “or”, plus “and”, minus “without”. Nothing is saved before you have seen what I"
    " understood."
)
_GROUP: Final = marked("In groups, administrators say what everybody here is told of.")
_CHANNEL: Final = marked("In channels, whoever may post says what everybody here is told of.")
_NUMBER: Final = marked("This chat is number {number}.")
_WATCH: Final = marked("Watch for something")
_CATALOGUE: Final = marked("Ready-made watchlists")
_LANGUAGE: Final = marked("Language")
_INVITED: Final = marked(
    "This bot is for those who were let in. An invitation is sent as /start CODE."
)
_WRONG: Final = marked(
    "This invitation is not good any more: ask whoever gave it to you for another."
)
_EXAMPLE: Final = marked("Idlib, Khan Sheikhun + chemical, sarin")


async def start(call: Call, desk: Desk) -> Says:
    """Let a stranger in, if they may; go where a link leads; or say what can be done here."""
    if call.text or call.chat.is_private:
        refusal = await desk.why_not_change(call)
        if refusal is not None:
            return Says(html=call.words.say(refusal))
    is_known = call.subscriber is not None or call.is_operator
    if not is_known and not is_allowed(call.chat, call.user, desk.settings, desk.rules):
        refused = await _let_in(call, desk)
        if refused is not None:
            return refused
    await desk.storage.backlog.readmit(_names(call), now=desk.now())
    desk.ring({CHANNEL})
    if call.text and not call.text.startswith(INVITE):
        return await begin(call, desk, call.text)
    if call.text or call.chat.is_private:
        call = replace(call, subscriber=await desk.member(call))
    return _welcome(call, desk)


async def _let_in(call: Call, desk: Desk) -> Says | None:
    """Take an invitation; return why nobody is let in, or None."""
    code = call.text.removeprefix(INVITE)
    if desk.settings.access is not Access.INVITE or not code:
        return Says(html=call.words.say(_INVITED))
    if not await desk.storage.invites.use(code, now=desk.now()):
        return Says(html=call.words.say(_WRONG))
    return None


def _names(call: Call) -> list[tuple[str, str]]:
    return [(CHANNEL, target) for target in call.chat.targets]


def _welcome(call: Call, desk: Desk) -> Says:
    words, who = call.words, call.subscriber
    count = len(who.watchlists) + len(who.subscriptions) if who is not None else 0
    parts = [
        words.many(
            "Welcome. I read {count} news feed and ring when something is reported that you watch for:"
            " places, armed groups, subjects, in all their spellings.",
            "Welcome. I read {count} news feeds and ring when something is reported that you watch for:"
            " places, armed groups, subjects, in all their spellings.",
            len(desk.rules.feeds),
        ),
        words.say(_HOW, example=words.of(_EXAMPLE)),
    ]
    if count:
        parts = [
            words.many(
                "Welcome back. You have {count} watchlist: /watchlists",
                "Welcome back. You have {count} watchlists: /watchlists",
                count,
            )
        ]
    if call.chat.kind is not ChatKind.PRIVATE:
        parts.append(words.say(_GROUP if call.chat.kind is ChatKind.GROUP else _CHANNEL))
    parts.append(words.say(_NUMBER, number=f"{call.chat.id}"))
    return Says(
        html="\n\n".join(parts),
        buttons=(
            (button(words.of(_WATCH), "/watch"),),
            (button(words.of(_CATALOGUE), "/watchlists catalogue"),),
            (button(words.of(_LANGUAGE), "/language"),),
        ),
    )


COMMAND: Final = Command(
    name="start",
    does=start,
    about=marked("begin, or come back"),
    for_strangers=True,
)
