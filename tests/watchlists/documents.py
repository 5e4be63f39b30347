"""Rule files as JSON-like documents: valid ones drawn from the JSON Schema, and ways to spoil them."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from functools import cache
from typing import Any

from hypothesis import strategies as st

from alerts.watchlists.reference.json_schema import json_schema

SCHEMA = json_schema()

#: What a rule file can hold (`alerts.watchlists.source`), and is worth drawing: every blank,
#: digits and signs of other scripts.
LETTERS = st.characters(
    min_codepoint=0x20,
    max_codepoint=0x7E,
    include_characters="\t\n\r\xa0\u1680\u2003\u202f\u3000éßдعの中०٣．：／℀",
)
TEXTS = st.text(LETTERS, max_size=12)

#: Texts at the edge of some form.
EDGES = [
    *("", " ", "\n", "a\n", "a\nb", "a\rb", " a ", "\xa0", "\u3000a", "null", "true", "1", "${X}"),
    *("0s", "0d", "1s", "59s", "60s", "90s", "3600s", "3601s", "86400s", "86401s", "1m", "60m"),
    *("61m", "1440m", "1441m", "1h", "1h1s", "24h", "25h", "23h59m59s", "24h1s", "1d", "1d1s"),
    *("29d23h", "30d", "30d1s", "720h", "721h", "365d", "366d", "8760h", "364d23h59m59s", "365d1h"),
    *(
        "1h60m",
        "1d24h",
        "1h0m",
        "01h",
        "1m1h",
        "1h1h",
        "1.5h",
        "1h30",
        "h",
        "1w",
        "-1s",
        "1H",
        "1s\n",
    ),
    *("0km", "0.9km", "1km", "1 km", "1  km", "01km", "1.0005km", "999.999km", "1000km"),
    *("1000.001km", "1000.0km", "50", "50 miles", "km", "50km\n", "٥km"),
    *("00:00", "23:59", "24:00", "7:00", "07:60", "22:00\n", "٢٢:00"),
    *("2026-11-22T07:00Z", "2026-02-28T07:00Z", "2026-02-29T07:00Z", "2024-02-29 07:00:00z"),
    *("1900-02-29T07:00Z", "2000-02-29T07:00Z", "2026-04-31T07:00Z", "2026-12-31t23:59:59.999999Z"),
    *("2026-11-22", "2026-11-22T07:00", "2026-11-22T24:00Z", "2026-11-22T07:00+24:00"),
    *("2026-11-22T07:00-23:59", "1899-12-31T07:00Z", "2100-01-01T07:00Z", "2026-13-01T07:00Z"),
    *("http://a", "https://a/", "HTTP://a", "ftp://a", "http://", "http:///a", "http://a:0/"),
    *(
        "http://a:1",
        "http://a:65535/x",
        "http://a:65536/",
        "http://a:080",
        "http://a:",
        "http://a b",
    ),
    *(
        "http://a/b c",
        "http://[::1]:80/",
        "http://[::1",
        "http://[::g]/",
        "http://u:p@a/",
        "http://@a",
    ),
    *("http://пример.рф/", "http://a℀b/", "http://a?b", "http://a#b", "http://a\\b", "http://a/\n"),
    *("SY", "sy", "UK", "XK", "ZZ", "en", "EN", "pt-BR", "pt_BR", "en-", "xx", "english", "ckb"),
    *("en-a", "zh-Hant-TW", "en\n", "UTC", "Europe/Berlin", "Europe/Berln", "europe/berlin"),
    *("A", "F", "G", "a", "info", "high", "hihg", "active", "match", "no-match", "mon", "monday"),
    *(
        "a" * 64,
        "a" * 65,
        "-a",
        "a-",
        "a_b",
        "é",
        "place",
        "group",
        "title",
        "story",
        "host",
        "any",
    ),
]
NUMBERS = [
    *(0, 1, -1, 2, 5, 40, 500, 501, 3_600, 3_601, 1_000, 1_001, 1_000_000, 1_000_001, 10**20),
    *(0.0, -0.0, 1.0, 40.0, 500.0, 501.0, 0.5, -0.5, 90.0, 90.5, -180.0, 180.5, 99.9, 1e300, 1e-9),
]
OTHERS: list[Any] = [
    *(None, True, False, [], {}, [None], [[]], [{}], {"": ""}, [""], ["a"], ["a", "a"], {"a": "a"}),
    *([1], [1, 2], [1.0, 2], [91, 0], [0, 181], [1, 2, 3], ["1", "2"], [True, 1], {"a": 1}),
    *({"place": "a", "country": "SY"}, {"near": "a", "within": "5km"}, {"in": "SY"}, {"in": "XX"}),
    *(
        {"in": "SY", "admin": "a"},
        {"near": [1, 2], "within": "5km"},
        {"near": [1], "within": "1km"},
    ),
    *({"near": "a", "in": "SY"}, {"place": "a", "near": "a"}, {"start": "22:00", "end": "06:00"}),
    *({"chat": 1}, {"chat": 1.0, "thread": 1.5}, {"chat": True}, {"to": "a@b.c"}, {"to": []}),
]
#: Every key of the format, those of the model that have an alias, and strangers.
KEYS = [
    *sorted({key for each in SCHEMA["$defs"].values() for key in each.get("properties", ())}),
    *SCHEMA["properties"],
    *[
        "in_",
        "except_",
        "continue_",
        "group_interval",
        "[key]",
        "<text>",
        "<<",
        "severty",
        "A",
        "0",
        "é",
    ],
    *("", " a", "a b", "a" * 65),
]
_EDGES, _NUMBERS = st.sampled_from(EDGES), st.sampled_from(NUMBERS)
_OTHERS = st.sampled_from(OTHERS).map(copy.deepcopy)
ANYTHING = st.one_of(_EDGES, _NUMBERS, _OTHERS, TEXTS)


@cache
def _defined(name: str, depth: int) -> st.SearchStrategy[Any]:
    return valid(SCHEMA["$defs"][name], depth)


def valid(schema: Any = SCHEMA, depth: int = 0) -> st.SearchStrategy[Any]:
    """Draw what *schema*, a part of the rule files' schema, says."""
    if "$ref" in schema:
        return _defined(schema["$ref"].removeprefix("#/$defs/"), depth)
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if "const" in schema:
        return st.just(schema["const"])
    if "anyOf" in schema and "properties" not in schema:
        return st.one_of(*(valid(each, depth) for each in schema["anyOf"]))
    sorts = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    return st.one_of(*(_of_sort(sort, schema, depth) for sort in sorts if sort != "null"))


