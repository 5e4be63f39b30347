"""/why: why did it ring, or why did it not?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from markupsafe import Markup

from alerts.bot.desk import Desk
from alerts.bot.talk import Call, Command, Says, button
from alerts.bot.typed import brief
from alerts.bot.verdicts import (
    is_routed,
    met_said,
    missed_said,
    nearest,
    some,
    verdicts_on,
    watched,
)
from alerts.delivery.rendering.excerpt import headline
from alerts.delivery.rendering.why import why as why_it_rang
from alerts.feeds.identity import canonical_url
from alerts.locales import Words, marked
from alerts.model import Address, Alert, RuleSet
from alerts.storage.histories import History
from alerts.subscribers.fates import End, Fate, fate_of
from alerts.subscribers.why import Verdict, asked_by_link
from alerts.workbench.explaining import as_seen

_HOW: Final = marked(
    "Answer one of my alerts with /why, and I say which words rang. Or send the link of an article,"
    " and I say what became of it here:\n\n<code>/why https://example.org/news/1</code>"
)
_NOT_MINE: Final = marked(
    "That message tells of no alert that I remember. Answer an alert with /why, or send the link of"
    " an article: /why LINK"
)
_NO_LINK: Final = marked(
    "“{typed}” is no link that I can look up. For example:\n\n<code>/why https://example.org/news/1</code>"
)
_SEVERAL: Final = marked("<b>{headline}</b>")
_ARTICLE: Final = marked("<b>{headline}</b>\n{publisher}, {when}")
_UNREAD: Final = marked(
    "I have read no article at that address. Its publisher, {publisher}, is among my feeds: perhaps"
    " the feed does not list this article, or not yet."
)
_UNLISTED: Final = marked(
    "I have read no article at that address, and no feed of {site} is among those that I read. The"
    " operator of this bot can add one: /feedback"
)
_TELL: Final = marked("Tell the operator")
_MESSAGE: Final = marked('<a href="{url}">To the message</a>')
_TODAY: Final = marked("By today's watchlists it would match:")
_NEAREST: Final = marked("What came nearest:")
_NO_WORDS: Final = marked("Nothing that is watched for here stands in it.")
_NO_WATCHLISTS: Final = marked("Nothing is watched for here yet: /watch")

_ENDS: Final = {
    End.TOLD: marked("It came here on {when}."),
    End.WAITS: marked("It matched, and is on its way here."),
    End.QUIET: marked("It matched, and waits for the end of quiet hours: {when}."),
    End.DIGEST: marked("It matched, and waits for the digest: {when}."),
    End.KNEW: marked("It matched. Another report of the same story had come here: {when}."),
    End.MUTED: marked("It matched, and was muted here until {when}."),
    End.SILENCED: marked(
        "It matched, and the operator of this bot had silenced such reports until {when}."
    ),
    End.DROPPED: marked("It matched in quiet hours that let nothing come later: {when}."),
    End.LEFT: marked("It matched, and this was left or paused."),
    End.GONE: marked("It matched at a time at which I could not write here: {when}."),
    End.FAILED: marked("It matched, and Telegram did not take the message: {when}."),
    End.HANDED_OVER: marked("It matched, and went where the operator wants it instead: {when}."),
    End.HELD: marked("It matched, but does not say everything that is asked, and was kept back."),
    End.UNTOLD: marked(
        "It matched when it came, {when}, and nobody here was to hear of that: it was paused, or not"
        " watched for here yet."
    ),
    End.UNMATCHED: marked("No watchlist that rings here matched when it came: {when}."),
    End.BASELINE: marked(
        "It was in its feed already when I read that for the first time, {when}: what is past then"
        " does not ring."
    ),
    End.LATE: marked(
        "It came with a date of more than three days before, {when}: what slides back into a feed"
        " does not ring."
    ),
}

#: UTF-16 units.
_HEADLINE: Final = 200
#: Alerts of one message that are explained.
_MOST_ALERTS: Final = 10
#: What publishers put before their name.
_PREFIXES: Final = frozenset({"www", "m", "amp", "feed", "feeds", "rss"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An article at the link, and what became of it here."""

    history: History
    fate: Fate


async def why(call: Call, desk: Desk) -> Says:
    """Explain the alert that it replies to, or what became of the article at a link."""
    words, text = call.words, call.text.strip()
    if text:
        link = text.split()[0]
        if not _is_link(link):
            return Says(html=words.say(_NO_LINK, typed=brief(text)))
        return await _by_link(call, desk, link)
    if call.quoted is None:
        return Says(html=words.say(_HOW))
    alerts = await desk.storage.subscribers.alert_of(call.chat.address, str(call.quoted))
    if not alerts:
        return Says(html=words.say(_NOT_MINE))
    return Says(html=_rang(words, alerts), follows=call.quoted)


