"""Receivers: addresses that can be reached, and the environment that fills them in."""

from __future__ import annotations

import base64
from datetime import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.delivery.channels.webhook import signing_key
from alerts.errors import RulesError
from alerts.model import Address, Digest, Empty, Endpoint, Held, Quiet, Receiver, Severity, Weekday
from alerts.watchlists.load import load_rules
from alerts.watchlists.receivers import ReceiverReader, circles
from alerts.watchlists.schema.routing import ReceiverSection
from alerts.watchlists.source import read
from alerts.watchlists.values import webhook_secret
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
    ("R511", "webhook: {url: ‸hooks.example.org}", "http://"),
    ("R511", "webhook: {url: '‸ftp://example.org/'}", "http://"),
    ("R511", "webhook: [{url: 'https://example.org'}, {url: '‸https://a b/'}]", "http://"),
    ("R511", f"webhook: {{url: ‸https://example.org/{'a' * 2_000}}}", "http://"),
    ("R511", "webhook: {url: '‸${SECRET}'}", "http://"),
    ("R512", "webhook: {url: 'https://a.example', secret: ‸whsec_MfKQ}", "environment"),
    ("R512", "webhook: {url: 'https://a.example', secret: '‸${SHORT}'}", "whsec_"),
    ("R512", "webhook: {url: 'https://a.example', secret: '‸${OPS_CHAT}'}", "whsec_"),
    ("R505", "webhook: {url: 'https://a.example/‸${TOKEN}'}", ""),
    ("R202", "webhook: ‸{}", ""),
    ("R203", "webhook: ‸https://a.example", ""),
    ("R205", "webhook: ‸[]", ""),
    ("R201", "webhook: {url: 'https://a.example', ‸secert: '${SECRET}'}", "'secret'"),
    ("R513", "apprise: ‸phone", "service://"),
    ("R513", "apprise: ['ntfy://topic', '‸ntfy:/topic']", "service://"),
    ("R205", "apprise: ‸[]", ""),
    ("R203", "apprise: ‸{url: 'ntfy://topic'}", ""),
]
TIMING = [
    ("R203", "quiet: ‸night", ""),
    ("R202", "quiet: ‸{}", ""),
    ("R202", "quiet: ‸{below: high}", ""),
    ("R205", "quiet: {‸during: }", "delete the key"),
    ("R205", "quiet: {during: ‸[]}", "delete the key"),
    ("R203", "quiet: {during: ‸12}", "quotes"),
    ("R203", "quiet: {during: ‸{start: '22:00'}}", ""),
    ("R203", "quiet: {during: [night, ‸12]}", "quotes"),
    ("R308", "quiet: {during: ‸nihgt}", "'night'"),
    ("R308", "quiet: {during: [night, ‸lunch]}", "'time_intervals'"),
    ("R308", "quiet: {during: '‸22:00-06:30'}", "'time_intervals'"),
    ("R204", "quiet: {during: night, below: ‸urgent}", ""),
    ("R204", "quiet: {during: night, below: ‸hihg}", "'high'"),
    ("R204", "quiet: {during: night, then: ‸queue}", ""),
    ("R204", "quiet: {during: night, then: ‸bundel}", "'bundle'"),
    ("R201", "quiet: {during: night, ‸until: '06:30'}", "known here"),
    ("R201", "‸quite: {during: night}", "'quiet'"),
    ("R206", "max_per_hour: ‸0", ""),
    ("R206", "max_per_hour: ‸3601", ""),
    ("R203", "max_per_hour: ‸'20'", ""),
    ("R203", "max_per_hour: ‸1.5", ""),
    ("R203", "max_per_hour: ‸true", ""),
    ("R205", "‸max_per_hour: ", "delete the key"),
    ("R203", "digest: ‸'07:00'", ""),
    ("R202", "digest: ‸{}", ""),
    ("R202", "digest: ‸{days: [mon]}", ""),
    ("R203", "digest: {at: ‸'07:00'}", "[first, second]"),
    ("R205", "digest: {at: ‸[]}", "delete the key"),
    ("R214", "digest: {at: [07:00, ‸7:00]}", "07:00"),
    ("R214", "digest: {at: [‸'24:00']}", "07:00"),
    ("R214", "digest: {at: [‸22.5]}", "07:00"),
    ("R204", "digest: {at: [07:00], days: [‸monday]}", ""),
    ("R206", "digest: {at: [07:00], max_items: ‸0}", ""),
    ("R206", "digest: {at: [07:00], max_items: ‸501}", ""),
    ("R203", "digest: {at: [07:00], max_items: ‸all}", ""),
    ("R204", "digest: {at: [07:00], empty: ‸no}", ""),
    ("R215", "digest: {at: [07:00], location: ‸Europe/Berln}", "'Europe/Berlin'"),
    ("R201", "digest: {at: [07:00], ‸max_item: 5}", "'max_items'"),
    ("R306", "fallback: ‸nobody", "'receivers'"),
    ("R306", "fallback: ‸consol", "'console'"),
    ("R309", "fallback: ‸ops", "no fallback"),
    ("R203", "fallback: ‸[console]", ""),
    ("R203", "fallback: ‸12", "quotes"),
    ("R205", "‸fallback: ", "delete the key"),
]
NIGHT = "time_intervals: {night: {times: [{start: 22:00, end: 06:30}]}, weekend: {days: [sat]}}\n"
ENVIRONMENT = {
    "OPS_CHAT": "-100123",
    "EMPTY": " ",
    "SECRET": f"whsec_{'MfKQ' * 8}",
    "SHORT": f"whsec_{'MfKQ' * 5}",
}


