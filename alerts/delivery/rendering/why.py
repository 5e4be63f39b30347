"""Why did an alert ring?  Every watchlist with every word that met it, for whoever asks.  Pure."""

from __future__ import annotations

from typing import Final

from alerts.delivery.rendering.marked import clean, cut
from alerts.delivery.rendering.telegram import fits
from alerts.delivery.rendering.templates import ENVIRONMENT
from alerts.model import Alert, Evidence, Field, How, Match

#: UTF-16 units of a word, a title or a name.
_NAME: Final = 64
#: Of what pops up where somebody pressed; Telegram takes 200.
_SHORT: Final = 190
_WHERE: Final = {
    Field.TITLE: "in the title",
    Field.SUMMARY: "in the summary",
    Field.CONTENT: "in the text",
    Field.AUTHOR: "in the author's name",
    Field.TAGS: "among the tags",
}
_WATCHLIST: Final = ENVIRONMENT.get_template("telegram/why.html")


def why(alert: Alert) -> str:
    """Return as Telegram's HTML which words met which watchlist, as much as fits a message."""
    blocks: list[str] = []
    for place, match in enumerate(alert.matches):
        block = _fitting(blocks, match, _lines(alert, match))
        if not block:
            return "\n\n".join([*blocks, _rest(len(alert.matches) - place)])
        blocks.append(block)
    return "\n\n".join(blocks)


def why_briefly(alert: Alert) -> str:
    """Return the same in one line, where there is no room for more."""
    lines = (f"{line}, watchlist {_title(m)}" for m in alert.matches for line in _lines(alert, m))
    return cut("; ".join(lines), _SHORT)


def _fitting(before: list[str], match: Match, lines: list[str]) -> str:
    """Return *match* with as many of *lines* as fit; empty: not even one does."""
    for shown in range(len(lines), 0, -1):
        left = len(lines) - shown
        told = [*lines[:shown], f"and {left} more"] if left else lines
        block = _html(match, told)
        # A rest has to fit below it, should the next one not.
        if fits([*before, block, _rest(1000)]):
            return block
    return ""


def _html(match: Match, lines: list[str]) -> str:
    doubt = f", not known: {', '.join(match.unknown)}" if match.unknown else ""
    return _WATCHLIST.render(
        title=_title(match), severity=match.severity, doubt=doubt, lines=lines
    ).strip()


def _lines(alert: Alert, match: Match) -> list[str]:
    """Return what met *match*, each thing once, in the order of the article."""
    article = next((one for one in alert.articles if one.id == match.article), alert.lead)
    source = "" if article is alert.lead else f" ({_name(article.publisher) or 'another article'})"
    return list(dict.fromkeys(_line(one) + source for one in match.evidence))


def _line(one: Evidence) -> str:
    surface, term = _name(one.surface), _name(one.term)
    meant = "" if surface.casefold() == term.casefold() else f" = {term}"
    how = "" if one.how is How.EXACT else f" ({one.how})"
    return f"matched {surface}{meant}{how} {_WHERE[one.field]}"


def _rest(left: int) -> str:
    return f"and {left} more {'watchlist' if left == 1 else 'watchlists'}"


def _title(match: Match) -> str:
    return _name(match.title) or _name(match.watchlist)


def _name(text: str) -> str:
    return cut(clean(text[: 4 * _NAME]), _NAME)
