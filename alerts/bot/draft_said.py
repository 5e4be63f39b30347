"""A draft as it is shown before it is saved: its terms, what it would have brought, its buttons.  Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from markupsafe import Markup

from alerts.bot.talk import Says, button
from alerts.bot.terms_said import reading_label, terms_said
from alerts.bot.typed import brief
from alerts.delivery.rendering.telegram import SIGNS
from alerts.locales import Words, marked
from alerts.model import Button, Severity
from alerts.subscribers.draft import Resolved, Term
from alerts.subscribers.preview import MOST_A_DAY, Breadth, Headline, Preview
from alerts.watchlists.wishes import Asked, Wish, wish_of

_UNDERSTOOD: Final = marked("This is what I understood:")
_REPLACES: Final = marked("Watchlist {number} would become this:")
_LOOKING: Final = marked("I am looking for what it would have brought…")
_UNSAVED: Final = marked("Nothing is saved yet. How urgent is it?")
_CHOOSE_FIRST: Final = marked("Please choose what is meant; then it can be saved.")
_NO_ARTICLES: Final = marked(
    "I have read no articles yet, so I cannot show what it would have brought."
)
_NOTHING: Final = marked(
    "In the last {span} it would have brought nothing. That is right for what is rare; fewer pluses"
    " and other words find more."
)
_NO_TIME: Final = marked("There was no time to look further back.")
_BROAD: Final = marked(
    "<b>That is a lot:</b> more than {most} a day. A plus with a further word makes it narrower."
)
_EVERYTHING: Final = marked(
    "<b>That is nearly everything:</b> it meets more than a third of all articles. A plus with a"
    " further word makes it narrower."
)
_HEADLINE: Final = marked('<a href="{url}">{title}</a> ({publisher})')
_UNLINKED: Final = marked("{title} ({publisher})")

_SAVE: Final = marked("Save")
_WORDS: Final = marked("Change words")
_OTHER: Final = marked("Meant otherwise")
_BACK: Final = marked("Back")
_CANCEL: Final = marked("Cancel")
_IN_GENERAL: Final = marked("Ring in General")
_IN_TOPIC: Final = marked("Ring in this topic")
_LOW: Final = marked("low")
_MEDIUM: Final = marked("medium")
_HIGH: Final = marked("high")
_CRITICAL: Final = marked("critical")
_INFO: Final = marked("for information")
_SEVERITIES: Final = {
    Severity.INFO: _INFO,
    Severity.LOW: _LOW,
    Severity.MEDIUM: _MEDIUM,
    Severity.HIGH: _HIGH,
    Severity.CRITICAL: _CRITICAL,
}
#: Those that are offered; the least of all is for operators.
_OFFERED: Final = tuple(Severity)[1:]
_CHOSEN: Final = "✓"
#: Rows of choices that are offered at once; who has more finds the others afterwards.
_MOST_ROWS: Final = 12
_TITLE: Final = 120
_LABEL: Final = 30


def severity_label(words: Words, severity: Severity) -> str:
    """Return "🟠 high"."""
    return f"{SIGNS[severity]} {words.of(_SEVERITIES[severity])}"


def brought_said(words: Words, preview: Preview, now: datetime) -> Markup:
    """Return what a watchlist would have brought, as *preview* says."""
    if not preview.articles:
        return words.say(_NO_ARTICLES)
    length = timedelta(days=preview.days) if preview.days else now - preview.since
    span = words.span(length)
    if preview.breadth is Breadth.NOTHING:
        lines = [words.say(_NOTHING, span=span)]
    else:
        lines = [
            words.many(
                "In the last {span} it would have brought {count} alert:",
                "In the last {span} it would have brought {count} alerts:",
                preview.alerts,
                span=span,
            )
        ]
    lines += [Markup("• ") + _headline(words, each) for each in preview.headlines]
    if preview.is_cut:
        lines.append(words.say(_NO_TIME))
    if preview.breadth is Breadth.BROAD:
        lines.append(words.say(_BROAD, most=words.number(MOST_A_DAY)))
    if preview.breadth is Breadth.EVERYTHING:
        lines.append(words.say(_EVERYTHING))
    return Markup("\n").join(lines)


def _headline(words: Words, headline: Headline) -> Markup:
    title, publisher = brief(headline.title, _TITLE), brief(headline.publisher)
    if not headline.url.startswith(("http://", "https://")):
        return words.say(_UNLINKED, title=title, publisher=publisher)
    url = Markup.escape(headline.url)
    return words.say(_HEADLINE, url=url, title=title, publisher=publisher)


def draft_says(
    words: Words, resolved: Resolved, brought: Markup, *, key: str, topic: int | None
) -> Says:
    """Return *resolved* with what it would have *brought* (empty: that is being looked for).

    *key* is what its buttons carry; *topic* is the forum topic in which it was asked for.
    """
    number = resolved.draft.number
    heading = words.say(_REPLACES, number=number) if number else words.say(_UNDERSTOOD)
    html = Markup("\n\n").join(
        [
            heading + "\n" + terms_said(words, resolved),
            brought or words.say(_LOOKING),
            words.say(_CHOOSE_FIRST if resolved.is_open else _UNSAVED),
        ]
    )
    return Says(html=html, buttons=tuple(_rows(words, resolved, key, topic)))


def otherwise_says(words: Words, resolved: Resolved, *, key: str) -> Says:
    """Return every other reading of the terms of *resolved*, to be chosen."""
    rows: list[tuple[Button, ...]] = []
    for place, term in enumerate(resolved.terms):
        if len(rows) < _MOST_ROWS and len(term.readings) > 1:
            rows += _readings(words, place, term, key)
    rows.append((button(words.of(_BACK), f"/watch back {key}"),))
    return Says(html=terms_said(words, resolved), buttons=tuple(rows))


def _rows(
    words: Words, resolved: Resolved, key: str, topic: int | None
) -> Iterator[tuple[Button, ...]]:
    yield from _choices(words, resolved, key)
    yield (button(words.of(_SAVE), f"/watch save {key}"),)
    yield from _severities(words, resolved.draft.severity, key)
    change = [button(words.of(_WORDS), f"/watch words {key}")]
    if any(len(term.readings) > 1 and not term.is_open for term in resolved.terms):
        change.append(button(words.of(_OTHER), f"/watch other {key}"))
    yield tuple(change)
    if topic is not None:
        is_here = resolved.draft.thread == topic
        label, where = (_IN_GENERAL, "general") if is_here else (_IN_TOPIC, "here")
        yield (button(words.of(label), f"/watch topic {key} {where}"),)
    yield (button(words.of(_CANCEL), f"/watch cancel {key}"),)


def _choices(words: Words, resolved: Resolved, key: str) -> Iterator[tuple[Button, ...]]:
    """Yield what has to be chosen, and then what may have been meant."""
    rows: list[tuple[Button, ...]] = []
    for place, term in enumerate(resolved.terms):
        if term.is_open and len(rows) < _MOST_ROWS:
            rows += _readings(words, place, term, key)
    for place, term in enumerate(resolved.terms):
        names = tuple(_names(place, term, key))
        if names and len(rows) < _MOST_ROWS:
            rows.append(names)
    yield from rows


def _readings(words: Words, place: int, term: Term, key: str) -> Iterator[tuple[Button, ...]]:
    for turn, reading in enumerate(term.readings):
        label = reading_label(words, term, reading)
        is_chosen = turn == term.chosen and not term.is_open
        yield (button(_ticked(label, is_chosen=is_chosen), f"/watch pick {key} {place} {turn}"),)


def _names(place: int, term: Term, key: str) -> Iterator[Button]:
    for turn, name in enumerate(term.nearly):
        if is_term(name):
            label = f"{brief(term.asked.text, _LABEL)}: {brief(name, _LABEL)}"
            yield button(label, f"/watch nearly {key} {place} {turn}")


def _severities(words: Words, severity: Severity, key: str) -> Iterator[tuple[Button, ...]]:
    keys = [
        button(
            _ticked(severity_label(words, each), is_chosen=each is severity),
            f"/watch severity {key} {each.value}",
        )
        for each in _OFFERED
    ]
    yield tuple(keys[:2])
    yield tuple(keys[2:])


def _ticked(label: str, *, is_chosen: bool) -> str:
    return f"{_CHOSEN} {label}" if is_chosen else label


def is_term(text: str) -> bool:
    """Tell whether *text* is one term of a wish, and not several."""
    wish = wish_of(text)
    return isinstance(wish, Wish) and wish.terms == (Asked(text),)
