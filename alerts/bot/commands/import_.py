"""/import: watchlists and settings come from a file, after a look at what they would change."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Final

import structlog
from markupsafe import Markup

from alerts.alerting.subscriber_notices import feeds_proposed
from alerts.bot.desk import Desk
from alerts.bot.importing import Flaw, Plan, Setting, file_of, plan_of
from alerts.bot.talk import Call, Command, Rows, Says, Sent, button
from alerts.bot.typed import brief
from alerts.bot.verdicts import some
from alerts.errors import DeliveryError
from alerts.locales import Words, marked
from alerts.model import Button, Subscriber
from alerts.storage.dialogues import Dialogue
from alerts.subscribers.members import MOST_OWN
from alerts.subscribers.portable import Bundle, PortableFlaw, Why, read
from alerts.subscribers.portable.bundle import MAX_BYTES

log = structlog.get_logger()

_SEND: Final = marked(
    "Send me the file: one of /export, or the OPML of another reader. Nothing is changed before you"
    " have seen what it brings. /cancel leaves it."
)
_WAITS: Final = marked("I wait for a file. /cancel leaves it.")
_TOO_LARGE: Final = marked("That file is larger than 1 MB, which no export of mine is.")
_NOT_FETCHED: Final = marked("Telegram did not hand me that file. Please send it again.")
_TOO_MUCH: Final = marked(
    "That is more than I can keep in mind until you say yes. Please send it in several files."
)
_NO_FILE: Final = marked("Nothing was imported. {reason}")
_AT_LINE: Final = marked("{reason} (line {line})")
_HEAD: Final = marked("This is what the file would change here. Nothing is changed yet.")
_NOTHING_NEW: Final = marked("There is nothing in the file that is new here.")
_TITLED: Final = marked("• {title}")
_REASON: Final = marked("• {title}: {reason}")
_SETTINGS: Final = marked("Settings that would change: {settings}")
_IMPORT: Final = marked("Import")
_CANCEL: Final = marked("Cancel")
_PROPOSE: Final = marked("Propose the other feeds")
_STALE: Final = marked("This was decided already, or another file came since.")
_CANCELLED: Final = marked("Nothing was imported.")
_NO_ROOM: Final = marked("There is no room for all of them any more, so that none were taken.")
_DONE: Final = marked("Imported. What is watched for here: /watchlists")
_PROPOSED: Final = marked("The operator of this bot is told of them.")

_WHY: Final = {
    Why.EMPTY: marked("The file is empty."),
    Why.TOO_LARGE: _TOO_LARGE,
    Why.NOT_TEXT: marked("The file is no text, or not in UTF-8."),
    Why.HIDDEN_CHARACTER: marked("There is an invisible character in the file."),
    Why.BROKEN: marked("The file is neither YAML nor OPML as it stands."),
    Why.NOT_PLAIN: marked("The file uses parts of YAML that I do not read: anchors, tags."),
    Why.TWICE: marked("Something is said twice in one place of the file."),
    Why.TOO_DEEP: marked("Too many levels stand inside one another in the file."),
    Why.TOO_MANY: marked("The file holds more than any chat has."),
    Why.DOCUMENT_TYPE: marked("The file declares a document type, which I do not read."),
    Why.FEED: marked("The file is a feed itself, and no list of feeds."),
    Why.NOT_OURS: marked("The file is something else than an export or a list of feeds."),
    Why.NOTHING: marked("There is nothing in the file that I could take."),
}
_FLAWS: Final = {
    Flaw.UNKNOWN_NAME: marked("names something that is not known here"),
    Flaw.QUERY: marked("its query cannot be read"),
    Flaw.VALUE: marked("says something that cannot be read"),
}
_NAMES: Final = {
    Setting.LANGUAGE: marked("language"),
    Setting.TIME_ZONE: marked("time zone"),
    Setting.QUIET: marked("quiet hours"),
    Setting.DIGEST: marked("digest"),
}

_ABOUT: Final = "import"
#: No command is called so: it waits for a button, and words go where they would go without it.
_LOOK: Final = "import_look"
_FILE: Final = "file"
_FEEDS: Final = "feeds"
#: Bytes of what waits with a dialogue.
_MOST_KEPT: Final = 64_000
#: Feeds of one proposal; their addresses wait too.
_MOST_FEEDS: Final = 200
_LONGEST_URL: Final = 200
_MOST_FLAWS: Final = 5


async def import_(call: Call, desk: Desk) -> Says:
    """Look at a file, ask for one, or do what a button says of one that was looked at."""
    words = call.words
    if call.sent is not None:
        return await _look(call, desk, call.sent)
    match call.text.split():
        case ["yes", key] if call.is_press:
            return await _decided(call, desk, key)
        case ["no", key] if call.is_press:
            waiting = await _waiting(call, desk, key)
            if waiting is not None:
                await desk.storage.dialogues.end(waiting.chat, waiting.person)
            return Says(html=words.say(_CANCELLED))
        case ["feeds", key] if call.is_press:
            return await _propose(call, desk, key)
    await desk.ask(call, _ABOUT, {})
    return Says(html=words.say(_SEND), asks=not call.chat.is_private)


async def answered(call: Call, desk: Desk) -> Says:
    """Go on: with a file, or by saying again what is waited for."""
    if call.sent is not None:
        return await _look(call, desk, call.sent)
    return Says(html=call.words.say(_WAITS), asks=not call.chat.is_private)


# --- looking ------------------------------------------------------------------------------------


async def _look(call: Call, desk: Desk, sent: Sent) -> Says:
    words = call.words
    if sent.size > MAX_BYTES:
        return Says(html=words.say(_TOO_LARGE))
    try:
        content = await desk.fetch(sent)
    except DeliveryError as error:
        log.warning("file not fetched", chat=call.chat.id, error=str(error))
        return Says(html=words.say(_NOT_FETCHED))
    bundle = await asyncio.to_thread(read, sent.name, content)
    if isinstance(bundle, PortableFlaw):
        return Says(html=words.say(_NO_FILE, reason=_reason(words, bundle)))
    plan = await _plan(call, desk, bundle, await desk.member(call))
    if plan.is_empty and not plan.feeds:
        return Says(html=_said(words, _NOTHING_NEW, plan))
    state = {_FILE: file_of(plan, now=call.now), _FEEDS: _proposable(plan)}
    if plan.is_empty:
        state[_FILE] = ""
    if sum(len(str(part).encode()) for part in state.values()) > _MOST_KEPT:
        return Says(html=words.say(_TOO_MUCH))
    asked = await desk.ask(call, _LOOK, state)
    return Says(html=_said(words, _HEAD, plan), buttons=_buttons(words, asked))


async def _plan(call: Call, desk: Desk, bundle: Bundle, subscriber: Subscriber) -> Plan:
    work = partial(plan_of, thread=call.chat.thread, now=call.now)
    return await asyncio.to_thread(work, bundle, subscriber, desk.rules, desk.readers)


def _reason(words: Words, flaw: PortableFlaw) -> Markup:
    reason = words.say(_WHY[flaw.why])
    return words.say(_AT_LINE, reason=reason, line=words.number(flaw.line)) if flaw.line else reason


def _proposable(plan: Plan) -> list[str]:
    short = (url for url in plan.feeds if len(url) <= _LONGEST_URL)
    return [url for url in short if url.startswith(("http://", "https://"))][:_MOST_FEEDS]


def _said(words: Words, head: str, plan: Plan) -> Markup:
    return Markup("\n\n").join([words.say(head), *_changes(words, plan), *_left(words, plan)])


def _changes(words: Words, plan: Plan) -> Iterator[Markup]:
    if plan.new:
        count = len(plan.new)
        said = words.many("{count} new watchlist:", "{count} new watchlists:", count)
        yield _listed(words, said, [own.title for own in plan.new])
    if plan.subscriptions:
        count = len(plan.subscriptions)
        said = words.many(
            "{count} ready-made watchlist that would ring here:",
            "{count} ready-made watchlists that would ring here:",
            count,
        )
        yield _listed(words, said, [one.watchlist for one in plan.subscriptions])
    if plan.settings:
        names = words.several(words.of(_NAMES[each]) for each in plan.settings)
        yield words.say(_SETTINGS, settings=names)


def _left(words: Words, plan: Plan) -> Iterator[Markup]:
    """Yield what stays as it is, and why."""
    if count := len(plan.known):
        yield words.many(
            "{count} watchlist is here already.", "{count} watchlists are here already.", count
        )
    if count := len(plan.over):
        yield words.many(
            "{count} watchlist does not fit: a chat has {most} at most.",
            "{count} watchlists do not fit: a chat has {most} at most.",
            count,
            most=words.number(MOST_OWN),
        )
    if count := len(plan.strange):
        said = words.many(
            "{count} ready-made watchlist is not offered here:",
            "{count} ready-made watchlists are not offered here:",
            count,
        )
        yield _listed(words, said, plan.strange, _MOST_FLAWS)
    if count := len(plan.flawed):
        said = words.many(
            "{count} part of the file cannot be taken:",
            "{count} parts of the file cannot be taken:",
            count,
        )
        flaws = [
            words.say(_REASON, title=brief(title), reason=words.say(_FLAWS[flaw]))
            for title, flaw in plan.flawed
        ]
        yield Markup("\n").join([said, *some(words, flaws, _MOST_FLAWS)])
    yield from _feeds(words, plan)


def _feeds(words: Words, plan: Plan) -> Iterator[Markup]:
    if plan.feeds_read:
        yield words.many(
            "{count} feed of the list is read here already.",
            "{count} feeds of the list are read here already.",
            plan.feeds_read,
        )
    if plan.feeds:
        yield words.many(
            "{count} feed of the list is not read here; the operator decides about that.",
            "{count} feeds of the list are not read here; the operator decides about that.",
            len(plan.feeds),
        )


def _listed(words: Words, said: Markup, titles: Sequence[str], most: int = 10) -> Markup:
    lines = [words.say(_TITLED, title=brief(title)) for title in titles]
    return Markup("\n").join([said, *some(words, lines, most)])


def _buttons(words: Words, asked: Dialogue) -> Rows:
    rows: list[tuple[Button, ...]] = []
    if asked.state[_FILE]:
        rows.append(
            (
                button(words.of(_IMPORT), f"/import yes {asked.key}"),
                button(words.of(_CANCEL), f"/import no {asked.key}"),
            )
        )
    if asked.state[_FEEDS]:
        rows.append((button(words.of(_PROPOSE), f"/import feeds {asked.key}"),))
    return tuple(rows)


# --- deciding -----------------------------------------------------------------------------------


async def _waiting(call: Call, desk: Desk, key: str) -> Dialogue | None:
    found = await desk.storage.dialogues.by_key(call.chat.address, key)
    return found if found is not None and found.about == _LOOK else None


async def _decided(call: Call, desk: Desk, key: str) -> Says:
    words, waiting = call.words, await _waiting(call, desk, key)
    if waiting is None or not waiting.state[_FILE]:
        return Says(toast=words.of(_STALE))
    bundle = await asyncio.to_thread(read, "", waiting.state[_FILE].encode())
    subscriber = await desk.member(call)
    # Looked at again: what was decided a while ago may be here by now, by a press of before too.
    if isinstance(bundle, Bundle):
        plan = await _plan(call, desk, bundle, subscriber)
        if plan.over or not await _take(call, desk, plan):
            return Says(html=words.say(_NO_ROOM))
    await desk.storage.dialogues.end(waiting.chat, waiting.person)
    return Says(html=words.say(_DONE))


async def _take(call: Call, desk: Desk, plan: Plan) -> bool:
    """Take what *plan* brings, the watchlists together; False: they do not fit."""
    members = desk.members
    if plan.new and await members.watch_all(await desk.member(call), plan.new) is None:
        return False
    for wanted in plan.subscriptions:
        await members.subscribe(await desk.member(call), wanted)
    if plan.settings:
        settings = {each: getattr(plan.changed, each) for each in plan.settings}
        await members.keep(replace(await desk.member(call), **settings))
    return True


async def _propose(call: Call, desk: Desk, key: str) -> Says:
    words, waiting = call.words, await _waiting(call, desk, key)
    if waiting is None or not waiting.state[_FEEDS]:
        return Says(toast=words.of(_STALE))
    await desk.tell_operator(feeds_proposed(key, call.chat.id, waiting.state[_FEEDS]))
    if not waiting.state[_FILE]:
        await desk.storage.dialogues.end(waiting.chat, waiting.person)
        return Says(html=words.say(_PROPOSED))
    await desk.storage.dialogues.begin(replace(waiting, state={**waiting.state, _FEEDS: []}))
    return Says(html=words.say(_PROPOSED), apart=True)


COMMAND: Final = Command(
    name=_ABOUT,
    does=import_,
    about=marked("watchlists and settings from a file"),
    changes=True,
    continues=answered,
)
