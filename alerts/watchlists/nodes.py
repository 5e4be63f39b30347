"""A YAML document as a tree in which every value knows its place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from alerts.watchlists.scalars import Scalar

#: The way to a value: keys, positions in lists, and what pydantic puts between them.
Path = Sequence[str | int]

#: What stands at one place of the file.
Value: TypeAlias = "Scalar | list[Node] | dict[str, Node]"


@dataclass(slots=True, eq=False)
class Node:
    """A scalar, a list or a mapping with the place where it begins, both counted from 1."""

    value: Value
    line: int
    column: int
    #: Of a scalar: the line on which it ends.
    end_line: int = 0
    #: Of a scalar: "" plain, ' or " quoted, | or > a block.
    style: str = ""
    #: Of a mapping: line and column of each key.  No nodes: there would be half a million of them
    #: in 10,000 watchlists, for the collector to visit.
    keys: dict[str, tuple[int, int]] | None = None

    def parts(self, key: str) -> list[Node]:
        """Return the parts of the list under *key*; none where there is no list."""
        return self.entries[key].items if key in self.entries else []

    def key(self, name: str) -> Node:
        """Return the key *name* of a mapping as it stands in the file."""
        return Node(name, *(self.keys or {}).get(name, (self.line, self.column)))

    @property
    def items(self) -> list[Node]:
        """The parts of a list; of anything else none."""
        return self.value if isinstance(self.value, list) else []

    @property
    def entries(self) -> dict[str, Node]:
        """The values of a mapping by key; of anything else none."""
        return self.value if isinstance(self.value, dict) else {}


def plain(node: Node) -> object:
    """Return the tree as plain Python values, without places."""
    value = node.value
    if isinstance(value, dict):
        return {key: plain(child) for key, child in value.items()}
    if isinstance(value, list):
        return [plain(child) for child in value]
    return value


def child(node: Node, step: str | int) -> Node | None:
    """Return the part of *node* under a key or at a position, if it has one."""
    if isinstance(step, str):
        return node.entries.get(step)
    return node.items[step] if step < len(node.items) else None


def trail(root: Node, path: Path) -> list[tuple[str | int, Node]]:
    """Return the steps of *path* that exist, with the nodes they lead to.

    Steps that lead nowhere are left out: missing keys, and pydantic's names of union members.
    """
    found: list[tuple[str | int, Node]] = []
    node = root
    for step in path:
        following = child(node, step)
        if following is not None:
            node = following
            found.append((step, node))
    return found


def prune(root: Node, paths: Iterable[Path]) -> None:
    """Take the deepest existing part of every path out of the tree."""
    trails = [trail(root, path) for path in paths]
    if not all(trails):
        root.value = {}
        return
    # By identity and at once: taking out one by one would shift the positions of the rest.
    _without(root, {id(found[-1][1]) for found in trails})


def _without(node: Node, unwanted: set[int]) -> None:
    if isinstance(node.value, dict):
        node.value = {key: part for key, part in node.value.items() if id(part) not in unwanted}
    elif isinstance(node.value, list):
        node.value = [part for part in node.value if id(part) not in unwanted]
    for part in (*node.entries.values(), *node.items):
        _without(part, unwanted)


def scalars(node: Node) -> Iterator[Node]:
    """Yield every scalar below *node*, in the order of the file; keys are not values."""
    if isinstance(node.value, dict | list):
        for part in [*node.entries.values(), *node.items]:
            yield from scalars(part)
    else:
        yield node
