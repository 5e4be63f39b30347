"""Rule files as careless people write them: any style, any indentation, comments anywhere."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from hypothesis import strategies as st

Tree: TypeAlias = "str | int | float | bool | list[Tree] | dict[str, Tree] | None"

#: What one version of YAML, or neither, takes for a text.
_MISREAD = """no Yes on y N ~ null true 22:00 190:20:30.15 012 0o14 0x1F 0b1 1e3 1E-3 .5 1. - -- ---
... -1 +972 1_0 2024-05-01 << = =Term .inf .NaN 24h 1.2.3 `x` &a !x :a ?a -a a: a:b a#b #b [a] {a}
a] 'a' "a" it's \\" back\\slash @hts http://a.b/c?d=e ${CHAT} Ж 🚀 שלום"""
#: What is hard to quote.
_SPACED = (
    *("", " ", " a", "a ", "\ta", "a\tb", "\u00a0x", "-\u00a0x", "% of", "* all", "| b", "> c"),
    *(
        "- a",
        "? a",
        ": a",
        "a: b",
        "a #b",
        "a, b",
        "say \"a\" or 'b'",
        "title:(a OR b)",
        "هيئة تحرير",
    ),
    *("a\nb", "a\n", "\na", "a\n\nb\n\n", " a\n  b\n", "a \nb", "# not a comment\n# nor this\n"),
    *("2024-05-01 10:00:00 +2", "a" * 90, "b " * 60 + "b"),
)
AWKWARD = (*_MISREAD.split(), *_SPACED)
WORDS = ("sarin", "Khan Sheikhun", "Idlib", "chemical")
#: Keys that the schema puts into an order, and some that it does not know.
_KEYS = """version feeds entities watchlists routes receivers id title owner tests article expect name
in mask keywords type zeal no 1"""
KEYS = (*_KEYS.split(), "a: b")

scalars: st.SearchStrategy[Tree] = st.one_of(
    st.sampled_from(AWKWARD),
    st.sampled_from(WORDS),
    st.text(st.sampled_from("aZ0 :#-,[]{}'\"\\\n\tж؟.e+"), max_size=12),
    st.integers(-(10**12), 10**12),
    st.sampled_from([0.5, -1.25, 34.906, True, False, None]),
)


def _inside(children: st.SearchStrategy[Tree]) -> st.SearchStrategy[Tree]:
    return st.lists(children, max_size=5) | st.dictionaries(
        st.sampled_from(KEYS), children, max_size=5
    )


trees: st.SearchStrategy[dict[str, Tree]] = st.dictionaries(
    st.sampled_from(KEYS), st.recursive(scalars, _inside, max_leaves=25), min_size=1, max_size=6
)


@dataclass
class Rough:
    """A text, what it says, and the comments in it."""

    tree: Tree
    text: str = ""
    #: The mark of each comment, and the key that it stands above; None where that is no key.
    comments: dict[str, str | None] = field(default_factory=dict)


@st.composite
def rough_files(draw: st.DrawFn) -> Rough:
    rough = Rough(draw(trees))
    lines = _Hand(draw, rough).lines(rough.tree, draw(st.sampled_from([0, 0, 2])), ())
    end = draw(st.sampled_from(["\n", "\n\n", "\n#0~\n"]))
    rough.text = "\n".join(lines) + end
    if end.endswith("~\n"):
        rough.comments["#0~"] = None
    return rough


