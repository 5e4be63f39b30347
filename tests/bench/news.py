"""Feeds of a chosen size, with text that reads like news and is none."""

from __future__ import annotations

import random

_WORDS = [
    "the",
    "a",
    "of",
    "in",
    "on",
    "at",
    "by",
    "with",
    "from",
    "after",
    "before",
    "under",
    "over",
    "officials",
    "residents",
    "convoy",
    "border",
    "river",
    "market",
    "bridge",
    "road",
    "ministry",
    "spokesman",
    "statement",
    "report",
    "morning",
    "evening",
    "northern",
    "southern",
    "district",
    "province",
    "village",
    "town",
    "city",
    "council",
    "people",
    "families",
    "children",
    "water",
    "power",
    "hospital",
    "school",
    "fighters",
    "forces",
    "army",
    "police",
    "security",
    "group",
    "border",
    "crossing",
    "port",
    "airport",
    "runway",
    "farm",
    "harvest",
    "storm",
    "flood",
    "drought",
    "price",
    "talks",
    "truce",
    "deal",
    "vote",
    "court",
    "ruling",
    "minister",
    "president",
    "visit",
]


def rss(seed: int, *, items: int, item_bytes: int = 500, first: str = "") -> str:
    """Return an RSS document of *items* items of about *item_bytes* of text; *first* leads it."""
    dice = random.Random(seed)
    body = "".join(_item(dice, seed, number, item_bytes) for number in range(items))
    return f"<rss version='2.0'><channel><title>Feed {seed}</title>{first}{body}</channel></rss>"


def _item(dice: random.Random, seed: int, number: int, size: int) -> str:
    title = sentence(dice, 9).capitalize()
    words = dice.choices(_WORDS, k=size // 6)
    for place in range(0, len(words), 40):
        words[place] = dice.choice(("Idlib", "Damascus", "Goma", "Kharkiv", "Sarin", "Gaza"))
    return item(f"{seed}-{number}", title, " ".join(words))


def sentence(dice: random.Random, words: int) -> str:
    """Return so many words that *dice* chose."""
    return " ".join(dice.choices(_WORDS, k=words))


def item(guid: str, title: str, text: str) -> str:
    """Return one item."""
    return (
        f"<item><guid isPermaLink='false'>{guid}</guid><title>{title}</title>"
        f"<link>https://news.example/{guid}</link><description>{text}</description></item>"
    )
