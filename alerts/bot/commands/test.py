"""/test: would this text ring here?  It is asked of the code that asks articles."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import Final

from markupsafe import Markup

from alerts.alerting.sightings import sight_new
from alerts.bot.desk import Desk
from alerts.bot.muting import places
from alerts.bot.talk import CHANNEL, Call, Command, Says, button
from alerts.bot.verdicts import met_said, missed_said, nearest, some, verdicts_on, watched
from alerts.locales import marked
from alerts.model import Article, DeliveryKind, Destination, RoutedMatch
from alerts.storage.muted import MuteKind
from alerts.storage.silence import first_met
from alerts.subscribers.why import Verdict
from alerts.text.languages import with_language

_WHICH: Final = marked(
    "Send me a text, for example a headline, and I say whether it would ring here."
)
_NOTHING: Final = marked("Nothing is watched for here yet, so that nothing can ring.")
_WATCH: Final = marked("Watch for something")
_RINGS: Final = marked("This would ring here:")
_WAITS: Final = marked("This would come here later:")
_MATCHES: Final = marked("This matches, and would not ring here:")
_MISSES: Final = marked("This would not ring here.")
_NEAREST: Final = marked("What came nearest:")
_NO_WORDS: Final = marked("Nothing that is watched for here stands in it.")
_BUT: Final = marked("{found} – {reason}")
_DIGEST: Final = marked("with the digest: {when}")
_QUIET: Final = marked("after the quiet hours: {when}")
_SILENT: Final = marked("without a sound")
_DROPPED: Final = marked("quiet hours drop it")
_PAUSED: Final = marked("it is paused")
_KEPT: Final = marked("it does not say everything that is asked")
_MUTED: Final = marked("it is muted")
_SILENCED: Final = marked("the operator of this bot has silenced it")

_ABOUT: Final = "test"


async def test(call: Call, desk: Desk) -> Says:
    """Say which watchlists of this chat the text meets, and what the others lack."""
    words = call.words
    text = call.text.strip() or await _quoted(call, desk)
    if not text:
        await desk.ask(call, _ABOUT, {})
        return Says(html=words.say(_WHICH), asks=not call.chat.is_private)
    if call.dialogue is not None and call.dialogue.about == _ABOUT:
        await desk.ended(call)
    asked = watched(call, desk)
    if not asked:
        row = (button(words.of(_WATCH), "/watch"),)
        return Says(html=words.say(_NOTHING), buttons=(row,))
    article = article_of(text, call)
    sight = partial(sight_new, desk.members.rules, [article], newest_at=None, now=call.now)
    [sighting] = await asyncio.to_thread(sight)
    ids = {each.id for each in asked}
    met = [one for one in sighting.matches if one.match.watchlist in ids]
    matched = {one.match.watchlist for one in met}
    others = [each for each in asked if each.id not in matched]
    verdicts = await verdicts_on([article], others, desk.rules)
    return Says(html=await _told(call, desk, met, verdicts))


def article_of(text: str, call: Call) -> Article:
    """Return the article that *text* would be: its first line is the headline."""
    title, _, content = text.strip().partition("\n")
    article = Article(
        id="test", title=title, content=content.strip(), published_at=call.now, seen_at=call.now
    )
    return with_language(article)


async def _quoted(call: Call, desk: Desk) -> str:
    """Return the article of the alert, or the words, that it replies to; empty: there are none."""
    if call.quoted is None:
        return ""
    alerts = await desk.storage.subscribers.alert_of(call.chat.address, str(call.quoted))
    if not alerts:
        return call.quoted_text.strip()
    lead = alerts[0].lead
    return f"{lead.title}\n{lead.summary}\n{lead.content}"


async def _told(
    call: Call, desk: Desk, met: Sequence[RoutedMatch], verdicts: Sequence[Verdict]
) -> Markup:
    words = call.words
    hindered = await _hindrances(call, desk, met)
    shown: dict[str, list[Markup]] = {_RINGS: [], _WAITS: [], _MATCHES: []}
    for one in met:
        heading, reason = _becomes(call, one, hindered.get(one.match.watchlist, ""))
        said = met_said(words, one.match.title, one.match.evidence)
        shown[heading].append(words.say(_BUT, found=said, reason=reason) if reason else said)
    blocks = [
        Markup("\n").join([words.say(heading), *some(words, lines)])
        for heading, lines in shown.items()
        if lines
    ]
    if not met:
        blocks.append(words.say(_MISSES))
    near = [missed_said(words, one) for one in nearest(verdicts)]
    if near:
        blocks += [words.say(_NEAREST), *near]
    elif not met:
        blocks.append(words.say(_NO_WORDS))
    return Markup("\n\n").join(blocks)


async def _hindrances(call: Call, desk: Desk, met: Sequence[RoutedMatch]) -> dict[str, str]:
    """Return watchlist -> why a match of it is silent, of what is decided when it is written."""
    silences = await desk.storage.silences.lasting(now=call.now)
    found = {
        one.match.watchlist: _SILENCED for one in met if first_met(silences, one.labels) is not None
    }
    for place in places(call):
        for mute in await desk.storage.mutes.lasting(place, now=call.now):
            if mute.subject.kind is MuteKind.WATCHLIST:
                found[mute.subject.value] = _MUTED
    return found


def _becomes(call: Call, one: RoutedMatch, hindrance: str) -> tuple[str, Markup | None]:
    """Return the heading under which *one* is told, and what is to be said beside it."""
    words = call.words
    targets = {target.casefold() for target in call.chat.targets}
    here = [
        each
        for each in one.destinations
        if each.address.channel == CHANNEL and each.address.target.casefold() in targets
    ]
    if not here and not hindrance:
        hindrance = _KEPT if one.match.is_held else _PAUSED
    if hindrance:
        return _MATCHES, words.say(hindrance)
    return _arrives(call, min(here, key=Destination.urgency))


def _arrives(call: Call, there: Destination) -> tuple[str, Markup | None]:
    words, subscriber = call.words, call.subscriber
    if there.is_dropped:
        return _MATCHES, words.say(_DROPPED)
    if there.due_at > call.now:
        zone = subscriber.time_zone if subscriber is not None else "UTC"
        text = _DIGEST if there.kind is DeliveryKind.DIGEST else _QUIET
        return _WAITS, words.say(text, when=words.moment(there.due_at, zone))
    return _RINGS, words.say(_SILENT) if there.is_silent else None


COMMAND: Final = Command(
    name=_ABOUT,
    does=test,
    about=marked("would this text ring here, and why"),
    continues=test,
)
