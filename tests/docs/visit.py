"""A visit to the bot as docs/telegram-bot.md tells it: what is typed and pressed, and what is said back.

    python -m tests.docs.visit              plays the page's steps, and writes what is said now into the page
    python -m tests.docs.visit FOLDER       writes the chat as HTML, for the pictures of docs/images

A line of a `chat` block that begins with `>` is what a visitor types, or a [button] that is pressed; one
that begins with `*` is what a feed brings: a headline, and behind a bar a sentence.  All other lines
are the bot's.
"""

from __future__ import annotations

import asyncio
import re
import sys
import tempfile
import textwrap
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html import escape
from pathlib import Path
from typing import Final

import structlog

from alerts.bot.settings import BotSettings
from tests.bot.chats import Conversation, Pressed, conversation, labels
from tests.builders import Clock
from tests.delivery.gallery import CHAT_PAGE
from tests.docs.pages import DOCS
from tests.servers.bot_api import Accepted

PAGE: Final = DOCS / "telegram-bot.md"
VISITOR: Final = "100"
#: When the visitor comes: a Monday, half past eight.
BEGINS_AT: Final = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
#: Of the page's lines.
WIDTH: Final = 96

RULES: Final = """
feeds: [{url: "https://news.example/feed.xml", publisher: The Example}]
receivers:
  operator: {telegram: [{chat: 900}]}
watchlists:
  - {id: syria-chemical, title: Chemical weapons in Syria, query: "place:Syria AND (sarin OR chlorine)"}
"""
#: What the feed brought before: days ago, headline, first sentence.
ARCHIVE: Final = (
    (6, "Two families clash in Tripoli", "The army of Lebanon closed the road."),
    (5, "Gunfire in Tripoli as militias clash", "Libya's government called for calm."),
    (4, "Port of Tripoli to be enlarged", "Lebanon signed the contract."),
    (3, "Shelling near Tripoli airport", "Flights to Libya were cancelled."),
    (2, "Army patrols Trablous after clashes", "Schools in the north of Lebanon stay closed."),
    (1, "Curfew in Tripoli after a night of clashes", "It ends on Monday."),
)
#: Of the picture in Arabic: what was there before, and what happens.
ARABIC_ARCHIVE: Final = (
    (4, "هجوم كيماوي على خان شيخون", "قال أطباء إن المصابين نقلوا إلى المستشفى."),
    (2, "مفتشون: سلاح كيماوي استخدم قرب إدلب", "نشر التقرير مساء الأحد."),
)
ARABIC: Final = (
    "> إدلب، خان شيخون + كيماوي",
    "> [حفظ]",
    "* هجوم كيماوي في ريف إدلب | قال ناشطون إن ستة أشخاص نقلوا إلى المستشفى.",
)