class _Hand:
    """Writes one file; every choice is drawn."""

    def __init__(self, draw: st.DrawFn, rough: Rough) -> None:
        self._draw, self._rough = draw, rough

    def _some(self, chances: int) -> bool:
        return self._draw(st.integers(0, chances)) == 1

    def _comment(self, key: str | None = None) -> str:
        mark = f"#{len(self._rough.comments) + 1}~"
        self._rough.comments[mark] = key
        return f"{mark} said of it"

    def lines(self, tree: Any, indent: int, path: tuple[str, ...]) -> list[str]:
        """Write a list or mapping that is not empty, as a block."""
        lines: list[str] = []
        pad = " " * indent
        entries = tree.items() if isinstance(tree, dict) else [(None, part) for part in tree]
        for number, (key, value) in enumerate(entries):
            lines += [""] * self._draw(st.sampled_from([0, 0, 0, 1, 2]))
            # The comment above a file's first key may be the file's own.
            known = key if number or path else None
            while self._some(5):
                lines += [pad + self._comment(known)] + [" "] * self._some(5)
            lead = pad + ("-" if key is None else f"{self._quoted(key)}:")
            lines += self._entry(lead, value, indent, (*path, key or "-"))
        while self._some(12):
            lines += [""] * self._some(5) + [pad + self._comment()]
        return lines

    def _entry(self, lead: str, value: Tree, indent: int, path: tuple[str, ...]) -> list[str]:
        deeper = indent + self._draw(st.sampled_from([1, 2, 2, 4]))
        if isinstance(value, dict | list) and value and not self._some(2):
            if isinstance(value, list) and path[-1] != "-" and self._some(3):
                deeper = indent
            header = f"{lead} {self._comment()}" if self._some(6) else lead
            return [header, *self.lines(value, deeper, path)]
        if isinstance(value, str) and self._some(3) and (block := self._block(value, indent)):
            header = f" {self._comment()}" if self._some(4) else ""
            return [f"{lead} {block[0]}{header}", *block[1:]]
        lines = [lead]
        while self._some(12):
            lines += [" " * deeper + self._comment()]
        written = self._flow(value, deeper)
        if lines[1:]:
            lines += [" " * deeper + written[0], *written[1:]]
        else:
            lines = [f"{lead} {written[0]}", *written[1:]]
        if self._some(4):
            lines[-1] += "   " + self._comment()
        return lines

    def _flow(self, value: Tree, indent: int) -> list[str]:
        """Write a value in brackets, or a scalar, on one line or several."""
        if not isinstance(value, dict | list):
            return [self._scalar(value)]
        parts = (
            [f"{self._quoted(key)}: {self._one_line(part)}" for key, part in value.items()]
            if isinstance(value, dict)
            else [self._one_line(part) for part in value]
        )
        opening, closing = "{}" if isinstance(value, dict) else "[]"
        if not self._some(2):
            return [opening + ", ".join(parts) + closing]
        pad = " " * indent
        lines = [opening + (f" {self._comment()}" if self._some(4) else "")]
        for part in parts:
            lines += [pad + self._comment()] if self._some(4) else []
            lines += [f"{pad}{part}," + (f"  {self._comment()}" if self._some(4) else "")]
        return [*lines, pad + closing]

    def _one_line(self, value: Tree) -> str:
        if isinstance(value, dict):
            parts = (f"{json.dumps(k)}: {self._one_line(part)}" for k, part in value.items())
            return "{" + ", ".join(parts) + "}"
        if isinstance(value, list):
            return "[" + ", ".join(map(self._one_line, value)) + "]"
        return self._scalar(value)

    def _quoted(self, text: str) -> str:
        if text in ("no", "a: b", "1") or self._some(6):
            return json.dumps(text, ensure_ascii=False)
        return text

    def _scalar(self, value: Tree) -> str:
        if value is None:
            return self._draw(st.sampled_from(["null", "~", "Null"]))
        if isinstance(value, bool):
            return self._draw(st.sampled_from([str(value), str(value).lower()]))
        if not isinstance(value, str):
            return str(value)
        if value in WORDS and self._some(1):
            return value
        if self._some(2) and "\n" not in value:
            return "'" + value.replace("'", "''") + "'"
        return json.dumps(value, ensure_ascii=False)

    def _block(self, text: str, indent: int) -> list[str]:
        """Write a text as a literal block; nothing where that cannot be done."""
        if not text.strip(" \t\n") or text.startswith("\n") or text.endswith("\n\n"):
            return []
        chomp = "" if text.endswith("\n") else "-"
        lines = text.split("\n")
        if text.endswith("\n"):
            lines.pop()
        return [f"|3{chomp}", *(" " * (indent + 3) + line if line else "" for line in lines)]