def _of_sort(sort: str, schema: Any, depth: int) -> st.SearchStrategy[Any]:
    least, most = schema.get("minimum"), schema.get("maximum")
    if sort == "object":
        return _objects(schema, depth)
    if sort == "array":
        if "prefixItems" in schema:
            return st.tuples(*(valid(each, depth) for each in schema["prefixItems"])).map(list)
        return st.lists(valid(schema["items"], depth), min_size=1, max_size=2)
    if sort == "integer":
        whole = st.integers(least, most)
        return whole | whole.filter(lambda each: abs(each) < 2**53).map(float)
    if sort == "number":
        least = schema.get("exclusiveMinimum", least)
        numbers = st.floats(least, most, exclude_min="exclusiveMinimum" in schema)
        return numbers | st.integers(int(least) + 1, int(most))
    if sort == "boolean":
        return st.booleans()
    if "pattern" in schema:
        return st.from_regex(schema["pattern"], alphabet=LETTERS)
    return TEXTS.filter(lambda text: len(text) >= schema.get("minLength", 0))


def _objects(schema: Any, depth: int) -> st.SearchStrategy[dict[str, Any]]:
    if "propertyNames" in schema:
        keys, values = valid(schema["propertyNames"]), valid(schema["additionalProperties"], depth)
        return st.dictionaries(keys, values, min_size=1, max_size=2)
    # Routes hold routes.
    parts = {
        key: valid(each, depth + 1)
        for key, each in schema["properties"].items()
        if depth < 3 or key != "routes"
    }
    needed = [set(schema.get("required", ()))]
    if "anyOf" in schema:
        needed = [needed[0] | set(each["required"]) for each in schema["anyOf"]]
    return _object(parts, needed)


@st.composite
def _object(
    draw: st.DrawFn, parts: dict[str, st.SearchStrategy[Any]], needed: list[set[str]]
) -> dict[str, Any]:
    keys = draw(st.sampled_from(needed))
    if parts:
        keys = keys | set(draw(st.lists(st.sampled_from(sorted(parts)), max_size=3)))
    return {key: draw(part) for key, part in parts.items() if key in keys}


@st.composite
def spoiled(draw: st.DrawFn) -> Any:
    """Draw a valid document in which one thing or two were changed."""
    document = draw(valid())
    for _ in range(draw(st.integers(1, 2))):
        document = draw(_changed(document))
    return document


@st.composite
def _changed(draw: st.DrawFn, document: Any) -> Any:
    whole = {"": document}
    holder, step = draw(st.sampled_from(list(_places(whole))))
    change = draw(st.sampled_from(_CHANGES))
    change(draw, holder, step)
    return whole.get("")


def _places(part: Any) -> Iterator[tuple[Any, Any]]:
    """Yield every mapping or list with each of its keys or positions."""
    steps = part if isinstance(part, dict) else range(len(part)) if isinstance(part, list) else ()
    for step in steps:
        yield part, step
        yield from _places(part[step])


def _replace(draw: st.DrawFn, holder: Any, step: Any) -> None:
    holder[step] = draw(ANYTHING)


def _replace_likewise(draw: st.DrawFn, holder: Any, step: Any) -> None:
    likely = {str: _EDGES | TEXTS, int: _NUMBERS, float: _NUMBERS}
    holder[step] = draw(likely.get(type(holder[step]), _OTHERS))


def _drop(draw: st.DrawFn, holder: Any, step: Any) -> None:
    del draw, holder[step]


def _rename(draw: st.DrawFn, holder: Any, step: Any) -> None:
    if isinstance(holder, dict):
        holder[draw(st.sampled_from(KEYS))] = holder.pop(step)


def _add(draw: st.DrawFn, holder: Any, step: Any) -> None:
    if isinstance(holder[step], dict):
        holder[step][draw(st.sampled_from(KEYS))] = draw(ANYTHING)
    elif isinstance(holder[step], list):
        holder[step].append(draw(ANYTHING))


def _wrap(draw: st.DrawFn, holder: Any, step: Any) -> None:
    del draw
    part = holder[step]
    holder[step] = part[0] if isinstance(part, list) and part else [part]


_CHANGES = (_replace, _replace_likewise, _replace_likewise, _drop, _rename, _add, _wrap)


def as_yaml(document: Any) -> str:
    """Return *document* as JSON, which is YAML."""
    return json.dumps(document, ensure_ascii=False, allow_nan=False)
