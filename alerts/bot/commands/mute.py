"""/mute: a story, a watchlist or a publisher stays silent for a while; /unmute ends that.

A mute holds where the alerts come: in the chat, or in the one topic of it.  Mails are not muted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from typing import Final

from markupsafe import Markup

from alerts.bot.decisions import MUTE_LASTS
from alerts.bot.desk import Desk
from alerts.bot.muting import Aim, Silent, aim_of, meant, names, places, silent, typed_span
from alerts.bot.talk import CHANNEL, Call, Command, Says, button
from alerts.bot.times import parted
from alerts.bot.typed import brief
from alerts.delivery.presses import ALERT_DIGITS
from alerts.delivery.rendering.excerpt import headline
from alerts.locales import marked
from alerts.model import Address, Alert, Button
from alerts.storage.muted import Mute, MuteKind, Subject
from alerts.storage.sent_alerts import SentAlert
from alerts.watchlists.suggest import nearest

_MUTED: Final = marked("Muted until {when}: “{title}”.")
_MAILS: Final = marked("Mails still come.")
_NOTHING: Final = marked("Nothing is muted here.")
_LIST: Final = marked("Muted here:")
_ITEM: Final = marked("• “{title}”, until {when}")
_HOW: Final = marked(
    "To mute a story, reply to its alert with /mute. A watchlist is muted by its number, <code>/mute"
    " 3 2d</code>, and a publisher by its name, <code>/mute {publisher} 12h</code>."
)
_NO_ALERT: Final = marked(
    "That message is no alert that I still know. Reply with /mute to an alert, and its story is"
    " silent for a day."
)
_WHICH: Final = marked("That message tells of several stories. Which one shall be silent?")
_NO_WATCHLIST: Final = marked(
    "There is no watchlist {number} here. All that there are: /watchlists"
)
_UNKNOWN: Final = marked("I know no publisher “{typed}”, and no watchlist of that name here.")
_NEARLY: Final = marked(
    "I know no publisher “{typed}”, and no watchlist of that name here. Did you mean “{nearly}”?"
)
_UNMUTED: Final = marked("Not muted any more: “{title}”.")
_OVER: Final = marked("That mute is over already.")
_UNMUTE: Final = marked("Unmute")
_UNMUTE_IT: Final = marked("Unmute “{title}”")
_FOR_EXAMPLE: Final = "reuters"

#: That are listed, and stories that are offered.
_MOST: Final = 20
_MOST_STORIES: Final = 8
#: UTF-16 units on a button; phones show some 35.
_LABEL: Final = 40


async def mute(call: Call, desk: Desk) -> Says:
    """Mute what is named or replied to, or list what is muted."""
    rest, span = parted(call.text)
    if rest:
        return await _named(call, desk, rest, span or MUTE_LASTS)
    if call.quoted is not None:
        return await _replied(call, desk, call.quoted, span or MUTE_LASTS)
    return await _listed(call, desk)


async def unmute(call: Call, desk: Desk) -> Says:
    """End a mute, and list those that are left."""
    if not call.text.strip():
        return await _listed(call, desk)
    there = {each.key: each for each in await _silent(call, desk)}
    found = there.get(call.text.strip())
    if found is None:
        left = await _listed(call, desk)
        over = call.words.of(_OVER)
        if call.is_press:
            return Says(html=left.html, buttons=left.buttons, toast=over)
        return Says(html=call.words.say(_OVER) + Markup("\n\n") + left.html, buttons=left.buttons)
    for each in found.mutes:
        subject = each.subject
        await desk.storage.mutes.end(each.address.key, subject.kind, subject.key)
    left = await _listed(call, desk)
    said = call.words.say(_UNMUTED, title=found.title)
    return Says(html=said + Markup("\n\n") + left.html, buttons=left.buttons)


# --- what is meant ----------------------------------------------------------------------------


async def _named(call: Call, desk: Desk, rest: str, span: timedelta) -> Says:
    wanted = meant(rest)
    if wanted.alert:
        sent = await desk.storage.sent_alerts.find(wanted.alert)
        if sent is None or not _is_here(call, sent):
            return _briefly(call, _NO_ALERT)
        return await _mute_story(call, desk, sent, span)
    aim = aim_of(rest, call.subscriber, desk.rules)
    if aim is not None:
        return await _mute(call, desk, aim, span)
    if wanted.number is not None:
        return Says(html=call.words.say(_NO_WATCHLIST, number=f"{wanted.number}"))
    return _unknown(call, rest, names(call.subscriber, desk.rules))


def _is_here(call: Call, sent: SentAlert) -> bool:
    here = {target.casefold() for target in call.chat.targets}
    return sent.address.channel == CHANNEL and sent.address.target.casefold() in here


def _unknown(call: Call, rest: str, known: Sequence[str]) -> Says:
    nearly = nearest(brief(rest), known)
    if nearly:
        said = call.words.say(_NEARLY, typed=brief(rest), nearly=brief(nearly))
        return Says(html=said)
    return Says(html=call.words.say(_UNKNOWN, typed=brief(rest)))


async def _replied(call: Call, desk: Desk, quoted: int, span: timedelta) -> Says:
    told: dict[str, Alert] = {}
    for target in call.chat.targets:
        chat = Address(channel=CHANNEL, target=target)
        found = await desk.storage.subscribers.alert_of(chat, str(quoted))
        told |= {alert.story: alert for alert in found}
    if not told:
        return Says(html=call.words.say(_NO_ALERT))
    if len(told) > 1:
        lasts = typed_span(span)
        rows = (
            (button(_label(each), f"/mute alert {_key(each)} {lasts}"),) for each in told.values()
        )
        return Says(html=call.words.say(_WHICH), buttons=tuple(rows)[:_MOST_STORIES])
    [alert] = told.values()
    sent = await desk.storage.sent_alerts.find(_key(alert))
    return _briefly(call, _NO_ALERT) if sent is None else await _mute_story(call, desk, sent, span)


# --- what is done -----------------------------------------------------------------------------


async def _mute_story(call: Call, desk: Desk, sent: SentAlert, span: timedelta) -> Says:
    """Mute where the alert went, for whom it went: that may be a receiver of the operator."""
    title = _headline(sent.alert)
    subject = Subject(kind=MuteKind.STORY, value=sent.alert.story, title=title)
    begun = await desk.storage.mutes.begin(
        subject, sent.address, sent.receiver, until=call.now + span, now=call.now
    )
    return _done(call, [begun])


async def _mute(call: Call, desk: Desk, aim: Aim, span: timedelta) -> Says:
    subscriber = await desk.member(call)
    chat = subscriber.chat
    begun = [
        await desk.storage.mutes.begin(
            aim.subject,
            Address(channel=chat.channel, target=chat.target, thread=thread),
            subscriber.name,
            until=call.now + span,
            now=call.now,
        )
        for thread in aim.threads
    ]
    return _done(call, begun, has_mail=bool(subscriber.mail))


def _done(call: Call, begun: Sequence[Mute], *, has_mail: bool = False) -> Says:
    words = call.words
    [known] = silent(begun)
    said = words.say(_MUTED, when=_when(call, known), title=known.title)
    if has_mail:
        said += Markup(" ") + words.say(_MAILS)
    return Says(html=said, buttons=((button(words.of(_UNMUTE), f"/unmute {known.key}"),),))


# --- what there is ------------------------------------------------------------------------------


async def _listed(call: Call, desk: Desk) -> Says:
    words = call.words
    found = (await _silent(call, desk))[:_MOST]
    publisher = next((feed.publisher for feed in desk.rules.feeds), _FOR_EXAMPLE)
    how = words.say(_HOW, publisher=brief(publisher))
    if not found:
        return Says(html=words.say(_NOTHING) + Markup("\n\n") + how)
    lines = [words.say(_ITEM, title=each.title, when=_when(call, each)) for each in found]
    html = words.say(_LIST) + Markup("\n") + Markup("\n").join(lines) + Markup("\n\n") + how
    return Says(html=html, buttons=tuple(_ends(call, found)))


async def _silent(call: Call, desk: Desk) -> list[Silent]:
    found: list[Mute] = []
    for place in places(call):
        found += await desk.storage.mutes.lasting(place, now=call.now)
    return silent(found)


def _ends(call: Call, found: Iterable[Silent]) -> Iterator[tuple[Button, ...]]:
    for each in found:
        label = call.words.say(_UNMUTE_IT, title=brief(each.title, _LABEL)).unescape()
        yield (button(label, f"/unmute {each.key}"),)


def _when(call: Call, known: Silent) -> str:
    zone = call.subscriber.time_zone if call.subscriber is not None else "UTC"
    return call.words.moment(known.until, zone)


def _briefly(call: Call, text: str) -> Says:
    words = call.words
    return Says(toast=words.of(text)) if call.is_press else Says(html=words.say(text))


def _key(alert: Alert) -> str:
    return alert.id[:ALERT_DIGITS]


def _headline(alert: Alert) -> str:
    return str(headline(alert.lead, (), 100))


def _label(alert: Alert) -> str:
    return brief(_headline(alert), _LABEL)


COMMAND: Final = Command(
    name="mute",
    does=mute,
    about=marked("silence a story, a watchlist or a publisher for a while"),
    changes=True,
)
UNMUTE: Final = Command(name="unmute", does=unmute, changes=True)
