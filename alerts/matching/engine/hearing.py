"""Where in an article words may sound like a watched name: a walk through the tree of their keys.

It finds every window that `alerts.text.spelling.windows` would hear as one of the keys, and some that it
would not; each is decided in Python (`windows`), once for as long as it is remembered.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from alerts.matching.engine.compiled import Bytes, Hashes, Ints, Longs, compiled, inlined, int_of
from alerts.matching.engine.hashing import mixed
from alerts.matching.engine.memory import (
    ARTICLE,
    BEGINS,
    GOES_ON,
    Memory,
    classes_of,
    sounds_of,
    stems_of,
)
from alerts.matching.engine.reading import Page
from alerts.matching.engine.sounding import CODES, LETTER
from alerts.text.spelling.windows import MOST_TOKENS

_LETTERS = 1 << LETTER
_LETTER = np.uint64(LETTER)
_MASK = np.uint64(_LETTERS - 1)


class Tree(NamedTuple):
    """The keys of names, letter by letter."""

    #: By node and letter; 0: no key goes on so.
    children: Ints
    #: The letter that leads to each node, and whether a key ends there.
    letters: Bytes
    ends: Bytes


class Walk(NamedTuple):
    """Beginnings of names that have still to be followed; used again for each token."""

    nodes: Ints
    places: Ints


class Heard(NamedTuple):
    """Windows that sound like some name."""

    #: First token, and how many.
    firsts: Ints
    widths: Ints
    #: What they are remembered by: their words, in a language.
    numbers: Hashes
    counts: Longs


def tree_of(keys: Iterable[str]) -> Tree:
    """Return the tree of *keys*."""
    children = array("i", bytes(4 * _LETTERS))
    letters, ends = bytearray(1), bytearray(1)
    for key in keys:
        node = 0
        for code in map(CODES.__getitem__, key):
            slot = node * _LETTERS + code
            if not children[slot]:
                children[slot] = len(letters)
                children.frombytes(bytes(4 * _LETTERS))
                letters.append(code)
                ends.append(0)
            node = children[slot]
        ends[node] = 1
    return Tree(
        np.array(children, np.int32).reshape(-1, _LETTERS),
        np.frombuffer(bytes(letters), np.uint8),
        np.frombuffer(bytes(ends), np.uint8),
    )


def walk_of(steps: int = 1 << 10) -> Walk:
    """Return room for so many *steps* from one token."""
    return Walk(np.zeros(steps, np.int32), np.zeros(steps, np.int32))


def heard_of(windows: int) -> Heard:
    """Return room for so many *windows*."""
    return Heard(
        np.zeros(windows, np.int32),
        np.zeros(windows, np.int32),
        np.zeros(windows, np.uint64),
        np.zeros(1, np.int64),
    )


@inlined
def _followed(tree: Tree, node: int, key: np.uint64) -> int:
    """Return the node to which *key* leads from *node*; -1: none."""
    while key != 0:
        node = int_of(tree.children[node, int_of(key & _MASK)])
        if node == 0:
            return -1
        key >>= _LETTER
    return node


@inlined
def _pushed(walk: Walk, steps: int, node: int, place: int) -> int:
    """Add a step, unless it is there or there is no room; return how many there are."""
    for step in range(steps):
        if walk.nodes[step] == node and walk.places[step] == place:
            return steps
    if steps == len(walk.nodes):
        return steps
    walk.nodes[steps] = node
    walk.places[steps] = place
    return steps + 1


@inlined
def _identity(words: Hashes, token: int) -> int:
    """Return where the word stands that tells how *token* is written, before its readings."""
    head = words[token]
    return token + 1 + classes_of(head) + stems_of(head)


@inlined
def _may_follow(page: Page, words: Hashes, first: int, place: int) -> bool:
    """Tell whether a name that begins at *first* may go on with the token at *place*."""
    token = page.tokens[place]
    if token < 0 or place - first >= MOST_TOKENS or page.apart[place]:
        return False
    return bool(words[token] & np.uint64(GOES_ON))


@inlined
def _step(tree: Tree, walk: Walk, steps: int, node: int, key: np.uint64, place: int) -> int:
    """Follow *key* from *node*, and note where that leads, behind *place*; return how many steps."""
    end = _followed(tree, node, key)
    if end >= 0:
        steps = _pushed(walk, steps, end, place + 1)
    # "Abu Umar": where words meet, a consonant may be heard once.
    if node and key and np.uint64(tree.letters[node]) == key & _MASK:
        end = _followed(tree, node, key >> _LETTER)
        if end >= 0:
            steps = _pushed(walk, steps, end, place + 1)
    return steps


@inlined
def _walked(page: Page, words: Hashes, tree: Tree, walk: Walk, first: int) -> int:
    """Follow all ways to read what begins at *first*; return how many steps that makes."""
    walk.nodes[0] = 0
    walk.places[0] = first
    steps, step = 1, 0
    while step < steps:
        node, place = int_of(walk.nodes[step]), int_of(walk.places[step])
        step += 1
        if place > first and not _may_follow(page, words, first, place):
            continue
        token = int_of(page.tokens[place])
        if words[token] & np.uint64(ARTICLE):
            steps = _pushed(walk, steps, node, place + 1)
        start = _identity(words, token)
        for at in range(start + 1, start + sounds_of(words[token])):
            steps = _step(tree, walk, steps, node, words[at], place)
    return steps


@compiled
def listen(
    page: Page, length: int, language: int, memory: Memory, tree: Tree, walk: Walk, heard: Heard
) -> bool:
    """Write to *heard* the windows of *page* that may sound like a key of *tree*.

    False: there are more than there is room for.
    """
    words = memory.words
    heard.counts[0] = 0
    for first in range(length):
        token = int_of(page.tokens[first])
        if token < 0 or words[token] & np.uint64(BEGINS) == 0:
            continue
        if heard.counts[0] + MOST_TOKENS > len(heard.firsts):
            return False
        widths = 0
        for step in range(1, _walked(page, words, tree, walk, first)):
            width = int_of(walk.places[step]) - first
            if tree.ends[walk.nodes[step]] and not (widths >> width) & 1:
                widths |= 1 << width
                _note(page, words, language, heard, first, width)
    return True


@inlined
def _note(page: Page, words: Hashes, language: int, heard: Heard, first: int, width: int) -> None:
    state = np.uint64(language + 1)
    for place in range(first, first + width):
        state = mixed(state, words[_identity(words, int_of(page.tokens[place]))])
    count = heard.counts[0]
    heard.firsts[count] = first
    heard.widths[count] = width
    heard.numbers[count] = state
    heard.counts[0] = count + 1
