"""/invite: codes that let somebody in where the bot is not open to all; for operators."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from markupsafe import Markup

from alerts.bot.commands.start import INVITE
from alerts.bot.desk import Desk
from alerts.bot.settings import Access
from alerts.bot.talk import Call, Command, Says, button
from alerts.bot.times import plain
from alerts.bot.verdicts import some
from alerts.locales import Words, marked
from alerts.storage.invites import Invite

_MADE: Final = marked("Whoever opens this link is let in:\n\n{link}\n\n{until}")
_OPEN: Final = marked("At the moment the bot is open to all, so that nobody needs it.")
_LISTED_ONLY: Final = marked(
    "At the moment the bot lets in nobody but those whom the settings name, whatever the link."
)
_NONE: Final = marked("No invitation is good at the moment.")
_ALL: Final = marked("Invitations that are good:")
_LINE: Final = marked("<code>{code}</code>: {until}")
_HOW: Final = marked(
    "For 5 people and 7 days: <code>{example}</code>. 1,000 people and 365 days are the most."
)
_ENDED: Final = marked("This invitation is good no more.")
_LIST: Final = marked("All invitations")
_NEW: Final = marked("New invitation")
_END: Final = marked("End {code}")

_EXAMPLE: Final = "/invite 5 7"
_WANTED: Final = re.compile(r"(?P<uses>[0-9]{1,4})?(?:\s+(?P<days>[0-9]{1,3})\s*d?(?:ays?)?)?")
_CODE_BYTES: Final = 9
_USES: Final = 1
_DAYS: Final = 7
_MOST_USES: Final = 1000
_MOST_DAYS: Final = 365
#: Invitations of one list.
_SHOWN: Final = 20


async def invite(call: Call, desk: Desk) -> Says:
    """Make an invitation; or list them, or end one."""
    words = call.words
    match call.text.split():
        case ["list"]:
            return await _listed(call, desk)
        case ["end", code]:
            ended = await desk.storage.invites.end(code)
            listed = await _listed(call, desk)
            return Says(
                html=listed.html,
                buttons=listed.buttons,
                toast=words.of(_ENDED) if ended and call.is_press else "",
            )
    wanted = wanted_of(call.text)
    if wanted is None:
        return Says(html=words.say(_HOW, example=_EXAMPLE))
    uses, days = wanted
    code, until = secrets.token_urlsafe(_CODE_BYTES), call.now + timedelta(days=days)
    await desk.storage.invites.make(
        code, made_by=call.person, uses=uses, now=call.now, expires_at=until
    )
    link = f"https://t.me/{desk.username}?start={INVITE}{code}"
    made = Invite(
        code=code, made_by=call.person, made_at=call.now, expires_at=until, uses_left=uses
    )
    said = [words.say(_MADE, link=link, until=_until(call, made))]
    said += [words.say(text) for text in _warnings(desk.settings.access)]
    row = (button(words.of(_LIST), "/invite list"),)
    return Says(html=Markup("\n\n").join(said), buttons=(row,))


def wanted_of(text: str) -> tuple[int, int] | None:
    """Return for how many people and days *text* asks; None: it cannot be read, or is too much."""
    found = _WANTED.fullmatch(plain(text))
    if found is None:
        return None
    uses, days = int(found["uses"] or _USES), int(found["days"] or _DAYS)
    return (uses, days) if 0 < uses <= _MOST_USES and 0 < days <= _MOST_DAYS else None


def _warnings(access: Access) -> Sequence[str]:
    match access:
        case Access.OPEN:
            return (_OPEN,)
        case Access.ALLOWLIST:
            return (_LISTED_ONLY,)
    return ()


async def _listed(call: Call, desk: Desk) -> Says:
    words = call.words
    lasting = await desk.storage.invites.lasting(now=call.now)
    new = (button(words.of(_NEW), f"/invite {_USES} {_DAYS}"),)
    if not lasting:
        return Says(html=words.say(_NONE), buttons=(new,))
    lines = [words.say(_LINE, code=one.code, until=_until(call, one)) for one in lasting]
    ends = [(button(_label(words, one), f"/invite end {one.code}"),) for one in lasting[:_SHOWN]]
    said = Markup("\n").join([words.say(_ALL), *some(words, lines, _SHOWN)])
    return Says(html=said, buttons=(*ends, new))


def _label(words: Words, one: Invite) -> str:
    return str(words.say(_END, code=one.code).unescape())


def _until(call: Call, one: Invite) -> Markup:
    zone = call.subscriber.time_zone if call.subscriber is not None else "UTC"
    return call.words.many(
        "good for {count} person until {when}",
        "good for {count} people until {when}",
        one.uses_left,
        when=call.words.moment(one.expires_at, zone),
    )


COMMAND: Final = Command(
    name="invite", does=invite, about=marked("let somebody in by a link"), for_operators=True
)
