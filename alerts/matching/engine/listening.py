"""Names that are known by their sound: which of them are meant where `hearing` finds a window."""

from __future__ import annotations

from collections.abc import Iterator

from alerts.matching.engine.hearing import heard_of, listen, tree_of, walk_of
from alerts.matching.engine.kinds import LANGUAGE_NUMBERS
from alerts.matching.engine.memory import Memory
from alerts.matching.engine.names import Names
from alerts.matching.engine.neighbours import (
    MEANT,
    TAKEN,
    UNKNOWN,
    Meant,
    Spot,
    judge,
    learn,
    no_neighbours,
    turn,
)
from alerts.matching.engine.reader import Read
from alerts.matching.engine.reading import Page
from alerts.matching.engine.settling import (
    PLACE,
    SURE,
    WINDOWS,
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
#: Whoever has a name is somebody else.
_NOBODY = Owner()


class Listener:
    """The sounds of one segment's names."""

    def __init__(self, names: Names, rivals: Rivals, *, room: int = WINDOWS) -> None:
        """Listen for *names*; *room* windows are remembered, unless one article has more."""
        self._rivals = rivals
        self._names = names
        self._tree = tree_of(names.keys())
        self._walk, self._heard = walk_of(), heard_of(_WINDOWS)
        self._open = open_of(_WINDOWS, _WINDOWS)
        self._room = room
        self._windows = nothing_known(room)
        #: Those who may be meant, by the numbers that records have for them.
        self._owners: dict[Owner, int] = {}
        self._numbered: list[Owner] = []
        self._neighbours = no_neighbours()
        #: Whose tokens these are.
        self._of: Memory | None = None

    def __len__(self) -> int:
        return len(self._names)

    def note(self, read: Read, found: Found, epoch: int, count: int) -> int:
        """Note in *found* which terms sound like words of the article; return how many stand now."""
        if self._of is not read.memory:
            self._of = read.memory
            turn(self._neighbours)
        self._hear(read)
        settled = self._settled(read, found, epoch, count)
        count = settled.standing
        page, records = read.page, self._windows.words
        for row in self._open.meant[: settled.unsettled].tolist():
            record, spot, meant = row[0], Spot(*row[1:5]), Meant(*row[5:])
            if self._is_meant(read, spot, meant):
                field = int(page.fields[spot.first])
                count = note(records, record, field, found, epoch, count)
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
        forgotten = False
        while True:
            settled = settle(
                read.page,
                read.memory.words,
                self._heard,
                self._windows,
                self._neighbours,
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
                forgotten |= self._learn(read, window, again=forgotten)

    def _is_meant(self, read: Read, spot: Spot, meant: Meant) -> bool:
        """Tell whether what sounds like a name is nobody else's at *spot*, and remember it."""
        words = read.memory.words
        # What was found out of one window may decide the next.
        answer = judge(read.page, words, self._neighbours, spot, meant)
        if answer == UNKNOWN:
            tokens = tokens_of(read.text, read.page, spot.start, spot.end)
            first, last = spot.first - spot.start, spot.last - spot.start
            is_somebodys = self._rivals.take_there(_NOBODY, tokens, first, last)
            answer = MEANT
            # Where no longer name is anybody's, only persons take something: places, by first names.
            if is_somebodys or meant.is_place:
                owner = self._numbered[meant.owner]
                answer = TAKEN if self._rivals.take_there(owner, tokens, first, last) else MEANT
            learn(read.page, words, self._neighbours, spot, meant, answer, is_somebodys)
        return answer == MEANT

    def _learn(self, read: Read, window: int, *, again: bool) -> bool:
        """Remember what a window is; tell if everything before was forgotten for it.

        When one article does that *again*, it has more windows than there is room for.
        """
        first, width = int(self._heard.firsts[window]), int(self._heard.widths[window])
        tokens = tokens_of(read.text, read.page, first, first + width)
        number = self._heard.numbers[window]
        forgotten = False
        while not remember(self._windows, number, self._record(tokens, read.language)):
            self._room *= 2 if again or forgotten else 1
            self._windows, self._owners, self._numbered = nothing_known(self._room), {}, []
            turn(self._neighbours)
            forgotten = True
        return forgotten

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
                flags = SURE * (takes is False) | PLACE * bool(owner.places)
                record += (self._number(owner), flags, len(terms), *terms)
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
