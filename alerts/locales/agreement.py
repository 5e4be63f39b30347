"""Does a translation hold what its original holds?  Pure.

A name that is missing tells less than the original, one too many cannot be filled, and a broken tag
makes Telegram refuse the message.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from string import Formatter
from typing import Final

#: What many() fills in.
COUNT: Final = "count"
_TAG: Final = re.compile(r"<[^<>]*>")
_TAG_NAME: Final = re.compile(r"</?([a-z]+)")


def names(text: str) -> frozenset[str]:
    """Return what is filled into *text*: `{when}`.

    Raises:
        ValueError: its braces do not match, or it asks for more than a name.
    """
    fields = [field for _, *field in Formatter().parse(text) if field[0] is not None]
    for name, form, conversion in fields:
        if not (name and name.isidentifier()) or form or conversion:
            raise ValueError(f"{{{name}}} is not a plain name")
    return frozenset(str(name) for name, *_ in fields)


def tags(text: str) -> list[str]:
    """Return the tags of *text*, sorted: languages order words differently.

    Raises:
        ValueError: they do not nest.
    """
    found = _TAG.findall(text)
    if "<" in (rest := _TAG.sub("", text)) or ">" in rest:
        raise ValueError("a < or > that is no tag is written &lt; or &gt;")
    opened: list[str] = []
    for tag in found:
        name = _TAG_NAME.match(tag)
        if name is None:
            raise ValueError(f"{tag} is no tag")
        if not tag.startswith("</"):
            opened.append(name[1])
        elif not opened or opened.pop() != name[1]:
            raise ValueError(f"{tag} closes what is not open")
    if opened:
        raise ValueError(f"<{opened[-1]}> is not closed")
    return sorted(found)


def disagreement(original: str, translation: str, *, may_lack: Iterable[str] = ()) -> str:
    """Say what *translation* lacks or has too much; empty: nothing.

    *may_lack* names what it can do without: a form for one number alone may spell it out.
    """
    try:
        found, wanted = names(translation), names(original)
        if found - wanted or wanted - found - frozenset(may_lack):
            return f"has {_listed(found)} to fill in, not {_listed(wanted)}"
        if tags(translation) != tags(original):
            return f"has the tags {_listed(tags(translation))}, not {_listed(tags(original))}"
    except ValueError as error:
        return str(error)
    return ""


def _listed(found: Iterable[str]) -> str:
    return ", ".join(sorted(found)) or "nothing"
