"""Verdicts and mutants for scripts."""

from __future__ import annotations

from alerts.cli.documents import of_evidence
from alerts.model import Destination, Match
from alerts.watchlists.rule_tests import RuleTest, Spot
from alerts.workbench.testing.misses import misses
from alerts.workbench.testing.mutants import Mutant
from alerts.workbench.testing.mutation import Survey, Survivor
from alerts.workbench.testing.running import Outcomes, Verdict


def as_json(outcomes: Outcomes, survey: Survey | None) -> dict[str, object]:
    """Return what came of the tests, and of the mutants if there were any."""
    failed = len(outcomes.failed)
    document: dict[str, object] = {
        "passed": len(outcomes.verdicts) - failed,
        "failed": failed,
        "off": [_test(test) for test in outcomes.idle],
        "tests": [_verdict(verdict) for verdict in outcomes.verdicts],
    }
    if survey is not None:
        document["mutants"] = {
            "noticed": survey.noticed,
            "score": survey.score,
            "survivors": [_survivor(each) for each in survey.survivors],
            "needless": [_mutant(each) for each in survey.needless],
        }
    return document


def _verdict(verdict: Verdict) -> dict[str, object]:
    nearest = misses(verdict.explanation) if verdict.explanation else []
    return {
        **_test(verdict.test),
        "at": verdict.at.isoformat(),
        "passed": verdict.passed,
        "seconds": round(verdict.took.total_seconds(), 6),
        "failures": [
            {"asked": failure.asked.value, "message": failure.message}
            for failure in verdict.failures
        ],
        "misses": ["  " * depth + line for depth, line in nearest],
        "match": _match(verdict.match) if verdict.match else None,
        "destinations": [_destination(each) for each in verdict.destinations],
    }


def _test(test: RuleTest) -> dict[str, object]:
    return {"watchlist": test.watchlist, "name": test.name, **_spot(test.spot)}


def _spot(spot: Spot) -> dict[str, object]:
    return {"path": spot.path, "line": spot.line, "column": spot.column}


def _match(match: Match) -> dict[str, object]:
    return {
        "severity": match.severity.value,
        "held": match.is_held,
        "unknown": [fact.value for fact in match.unknown],
        "evidence": [of_evidence(one) for one in match.evidence],
    }


def _destination(destination: Destination) -> dict[str, object]:
    return {
        "receiver": destination.receiver,
        "address": destination.address.key,
        "kind": destination.kind.value,
        "due_at": destination.due_at.isoformat(),
        "silent": destination.is_silent,
        "dropped": destination.is_dropped,
    }


def _survivor(survivor: Survivor) -> dict[str, object]:
    example = survivor.example
    return {
        **_mutant(survivor.mutant),
        "test": {"watchlist": example.watchlist, "yaml": example.as_yaml()} if example else None,
    }


def _mutant(mutant: Mutant) -> dict[str, object]:
    return {
        **_spot(mutant.spot),
        "kind": mutant.kind,
        "part": mutant.part,
        "entity": mutant.entity,
        "watchlists": list(mutant.watchlists),
    }
