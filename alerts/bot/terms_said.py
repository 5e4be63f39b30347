"""What the terms of a draft were taken for, in words; and what is wrong with one.  Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import Enum, auto
from typing import Final

from markupsafe import Markup, escape

from alerts.bot.typed import brief
from alerts.delivery.rendering.marked import cut, units
from alerts.delivery.rendering.templates import bare
from alerts.gazetteer import Place, Sort
from alerts.locales import Words, marked
from alerts.model import Kind, Phrase, Prefix
from alerts.subscribers.draft import WITHOUT, DraftFlaw, Resolved, Term
from alerts.text.normalize import fold
from alerts.watchlists.query.terms import MAX_TERM
from alerts.watchlists.wishes import MOST_TERMS, WishFlaw
from alerts.watchlists.wishes.readings import Reading

#: A wish as it may be typed.
EXAMPLE: Final = marked("Idlib, Khan Sheikhun + chemical, sarin")
_STAR_EXAMPLE: Final = "chem*"

_THIS: Final = marked("Articles with this:")
_ANY: Final = marked("Articles with any of these:")
_AND_THIS: Final = marked("and also with this:")
_AND_ANY: Final = marked("and also with any of these:")
_NOT_THIS: Final = marked("but without this:")
_NOT_ANY: Final = marked("but without all of these:")

_TOWN: Final = marked('<b>{name}</b>, {country} (<a href="{url}">map</a>)')
_AREA: Final = marked("<b>{name}</b>, a part of {country}")
_COUNTRY: Final = marked("<b>{name}</b>, the country")
_GROUP: Final = marked("<b>{name}</b>, a group")
_PERSON: Final = marked("<b>{name}</b>, a person")
_PLACE: Final = marked("<b>{name}</b>, a place")
_TOPIC: Final = marked("<b>{name}</b>, a topic")
_KINDS: Final = {
    Kind.GROUP: _GROUP,
    Kind.PERSON: _PERSON,
    Kind.PLACE: _PLACE,
    Kind.TOPIC: _TOPIC,
}
_WORD: Final = marked("the word <b>{name}</b>")
_PHRASE: Final = marked("exactly these words: <b>{name}</b>")
_PREFIX: Final = marked("every word that begins with <b>{name}</b>")
_IS_OPEN: Final = marked("<b>{name}</b> may mean several things: please choose below")
_ALSO: Final = marked("also: {names}")
_AMONG_OTHERS: Final = marked("also, among others: {names}")
_NEARLY: Final = marked("no name that I know. Did you mean one of these: {names}?")

_JUST_WORD: Final = marked("just the word")
_THE_COUNTRY: Final = marked("the country")

_EMPTY: Final = marked(
    "There is nothing to watch for in that. Send me places, groups or words, for example:"
    " <code>{example}</code>"
)
_ONLY_WITHOUT: Final = marked(
    "That only says what you do not want. What shall I watch for? For example:"
    " <code>{example}</code>"
)
_NO_LETTERS: Final = marked(
    "“{term}” has no letter or digit, so nothing could be found by it. Please leave it out, or"
    " write it in words."
)
_TOO_LONG: Final = marked(
    "“{term}” is longer than {most} characters. A few words are enough; a comma parts one thing"
    " from another."
)
_TOO_MANY: Final = marked(
    "That is more than {most} things at once. Please make several watchlists of it."
)
_ENDLESS: Final = marked(
    "That is too long for one watchlist. Please make several shorter ones of it."
)
_OPERATOR: Final = marked(
    "I cannot read “{term}”. A comma means “or”, plus “and”, minus “without”; what has other signs"
    " in it goes in quotes."
)
_STAR: Final = marked(
    "In “{term}” the star stands where I cannot use it: it ends a word of three letters or more,"
    " like <code>{example}</code>."
)
_FLAWS: Final = {
    WishFlaw.EMPTY: _EMPTY,
    WishFlaw.ONLY_WITHOUT: _ONLY_WITHOUT,
    WishFlaw.NO_LETTERS: _NO_LETTERS,
    WishFlaw.TOO_LONG: _TOO_LONG,
    WishFlaw.TOO_MANY: _TOO_MANY,
    WishFlaw.ENDLESS: _ENDLESS,
    WishFlaw.OPERATOR: _OPERATOR,
    WishFlaw.STAR: _STAR,
}
_MOST: Final = {WishFlaw.TOO_LONG: MAX_TERM, WishFlaw.TOO_MANY: MOST_TERMS}
#: Other names of a group that are told.
_MOST_NAMES: Final = 5
#: UTF-16 units of one term where there are many, and of all terms: the rest is the preview's.
_SHORT: Final = 48
_ROOM: Final = 2800
#: Entities of the same, of 100 that a message may have.
_MOST_ENTITIES: Final = 80


class _Detail(Enum):
    """How much is told of each term."""

    ALL = auto()
    #: No other names, no other forms.
    LESS = auto()
    #: Nothing is bold, nothing is linked, and long names are cut.
    LEAST = auto()


def flaw_said(words: Words, flaw: DraftFlaw) -> Markup:
    """Return what is wrong with a wish, and what can be done."""
    example = _STAR_EXAMPLE if flaw.flaw is WishFlaw.STAR else words.of(EXAMPLE)
    most = words.number(_MOST.get(flaw.flaw, 0))
    return words.say(_FLAWS[flaw.flaw], term=brief(flaw.term), example=example, most=most)


def terms_said(words: Words, resolved: Resolved) -> Markup:
    """Return every term of *resolved* with what it was taken for, in as much detail as there is room."""
    for detail in (_Detail.ALL, _Detail.LESS):
        said = _said(words, resolved, detail)
        if units(bare(said)) <= _ROOM and said.count("</") <= _MOST_ENTITIES:
            return said
    return _said(words, resolved, _Detail.LEAST)


def reading_label(words: Words, term: Term, reading: Reading) -> str:
    """Return what a button says that takes *term* for *reading*: "Tripoli: Libya"."""
    meant = reading.name
    if reading.kind is None:
        meant = words.of(_JUST_WORD)
    elif reading.place is not None:
        is_country = reading.place.sort is Sort.COUNTRY
        meant = words.of(_THE_COUNTRY) if is_country else words.country(reading.place.country)
    return f"{brief(term.asked.text, _SHORT)}: {brief(meant, _SHORT)}"


def _said(words: Words, resolved: Resolved, detail: _Detail) -> Markup:
    return Markup("\n").join(_lines(words, resolved.terms, detail))


def _lines(words: Words, terms: Iterable[Term], detail: _Detail) -> Iterator[Markup]:
    groups: dict[int, list[Term]] = {}
    for term in terms:
        groups.setdefault(term.group, []).append(term)
    for place, (group, members) in enumerate(groups.items()):
        yield words.say(_heading(group, is_first=place == 0, is_one=len(members) == 1))
        for term in members:
            yield Markup("• ") + _in_detail(words, term, detail)


def _heading(group: int, *, is_first: bool, is_one: bool) -> str:
    if group == WITHOUT:
        return _NOT_THIS if is_one else _NOT_ANY
    if is_first:
        return _THIS if is_one else _ANY
    return _AND_THIS if is_one else _AND_ANY


def _in_detail(words: Words, term: Term, detail: _Detail) -> Markup:
    said = _taken_for(words, term)
    if detail is _Detail.LEAST:
        return escape(cut(said.striptags(), _SHORT))
    if detail is _Detail.ALL:
        for more in _more(words, term):
            said += Markup("; ") + more
    return said


def _taken_for(words: Words, term: Term) -> Markup:
    reading, asked = term.reading, brief(term.asked.text)
    if term.is_open:
        return words.say(_IS_OPEN, name=asked)
    said = _reading(words, reading)
    if reading.kind is None or fold(reading.name) == fold(asked):
        return said
    return words.say(marked("{asked} = {meaning}"), asked=asked, meaning=said)


def _reading(words: Words, reading: Reading) -> Markup:
    name = brief(reading.name)
    match reading:
        case Reading(place=Place(sort=Sort.COUNTRY)):
            return words.say(_COUNTRY, name=name)
        case Reading(place=Place(at=(latitude, longitude), country=country)):
            url = _map_url(latitude, longitude)
            return words.say(_TOWN, name=name, country=words.country(country), url=Markup(url))  # noqa: S704 - of two numbers
        case Reading(place=Place(country=country)):
            return words.say(_AREA, name=name, country=words.country(country))
        case Reading(kind=Kind() as kind):
            return words.say(_KINDS[kind], name=name)
        case Reading(term=Phrase()):
            return words.say(_PHRASE, name=name)
        case Reading(term=Prefix()):
            return words.say(_PREFIX, name=name.removesuffix("*"))
        case _:
            return words.say(_WORD, name=name)


def _map_url(latitude: float, longitude: float) -> str:
    at = f"{latitude:.4f}/{longitude:.4f}"
    pin = f"mlat={latitude:.4f}&amp;mlon={longitude:.4f}"
    return f"https://www.openstreetmap.org/?{pin}#map=8/{at}"


def _more(words: Words, term: Term) -> Iterator[Markup]:
    """Yield what else is to be known of *term*: its other names or forms, and what was nearly it."""
    if term.is_open:
        return
    reading = term.reading
    if reading.kind is not None and reading.place is None:
        told = {fold(reading.name), fold(term.asked.text)}
        names = list({fold(name): name for name in reversed(reading.also)}.items())[::-1]
        others = [brief(name) for key, name in names if key not in told]
        if others:
            text = _ALSO if len(others) <= _MOST_NAMES else _AMONG_OTHERS
            yield words.say(text, names=words.several(others[:_MOST_NAMES]))
    if reading.kind is None and term.forms:
        yield words.say(_ALSO, names=words.several(term.forms))
    if term.nearly:
        yield words.say(_NEARLY, names=words.several(map(brief, term.nearly)))
