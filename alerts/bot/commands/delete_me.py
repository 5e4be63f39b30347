"""/delete_me: everything that is kept of a chat goes, at once.

It is done by a button only: its answer takes the place of the message that had it, so that nothing
about the chat has to be kept to be sent.
"""

from __future__ import annotations

from typing import Final

from markupsafe import Markup

from alerts.bot.desk import Desk
from alerts.bot.talk import CHANNEL, Call, Command, Says, button
from alerts.locales import marked
from alerts.model import RuleSet

_WHAT: Final = marked(
    "This deletes everything that I keep of this chat, at once and for good: its watchlists and"
    " subscriptions, hours, language and time zone, a linked mailbox, mutes, and what was sent here."
)
_WORDS: Final = marked("What you said of alerts goes as well.")
_THEIRS: Final = marked("What its members said of alerts is theirs, and stays.")
_COPY: Final = marked("/export gives you a copy before.")
_STAYS: Final = marked(
    "The operator of this bot has alerts sent to this chat as well. Those go on: the operator"
    " decides about them."
)
_DONE: Final = marked(
    "Everything is deleted. I know nothing of this chat any more. /start begins anew."
)
_YES: Final = marked("Delete everything")
_NO: Final = marked("Keep everything")
_KEPT: Final = marked("Nothing was deleted.")


async def delete_me(call: Call, desk: Desk) -> Says:
    """Say what would be deleted; or delete it, where a button says so."""
    words = call.words
    match (call.text.strip(), call.is_press):
        case ("yes", True):
            return await _deleted(call, desk)
        case ("no", True):
            return Says(html=words.say(_KEPT))
    lines = [words.say(_WHAT)]
    lines += [words.say(_WORDS if call.chat.is_private else _THEIRS)]
    if _is_the_operators(call, desk.rules):
        lines.append(words.say(_STAYS))
    lines.append(words.say(_COPY))
    rows = (
        (button(words.of(_YES), "/delete_me yes"),),
        (button(words.of(_NO), "/delete_me no"),),
    )
    return Says(html=Markup("\n\n").join(lines), buttons=rows)


async def _deleted(call: Call, desk: Desk) -> Says:
    # A stranger, too, may have said something of alerts, or been asked something.
    subscriber = await desk.member(call)
    people = {call.person} if call.chat.is_private else set()
    await desk.members.forget(subscriber, people=people)
    lines = [call.words.say(_DONE)]
    if _is_the_operators(call, desk.rules):
        lines.append(call.words.say(_STAYS))
    return Says(html=Markup("\n\n").join(lines))


def _is_the_operators(call: Call, rules: RuleSet) -> bool:
    """Tell whether a receiver of the rule files leads to this chat."""
    targets = {target.casefold() for target in call.chat.targets}
    return any(
        address.channel == CHANNEL and address.target.casefold() in targets
        for receiver in rules.receivers.values()
        for address in receiver.addresses
    )


COMMAND: Final = Command(
    name="delete_me",
    does=delete_me,
    about=marked("delete everything that I keep of you"),
    changes=True,
)
