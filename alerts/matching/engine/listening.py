"""Names that are known by their sound: which of them are meant where `hearing` finds a window."""

from __future__ import annotations

from collections.abc import Iterator

from alerts.matching.engine.hearing import heard_of, listen, tree_of, walk_of
from alerts.matching.engine.kinds import LANGUAGE_NUMBERS
from alerts.matching.engine.memory import Memory
from alerts.matching.engine.names import Names
from alerts.matching.engine.reader import Read
from alerts.matching.engine.reading import Page
from alerts.matching.engine.settling import (
    Settled,
    note,
    nothing_known,
    open_of,
    remember,
    settle,
)
from alerts.matching.engine.standing import Found
from alerts.text.spelling.guard import agree
from alerts.text.spelling.windows import NOTHING, hear
from alerts.text.tokens import Token, cut
from alerts.watchlists.meaning.rivals import Owner, Rivals
from alerts.watchlists.meaning.wordings import is_proper

#: Windows of one article, at first.
_WINDOWS = 1 << 12
#: Surroundings of windows that are remembered.
_REMEMBERED = 1 << 15


class Listener:
    """The sounds of one segment's names."""

    def __init__(self, names: Names, rivals: Rivals) -> None:
        self._rivals = rivals
        self._names = names
        self._tree = tree_of(names.keys())
        self._walk, self._heard = walk_of(), heard_of(_WINDOWS)
        self._open = open_of(_WINDOWS, _WINDOWS)
        self._windows = nothing_known()
        #: Those who may be meant, by the numbers that records have for them.
        self._owners: dict[Owner, int] = {}
        self._numbered: list[Owner] = []
        #: Whether they are, by what stands around: tokens of one memory.
        self._there: dict[tuple[int, ...], bool] = {}
        self._of: Memory | None = None

    def __len__(self) -> int:
        return len(self._names)

    def note(self, read: Read, found: Found, epoch: int, count: int) -> int:
        """Note in *found* which terms sound like words of the article; return how many stand now."""
        self._hear(read)
        settled = self._settled(read, found, epoch, count)
        count = settled.standing
        for window, meant, start, end in self._open.meant[: settled.unsettled].tolist():
            first, width = int(self._heard.firsts[window]), int(self._heard.widths[window])
            number = int(self._windows.words[meant])
            there = (number, first - start, width, *read.page.tokens[start:end].tolist())
            if self._is_meant(there, self._numbered[number], read, start, end):
                field, words = int(read.page.fields[first]), self._windows.words
                count = note(words, meant, field, found, epoch, count)
        return count

    def _hear(self, read: Read) -> None:
        language = LANGUAGE_NUMBERS[read.language]
        while not listen(
            read.page, read.length, language, read.memory, self._tree, self._walk, self._heard
        ):
            room = 2 * len(self._heard.firsts)
            self._heard, self._open = heard_of(room), open_of(room, room)

    def _settled(self, read: Read, found: Found, epoch: int, count: int) -> Settled:
        """Settle what can be, after every window was looked at once."""
        while True:
            settled = settle(
                read.page,
                read.memory.words,
                self._heard,
                self._windows,
                found,
                epoch,
                count,
                self._open,
            )
            count = settled.standing
            if settled.unsettled > len(self._open.meant):
                self._open = open_of(len(self._open.unknown), 2 * settled.unsettled)
            elif not settled.unknown:
                return settled
            unknown = self._open.unknown[: settled.unknown]
            numbers = self._heard.numbers[unknown].tolist()
            for window in dict(zip(numbers, unknown.tolist(), strict=True)).values():
                self._learn(read, window)

    def _learn(self, read: Read, window: int) -> None:
        first, width = int(self._heard.firsts[window]), int(self._heard.widths[window])
        tokens = tokens_of(read.text, read.page, first, first + width)
        number = self._heard.numbers[window]
        while not remember(self._windows, number, self._record(tokens, read.language)):
            self._windows, self._there = nothing_known(), {}
            self._owners, self._numbered = {}, []

    def _record(self, tokens: tuple[Token, ...], language: str) -> list[int]:
        """Return what *tokens* sound like, as `settling.Windows` has it."""
        owners: dict[Owner, dict[int, None]] = {}
        for owner, term in self._sounding(tokens, language):
            owners.setdefault(owner, {})[term] = None
        record = [0]
        for owner, terms in owners.items():
            takes = self._rivals.take_words(owner, tokens)
            if not takes:
                record[0] += 1
                record += (self._number(owner), takes is False, len(terms), *terms)
        return record

    def _number(self, owner: Owner) -> int:
        number = self._owners.get(owner)
        if number is None:
            number = self._owners[owner] = len(self._numbered)
            self._numbered.append(owner)
        return number

    def _sounding(self, tokens: tuple[Token, ...], language: str) -> Iterator[tuple[Owner, int]]:
        heard = NOTHING
        for token in tokens:
            further = hear(heard, token, language)
            if further is None:
                return
            heard = further
        if not is_proper(token.word for token in tokens):
            return
        for one in heard.whole:
            for name in self._names.of(one.sound.key):
                if agree(name.sound, one.sound, one.weight, name.most):
                    yield name.owner, name.term

    def _is_meant(
        self, there: tuple[int, ...], owner: Owner, read: Read, start: int, end: int
    ) -> bool:
        """Tell whether what sounds like a name of *owner* is nobody else's *there*.

        *there*: the owner's number, where the window begins, how long it is, and the tokens around.
        """
        if self._of is not read.memory or len(self._there) >= _REMEMBERED:
            self._of, self._there = read.memory, {}
        known = self._there.get(there)
        if known is None:
            _, first, width, *_ = there
            tokens = tokens_of(read.text, read.page, start, end)
            known = not self._rivals.take_there(owner, tokens, first, first + width)
            self._there[there] = known
        return known


def tokens_of(text: str, page: Page, first: int, last: int) -> tuple[Token, ...]:
    """Return the tokens of *page* from *first* to before *last*, of one field, as in their chunks."""
    found: list[Token] = []
    offset, before = 0, -1
    while first > offset and page.tokens[first - offset - 1] >= 0:
        if page.chunks[first - offset - 1, 0] != page.chunks[first, 0]:
            break
        offset += 1
    for start, end in page.chunks[first:last].tolist():
        if start != before:
            offset = 0 if found else offset
            tokens, before = cut(text[start:end]), start
        found.append(tokens[offset])
        offset += 1
    return tuple(found)
