"""Which of thousands of regexes may be found in a text, at the cost of one look at its words.

A regex waits at its rarest set of needles (`needles`): pieces of text of which one must stand there.
Those of which nothing is known are tried by the dozen, behind one that is found wherever one of
them is.  What is found here is only a candidate: `alerts.text.regexes.spans` decides.

Not `re2.Filter` nor `re2.Set`: 10,000 are too many for one of them, its memory cannot be chosen, an
edit makes all of it anew, and out of memory it answers that nothing was found.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from itertools import chain, filterfalse

from alerts.matching.needles import Needles, needles
from alerts.text.regexes import encodable, union

#: Regexes that are tried together first.
_GATE = 16
#: Chunks remembered, about 100 bytes each, and how long they are.
REMEMBERED = 1 << 15
_LONGEST = 40
#: Needles are looked up by so many letters of theirs.
_GRAM = 3


class Regexes:
    """Regexes by number.  Its owner sees to it that one thread at a time calls."""

    def __init__(self) -> None:
        #: What each one waits at, and what else it needs.
        self._needs: dict[int, tuple[Needles, ...]] = {}
        self._waiting: dict[str, set[int]] = {}
        self._haystack = _Haystack()
        self._blind = _Blind()

    def __len__(self) -> int:
        return len(self._needs) + len(self._blind)

    def add(self, number: int, pattern: str) -> None:
        """Look for *pattern*, which RE2 accepts, as *number* from now on."""
        needs = needles(pattern)
        if not needs:
            self._blind.add(number, pattern)
            return
        needs = tuple(sorted(needs, key=self._users))
        self._needs[number] = needs
        for needle in needs[0]:
            self._waiting.setdefault(needle, set()).add(number)
        self._haystack.add(chain(*needs))

    def remove(self, number: int) -> None:
        """Look for *number* no more.

        Raises:
            KeyError: there is none.
        """
        needs = self._needs.pop(number, None)
        if needs is None:
            self._blind.remove(number)
            return
        for needle in needs[0]:
            self._waiting[needle].remove(number)
            if not self._waiting[needle]:
                del self._waiting[needle]
        self._haystack.remove(chain(*needs))

    def standing(self, texts: Iterable[str]) -> Iterator[int]:
        """Yield once each number whose regex may be found in one of *texts*; never too few."""
        texts = [text for text in texts if text]
        yield from self.candidates(self._haystack.needles(texts) if self._needs else (), texts)

    def inside(self, chunk: str) -> tuple[str, ...]:
        """Return the needles that stand in *chunk*, a piece of text that white space parts.

        Who remembers what stands in a chunk may remember this with it, until the next `add`.
        """
        return self._haystack.inside(chunk)

    def candidates(self, found: Collection[str], texts: Iterable[str]) -> Iterator[int]:
        """Do what `standing` does for *texts* whose needles were *found*."""
        several = (self._waiting[needle] for needle in found if needle in self._waiting)
        for number in set().union(*several) if found else ():
            if all(any(map(found.__contains__, need)) for need in self._needs[number][1:]):
                yield number
        yield from self._blind.standing(texts)

    def _users(self, need: Needles) -> int:
        return sum(len(self._waiting.get(needle, ())) for needle in need)


class _Haystack:
    """Finds needles in texts, and remembers the chunks (what white space parts) without any."""

    def __init__(self) -> None:
        self._users: dict[str, int] = {}
        #: A few letters of a needle -> those needles that are looked up by them.
        self._by_gram: dict[str, list[str]] = {}
        self._gram: dict[str, str] = {}
        #: Chunks in which there is none.
        self._dull: set[str] = set()

    def add(self, more: Iterable[str]) -> None:
        for needle in more:
            self._users[needle] = self._users.get(needle, 0) + 1
            if needle in self._gram:
                continue
            gram = min(_grams(needle), key=self._commonness)
            self._gram[needle] = gram
            self._by_gram.setdefault(gram, []).append(needle)
            self._dull.clear()

    def _commonness(self, gram: str) -> tuple[int, int, str]:
        return -len(gram), len(self._by_gram.get(gram, ())), gram

    def remove(self, fewer: Iterable[str]) -> None:
        for needle in fewer:
            self._users[needle] -= 1
            if self._users[needle]:
                continue
            gram = self._gram.pop(needle)
            self._by_gram[gram].remove(needle)
            if not self._by_gram[gram]:
                del self._by_gram[gram]
            del self._users[needle]

    def needles(self, texts: Iterable[str]) -> set[str]:
        """Return the needles that stand in one of *texts*."""
        found: set[str] = set()
        for text in texts:
            # Nearly all chunks are known to hold nothing: C looks at them.
            for chunk in filterfalse(self._dull.__contains__, text.split()):
                inside = self.inside(chunk)
                found.update(inside)
                if not inside and len(chunk) <= _LONGEST:
                    self._remember(chunk)
        return found

    def inside(self, chunk: str) -> tuple[str, ...]:
        folded = encodable(chunk).casefold()
        near = (self._by_gram.get(gram, ()) for gram in _grams(folded))
        return tuple(needle for needle in chain.from_iterable(near) if needle in folded)

    def _remember(self, chunk: str) -> None:
        if len(self._dull) >= REMEMBERED:
            self._dull.clear()
        self._dull.add(chunk)


def _grams(text: str) -> set[str]:
    """Return what looks up the needles in *text*: pieces of so many letters, or of fewer."""
    # A needle of fewer letters is not ASCII (`needles`).
    sizes = [_GRAM] if text.isascii() else range(1, _GRAM + 1)
    return {text[at : at + size] for size in sizes for at in range(len(text) - size + 1)}


class _Gate:
    """Some regexes, behind one that is found wherever one of them is."""

    def __init__(self) -> None:
        self.patterns: dict[int, str] = {}
        #: None: not made since the last change.
        self._opens: Callable[[str], object] | None = None

    def change(self, number: int, pattern: str | None) -> None:
        if pattern is None:
            del self.patterns[number]
        else:
            self.patterns[number] = pattern
        self._opens = None

    def is_open(self, texts: Iterable[str]) -> bool:
        if self._opens is None:
            regex = union(list(self.patterns.values()))
            # Too much together, for RE2: each is tried alone.
            self._opens = bool if regex is None else regex.search
        return any(map(self._opens, texts))


class _Blind:
    """Regexes of which nothing is known beforehand."""

    def __init__(self) -> None:
        self._gates: list[_Gate] = []
        self._by_number: dict[int, _Gate] = {}

    def __len__(self) -> int:
        return len(self._by_number)

    def add(self, number: int, pattern: str) -> None:
        gate = next((gate for gate in self._gates if len(gate.patterns) < _GATE), None)
        if gate is None:
            gate = _Gate()
            self._gates.append(gate)
        gate.change(number, pattern)
        self._by_number[number] = gate

    def remove(self, number: int) -> None:
        gate = self._by_number.pop(number)
        gate.change(number, None)
        if not gate.patterns:
            self._gates.remove(gate)

    def standing(self, texts: Iterable[str]) -> Iterator[int]:
        texts = list(map(encodable, texts)) if self._gates else []
        for gate in self._gates:
            if gate.is_open(texts):
                yield from gate.patterns
