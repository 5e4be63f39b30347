"""How many spellings of watched names are found, and how many look-alikes are taken for them?

`python -m tests.bench.names [FILE…] [--all]` reads JSON lines of `kind` (place, group, person,
keyword), `watch` (what an author writes), `text`, `match` (whether the text speaks of it),
`stratum`, and perhaps `language`; without a FILE the sets of `tests/names`.  With `--all` it prints
every text that was judged wrong.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from tests.names.judging import Tally, judge, tallies
from tests.names.sets import Case, held_out_cases, own_cases, typed_cases


def main(arguments: list[str]) -> None:
    files = [Path(argument) for argument in arguments if not argument.startswith("--")]
    verdicts = judge([case for file in files for case in _read(file)] if files else _own())
    for tally in tallies(verdicts):
        print(_line(tally))
    if "--all" in arguments:
        for verdict in verdicts:
            if not verdict.is_right:
                what = "missed" if verdict.case.match else f"false ({verdict.how})"
                print(f"{what}: {verdict.case.stratum}: {verdict.case.watch}: {verdict.case.text}")


def _own() -> list[Case]:
    every = [case for kind in ("place", "group", "keyword") for case in own_cases(kind)]
    return every + held_out_cases() + typed_cases()


def _read(path: Path) -> list[Case]:
    with path.open(encoding="utf-8") as lines:
        return [Case(**json.loads(line)) for line in lines if line.strip()]


def _line(tally: Tally) -> str:
    what = "found" if tally.match else "false"
    hows = ", ".join(f"{how.value} {count}" for how, count in tally.hows.most_common())
    return f"{tally.stratum:<36} {what} {tally.percent:5.1f} % of {tally.cases:<5} {hows}"


if __name__ == "__main__":
    main(sys.argv[1:])
