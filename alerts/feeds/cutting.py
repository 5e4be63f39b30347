"""Where does a document's head end, and each of its items?  So that only what is new is parsed.

Pure, and linear in the length of the text.  Cutting is by sight and not by grammar, so it gives up
wherever sight could be deceived, and the whole document is parsed instead.  Two things must hold
of a cut: head, any of the items and tail are a document again, and an item means in it what it meant
in the whole one.  The first is checked here and by the XML parser, which must find what was cut to be
well-formed and to hold as many items; the second by what an item's mark is made of.
"""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from hashlib import blake2b

from alerts.feeds.document import has_unwanted, root_name

#: Whose children the items are.  RSS 1.0 (RDF) lists its items twice, by name and in full.
_ITEM_OF_ROOT = {"rss": "item", "feed": "entry"}
_AFTER_NAME = " \t\r\n/>"
#: What hides tags: how it begins and how it ends.
_HIDING = (("<![CDATA[", "]]>"), ("<!--", "-->"))
#: What an item says with these depends on where it stands, or changes what follows it.
_ENTANGLED = re.compile(
    r"<[^<>]*?\s(?:xmlns|xml:base)\b|<!--|<!\[CDATA\[|\]\]>|<[!?]", re.IGNORECASE
)
#: Differs from answer to answer and concerns no item.
_VOLATILE = re.compile(
    r"<(lastBuildDate|pubDate|updated|modified|dc:date|atom:updated|generator|ttl|sy:\w+)\b[^<>]*+>"
    r"[^<]*+</\1\s*+>|<!--.*?-->|\s++",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CutDocument:
    """A document in pieces; what lay between the items was white space."""

    head: str
    #: Each from its opening tag to its closing tag, in the order of the document.
    items: tuple[str, ...]
    tail: str
    #: For each item 32 hex digits.  Equal: it was the same text, and would be understood alike.
    marks: tuple[str, ...]

    def without(self, seen: AbstractSet[str]) -> CutDocument | None:
        """Return the document without the items whose marks are *seen*.

        None: one of the others cannot be understood alone.
        """
        left = [each for each in zip(self.items, self.marks, strict=True) if each[1] not in seen]
        if not all(_is_closed(item) for item, _ in left):
            return None
        items, marks = tuple(item for item, _ in left), tuple(mark for _, mark in left)
        return CutDocument(head=self.head, items=items, tail=self.tail, marks=marks)

    @property
    def text(self) -> str:
        """The pieces, joined."""
        return "\n".join((self.head, *self.items, self.tail))


def cut(text: str, url: str) -> CutDocument | None:
    """Cut *text*, which came from *url*, at its items; None: that would not be safe, or of no use."""
    name = _ITEM_OF_ROOT.get(root_name(text))
    places = _places(text, name) if name else None
    if not places:
        return None
    head, tail = text[: places[0][0]], text[places[-1][1] :]
    # An entity may hold whole items.
    if "<!ENTITY" in head or not (_is_whole(head) and _is_whole(tail)):
        return None
    setting = f"{url}\0{_VOLATILE.sub('', head)}\0{_VOLATILE.sub('', tail)}"
    key = blake2b(setting.encode(), digest_size=32).digest()
    items = tuple(text[start:end] for start, end in places)
    marks = tuple(mark(item, key) for item in items)
    return CutDocument(head=head, items=items, tail=tail, marks=marks)


def mark(item: str, setting: bytes) -> str:
    """Return what *item* is known by in a *setting*: the hash of what it is understood with."""
    return blake2b(item.encode("utf-8", "surrogatepass"), key=setting, digest_size=16).hexdigest()


def _places(text: str, name: str) -> list[tuple[int, int]]:
    """Return where each item begins and ends; nothing if there is any doubt.

    A tag inside of an item or quoted in a text breaks the plain row of openings and closings, or
    leaves words between them.
    """
    # Found without a regex: thousands of other tags need not be looked at.
    opening, closing = f"<{name}", f"</{name}"
    places: list[tuple[int, int]] = []
    ended, start = 0, text.find(opening)
    while start >= 0:
        inside = text.find(">", start) + 1
        if text[start + len(opening)] not in _AFTER_NAME or not inside:
            return []
        if text[inside - 2] == "/":
            end = inside
        else:
            closed = text.find(closing, inside)
            end = text.find(">", closed) + 1
            if closed < 0 or not end or text.find(opening, inside, closed) >= 0:
                return []
        if places and text[ended:start].strip():
            return []
        places.append((start, end))
        ended, start = end, text.find(opening, end)
    return [] if text.find(closing, ended) >= 0 else places


def _is_closed(item: str) -> bool:
    """Tell whether *item* opens nothing that it does not close, and leans on nothing around it."""
    visible = _visible(item)
    return visible is not None and not _ENTANGLED.search(visible)


def _is_whole(piece: str) -> bool:
    """Tell whether every comment and every quoted section of *piece* ends in it."""
    return _visible(piece) is not None


def _visible(piece: str) -> str | None:
    """Return *piece* without its comments and quoted sections; None: one does not end in it.

    None also for what is taken out as no character: it could have hidden a tag.
    """
    if has_unwanted(piece):
        return None
    # Without a regex: a quoted section of many kilobytes is passed over in one step.
    parts, ended, start = [], 0, piece.find("<!")
    while start >= 0:
        end = start + 2
        for opening, closing in _HIDING:
            if piece.startswith(opening, start):
                closed = piece.find(closing, start + len(opening))
                if closed < 0:
                    return None
                parts.append(piece[ended:start])
                ended = end = closed + len(closing)
        start = piece.find("<!", end)
    return "".join((*parts, piece[ended:]))
