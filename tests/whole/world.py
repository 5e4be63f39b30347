"""A world of eight articles, of which some concern somebody.

Everything here is invented.  The traps are those of real pages: a no-break space inside a name, a
name in several spellings, a word that only looks like the one that is watched.
"""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape

#: Title, text, and the watchlists that it must ring.
ARTICLES: Sequence[tuple[str, str, frozenset[str]]] = (
    (
        "Convoy leaves the northern town",
        "<p>Lorries left Khan Sheikhun.</p><p>Hayat\u00a0Tahrir al-Sham said it had no part.</p>",
        frozenset({"khan-sheikhun", "hts"}),
    ),
    (
        "Ministry speaks of an exercise",
        "<p>It accused a “chemical unit” of an exercise, and named Hayat Tahrir ash-Sham.</p>",
        frozenset({"chemical", "hts"}),
    ),
    (
        "Chemistry prize goes to three women",
        "<p>The committee praised their work on catalysts.</p>",
        frozenset(),
    ),
    (
        "Stockpiles inspected",
        "<p>Inspectors counted chemicals in two depots near KHAN SHEIKHUN&#8217;s mill.</p>",
        frozenset({"khan-sheikhun", "chemical"}),
    ),
    ("Harvest festival opens", "<p>The khan of the fair is Sheikh Unwin.</p>", frozenset()),
    (
        "Board denies a split",
        "<p>The Levant Liberation Board (Tahrir al-Sham al-Hay'at) denied it.</p>",
        frozenset({"hts"}),
    ),
    ("Peacekeepers stay on", "<p>Two hundred remain.</p>", frozenset()),
    ("Bridge reopened", "<p>Traffic flows again.</p>", frozenset()),
)

RULES = """\
version: 1
feeds:
  - {{url: "{feed}", publisher: Example World, interval: 1s}}
entities:
  hts:
    type: group
    name: Hayat Tahrir al-Sham
    aliases: [Hayat Tahrir ash-Sham, "Tahrir al-Sham al-Hay'at", Levant Liberation Board]
watchlists:
  - {{id: khan-sheikhun, title: Khan Sheikhun, places: [Khan Sheikhun], severity: critical}}
  - {{id: chemical, title: Chemical, keywords: [chemical], severity: high}}
  - {{id: hts, title: HTS, groups: [hts]}}
routes:
  receiver: everybody
receivers:
  everybody:
    telegram: {{chat: 42}}
    email: {{to: [reader@example.org]}}
"""


def document(count: int) -> str:
    """Return an RSS document with the first *count* articles, the newest on top."""
    items = "".join(
        f"<item><guid isPermaLink='false'>world-{number}</guid>"
        f"<link>https://world.example/{number}</link>"
        f"<title>{escape(title)}</title><description>{escape(text)}</description></item>"
        for number, (title, text, _) in reversed(list(enumerate(ARTICLES[:count])))
    )
    return f"<rss version='2.0'><channel><title>World</title>{items}</channel></rss>"


def expected() -> list[str]:
    """Return the headlines that must ring, in alphabetical order."""
    return sorted(title for title, _, rings in ARTICLES if rings)
