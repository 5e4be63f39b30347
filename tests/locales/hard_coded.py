"""Find what an interface says in one language only: texts in code and in templates."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from jinja2 import Environment, nodes

from alerts.locales.extraction import SAYING, called

#: Two letters in a row, of any script.
_WORD = re.compile(r"[^\W\d_]{2}")
#: A name, a key, a tag, an address: one piece of ASCII, and no word that begins a sentence.
_IDENTIFIER = re.compile(r"(?!.*(?<![A-Za-z])[A-Z][a-z])[!-~]*", re.DOTALL)
#: What a button says to us: "/watch save 3f2a9c", and its beginning in an f-string.
_COMMAND = re.compile(r"/[a-z_]+( [a-z0-9_:-]*)*")
#: How a command goes on: f"/digest {hours} weekdays".
_GOES_ON = re.compile(r"[a-z0-9_:., -]*")
#: Whole, or cut by an expression: `<a href="{{ url }}">`.
_TAG = re.compile(r"<[^<>]*(?:>|$)|^[^<>]*>|&\w+;")
#: What a logger can do.
_LOGGED = {"debug", "info", "warning", "error", "exception", "critical", "bind"}

#: A line, and what it says.
Finding = tuple[int, str]


def in_python(source: str) -> Iterator[Finding]:
    """Yield the constants in *source* that somebody would read, and no translator can."""
    tree = ast.parse(source)
    excused = {id(node) for root in _excused(tree) for node in ast.walk(root)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
            continue
        if id(node) not in excused and _reads_as_text(node.value):
            yield node.lineno, node.value


def _excused(tree: ast.Module) -> Iterator[ast.AST]:
    """Yield what holds words that nobody reads, or that translators have."""
    for node in ast.walk(tree):
        match node:
            case ast.Expr(value=ast.Constant()):  # docstrings
                yield node
            case ast.Raise():  # what operators read
                yield node
            case ast.Call():
                said = node.args[: SAYING.get(called(node), 0)]
                yield from (each for each in said if isinstance(each, ast.Constant))
                if _is_logged(node) or ast.unparse(node.func) == "re.compile":
                    yield node
            case ast.JoinedStr(values=[ast.Constant(value=str(first)), *rest]):
                if _COMMAND.fullmatch(first):
                    yield from (each for each in rest if _goes_on(each))
            case ast.Subscript():  # keys, and types that are defined later
                yield node.slice
            case ast.Assign(targets=[ast.Name(id="__all__")]):
                yield node


def _goes_on(node: ast.expr) -> bool:
    match node:
        case ast.Constant(value=str(text)):
            return bool(_GOES_ON.fullmatch(text))
        case _:
            return False


def _is_logged(call: ast.Call) -> bool:
    match call.func:
        case ast.Attribute(value=ast.Name(id="log"), attr=verb):
            return verb in _LOGGED
        case _:
            return False


def _reads_as_text(text: str) -> bool:
    if not _WORD.search(text) or "\\" in text:  # a part of a pattern
        return False
    return not (_IDENTIFIER.fullmatch(text) or _COMMAND.fullmatch(text))


def in_template(source: str) -> Iterator[Finding]:
    """Yield what a Jinja template says by itself, beside what it says through `say` and `many`."""
    tree = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).parse(source)
    excused = {id(node) for node in _templates_excused(tree)}
    for data in tree.find_all(nodes.TemplateData):
        if _WORD.search(_TAG.sub("", data.data)):
            yield data.lineno, data.data.strip()
    for constant in tree.find_all(nodes.Const):
        text = constant.value
        if isinstance(text, str) and id(constant) not in excused and _reads_as_text(text):
            yield constant.lineno, text


def _templates_excused(tree: nodes.Template) -> Iterator[nodes.Node]:
    for call in tree.find_all(nodes.Call):
        name = call.node.name if isinstance(call.node, nodes.Name) else ""
        yield from call.args[: SAYING.get(name, 0)]
