"""docs/on-duty.md is done as it says, beside a Tocsin that runs.

A `yaml` block is the rule file, a `diff` block an edit of it, a `console` block commands in a terminal
of 80 columns, and a `text` block what the Tocsin that runs prints, after its feed listed what `LATER` has.
"""

from __future__ import annotations

import os
import re
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from tests.docs.duty import SITE, Duty, is_like, on_duty
from tests.docs.pages import Block, blocks, read

PAGE = read("on-duty.md")
BLOCKS = blocks(PAGE)
#: The day on which the page was written.
WRITTEN = date(2026, 11, 23)
_ISO = re.compile(r"\b\d{4}-\d\d-\d\d\b")
_SPOKEN = re.compile(r"\b\d\d? (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\b")
_SPAN = re.compile(rf"{_SPOKEN.pattern} to {_SPOKEN.pattern} \d{{4}}")

#: What the feed lists while the Tocsin that runs is to say a line: pages and headlines.
LATER = {
    "CRITICAL: Chemical attack reported in Idlib, clinic says": (
        ("second-fair", "Second chemical industry fair opens in Idlib"),
        ("gas", "Chemical attack reported in Idlib, clinic says"),
    ),
    "HIGH: Munitions dropped on runway of Hmeimim air base": (
        ("runway", "Munitions dropped on runway of Hmeimim air base"),
    ),
    "HIGH: Drone exercise over Khmeimim begins": (
        ("exercise-1", "Drone exercise over Khmeimim begins"),
    ),
    "HIGH: Khmeimim: a hundred drones in exercise": (
        ("exercise-2", "Khmeimim: a hundred drones in exercise"),
    ),
    "… polled … alerts=0 articles=2 …": (
        ("exercise-3", "Drones in formation above Khmeimim"),
        ("exercise-4", "Khmeimim drones land"),
    ),
    "HIGH: Rocket attack on Khmeimim": (("rockets", "Rocket attack on Khmeimim"),),
}
#: What must not ring: its mask or a silence keeps it from that.
QUIET = {"second-fair", "exercise-3", "exercise-4"}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    desk = tmp_path / "desk"
    desk.mkdir()
    monkeypatch.chdir(desk)
    for name, value in {
        "TOCSIN_ALLOW_NETWORKS": "127.0.0.0/8",
        "TOCSIN_DATABASE_URL": f"sqlite:///{tmp_path}/tocsin.db",
        "TOCSIN_LISTEN": "127.0.0.1:0",
        "TOCSIN_LOG_FORMAT": "console",
        "USER": "ada",
        "LC_ALL": "C.UTF-8",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_NAME": "ada",
        "GIT_AUTHOR_EMAIL": "ada@example.org",
        "GIT_COMMITTER_NAME": "ada",
        "GIT_COMMITTER_EMAIL": "ada@example.org",
    }.items():
        monkeypatch.setenv(name, value)
    return desk


async def test_everything_happens_as_the_page_says(folder: Path) -> None:
    async with on_duty(folder) as duty:
        for block in BLOCKS:
            for wanted, shown in await followed(duty, block):
                agree(shown, wanted, f"line {block.line}:", duty.today)
    printed = "\n".join(duty.said)
    quiet = [page for page in QUIET if f"{SITE}/{page}\n" in printed]
    assert (quiet, f"{SITE}/rockets\n" in printed) == ([], True)


def test_a_session_has_five_commands_at_most() -> None:
    """Between one heading and the next."""
    sessions = [len(re.findall(r"^\$ ", part, re.MULTILINE)) for part in PAGE.split("\n## ")]
    assert sessions == [0, 5, 5, 4, 0]


@pytest.mark.parametrize(
    ("shown", "today", "written"),
    [
        ("read 2026-11-22 18:14:00 UTC", WRITTEN, "read 2026-11-22 18:14:00 UTC"),
        ("read 2027-01-01 18:14:00 UTC", date(2027, 1, 2), "read 2026-11-22 18:14:00 UTC"),
        (" - 14 Dec 10:02 Fair", date(2027, 1, 2), " - 4 Nov 10:02 Fair"),
        (" - 1 Jan 10:02 Fair", date(2027, 1, 2), " - 22 Nov 10:02 Fair"),
        ("HEAD, 3 Dec to 2 Jan 2027", date(2027, 1, 2), "HEAD, 24 Oct to 23 Nov 2026"),
    ],
)
def test_dates_are_compared_as_on_the_day_of_the_page(
    shown: str, today: date, written: str
) -> None:
    assert as_written(shown, today) == written


async def followed(duty: Duty, block: Block) -> list[tuple[str, list[str]]]:
    """Do what *block* says; return what it shows, each with what was really shown."""
    if block.language == "yaml":
        await duty.begin(block.text)
    elif block.language == "diff":
        duty.edit(block)
    elif block.language == "text":
        for line in block.text.splitlines():
            duty.publish(*LATER.get(line, ()))
            await duty.hear(line)
    elif block.language == "console":
        typed = re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]
        parts = (each.partition("\n") for each in typed)
        return [(wanted, await duty.type_in(command)) for command, _, wanted in parts]
    return []


def agree(shown: list[str], wanted: str, where: str, today: date) -> None:
    """Compare line by line; what differs from day to day is made even here, and nowhere else."""
    lines = [even(as_written(line, today)) for line in shown]
    # An empty line parts commands.
    expected = [even(line) for line in wanted.rstrip("\n").splitlines()]
    assert len(lines) == len(expected), "\n".join([where, *lines])
    for line, like in zip(lines, expected, strict=True):
        assert is_like(line, like), f"{where}\n{line}\nis not\n{like}"


def as_written(line: str, today: date) -> str:
    """Return *line* with the dates that it would have had on the day on which the page was written."""
    if _SPAN.search(line):  # with a year at its end only; it ends today, whenever that is
        return _SPAN.sub(_spoken(WRITTEN - timedelta(days=30)) + " to 23 Nov 2026", line)
    line = _ISO.sub(lambda at: str(date.fromisoformat(at[0]) - (today - WRITTEN)), line)
    return _SPOKEN.sub(lambda at: _spoken(_read(at[0], today) - (today - WRITTEN)), line)


def _spoken(day: date) -> str:
    return f"{day.day} {day:%b}"


def _read(spoken: str, today: date) -> date:
    """Return the last such day before *today*, or that itself."""
    years = (today.year, today.year - 1)
    days = (datetime.strptime(f"{spoken} {year} Z", "%d %b %Y %z").date() for year in years)
    return next(day for day in days if day <= today)


def even(line: str) -> str:
    """Return *line* with columns however wide: a day has one digit or two."""
    return re.sub(" +", " ", line).rstrip()
