"""docs/telegram-bot.md says what the bot does: its visit is played, its tables are held against the code."""

from __future__ import annotations

import difflib
import re
from datetime import timedelta
from pathlib import Path

import pytest

from alerts.app import jobs
from alerts.bot.admins import LASTS
from alerts.bot.commands import all_commands, broadcast, email, feedback, invite
from alerts.bot.manners import MOST_OF_CHAT, MOST_OF_PERSON, WINDOW
from alerts.bot.settings import Access
from alerts.delivery import retry
from alerts.locales import LANGUAGES
from alerts.settings import Settings
from alerts.storage.retention import Keep
from alerts.subscribers.members import MOST_OWN, MOST_SUBSCRIPTIONS
from alerts.subscribers.portable.bundle import MAX_BYTES
from alerts.subscribers.preview import MOST_A_DAY, Previews
from alerts.watchlists.query.terms import MAX_TERM
from alerts.watchlists.wishes import MOST_TERMS
from tests.bot.chats import Conversation
from tests.docs.pages import code, read, rows
from tests.docs.visit import rewritten, visiting

PAGE = read("telegram-bot.md")
COMMANDS = rows(PAGE, "command", "does", "for example")
OPERATOR = "900"
#: What the bot says to what it does not understand, or cannot do.
REFUSED = re.compile(
    r"I cannot|I do not know|I know no|no watchlists? (\d|of)|no such|no link|for the operator of"
)
#: Row of a table of limits -> what the code has.
LIMITS = {
    "terms of a wish": MOST_TERMS,
    "characters of a term": MAX_TERM,
    "watchlists of your own": MOST_OWN,
    "ready-made watchlists that you hear of": MOST_SUBSCRIPTIONS,
    "days of a preview": (Previews.look.__kwdefaults__ or {})["days"],
    "alerts a day above which a draft is called a lot": MOST_A_DAY,
    "calls of one person in one chat, a minute": MOST_OF_PERSON,
    "calls in one chat, a minute": MOST_OF_CHAT,
    "messages to the operator from one chat, a day": feedback._MOST[0],
    "characters of one of them": feedback._LONGEST,
    "mailboxes that a chat asks, a day": email._QUESTIONS[0],
    "people of one invitation": invite._MOST_USES,
    "days of an invitation": invite._MOST_DAYS,
    "characters of a broadcast": broadcast._LONGEST,
    "chats that a broadcast reaches, a second": broadcast._A_SECOND,
    "bytes of an imported file": MAX_BYTES,
}


async def test_a_first_visit_goes_as_the_page_says() -> None:
    now = await rewritten(PAGE)
    told = "\n".join(difflib.unified_diff(PAGE.splitlines(), now.splitlines(), lineterm=""))
    assert now == PAGE, f"{told}\nIf that is right: python -m tests.docs.visit"


def test_every_command_is_listed_and_no_other() -> None:
    listed = [one for one in all_commands().listed if one.about]
    subscribers = [one.name for one in listed if not one.for_operators]
    operators = [one.name for one in listed if one.for_operators]
    assert [code(row.cells[0])[0] for row in COMMANDS] == [
        f"/{name}" for name in [*subscribers, *operators]
    ]
    own = PAGE.index("In the operator's own chat:")
    assert all(PAGE.index(f"| `/{name}` |") < own for name in subscribers)
    assert all(PAGE.index(f"| `/{name}` |") > own for name in operators)
    strangers = {f"/{one.name}" for one in all_commands().listed if one.for_strangers}
    [told] = re.findall(r"Strangers get (.*)\.", PAGE)
    assert set(re.findall(r"/\w+", told)) == strangers


async def test_every_example_is_understood(tmp_path: Path) -> None:
    async with visiting(tmp_path) as talk:
        await _begin(talk)
        for row in COMMANDS:
            [name], [example] = code(row.cells[0]), code(row.cells[2])
            assert example.split()[0] == name
            said = await _said(talk, example)
            assert said, example
            assert REFUSED.search(said) is None, f"{example}: {said}"


async def test_every_wish_is_understood_as_the_page_says(tmp_path: Path) -> None:
    async with visiting(tmp_path) as talk:
        for row in rows(PAGE, "you write", "it understands"):
            [wish], [meaning] = map(code, row.cells)
            # What isolates directions is not seen.
            said = re.sub("[\u2068\u2069]", "", await _said(talk, wish))
            assert meaning in said, f"line {row.line}: {said}"


def test_every_limit_is_that_of_the_code() -> None:
    told = {row.cells[0]: row.cells[1] for row in rows(PAGE, "limit", "is")}
    assert told == {name: f"{most:,}" for name, most in LIMITS.items()}
    assert timedelta(minutes=1) == WINDOW
    days = timedelta(days=1)
    assert (feedback._MOST[1], email._QUESTIONS[1]) == (days, days)


def test_every_span_is_that_of_the_code() -> None:
    told = {row.cells[0]: row.cells[1] for row in rows(PAGE, "kept", "for how long")}
    fields = Settings.model_fields
    assert told["articles, and what you said of their alerts"].startswith(
        f"{fields['keep_articles_days'].default} days"
    )
    assert told["which alerts were sent"].startswith(f"{fields['keep_sent_days'].default} days")
    assert told["what the bot answered"] == f"{Keep().answers.days} day"
    assert told["half-finished questions"] == f"{jobs._HALF_FINISHED.days} days"
    assert f"believed for {LASTS // timedelta(minutes=1)} minutes" in PAGE
    assert f"sent for {retry._ANSWERS_USE // timedelta(minutes=1)} minutes" in PAGE


def test_every_setting_and_language_is_there() -> None:
    known = {f"TOCSIN_{name.upper()}" for name in Settings.model_fields}
    assert set(re.findall(r"TOCSIN_[A-Z_]+", PAGE)) <= known
    assert [code(row.cells[0])[0] for row in rows(PAGE, "access", "lets in")] == list(Access)
    for setting, default, _ in (row.cells for row in rows(PAGE, "setting", "default", "is")):
        value = Settings.model_fields[setting.strip("`").removeprefix("TOCSIN_").lower()].default
        assert value == (() if default == "none" else code(default)[0])
    assert f"\n{', '.join(LANGUAGES.values())}: " in PAGE


@pytest.mark.parametrize(
    ("refusal", "step"),
    [("I do not know /quit", "/quit"), ("no watchlist 9", "/mute 9"), ("I cannot", "/quiet x")],
)
async def test_a_refusal_would_be_seen(tmp_path: Path, refusal: str, step: str) -> None:
    async with visiting(tmp_path) as talk:
        said = await _said(talk, step)
        assert refusal in said
        assert REFUSED.search(said)


async def _begin(talk: Conversation) -> None:
    """Let the operator have a watchlist, for examples that name one."""
    [draft] = await talk.say(OPERATOR, "/watch Idlib")
    await talk.press(draft, "Save")


async def _said(talk: Conversation, text: str) -> str:
    """Return everything that is answered to *text* in the operator's chat."""
    talk.clock.advance(minutes=1)
    return "\n".join(one.text for one in await talk.say(OPERATOR, text))
