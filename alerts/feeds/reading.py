"""What does a document list that its feed did not list before?

Each feed's last document is remembered as the marks of its items (`alerts.feeds.cutting`) with
their keys, so that the parser is given only the others.  The memory is this process's own: after a
restart each feed's first document is parsed whole.  It is a shortcut and decides nothing: wherever the
part that was parsed does not tell enough, the whole document is.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass

from alerts.feeds.identity import Identified, faults, identify
from alerts.feeds.parsed import ParsedFeed
from alerts.feeds.workers import ParserWorkers
from alerts.model import IdentityRule

_MARK_BYTES = 16
_KEY_BYTES = 32
#: 48 bytes each: 19 MB if so many feeds are followed.  The feed that was read longest ago is forgotten.
_MOST_ITEMS = 400_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A document, read as far as it is new."""

    #: `items` are those that were not in the last document; all, if it could not be cut.
    parsed: ParsedFeed
    #: The keys of `parsed.items`, and the rule that made all keys of this document.
    identified: Identified
    #: Mark -> key of the items that the last document had, word for word; in the document's order.
    seen: Mapping[str, str]

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of everything that the document lists; equal for items that are one article."""
        return (*self.identified.keys, *self.seen.values())


class DocumentReader:
    """Reads documents through the parser's processes, and remembers what each feed listed."""

    def __init__(self, parsers: ParserWorkers, *, most_items: int = _MOST_ITEMS) -> None:
        self._parsers = parsers
        self._memory = _Memory(most_items)

    async def read(
        self, feed_url: str, body: bytes, *, url: str, content_type: str, rule: IdentityRule | None
    ) -> Listing:
        """Return what *body* lists, which the feed at *feed_url* brought from *url*.

        *rule* is the one that the feed's stored articles were identified by.

        Raises:
            ParseError: it is not a feed, or it broke the parser.
        """
        known = self._memory.recall(feed_url, rule)
        parsed = await self._parsers.parse(body, url=url, content_type=content_type, seen=known)
        listing = _listing(feed_url, parsed, rule, known)
        if parsed.seen and not _tells_apart(listing):
            parsed = await self._parsers.parse(body, url=url, content_type=content_type)
            listing = _listing(feed_url, parsed, rule, {})
        return listing

    def remember(self, feed_url: str, listing: Listing) -> None:
        """Pass over what *listing* lists the next time; its articles are stored."""
        rule = listing.identified.rule
        pairs = zip(listing.parsed.items, listing.identified.keys, strict=True)
        # An item that its rule gives no value counts against the rule each time it is listed.
        fresh = {
            item.mark: key for item, key in pairs if item.mark and not faults((item,), rule)[0]
        }
        self._memory.remember(feed_url, rule, {**listing.seen, **fresh})


def _listing(
    feed_url: str, parsed: ParsedFeed, rule: IdentityRule | None, known: Mapping[str, str]
) -> Listing:
    return Listing(
        parsed=parsed,
        identified=identify(feed_url, parsed.items, rule),
        seen={mark: known[mark] for mark in parsed.seen if mark in known},
    )


def _tells_apart(listing: Listing) -> bool:
    """Tell whether the rule surely fits the whole document, going by what is known of it.

    If it fits the items that are new, and no key comes twice, `identify` would keep it for all.
    """
    keys = listing.keys
    return not listing.identified.changed and len(set(keys)) == len(keys)


class _Memory:
    """Mark -> key for the last documents of many feeds, packed: a dict each would take ten times as much."""

    def __init__(self, most_items: int) -> None:
        self._most = most_items
        self._items = 0
        #: Feed -> its rule, and for each item mark and key; the feed read last comes last.
        self._packed: OrderedDict[str, tuple[IdentityRule, bytes]] = OrderedDict()

    def recall(self, feed_url: str, rule: IdentityRule | None) -> dict[str, str]:
        """Return what was remembered under *rule*; nothing if the keys were made by another one."""
        remembered, packed = self._packed.get(feed_url, (None, b""))
        if remembered is not rule:
            return {}
        step = _MARK_BYTES + _KEY_BYTES
        pairs = (packed[at : at + step] for at in range(0, len(packed), step))
        return {pair[:_MARK_BYTES].hex(): pair[_MARK_BYTES:].hex() for pair in pairs}

    def remember(self, feed_url: str, rule: IdentityRule, keys: Mapping[str, str]) -> None:
        """Remember *keys* in place of what the feed had."""
        self._forget(feed_url)
        if not keys or len(keys) > self._most:
            return
        packed = b"".join(bytes.fromhex(mark + key) for mark, key in keys.items())
        self._packed[feed_url] = (rule, packed)
        self._items += len(keys)
        while self._items > self._most:
            self._forget(next(iter(self._packed)))

    def _forget(self, feed_url: str) -> None:
        _, packed = self._packed.pop(feed_url, (None, b""))
        self._items -= len(packed) // (_MARK_BYTES + _KEY_BYTES)
