"""/silence: nobody hears of some matches for a time; for operators.

It is what `tocsin silence` does, with the same matchers and the same questions.
"""

from __future__ import annotations

from typing import Final

from markupsafe import Markup

from alerts.bot.desk import Desk
from alerts.bot.silencing import SilenceFlaw, Wanted, wanted_of
from alerts.bot.talk import Call, Command, Rows, Says, button
from alerts.bot.typed import brief
from alerts.bot.verdicts import some
from alerts.locales import Words, marked
from alerts.storage.silence import Silence
from alerts.watchlists.matchers import written
from alerts.watchlists.routes import LABELS
from alerts.watchlists.suggest import nearest
from alerts.workbench.routes import Reach, misnamed, reached

_NONE: Final = marked("Nothing is silenced.")
_HOW: Final = marked("To silence something: <code>/silence publisher=Reuters 2h maintenance</code>")
_ALL: Final = marked("Silenced at the moment:")
_LINE: Final = marked("{number}. <code>{matchers}</code> until {until}\n{comment}")
_BEGUN: Final = marked("Silence {number} holds until {until}: <code>{matchers}</code>")
_REACHES_NONE: Final = marked("No watchlist of the rule files can meet it: it silences nothing.")
_EVERYTHING: Final = marked(
    "<code>{matchers}</code> silences everything for {span}. Is that what you mean?"
)
_FLAWS: Final = {
    SilenceFlaw.MATCHER: marked(
        "I cannot read what is to be silenced. It is said by one of {labels}, followed by =, !=, =~"
        " or !~ and a value."
    ),
    SilenceFlaw.SPAN: marked("Please say for how long: 30m, 2h or 3d, 365 days at most."),
    SilenceFlaw.COMMENT: marked("Please say why, for whoever wonders about the silence."),
}
_MISNAMED: Final = marked("There is no {label} “{value}”.")
_NEARLY: Final = marked("There is no {label} “{value}”. Did you mean “{nearly}”?")
_STALE: Final = marked("This was decided already, or something else was asked since.")
_CANCELLED: Final = marked("Nothing was silenced.")
_OVER: Final = marked("Silence {number} is over.")
_KEEPS: Final = marked("What it held stays held; the next report of a story rings again.")
_YES: Final = marked("Silence everything")
_CANCEL: Final = marked("Cancel")
_END: Final = marked("End silence {number}")

#: No command is called so: it waits for a button, and words go where they would go without it.
_ABOUT: Final = "silence_look"
_TYPED: Final = "typed"
#: UTF-16 units.
_MATCHERS: Final = 200
_COMMENT: Final = 120
_SHOWN: Final = 15


async def silence(call: Call, desk: Desk) -> Says:
    """Silence what is typed, list what is silenced, or end a silence."""
    match call.text.split():
        case [] | ["list"]:
            return await _listed(call, desk)
        case ["end", number] if number.isdecimal():
            return await _end(call, desk, int(number[:9]))
        case ["yes", key] if call.is_press:
            return await _confirmed(call, desk, key)
        case ["no", _] if call.is_press:
            await desk.ended(call)
            return Says(html=call.words.say(_CANCELLED))
    wanted = _wanted(call, desk)
    if isinstance(wanted, Markup):
        said = [wanted, call.words.say(_HOW)]
        return Says(html=Markup("\n\n").join(said))
    if all(each.reach is Reach.ALWAYS for each in reached(wanted.matchers, desk.rules)):
        return await _ask(call, desk, wanted)
    return await _begin(call, desk, wanted)


def _wanted(call: Call, desk: Desk) -> Wanted | Markup:
    """Return what is typed, or what is wrong with it."""
    words, wanted = call.words, wanted_of(call.text)
    if isinstance(wanted, SilenceFlaw):
        return words.say(_FLAWS[wanted], labels=words.several(LABELS))
    found = misnamed(wanted.matchers, desk.rules)
    if found is None:
        return wanted
    matcher, known = found
    nearly = nearest(matcher.value, known)
    text = _NEARLY if nearly else _MISNAMED
    return words.say(text, label=matcher.label, value=brief(matcher.value), nearly=brief(nearly))