def _rang(words: Words, alerts: Sequence[Alert]) -> Markup:
    if len(alerts) == 1:
        return why_it_rang(alerts[0], words)
    told = []
    for alert in alerts:
        lines = [words.say(_SEVERAL, headline=str(headline(alert.lead, (), _HEADLINE // 2)))]
        lines += [met_said(words, one.title, one.evidence) for one in alert.matches[:2]]
        told.append(Markup("\n").join(lines))
    return Markup("\n\n").join(some(words, told, _MOST_ALERTS))


def _is_link(text: str) -> bool:
    return bool(canonical_url(text if "://" in text else f"https://{text}")) and "." in text


# --- by link ------------------------------------------------------------------------------------


async def _by_link(call: Call, desk: Desk, link: str) -> Says:
    order = list(End)
    found = [
        one
        for id_ in await asked_by_link(desk.storage, link)
        if (one := await _found(call, desk, id_)) is not None
    ]
    if not found:
        return _unread(call, desk.rules, link)
    best = min(found, key=lambda one: order.index(one.fate.end))
    told = [_article(call, best), _end(call, best), *_matched(call, best)]
    if best.fate.end in (End.UNMATCHED, End.UNTOLD, End.BASELINE, End.LATE):
        told += await _today(call, desk, best)
    message = best.fate.message_id
    follows = None
    if best.fate.end is End.TOLD and message.isdecimal():
        follows = int(message)
        if url := _link_to(call, follows):
            told.append(call.words.say(_MESSAGE, url=url))
    return Says(html=Markup("\n\n").join(told), follows=follows)


async def _found(call: Call, desk: Desk, article: str) -> Found | None:
    history = await desk.storage.histories.of(article)
    if history is None:
        return None
    addresses = [
        Address(channel=call.chat.address.channel, target=each) for each in call.chat.targets
    ]
    ids = {each.id for each in watched(call, desk)}
    if is_routed(call, desk.rules):
        ids |= {each.id for each in desk.rules.watchlists}
    # Also what has been deleted since may have rung here.
    here = {(each.channel, each.target) for each in addresses}
    for telling in history.tellings:
        if (telling.delivery.address.channel, telling.delivery.address.target) in here:
            ids |= set(telling.watchlists)
    return Found(history=history, fate=fate_of(history, ids, addresses))


def _article(call: Call, found: Found) -> Markup:
    article = found.history.article
    return call.words.say(
        _ARTICLE,
        headline=str(headline(article, (), _HEADLINE)),
        publisher=brief(article.publisher),
        when=call.words.moment(article.seen_at or call.now, _zone(call)),
    )


def _end(call: Call, found: Found) -> Markup:
    at = found.fate.at or found.history.article.seen_at or call.now
    return call.words.say(_ENDS[found.fate.end], when=call.words.moment(at, _zone(call)))


def _matched(call: Call, found: Found) -> list[Markup]:
    matches = [found.history.match(each) for each in found.fate.watchlists]
    lines = [
        met_said(call.words, one.match.title, one.match.evidence)
        for one in matches
        if one is not None
    ]
    return [Markup("\n").join(some(call.words, lines))] if lines else []


async def _today(call: Call, desk: Desk, found: Found) -> list[Markup]:
    """Say what today's watchlists say of it: they may be others than those of then."""
    words, asked = call.words, watched(call, desk)
    if not asked:
        return [words.say(_NO_WATCHLISTS)]
    versions = as_seen(await desk.storage.archive.versions(found.history.article.id))
    if not versions:
        return []
    verdicts = await verdicts_on(versions, asked, desk.rules)
    now_met = [one for one in verdicts if one.met and one.watchlist not in found.fate.watchlists]
    if now_met:
        titles = [words.say(_SEVERAL, headline=brief(one.title)) for one in now_met]
        return [words.say(_TODAY) + "\n" + Markup("\n").join(some(words, titles))]
    return _missed(words, verdicts) if not found.fate.watchlists else []


def _missed(words: Words, verdicts: Iterable[Verdict]) -> list[Markup]:
    near = [missed_said(words, one) for one in nearest(verdicts)]
    return [words.say(_NEAREST), *near] if near else [words.say(_NO_WORDS)]


def _unread(call: Call, rules: RuleSet, link: str) -> Says:
    words, site = call.words, site_of(link)
    for feed in rules.feeds:
        if is_of(site, site_of(feed.url)):
            return Says(html=words.say(_UNREAD, publisher=brief(feed.publisher)))
    row = (button(words.of(_TELL), "/feedback"),)
    return Says(html=words.say(_UNLISTED, site=brief(site)), buttons=(row,))


def site_of(link: str) -> str:
    """Return the host of *link* without what publishers put before their name."""
    try:
        host = urlsplit(link if "://" in link else f"https://{link}").hostname or ""
    except ValueError:
        return ""
    labels = host.casefold().split(".")
    while len(labels) > 2 and labels[0] in _PREFIXES:
        del labels[0]
    return ".".join(labels)


def is_of(site: str, other: str) -> bool:
    """Tell whether one of two sites is the other, or a part of it."""
    if not site or not other:
        return False
    return site == other or site.endswith(f".{other}") or other.endswith(f".{site}")


def _link_to(call: Call, message: int) -> str:
    """Return the address of a message here; empty: it has none."""
    if call.chat.username:
        return f"https://t.me/{call.chat.username}/{message}"
    number = str(call.chat.id)
    return f"https://t.me/c/{number[4:]}/{message}" if number.startswith("-100") else ""


def _zone(call: Call) -> str:
    return call.subscriber.time_zone if call.subscriber is not None else "UTC"


COMMAND: Final = Command(
    name="why", does=why, about=marked("why something rang here, or why it did not")
)
