"""Where the parts of a query stand in its file, also when it goes over several lines.

What YAML folds away between the lines is blank, so the letters of a text stand in the file in their order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice

from alerts.watchlists.nodes import Node
from alerts.watchlists.rule_file import RuleFile
from alerts.watchlists.rule_tests import Spot


def spot_of(file: RuleFile, node: Node) -> Spot:
    """Return where *node* begins."""
    return Spot(file.path, node.line, node.column)


def spots_in(file: RuleFile, node: Node) -> Callable[[int], Spot]:
    """Return a function from a position in the text of *node* to its place in *file*."""
    written = iter(_letters(file, node))
    places: list[tuple[int, int] | None] = []
    for letter in str(node.value):
        if letter.isspace():
            places.append(None)
            continue
        # What is passed over are quotes and backslashes, which are not of the text.
        places.append(
            next(((line, column) for line, column, one in written if one == letter), None)
        )
    beginning = spot_of(file, node)

    def spot(offset: int) -> Spot:
        place = places[offset] if offset < len(places) else None
        return Spot(file.path, *place) if place else beginning

    return spot


def _letters(file: RuleFile, node: Node) -> Iterator[tuple[int, int, str]]:
    """Yield line, column and letter of what is written at *node*, without the blanks."""
    is_block = node.style in ("|", ">")
    first = node.line + 1 if is_block else node.line
    column = 1 if is_block else node.column + bool(node.style)
    for number, line in enumerate(islice(file.lines, first - 1, node.end_line), first):
        for place, letter in enumerate(line[column - 1 :], column):
            if not letter.isspace():
                yield number, place, letter
        column = 1
