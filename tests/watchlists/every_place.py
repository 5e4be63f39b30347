"""A rule file for each key of each section, with any value in its place."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from tests.watchlists.documents import SCHEMA

#: For each section the least that is valid, and a rule file around it.
LEAST: dict[str, tuple[dict[str, Any], Callable[[Any], Any]]] = {
    "document": ({}, lambda part: part),
    "feed": ({"url": "https://a/", "publisher": "a"}, lambda part: {"feeds": [part]}),
    "entity": ({"type": "group", "name": "a"}, lambda part: {"entities": {"a": part}}),
    "watchlist": (
        {"id": "a", "title": "a", "keywords": ["a"]},
        lambda part: {"watchlists": [part]},
    ),
    "country-place": ({"place": "a", "country": "SY"}, lambda part: _watchlist(places=[part])),
    "around-place": ({"near": "a", "within": "5km"}, lambda part: _watchlist(places=[part])),
    "inside-place": ({"in": "SY"}, lambda part: _watchlist(places=[part])),
    "publishers": ({"only": ["a"]}, lambda part: _watchlist(publishers=part)),
    "score": ({"threshold": 1, "terms": {"a": 1}}, lambda part: _watchlist(score=part)),
    "rule-test": (
        {"name": "a", "article": {"title": "a"}, "expect": "match"},
        lambda part: _watchlist(tests=[part]),
    ),
    "article": (
        {"title": "a"},
        lambda part: _watchlist(tests=[{"name": "a", "article": part, "expect": "match"}]),
    ),
    "route": ({"receiver": "console"}, lambda part: {"routes": {"routes": [part]}}),
    "interval": ({"days": ["mon"]}, lambda part: {"time_intervals": {"a": part}}),
    "times": (
        {"start": "22:00", "end": "06:00"},
        lambda part: {"time_intervals": {"a": {"times": [part]}}},
    ),
    "receiver": ({"console": {}}, lambda part: {"receivers": {"a": part}}),
    "telegram": ({"chat": 1}, lambda part: _receiver(telegram=part)),
    "email": ({"to": "a@example.org"}, lambda part: _receiver(email=part)),
    "console": ({}, lambda part: _receiver(console=part)),
    "quiet": ({"during": "a"}, lambda part: _receiver(console={}, quiet=part)),
    "digest": ({"at": ["07:00"]}, lambda part: _receiver(console={}, digest=part)),
}


def _watchlist(**keys: Any) -> Any:
    return {"watchlists": [{"id": "a", "title": "a", "keywords": ["a"], **keys}]}


def _receiver(**keys: Any) -> Any:
    return {"receivers": {"a": keys}}


def places() -> dict[str, Callable[[Any], Any]]:
    """Return a way to put a value at each key of each section, once for each sort of key.

    Where a list or a mapping may stand the value is also put inside.
    """
    found: dict[str, Callable[[Any], Any]] = {}
    for name, (least, around) in LEAST.items():
        section = SCHEMA["$defs"].get(name, SCHEMA)
        for key, schema in section["properties"].items():
            # The last one of a sort is as good as the first.
            said = {name: schema[name] for name in schema if name not in ("default", "description")}
            sort = json.dumps(said, sort_keys=True)
            found[sort] = _putting(key, least, around, lambda value: value)
            if "items" in sort:
                found[f"[{sort}]"] = _putting(key, least, around, lambda value: [value])
            if "propertyNames" in schema:
                found[f"{{{sort}: …}}"] = _putting(
                    key, least, around, lambda value: {str(value): 1}
                )
                found[f"{{…: {sort}}}"] = _putting(key, least, around, lambda value: {"a": value})
    return found


def _putting(
    key: str,
    least: dict[str, Any],
    around: Callable[[Any], Any],
    inside: Callable[[Any], Any],
) -> Callable[[Any], Any]:
    return lambda value: around({**least, key: inside(value)})
