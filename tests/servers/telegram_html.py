"""Telegram's HTML, read as strictly as Telegram reads it (td's MessageEntity.cpp, parse_html)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

TAGS = frozenset(
    {
        *("a", "b", "strong", "i", "em", "s", "strike", "del", "u", "ins"),
        *("tg-spoiler", "tg-emoji", "span", "pre", "code", "blockquote"),
    }
)
#: The only named ones; others stay as they are written.
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_ENTITY = re.compile(r"&(?:#x([0-9a-fA-F]+)|#([0-9]+)|([a-z]+));?")
_NAME = re.compile(r"[a-zA-Z0-9-]+")
_ATTRIBUTE = re.compile(r"""\s*([a-zA-Z0-9-]+)\s*(?:(=)\s*("[^"]*"|'[^']*'|[^\s>"']+))?""")
_PLAIN = re.compile(r"[^<&]+")
_SURROGATE = re.compile("[\ud800-\udfff]")
#: Characters that Telegram deletes from every text, or (controls but not \n) turns into a space.
_DELETED = re.compile("[\r\u2028-\u202e\u0333\u033f\u030a]")
_SPACED = re.compile("[\x00-\x09\x0b-\x1f]")


class HtmlError(ValueError):
    """What follows "can't parse entities: " in the answer."""


class Entity(NamedTuple):
    """A formatted span; offset and length in UTF-16 units of the parsed text."""

    tag: str
    offset: int
    length: int
    href: str = ""


@dataclass(slots=True)
class _Open:
    tag: str
    start: int
    href: str


def utf16_length(text: str) -> int:
    """Count as Telegram counts."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def cleaned(text: str) -> str:
    """Return *text* as Telegram shows it: without most control characters, trimmed."""
    return _SPACED.sub(" ", _DELETED.sub("", text)).strip()


def parse_html(source: str) -> tuple[str, tuple[Entity, ...]]:
    """Return the text that people see, and its formatted spans.

    Raises:
        HtmlError: in Telegram's words.
    """
    return _Reader(source).read()


class _Reader:
    def __init__(self, source: str) -> None:
        self._source = source
        self._at = 0
        self._text: list[str] = []
        self._length = 0
        self._open: list[_Open] = []
        self._entities: list[Entity] = []

    def read(self) -> tuple[str, tuple[Entity, ...]]:
        while self._at < len(self._source):
            char = self._source[self._at]
            if char == "<":
                self._tag()
            elif char == "&":
                self._character()
            else:
                self._plain()
        if self._open:
            raise HtmlError(
                f'Can\'t find end tag corresponding to start tag "{self._open[-1].tag}"'
            )
        return cleaned("".join(self._text)), tuple(self._entities)

    def _plain(self) -> None:
        found = _PLAIN.match(self._source, self._at)
        assert found is not None
        self._put(found.group())
        self._at = found.end()

    def _put(self, text: str) -> None:
        if _SURROGATE.search(text):
            raise HtmlError("Text contains invalid Unicode characters after decoding HTML entities")
        self._text.append(text)
        self._length += utf16_length(text)

    def _character(self) -> None:
        found = _ENTITY.match(self._source, self._at)
        char = _decoded(found) if found else ""
        self._put(char or "&")
        self._at = found.end() if found and char else self._at + 1

    def _tag(self) -> None:
        start = self._at
        closing = self._source.startswith("</", start)
        name = _NAME.match(self._source, start + 1 + closing)
        tag = name.group().lower() if name else ""
        end = name.end() if name else start + 1
        if closing:
            self._close(tag, start, end)
            return
        if tag not in TAGS:
            raise HtmlError(f'Unsupported start tag "{tag}" at byte offset {self._offset(start)}')
        href = self._attributes(tag, start, end)
        self._open.append(_Open(tag, self._length, href))

    def _attributes(self, tag: str, start: int, at: int) -> str:
        href = ""
        while True:
            at += len(self._source[at:]) - len(self._source[at:].lstrip())
            if at >= len(self._source):
                raise HtmlError(f"Unclosed start tag at byte offset {self._offset(start)}")
            if self._source[at] == ">":
                self._at = at + 1
                return href
            found = _ATTRIBUTE.match(self._source, at)
            where = f'of the tag "{tag}" at byte offset {self._offset(at)}'
            if found is None:
                raise HtmlError(f"Empty attribute name in the tag {where}")
            if not found.group(2):
                raise HtmlError(f"Expected equal sign in declaration of an attribute {where}")
            if found.group(1).lower() == "href":
                href = _ENTITY.sub(
                    lambda entity: _decoded(entity) or entity.group(), found.group(3).strip("\"'")
                )
            at = found.end()

    def _close(self, tag: str, start: int, end: int) -> None:
        offset = self._offset(start)
        if not self._open:
            raise HtmlError(f"Unexpected end tag at byte offset {offset}")
        opened = self._open.pop()
        if tag and tag != opened.tag:
            raise HtmlError(
                f"Unmatched end tag at byte offset {offset},"
                f' expected "</{opened.tag}>", found "</{tag}>"'
            )
        if not self._source.startswith(">", end):
            raise HtmlError(f"Unclosed end tag at byte offset {offset}")
        self._at = end + 1
        length = self._length - opened.start
        # A link without an address that Telegram accepts stays text.
        if length and (opened.tag != "a" or re.match(r"(https?|tg|mailto|tel):", opened.href)):
            self._entities.append(Entity(opened.tag, opened.start, length, opened.href))

    def _offset(self, at: int) -> int:
        return len(self._source[:at].encode("utf-8", "surrogatepass"))


def _decoded(entity: re.Match[str]) -> str:
    """Return the character, or nothing for a reference that Telegram leaves as it is."""
    hexadecimal, decimal, name = entity.groups()
    if name:
        return _NAMED.get(name, "")
    number = int(hexadecimal, 16) if hexadecimal else int(decimal)
    return chr(number) if 0 < number < 0x110000 else ""


__all__ = ["Entity", "HtmlError", "cleaned", "parse_html", "utf16_length"]
