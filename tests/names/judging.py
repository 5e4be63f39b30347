"""What the production matcher says of texts about watched names."""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from alerts.matching.matcher import Matcher, matcher_of
from alerts.model import Article, How, RuleSet
from alerts.watchlists.load import load_rules
from tests.names.sets import Case

ROOT = Path(__file__).parents[2]
_LISTS = {"place": "places", "group": "groups", "person": "people", "keyword": "keywords"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the matcher said of a case."""

    case: Case
    #: How it was recognised, the most trustworthy way first; None: it was not.
    how: How | None

    @property
    def is_right(self) -> bool:
        return (self.how is not None) == self.case.match


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """The verdicts on one stratum: of `cases` texts so many `met`."""

    stratum: str
    match: bool
    cases: int
    met: int
    hows: Counter[How]

    @property
    def percent(self) -> float:
        """Recall, or the false alarms where nothing should match."""
        return 100 * self.met / self.cases


def judge(cases: Iterable[Case]) -> list[Verdict]:
    """Ask one matcher that watches every name of *cases* about every text."""
    cases = list(cases)
    watches = {watch: f"w{n}" for n, watch in enumerate({(c.kind, c.watch): 0 for c in cases})}
    matcher = matcher_of(rules_that_watch(watches))
    return [
        Verdict(case=case, how=_how(matcher, case, watches[case.kind, case.watch]))
        for case in cases
    ]


def _how(matcher: Matcher, case: Case, watchlist: str) -> How | None:
    article = Article(id="a", content=case.text, language=case.language)
    evidence = [
        one
        for match in matcher.match(article)
        if match.watchlist == watchlist
        for one in match.evidence
    ]
    return min((one.how for one in evidence), key=list(How).index, default=None)


def rules_that_watch(watches: dict[tuple[str, str], str]) -> RuleSet:
    """Return rules with a watchlist for each of *watches*, and the entities that ship."""
    lists = (
        {"id": id_, "title": "Watched", _LISTS[kind]: [watch]}
        for (kind, watch), id_ in watches.items()
    )
    lines = "".join(f"  - {json.dumps(each, ensure_ascii=False)}\n" for each in lists)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file in (ROOT / "rules").glob("entities*.yml"):
            (folder / file.name).write_bytes(file.read_bytes())
        text = f"version: 1\nwatchlists:\n{lines}"
        (folder / "watchlists.yml").write_text(text, encoding="utf-8")
        return load_rules(folder, environment={})


def tallies(verdicts: Iterable[Verdict]) -> list[Tally]:
    """Return the verdicts counted by stratum."""
    strata: dict[tuple[str, bool], list[Verdict]] = {}
    for verdict in verdicts:
        strata.setdefault((verdict.case.stratum, verdict.case.match), []).append(verdict)
    return [
        Tally(
            stratum=stratum,
            match=match,
            cases=len(some),
            met=sum(one.how is not None for one in some),
            hows=Counter(one.how for one in some if one.how is not None),
        )
        for (stratum, match), some in sorted(strata.items())
    ]