_FENCE: Final = re.compile(r"^```chat\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_STEP: Final = ("> ", "* ")
_BUTTON: Final = re.compile(r"\[(?P<label>.+)\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Something that happened in the chat."""

    #: "you" typed, "news" came, or how the bot spoke: "Tocsin:", "Tocsin, in reply:".
    who: str
    text: str = ""
    #: As it was sent.
    html: str = ""
    buttons: tuple[tuple[str, ...], ...] = ()


# --- played -------------------------------------------------------------------------------------------


@asynccontextmanager
async def visiting(
    folder: Path, archive: Sequence[tuple[int, str, str]] = ARCHIVE, language: str = "en"
) -> AsyncIterator[Conversation]:
    """Open a Tocsin that has read for a week."""
    clock = Clock(BEGINS_AT)
    settings, pages = BotSettings(has_mail=True), "https://tocsin.example.org"
    async with conversation(
        folder, rules=RULES, settings=settings, clock=clock, public_url=pages
    ) as talk:
        talk.api.people.users[int(VISITOR)] = {"language_code": language}
        for days, title, sentence in archive:
            clock.now = BEGINS_AT - timedelta(days=days)
            await talk.report(title, sentence)
        clock.now = BEGINS_AT
        yield talk


async def played(talk: Conversation, steps: Iterable[str]) -> list[list[Line]]:
    """Do what each of *steps* says; return what happened, the step first."""
    return [[line async for line in _played(talk, step)] for step in steps]


async def _played(talk: Conversation, step: str) -> AsyncIterator[Line]:
    mark, rest = step[:2], step[2:]
    if mark == "* ":
        yield Line(who="news", text=rest)
        title, _, sentence = rest.partition(" | ")
        arrived = await talk.report(title, sentence)
    elif button := _BUTTON.fullmatch(rest):
        yield Line(who="you", text=rest)
        message = _with(talk, button["label"])
        before = (message.text, labels(message))
        pressed = await talk.press(message, button["label"])
        for line in _pressed(pressed, before):
            yield line
        arrived = pressed.arrived
    else:
        yield Line(who="you", text=rest)
        arrived = await talk.say(VISITOR, rest)
    for message in arrived:
        yield _said("Tocsin, in reply:" if message.follows else "Tocsin:", message)
    talk.clock.advance(seconds=20)


def _with(talk: Conversation, label: str) -> Accepted:
    """Return the last message with that button."""
    mine = (one for one in reversed(talk.api.accepted) if one.chat == VISITOR)
    return next(one for one in mine if any(label in row for row in labels(one)))


def _pressed(pressed: Pressed, before: tuple[str, list[list[str]]]) -> Iterator[Line]:
    if pressed.toast:
        yield Line(who="Tocsin, for a moment:", text=pressed.toast)
    if pressed.message.text != before[0]:
        yield _said("Tocsin, in its place:", pressed.message)
    elif labels(pressed.message) != before[1]:
        rows = tuple(map(tuple, labels(pressed.message)))
        yield Line(who="Tocsin, with other buttons:", buttons=rows)


def _said(who: str, message: Accepted) -> Line:
    rows = tuple(map(tuple, labels(message)))
    return Line(who=who, text=message.text, html=message.html or escape(message.text), buttons=rows)


# --- on the page ----------------------------------------------------------------------------------------


def steps_of(block: str) -> list[str]:
    """Return what is typed, pressed and reported in a `chat` block."""
    return [line for line in block.splitlines() if line.startswith(_STEP)]


def written(happened: Iterable[Sequence[Line]]) -> str:
    """Return what happened as a `chat` block has it."""
    return "\n\n".join("\n".join(_written(line)) for step in happened for line in step) + "\n"


def _written(line: Line) -> Iterator[str]:
    if line.who in ("you", "news"):
        yield f"{'>' if line.who == 'you' else '*'} {line.text}"
        return
    yield line.who
    for part in line.text.splitlines():
        # What isolates directions is not seen.
        seen = part.replace("\u2068", "").replace("\u2069", "")
        yield from textwrap.wrap(
            seen, WIDTH, initial_indent="  ", subsequent_indent="    " if part[:1] == "•" else "  "
        ) or [""]
    yield from ("  " + " ".join(f"[{label}]" for label in row) for row in line.buttons)


async def rewritten(page: str) -> str:
    """Return *page* with what is said now."""
    blocks = _FENCE.findall(page)
    with tempfile.TemporaryDirectory() as folder:
        async with visiting(Path(folder)) as talk:
            told = [written(await played(talk, steps_of(block))) for block in blocks]
    said = iter(told)
    return _FENCE.sub(lambda _: f"```chat\n{next(said)}```", page)


# --- in pictures ----------------------------------------------------------------------------------------

_STYLE: Final = """<style>
body { background: #93b59c; }
.columns { display: flex; gap: 28px; } .columns > div { width: 482px; }
.mine { background: #e3fdc9; border-radius: 12px 12px 3px 12px; margin-left: 120px; padding-bottom: 7px; }
.toast { color: #fff; background: #000b; border-radius: 8px; padding: 8px 12px; margin: 8px 0; }
</style>
"""


def drawn(columns: Iterable[Iterable[Line]], *, direction: str = "ltr") -> str:
    """Return a page with what happened, in columns."""
    told = "".join(f"<div>{''.join(map(_bubble, lines))}</div>" for lines in columns)
    return f'{CHAT_PAGE}{_STYLE}<div class="columns" dir="{direction}">{told}</div>'


def _bubble(line: Line) -> str:
    if line.who == "you":
        is_button = _BUTTON.fullmatch(line.text)
        return "" if is_button else f'<div class="bubble mine">{escape(line.text)}</div>'
    if line.who == "Tocsin, for a moment:":
        return f'<div class="toast">{escape(line.text)}</div>'
    if not line.text:
        return ""
    lines = "".join(f'<div class="line">{part}</div>' for part in line.html.split("\n"))
    rows = ("".join(f"<span>{escape(label)}</span>" for label in row) for row in line.buttons)
    below = "".join(f'<div class="row">{row}</div>' for row in rows)
    return f'<div class="bubble"><span class="name">Tocsin</span>{lines}</div>{below}'


async def drawn_visits() -> dict[str, str]:
    """Return the visit of the page, and one in Arabic, by file name."""
    steps = [step for block in _FENCE.findall(PAGE.read_text("utf-8")) for step in steps_of(block)]
    with tempfile.TemporaryDirectory() as database:
        async with visiting(Path(database)) as talk:
            happened = await played(talk, steps)
    with tempfile.TemporaryDirectory() as database:
        async with visiting(Path(database), ARABIC_ARCHIVE, "ar") as talk:
            arabic = await played(talk, ARABIC)
    left, right = happened[1:2], happened[4:7]
    return {
        "telegram-bot.html": drawn([_shown(left), _shown(right)]),
        "telegram-bot-arabic.html": drawn([_shown(arabic)], direction="rtl"),
    }


def _shown(happened: Iterable[Sequence[Line]]) -> list[Line]:
    return [line for step in happened for line in step if line.who != "news"]


def main() -> None:
    """Write the page anew, or what its pictures show."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    if len(sys.argv) > 1:
        folder = Path(sys.argv[1])
        folder.mkdir(parents=True, exist_ok=True)
        for name, picture in asyncio.run(drawn_visits()).items():
            (folder / name).write_text(picture, encoding="utf-8")
        return
    page = PAGE.read_text("utf-8")
    PAGE.write_text(asyncio.run(rewritten(page)), "utf-8")


if __name__ == "__main__":
    main()