async def _ask(call: Call, desk: Desk, wanted: Wanted) -> Says:
    words = call.words
    asked = await desk.ask(call, _ABOUT, {_TYPED: call.text})
    said = words.say(_EVERYTHING, matchers=_written(wanted), span=words.span(wanted.span))
    row = (
        button(words.of(_YES), f"/silence yes {asked.key}"),
        button(words.of(_CANCEL), f"/silence no {asked.key}"),
    )
    return Says(html=said, buttons=(row,))


async def _confirmed(call: Call, desk: Desk, key: str) -> Says:
    dialogue = await desk.storage.dialogues.by_key(call.chat.address, key)
    wanted = wanted_of(str(dialogue.state.get(_TYPED, ""))) if dialogue is not None else None
    if dialogue is None or dialogue.about != _ABOUT or not isinstance(wanted, Wanted):
        return Says(toast=call.words.of(_STALE))
    await desk.storage.dialogues.end(dialogue.chat, dialogue.person)
    return await _begin(call, desk, wanted)


async def _begin(call: Call, desk: Desk, wanted: Wanted) -> Says:
    words, rules = call.words, desk.members.rules
    begun = await desk.storage.silences.begin(
        wanted.matchers,
        author=call.person,
        comment=wanted.comment,
        until=call.now + wanted.span,
        watchlists={**rules.audience.watchlists, **rules.watchlists},
        now=call.now,
    )
    silence_ = begun.silence
    said = [
        words.say(
            _BEGUN,
            number=str(silence_.id),
            until=_until(call, silence_),
            matchers=_written(wanted),
        ),
        _reach(words, desk, wanted),
    ]
    if begun.held:
        said.append(
            words.many(
                "{count} message that waited is held.",
                "{count} messages that waited are held.",
                begun.held,
            )
        )
    return Says(html=Markup("\n\n").join(said), buttons=_ends(words, [silence_]))


def _reach(words: Words, desk: Desk, wanted: Wanted) -> Markup:
    found = [each.reach for each in reached(wanted.matchers, desk.rules)]
    always, sometimes = found.count(Reach.ALWAYS), found.count(Reach.SOMETIMES)
    said = []
    if always:
        said.append(
            words.many("It silences {count} watchlist.", "It silences {count} watchlists.", always)
        )
    if sometimes:
        said.append(
            words.many(
                "It silences a part of {count} watchlist.",
                "It silences a part of {count} watchlists.",
                sometimes,
            )
        )
    return Markup("\n").join(said) if said else words.say(_REACHES_NONE)


async def _listed(call: Call, desk: Desk) -> Says:
    words = call.words
    lasting = await desk.storage.silences.lasting(now=call.now)
    lines = [
        words.say(
            _LINE,
            number=str(each.id),
            matchers=_shown(each),
            until=_until(call, each),
            comment=brief(each.comment, _COMMENT),
        )
        for each in lasting
    ]
    head = [words.say(_ALL), *some(words, lines, _SHOWN)] if lines else [words.say(_NONE)]
    said = [*head, words.say(_HOW)]
    return Says(html=Markup("\n\n").join(said), buttons=_ends(words, lasting[:_SHOWN]))


async def _end(call: Call, desk: Desk, number: int) -> Says:
    words = call.words
    ended = await desk.storage.silences.expire(number, now=call.now)
    if ended is None:
        return await _listed(call, desk)
    said = [words.say(_OVER, number=str(number))]
    if ended.silenced:
        said.append(
            words.many(
                "{count} match did not ring because of it.",
                "{count} matches did not ring because of it.",
                ended.silenced,
            )
        )
        said.append(words.say(_KEEPS))
    return Says(html=Markup("\n").join(said))


def _ends(words: Words, silences: list[Silence]) -> Rows:
    return tuple(
        (button(str(words.say(_END, number=str(each.id)).unescape()), f"/silence end {each.id}"),)
        for each in silences
    )


def _written(wanted: Wanted) -> str:
    return brief(" ".join(map(written, wanted.matchers)), _MATCHERS)


def _shown(silence_: Silence) -> str:
    return brief(" ".join(map(written, silence_.matchers)), _MATCHERS)


def _until(call: Call, silence_: Silence) -> str:
    zone = call.subscriber.time_zone if call.subscriber is not None else "UTC"
    return call.words.moment(silence_.ends_at, zone)


COMMAND: Final = Command(
    name="silence",
    does=silence,
    about=marked("let nobody hear of some matches for a time"),
    for_operators=True,
)