def addresses_of(blocks: str, environment: dict[str, str] | None = None) -> list[str]:
    rules = rules_of(f"receivers: {{ops: {{{blocks}}}}}", environment)
    return [address.key for address in rules.receivers["ops"].addresses]


@pytest.mark.parametrize(("code", "block", "hint"), RECEIVERS)
def test_addresses_that_nothing_reaches_are_refused(code: str, block: str, hint: str) -> None:
    assert_refused(f"receivers: {{ops: {{{block}}}}}", code, hint, ENVIRONMENT)


@pytest.mark.parametrize(("code", "keys", "hint"), TIMING)
def test_timing_that_no_clock_can_keep_is_refused(code: str, keys: str, hint: str) -> None:
    assert_refused(f"{NIGHT}receivers: {{ops: {{console: {{}}, {keys}}}}}", code, hint)


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
        ("webhook: {url: 'https://a.example'}", ["webhook:ops"]),
        ("webhook: [{url: 'https://a.example'}, {url: 'http://b.example:8080/${WHO}?a=b'}]",
         ["webhook:ops", "webhook:ops/2"]),
        ("webhook: [{url: 'https://a.example'}, {url: 'https://a.example'}]", ["webhook:ops"]),
        ("apprise: ['ntfy://topic', 'matrixs://${WHO}@b.example'], webhook: {url: 'https://c.example'}",
         ["webhook:ops", "apprise:ops", "apprise:ops/2"]),
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


# --- endpoints --------------------------------------------------------------------------------

CANARIES = {
    "HOOK": "https://user:canary@hooks.example/canary?key=canary",
    "SECRET": f"whsec_{'cana' * 10}",
    "PHONES": "tgram://canary/-100",
}
HOOKS = "webhook: [{url: '${HOOK}', secret: '${SECRET}'}], apprise: '${PHONES}'"


def test_endpoints_stand_apart_under_the_keys_of_their_addresses() -> None:
    rules = rules_of(f"receivers: {{ops: {{{HOOKS}}}, desk: {{apprise: 'ntfy://x'}}}}", CANARIES)
    assert rules.endpoints == {
        "webhook:ops": Endpoint(url=CANARIES["HOOK"], secret=CANARIES["SECRET"]),
        "apprise:ops": Endpoint(url=CANARIES["PHONES"]),
        "apprise:desk": Endpoint(url="ntfy://x"),
    }


def test_no_endpoint_is_printed_with_the_rules() -> None:
    assert "cana" not in repr(rules_of(f"receivers: {{ops: {{{HOOKS}}}}}", CANARIES))


def test_no_value_of_an_endpoint_is_repeated_in_a_complaint() -> None:
    wrong = {"HOOK": "canary@@ /", "SECRET": "whsec_canary", "PHONES": "canary"}
    found = complaints_about(f"receivers: {{ops: {{{HOOKS}}}}}", wrong)
    assert [each.code for each in found] == ["R511", "R512", "R513"]
    assert "canary" not in repr(found)


def test_without_apprise_its_addresses_are_refused_with_the_way_to_it() -> None:
    file, root = read(b"ops: {apprise: 'ntfy://topic'}", "a.yml")
    assert root is not None
    reader = ReceiverReader(file, {}, frozenset(), frozenset(), has_apprise=False)
    reader.read("ops", ReceiverSection(apprise="ntfy://topic"), root.entries["ops"])
    (complaint,) = file.complaints
    assert (complaint.code, complaint.column) == ("R513", 7)
    assert "tocsin[apprise]" in complaint.hint


@given(st.binary(min_size=24, max_size=64))
def test_any_secret_of_the_standard_is_taken_and_channels_understand_it(key: bytes) -> None:
    secret = "whsec_" + base64.b64encode(key).decode()
    assert signing_key(webhook_secret(secret)) == key


def test_the_environment_speaks_only_in_receivers() -> None:
    assert_refused(
        "feeds: [{url: 'https://example.org/‸${TOKEN}', publisher: X}]",
        "R506",
        "",
        {"TOKEN": "x"},
    )


