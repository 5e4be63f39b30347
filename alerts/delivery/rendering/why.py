"""Why did an alert ring?  Every watchlist with every word that met it, for whoever asks.  Pure."""

from __future__ import annotations

from typing import Final

from markupsafe import Markup

from alerts.delivery.rendering.marked import clean, cut
from alerts.delivery.rendering.phrases import meaning, more_watchlists
from alerts.delivery.rendering.reader import Reader
from alerts.delivery.rendering.telegram import fits
from alerts.delivery.rendering.templates import bare, inert
from alerts.locales import Words, marked
from alerts.model import Alert, Evidence, Field, How, Match

#: UTF-16 units of a word, a title or a name.
_NAME: Final = 64
#: Of what pops up where somebody pressed; Telegram takes 200.
_SHORT: Final = 190
#: So many that a number has its most digits.
_MOST: Final = 1000
_WHERE: Final = {
    # Translators: {words} of an article that a watchlist looks for.
    Field.TITLE: marked("matched {words} in the title"),
    Field.SUMMARY: marked("matched {words} in the summary"),
    Field.CONTENT: marked("matched {words} in the text"),
    Field.AUTHOR: marked("matched {words} in the author's name"),
    Field.TAGS: marked("matched {words} among the tags"),
}
_HOW: Final = {
    # Translators: how a word of an article was recognised, in brackets: "Hmeymim (alias)".
    How.ALIAS: marked("alias"),
    # Translators: how a word of an article was recognised: the name that a place had before.
    How.PREVIOUS_NAME: marked("previous name"),
    # Translators: how a word of an article was recognised: a name that others have as well.
    How.WEAK_ALIAS: marked("weak alias"),
    # Translators: how a word of an article was recognised: in the list of the world's places.
    How.GAZETTEER: marked("gazetteer"),
    # Translators: how a word of an article was recognised: a name that is spelled otherwise.
    How.SPELLING: marked("spelling"),
    # Translators: how a word of an article was recognised: another form, "drones" of "drone".
    How.INFLECTION: marked("inflection"),
    # Translators: how a word of an article was recognised: by how it begins.
    How.PREFIX: marked("prefix"),
    # Translators: how a word of an article was recognised: by a regular expression.
    How.REGEX: marked("regex"),
}
_BETWEEN: Final = Markup("\n\n")
_ANOTHER: Final = marked("another article")


def why(alert: Alert, words: Words) -> Markup:
    """Return as Telegram's HTML which words met which watchlist, as much as fits a message."""
    reader = Reader(words)
    blocks: list[Markup] = []
    for place, match in enumerate(alert.matches):
        block = _fitting(blocks, match, _lines(alert, match, reader), reader)
        if not block:
            left = len(alert.matches) - place
            return _BETWEEN.join([*blocks, more_watchlists(left, reader)])
        blocks.append(block)
    return _BETWEEN.join(blocks)


def why_briefly(alert: Alert, words: Words) -> str:
    """Return the same in one line of plain text, where there is no room for more."""
    reader = Reader(words)
    lines = (
        bare(words.say("{reason}, watchlist {watchlist}", reason=line, watchlist=_title(match)))
        for match in alert.matches
        for line in _lines(alert, match, reader)
    )
    return cut("; ".join(lines), _SHORT)


def _fitting(before: list[Markup], match: Match, lines: list[Markup], reader: Reader) -> Markup:
    """Return *match* with as many of *lines* as fit; empty: not even one does."""
    rest = more_watchlists(_MOST, reader)
    for shown in range(len(lines), 0, -1):
        left = len(lines) - shown
        more = [reader.words.many("and {count} more", "and {count} more", left)] if left else []
        block = Markup("\n").join([_heading(match, reader), *lines[:shown], *more])
        # A rest has to fit below it, should the next one not.
        if fits([*before, block, rest]):
            return block
    return Markup()


def _heading(match: Match, reader: Reader) -> Markup:
    title, level = _title(match), reader.level(match.severity)
    if not match.unknown:
        return reader.words.say(
            "Watchlist <b>{watchlist}</b>, {severity}", watchlist=title, severity=level
        )
    return reader.words.say(
        "Watchlist <b>{watchlist}</b>, {severity}, not known: {facts}",
        watchlist=title,
        severity=level,
        facts=reader.facts(match.unknown),
    )


def _lines(alert: Alert, match: Match, reader: Reader) -> list[Markup]:
    """Return what met *match*, each thing once, in the order of the article."""
    article = next((one for one in alert.articles if one.id == match.article), alert.lead)
    source = Markup()
    if article is not alert.lead:
        publisher = _name(article.publisher) or reader.words.of(_ANOTHER)
        source = Markup(" ({})").format(reader.value(publisher))
    return list(dict.fromkeys(_line(one, reader) + source for one in match.evidence))


def _line(one: Evidence, reader: Reader) -> Markup:
    surface, term = _name(one.surface), _name(one.term)
    meant = "" if surface.casefold() == term.casefold() else term
    found = meaning(reader.value(surface), reader.value(meant))
    if one.how is not How.EXACT:
        found += Markup(" ({})").format(reader.words.of(_HOW[one.how]))
    return reader.words.say(_WHERE[one.field], words=found)


def _title(match: Match) -> str:
    return _name(match.title) or _name(match.watchlist)


def _name(text: str) -> str:
    return inert(cut(clean(text[: 4 * _NAME]), _NAME))
