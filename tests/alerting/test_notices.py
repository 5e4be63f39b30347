"""What the operator is told about the rule files, and who the operator is."""

from __future__ import annotations

from typing import Any

import pytest

from alerts.alerting.notices import operator, rules_refused, rules_taken
from alerts.errors import RulesError
from alerts.model import Address, Complaint, Feed, Receiver, RuleSet, Severity
from alerts.watchlists.complaints import render
from alerts.watchlists.load import load_text
from tests.builders import NOW

KEPT = RuleSet(hash="0123456789abcdef", feeds=(Feed(url="https://x.example/", publisher="X"),))


def a_complaint(**fields: Any) -> Complaint:
    given: dict[str, Any] = {
        "path": "rules/a.yml",
        "line": 2,
        "column": 23,
        "code": "R201",
        "message": "unknown key 'keywrods'",
        "hint": "did you mean 'keywords'?",
    }
    return Complaint(**given | fields)


# Who it is


def test_the_receiver_called_operator_hears_of_the_system() -> None:
    rules = load_text("receivers: {operator: {telegram: {chat: 7}}, desk: {console: {}}}")
    assert operator(rules).addresses == (Address(channel="telegram", target="7"),)


@pytest.mark.parametrize(
    "rules",
    [
        RuleSet(),
        RuleSet(receivers={}),
        load_text("receivers: {desk: {telegram: {chat: 7}}}"),
        load_text("receivers: {console: {telegram: {chat: 7}}}"),
    ],
)
def test_without_one_the_built_in_console_hears_of_it(rules: RuleSet) -> None:
    assert operator(rules) == Receiver(name="console", addresses=(Address(channel="console"),))


# What it is told


def test_a_refusal_says_what_happened_what_holds_and_what_to_do() -> None:
    notice = rules_refused([a_complaint()], KEPT, now=NOW)
    assert notice.subject == "Rule files refused: rules/a.yml:2:23: R201"
    for words in ("2024-05-01 12:00:00 UTC", "stay in force: 0123456789ab, 1 feed, 0 watchlists"):
        assert words in notice.text
    assert notice.details == (
        "rules/a.yml:2:23: R201 unknown key 'keywrods'\n  hint: did you mean 'keywords'?",
    )
    assert (notice.more, notice.severity, notice.is_end) == (0, Severity.HIGH, False)


def test_complaints_read_as_check_shows_them() -> None:
    with pytest.raises(RulesError) as refused:
        load_text("watchlists:\n  - {id: x, title: X, keywrods: [y]}\n", "rules/a.yml")
    [complaint] = refused.value.complaints
    [detail] = rules_refused([complaint], KEPT, now=NOW).details
    shown = render(complaint).splitlines()
    assert detail.splitlines() == [shown[0], shown[-1]]  # between them: the line, and the caret


@pytest.mark.parametrize(("count", "shown", "more"), [(1, 1, 0), (10, 10, 0), (47, 10, 37)])
def test_ten_complaints_are_carried_and_the_others_counted(
    count: int, shown: int, more: int
) -> None:
    complaints = [a_complaint(line=line) for line in range(1, count + 1)]
    notice = rules_refused(complaints, KEPT, now=NOW)
    assert (len(notice.details), notice.more) == (shown, more)
    assert notice.shown_by == "tocsin check"
    assert notice.subject.endswith("R201" if count == 1 else f"R201 and {count - 1} more")


def test_the_same_complaints_are_the_same_notice_and_others_are_not() -> None:
    first = rules_refused([a_complaint()], KEPT, now=NOW)
    again = rules_refused([a_complaint(source="whatever")], RuleSet(), now=NOW)
    assert (first.about, first.state) == (again.about, again.state)
    other = rules_refused([a_complaint(line=3)], KEPT, now=NOW)
    eleventh = rules_refused([*[a_complaint()] * 10, a_complaint(line=3)], KEPT, now=NOW)
    assert len({each.state for each in (first, other, eleventh)}) == 3


def test_the_end_is_about_the_same_thing_and_says_what_is_in_force() -> None:
    end = rules_taken(KEPT, now=NOW)
    assert end.is_end
    assert end.about == rules_refused([a_complaint()], KEPT, now=NOW).about
    assert "In force: 0123456789ab, 1 feed, 0 watchlists." in end.text
    assert end.severity is Severity.INFO


def test_a_complaint_about_a_whole_file_has_no_line() -> None:
    notice = rules_refused([a_complaint(line=0, column=0, hint="")], KEPT, now=NOW)
    assert notice.details == ("rules/a.yml: R201 unknown key 'keywrods'",)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://reader:canary@news.example/rss",
        "https://reader:canary@news.example:port/rss",
        "https://reader:can/canary@news.example/rss",
        "https://reader:canary" + "y" * 60 + "@news.example:port/rss",
        "https://canary@[::1",
    ],
)
def test_a_password_in_an_address_is_not_told(url: str) -> None:
    with pytest.raises(RulesError) as refused:
        load_text(f"feeds: [{{url: '{url}', publisher: X}}]")
    notice = rules_refused(refused.value.complaints, KEPT, now=NOW)
    assert "canary" not in repr(notice)
    assert "is not the URL of a feed" in notice.details[0]


def test_the_line_of_the_file_is_not_told() -> None:
    complaint = a_complaint(source="  - {url: 'https://u:canary@x.example/', publsher: X}")
    assert "canary" not in repr(rules_refused([complaint], KEPT, now=NOW))