def test_a_receiver_has_hours_limits_and_somebody_who_steps_in() -> None:
    receiver = receiver_of(
        "quiet: {during: [night, weekend, night], below: high, then: silent}, max_per_hour: 20,"
        " digest: {at: [17:00, 07:00, 17:00], days: [fri, mon, fri], location: Europe/Berlin,"
        " max_items: 5, empty: send}, fallback: console"
    )
    assert receiver == Receiver(
        name="ops",
        addresses=(Address(channel="console"),),
        quiet=Quiet(during=("night", "weekend"), below=Severity.HIGH, then=Held.SILENT),
        max_per_hour=20,
        digest=Digest(
            at=(time(17), time(7)),
            days=(Weekday.FRIDAY, Weekday.MONDAY),
            location="Europe/Berlin",
            max_items=5,
            empty=Empty.SEND,
        ),
        fallback="console",
    )


def test_what_a_receiver_does_not_say_is_mild() -> None:
    """Critical alerts go through quiet hours, and nothing is dropped."""
    receiver = receiver_of("quiet: {during: night}, digest: {at: [07:00]}")
    assert receiver.quiet == Quiet(during=("night",), below=Severity.CRITICAL, then=Held.BUNDLE)
    assert receiver.digest == Digest(at=(time(7),), days=(), location="UTC", empty=Empty.SKIP)
    plain = receiver_of("email: {to: desk@example.org}")
    assert (plain.quiet, plain.max_per_hour, plain.digest, plain.fallback) == (None, None, None, "")


def receiver_of(keys: str) -> Receiver:
    return rules_of(f"{NIGHT}receivers: {{ops: {{console: {{}}, {keys}}}}}").receivers["ops"]


# --- who steps in -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fallbacks", "told"),
    [
        ({"ops": "desk", "desk": "console"}, []),
        ({"ops": "desk", "night": "desk", "desk": ""}, []),
        ({"ops": "ops"}, [(1, "ops -> ops")]),
        ({"ops": "desk", "desk": "ops"}, [(1, "ops -> desk -> ops")]),
        # Only those of the circle are to blame, not who leads into it.
        ({"night": "ops", "ops": "desk", "desk": "ops"}, [(2, "ops -> desk -> ops")]),
        ({"ops": "desk", "desk": "ops", "night": "ops"}, [(1, "ops -> desk -> ops")]),
        ({"a": "b", "b": "a", "c": "d", "d": "c"}, [(1, "a -> b -> a"), (3, "c -> d -> c")]),
        ({"console": "ops", "ops": "console"}, [(1, "console -> ops -> console")]),
    ],
)
def test_no_receiver_falls_back_on_itself_in_the_end(
    fallbacks: dict[str, str], told: list[tuple[int, str]]
) -> None:
    lines = [
        f"  {name}: {{console: {{}}{', fallback: ' + other if other else ''}}}\n"
        for name, other in fallbacks.items()
    ]
    found = complaints_about("receivers:\n" + "".join(lines))
    assert [(each.line - 1, each.message.rpartition(": ")[2]) for each in found] == told
    assert {each.code for each in found} <= {"R309"}


@given(st.dictionaries(st.sampled_from("abcdef"), st.sampled_from(["", *"abcdefx"])))
def test_circles_are_those_that_nobody_gets_out_of(fallbacks: dict[str, str]) -> None:
    receivers = {
        name: Receiver(name=name, addresses=(), fallback=other) for name, other in fallbacks.items()
    }
    found = [name for circle in circles(receivers) for name in circle]
    assert len(found) == len(set(found))
    assert set(found) == {name for name in receivers if name in followed(name, fallbacks)}


def followed(name: str, fallbacks: dict[str, str]) -> list[str]:
    """Return who is asked, one after the other, when *name* fails."""
    asked = []
    for _ in fallbacks:
        name = fallbacks.get(name, "")
        asked.append(name)
    return asked


def test_a_fallback_may_be_declared_in_another_file_or_wrongly(tmp_path: Path) -> None:
    """What is wrong with a receiver is said of it, and not of those that name it."""
    (tmp_path / "a.yml").write_text("receivers: {ops: {console: {}, fallback: desk}}\n")
    (tmp_path / "b.yml").write_text("receivers: {desk: {console: {}, fallback: ops}}\n")
    with pytest.raises(RulesError) as caught:
        load_rules(tmp_path, environment={})
    (complaint,) = caught.value.complaints
    assert complaint.code == "R309"
    assert complaint.path.endswith("a.yml")
    (tmp_path / "b.yml").write_text("receivers: {desk: {}}\n")
    with pytest.raises(RulesError) as caught:
        load_rules(tmp_path, environment={})
    assert [each.code for each in caught.value.complaints] == ["R509"]


def test_quiet_hours_may_be_declared_in_another_file_or_wrongly(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text("receivers: {ops: {console: {}, quiet: {during: night}}}\n")
    (tmp_path / "b.yml").write_text("time_intervals: {night: {days: [sat]}}\n")
    assert load_rules(tmp_path, environment={}).receivers["ops"].quiet == Quiet(during=("night",))
    for broken, code in [("time_intervals: {night: {days: [monday]}}", "R204"), ("[", "R106")]:
        (tmp_path / "b.yml").write_text(broken)
        with pytest.raises(RulesError) as caught:
            load_rules(tmp_path, environment={})
        assert [each.code for each in caught.value.complaints] == [code]
