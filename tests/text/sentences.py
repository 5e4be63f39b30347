"""Headlines of our own in many languages, and summaries made of three of them."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

FILE = Path(__file__).with_name("languages.tsv")


def titles() -> dict[str, list[str]]:
    """Return headlines of four to twelve words by language."""
    found: dict[str, list[str]] = defaultdict(list)
    for line in FILE.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            language, title = line.split("\t")
            found[language].append(title)
    return dict(found)


def summaries() -> dict[str, list[str]]:
    """Return texts of about twenty to thirty words by language."""
    return {
        language: [". ".join(each[n : n + 3]) for n in range(0, len(each), 3)]
        for language, each in titles().items()
    }
