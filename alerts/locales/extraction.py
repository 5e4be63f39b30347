"""Which texts does the code have?  They become the template of all catalogues, tocsin.pot.

Read from the syntax tree: Babel's own reader of Python goes by single words and loses a text that
stands in a call in a call, `say("…", which=str(many("…", "…", 2)))`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog
from jinja2.ext import babel_extract

#: What a text is an argument of, and how many of its arguments are texts.
SAYING: Final = {"say": 1, "many": 2, "marked": 1}
#: A comment above a text that begins so is shown to translators.
_FOR_TRANSLATORS: Final = "# Translators:"
_PACKAGE: Final = Path(__file__).parents[1]
#: Where the interface speaks, below `alerts`.
_SPEAKING: Final = ("alerting", "bot", "subscribers", "delivery/rendering")
_TEMPLATES: Final = "delivery/templates/telegram"


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """Something that is said."""

    #: One form, or two: for one and for more.
    forms: tuple[str, ...]
    line: int
    #: For translators; or empty.
    comment: str = ""


def template(package: Path = _PACKAGE) -> Catalog:
    """Return every text of the interface, in the order of files and lines.

    Raises:
        ValueError: a text cannot be read from the source; the message says where it stands.
    """
    catalogue = Catalog()
    for path, texts in _sources(package):
        place = (path.relative_to(package.parent).as_posix(), 1)
        for text in texts:
            message_id = text.forms if len(text.forms) > 1 else text.forms[0]
            comments = (text.comment,) if text.comment else ()
            catalogue.add(message_id, locations=(place,), auto_comments=comments)
    return catalogue


def _sources(package: Path) -> Iterator[tuple[Path, Iterable[Text]]]:
    for room in _SPEAKING:
        for path in sorted((package / room).rglob("*.py")):
            yield path, _texts_of(path.read_text(encoding="utf-8"), str(path))
    for path in sorted((package / _TEMPLATES).glob("*.html")):
        yield path, texts_of_template(path)


@cache
def _texts_of(source: str, name: str) -> tuple[Text, ...]:
    """Return the texts in *source*, which is asked for once for each language."""
    return tuple(texts_of_python(source, name))


def texts_of_python(source: str, name: str) -> Iterator[Text]:
    """Yield the texts in *source*, in the order of its lines; *name* is what it is called.

    Raises:
        ValueError: a text is put together where it is said, so that no translator can know it.
    """
    lines = source.splitlines()
    calls = [node for node in ast.walk(ast.parse(source, name)) if isinstance(node, ast.Call)]
    for call in sorted(calls, key=lambda call: (call.lineno, call.col_offset)):
        said = call.args[: SAYING.get(called(call), 0)]
        if all(map(_is_kept_elsewhere, said)):
            continue
        forms = tuple(str(each.value) for each in said if isinstance(each, ast.Constant))
        if len(forms) < len(said):
            raise ValueError(f"{name}:{call.lineno}: a text is one constant; values go into {{}}")
        comment = _comment(lines, said[0].lineno, call.lineno)
        yield Text(forms=forms, line=call.lineno, comment=comment)


def _is_kept_elsewhere(node: ast.expr) -> bool:
    """Tell whether *node* names a text, which was `marked` where it stands."""
    if isinstance(node, ast.IfExp):
        return _is_kept_elsewhere(node.body) and _is_kept_elsewhere(node.orelse)
    return isinstance(node, ast.Name | ast.Attribute | ast.Subscript | ast.Call)


def called(call: ast.Call) -> str:
    """Return the last word of what is called: `say` of `words.say(…)`."""
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


def _comment(lines: list[str], *text_lines: int) -> str:
    """Return what is said to translators just above one of the lines, which count from 1."""
    for line in text_lines:
        found: list[str] = []
        above = line - 2
        while above >= 0 and lines[above].strip().startswith("#"):
            found.insert(0, lines[above].strip())
            if found[0].startswith(_FOR_TRANSLATORS):
                found[0] = found[0].removeprefix(_FOR_TRANSLATORS)
                return " ".join(part.lstrip("# ") for part in found)
            above -= 1
    return ""


def texts_of_template(path: Path) -> Iterator[Text]:
    """Yield the texts in a Jinja template: `{{ say("By {who}", who=view.publisher) }}`."""
    with path.open("rb") as file:
        for line, name, found, _ in babel_extract(file, list(SAYING), (), {"encoding": "utf-8"}):
            said = (found,) if isinstance(found, str) else tuple(found or ())
            forms = tuple(filter(None, said[: SAYING.get(name, 0)]))
            if forms:
                yield Text(forms=forms, line=line)
