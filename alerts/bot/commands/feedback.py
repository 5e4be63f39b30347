"""/feedback: something for the operator to know."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from alerts.alerting.subscriber_notices import feedback as notice_of
from alerts.bot.desk import Desk
from alerts.bot.talk import Call, Command, Says
from alerts.delivery.rendering.marked import clean_lines, cut
from alerts.locales import marked
from alerts.model import Alert
from alerts.web.mail.allowance import Allowance

_WHAT: Final = marked(
    "What shall the operator of this bot know? Send it to me. They learn the number of this chat,"
    " and nothing else of you."
)
_ABOUT_ALERT: Final = marked(
    "What shall the operator of this bot know of this alert? Send it to me. They learn the number of"
    " this chat, and nothing else of you."
)
_THANKS: Final = marked("Thank you. The operator of this bot is told.")
_THANKS_CUT: Final = marked(
    "Thank you. The operator of this bot is told, of the first 1,000 characters."
)
_ENOUGH: Final = marked("Those were five today, thank you. Please go on tomorrow.")

_ABOUT: Final = "feedback"
#: Of one chat.
_MOST: Final = (5, timedelta(days=1))
#: UTF-16 units.
_LONGEST: Final = 1000
_ALERTS: Final = "alerts"


def make_feedback() -> Command:
    """Return the command, which remembers who said how much today."""
    said = Allowance(*_MOST)

    async def feedback(call: Call, desk: Desk) -> Says:
        words, dialogue = call.words, call.dialogue
        text = clean_lines(call.text).strip()
        goes_on = dialogue is not None and dialogue.about == _ABOUT
        if not text:
            return await _ask(call, desk)
        alerts = await _alerts(call, desk, is_answer=goes_on and not call.command)
        if not said.spend(str(call.chat.id), now=call.now):
            return Says(html=words.say(_ENOUGH))
        await desk.tell_operator(
            notice_of(call.key, call.chat.id, words.language, cut(text, _LONGEST), alerts)
        )
        if goes_on:
            await desk.ended(call)
        return Says(html=words.say(_THANKS if cut(text, _LONGEST) == text else _THANKS_CUT))

    return Command(
        name=_ABOUT,
        does=feedback,
        about=marked("tell the operator something"),
        continues=feedback,
    )


async def _ask(call: Call, desk: Desk) -> Says:
    quoted = str(call.quoted or "")
    alerts = await desk.storage.subscribers.alert_of(call.chat.address, quoted)
    await desk.ask(call, _ABOUT, {_ALERTS: quoted if alerts else ""})
    text = _ABOUT_ALERT if alerts else _WHAT
    return Says(html=call.words.say(text), asks=not call.chat.is_private, apart=True)


async def _alerts(call: Call, desk: Desk, *, is_answer: bool) -> Sequence[Alert]:
    """Return the alerts that are meant: those of the message that it, or the question, replies to."""
    quoted = str(call.quoted or "")
    if is_answer and call.dialogue is not None:
        quoted = str(call.dialogue.state.get(_ALERTS, ""))
    return await desk.storage.subscribers.alert_of(call.chat.address, quoted)
