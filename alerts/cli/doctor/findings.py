"""What `tocsin doctor` found: a verdict, what it is about, and what to do."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum


class Verdict(StrEnum):
    """How something fares."""

    OK = "ok"
    #: It works, and perhaps not as meant.
    WARNING = "warning"
    #: Something does not work.
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line."""

    verdict: Verdict
    #: "telegram", "mail": what was looked at.
    about: str
    words: str
    #: What to do; empty where there is nothing.
    advice: str = ""


def ok(about: str, words: str) -> Finding:
    """Say that something is as it should be."""
    return Finding(Verdict.OK, about, words)


def warning(about: str, words: str, advice: str = "") -> Finding:
    """Say that something is perhaps not as meant."""
    return Finding(Verdict.WARNING, about, words, advice)


def problem(about: str, words: str, advice: str = "") -> Finding:
    """Say that something does not work."""
    return Finding(Verdict.PROBLEM, about, words, advice)


def cleaned(found: Iterable[Finding], clean: Callable[[str], str]) -> list[Finding]:
    """Return *found* with its words as *clean* makes them: without secrets and control characters."""
    return [replace(each, words=clean(each.words), advice=clean(each.advice)) for each in found]
