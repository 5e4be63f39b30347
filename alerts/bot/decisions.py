"""What follows when somebody presses a button?  Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from alerts.bot.talk import CHANNEL, Chat
from alerts.delivery.presses import Press, Verb, watchlist_key
from alerts.delivery.rendering.excerpt import headline
from alerts.delivery.rendering.marked import clean, cut
from alerts.locales import marked
from alerts.model import Alert
from alerts.storage.feedback import Verdict
from alerts.storage.muted import MuteKind, Subject
from alerts.storage.sent_alerts import SentAlert

#: How long a button mutes.
MUTE_LASTS: Final = timedelta(hours=24)
#: UTF-16 units of a title; an answer to a press has 200.
_TITLE: Final = 100
#: What changes what all in a chat get.
_OF_ADMINS: Final = (
    *(Verb.MUTE_STORY, Verb.MUTE_WATCHLIST),
    *(Verb.UNMUTE_STORY, Verb.UNMUTE_WATCHLIST),
)
_VERDICTS: Final = {Verb.USEFUL: Verdict.USEFUL, Verb.FALSE_ALARM: Verdict.FALSE_ALARM}


@dataclass(frozen=True, slots=True, kw_only=True)
class BeginMute:
    """Mute a subject where the alert went."""

    subject: Subject
    sent: SentAlert


@dataclass(frozen=True, slots=True, kw_only=True)
class EndMute:
    """Let a subject ring again where the alert went."""

    subject: Subject
    sent: SentAlert


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveVerdict:
    """Note what somebody thinks of an alert."""

    verdict: Verdict
    alert: Alert


@dataclass(frozen=True, slots=True, kw_only=True)
class Explain:
    """Say why an alert rang."""

    alert: Alert


class Refuse(StrEnum):
    """Change nothing, and say why."""

    STALE = marked("This button is too old: its alert is not kept any more.")
    FOREIGN = marked("This alert was not sent to this chat. Nothing was changed.")
    NOT_ADMIN = marked(
        "Only administrators of this chat can mute and unmute. You can still say what you think of it."
    )
    NOT_KNOWN = marked("Telegram did not say whether you are an administrator. Please try again.")


Deed = BeginMute | EndMute | GiveVerdict | Explain | Refuse


def needs_admin(press: Press | None, chat: Chat) -> bool:
    """Tell whether only administrators of *chat* may do what *press* says."""
    return press is not None and press.verb in _OF_ADMINS and not chat.is_private


def decide(
    press: Press | None, sent: SentAlert | None, chat: Chat, *, is_admin: bool | None
) -> Deed:
    """Return what follows when *press* came from *chat*.

    *sent* is the alert that it names, None when there is none; *is_admin* is whether who pressed is
    an administrator of the chat, None when that could not be learned.
    """
    if press is None or sent is None:
        return Refuse.STALE
    if not _is_for(sent, chat):
        return Refuse.FOREIGN
    if needs_admin(press, chat) and not is_admin:
        return Refuse.NOT_KNOWN if is_admin is None else Refuse.NOT_ADMIN
    match press.verb:
        case Verb.MUTE_STORY | Verb.MUTE_WATCHLIST:
            subject = _subject(press, sent.alert)
            return BeginMute(subject=subject, sent=sent) if subject else Refuse.STALE
        case Verb.UNMUTE_STORY | Verb.UNMUTE_WATCHLIST:
            subject = _subject(press, sent.alert)
            return EndMute(subject=subject, sent=sent) if subject else Refuse.STALE
        case Verb.WHY:
            return Explain(alert=sent.alert)
        case verb:
            return GiveVerdict(verdict=_VERDICTS[verb], alert=sent.alert)


def _is_for(sent: SentAlert, chat: Chat) -> bool:
    targets = {target.casefold() for target in chat.targets}
    return sent.address.channel == CHANNEL and sent.address.target.casefold() in targets


def _subject(press: Press, alert: Alert) -> Subject | None:
    """Return what *press* means; None: the alert has no such watchlist."""
    return _watchlist(alert, press.watchlist) if press.watchlist else _story(alert)


def _story(alert: Alert) -> Subject:
    title = str(headline(alert.lead, (), _TITLE))
    return Subject(kind=MuteKind.STORY, value=alert.story, title=title)


def _watchlist(alert: Alert, key: str) -> Subject | None:
    for match in alert.matches:
        if watchlist_key(match.watchlist) == key:
            title = cut(clean(match.title) or clean(match.watchlist), _TITLE)
            return Subject(kind=MuteKind.WATCHLIST, value=match.watchlist, title=title)
    return None
