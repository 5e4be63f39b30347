"""Receivers: addresses that can be reached, and the environment that fills them in."""

from __future__ import annotations

import pytest

from alerts.model import Address
from tests.watchlists.marked import assert_refused, complaints_about, rules_of

RECEIVERS = [
    ("R505", "telegram: {chat: '‸${OPS_CAHT}'}", "'OPS_CHAT'"),
    ("R505", "telegram: {chat: '‸${EMPTY}'}", ""),
    ("R505", "email: {to: [desk@example.org, 'desk@‸${HOST}']}", ""),
    ("R507", "email: {to: ‸desk}", "name@example.org"),
    ("R507", "email: {to: [a@example.org, ‸a@b@example.org]}", "name@example.org"),
    ("R507", 'email: {to: "‸Desk <desk@example.org>"}', "name@example.org"),
    ("R507", "email: {to: '‸\"a b\"@example.org'}", "name@example.org"),
    ("R507", 'email: {to: "‸desk@example.org, other@example.org"}', "name@example.org"),
    ("R507", "email: {to: ‸.desk@example.org}", "name@example.org"),
    ("R507", "email: {to: ‸desk@-example.org}", "name@example.org"),
    ("R507", "email: {to: ‸desk@example_.org}", "name@example.org"),
    ("R507", "email: {to: '‸desk@[127.0.0.1]'}", "name@example.org"),
    ("R507", "email: {to: ‸ａdmin@example.org}", ""),
    ("R507", "email: {to: ‸desk\u200b@example.org}", ""),
    ("R507", "email: {to: ‸desk\u202e@example.org}", ""),
    ("R507", f"email: {{to: ‸{'a' * 65}@example.org}}", ""),
    ("R203", 'email: {to: ‸"desk@example.org\\r\\nBcc: x@example.org"}', ""),
    ("R205", "email: {to: ‸[]}", ""),
    ("R508", "telegram: {chat: ‸desk}", "@name"),
    ("R508", "telegram: {chat: ‸0}", "@name"),
    ("R508", "telegram: {chat: '‸@1st'}", "@name"),
    ("R508", "telegram: {chat: 12, thread: ‸-1}", ""),
    ("R508", "telegram: {chat: 12, thread: ‸general}", ""),
    ("R203", "telegram: {chat: ‸1.5}", ""),
    ("R203", "telegram: {chat: ‸true}", ""),
    ("R205", "telegram: ‸[]", ""),
]
ENVIRONMENT = {"OPS_CHAT": "-100123", "EMPTY": " "}


def addresses_of(blocks: str, environment: dict[str, str] | None = None) -> list[str]:
    rules = rules_of(f"receivers: {{ops: {{{blocks}}}}}", environment)
    return [address.key for address in rules.receivers["ops"].addresses]


@pytest.mark.parametrize(("code", "block", "hint"), RECEIVERS)
def test_addresses_that_nothing_reaches_are_refused(code: str, block: str, hint: str) -> None:
    assert_refused(f"receivers: {{ops: {{{block}}}}}", code, hint, ENVIRONMENT)


@pytest.mark.parametrize(
    ("blocks", "keys"),
    [
        ("console: {}", ["console:"]),
        ("telegram: {chat: -1001234567890}", ["telegram:-1001234567890"]),
        ("telegram: {chat: '-100', thread: 7}", ["telegram:-100/7"]),
        ("telegram: {chat: '@syria_desk', thread: '${THREAD}'}", ["telegram:@syria_desk/9"]),
        ("telegram: [{chat: 1}, {chat: '${CHAT}'}]", ["telegram:1", "telegram:-55"]),
        ("email: {to: desk@example.org}", ["email:desk@example.org"]),
        ("email: {to: [a+b@example.org, müller@bücher.example]}",
         ["email:a+b@example.org", "email:müller@bücher.example"]),
        ("email: {to: '${WHO}@example.org'}", ["email:ops@example.org"]),
        ("email: {to: root@localhost}", ["email:root@localhost"]),
        ("email: {to: [a@example.org, a@example.org]}", ["email:a@example.org"]),
        ("console: {}, email: {to: a@example.org}, telegram: {chat: 1}",
         ["telegram:1", "email:a@example.org", "console:"]),
    ],
)  # fmt: skip
def test_a_receiver_may_have_many_addresses(blocks: str, keys: list[str]) -> None:
    assert addresses_of(blocks, {"THREAD": "9", "CHAT": " -55 ", "WHO": "ops"}) == keys


def test_the_console_is_there_without_being_declared() -> None:
    receivers = rules_of("receivers: {ops: {telegram: {chat: 1}}}").receivers
    assert receivers["console"].addresses == (Address(channel="console"),)


def test_a_value_of_the_environment_is_never_repeated() -> None:
    """A token that landed in the wrong variable must not end in a log."""
    environment = {"OPS_CHAT": "123:canary-token", "WHO": "canary@@x", "THREAD": "canary"}
    text = (
        "receivers:\n"
        "  a: {telegram: {chat: '${OPS_CHAT}', thread: '${THREAD}'}}\n"
        "  b: {email: {to: '${WHO}'}}\n"
    )
    found = complaints_about(text, environment)
    assert [each.code for each in found] == ["R508", "R508", "R507"]
    assert "canary" not in repr(found)


def test_the_environment_speaks_only_in_receivers() -> None:
    assert_refused(
        "feeds: [{url: 'https://example.org/‸${TOKEN}', publisher: X}]",
        "R506",
        "",
        {"TOKEN": "x"},
    )
