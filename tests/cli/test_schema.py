"""`tocsin schema` prints the format of rule files, for editors and for people."""

from __future__ import annotations

import json

import pytest

from alerts.cli import _exit_code


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert _exit_code(["schema", *arguments]) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    return captured.out


def test_the_json_schema_is_printed_as_it_is_kept(capsys: pytest.CaptureFixture[str]) -> None:
    text = printed(capsys)
    assert printed(capsys, "--format", "json") == text
    assert "watchlists" in json.loads(text)["properties"]
    assert text.endswith("}\n")
    assert not text.endswith("\n\n")


def test_the_reference_page_is_printed_in_markdown(capsys: pytest.CaptureFixture[str]) -> None:
    text = printed(capsys, "--format", "markdown")
    assert text.startswith("# Rule files\n")
    assert "| `max_age` |" in text


def test_it_needs_no_rules_and_no_settings(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOCSIN_RULES", "/nowhere")
    monkeypatch.setenv("TOCSIN_DATABASE_URL", "nonsense")
    assert printed(capsys)


def test_another_format_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert _exit_code(["schema", "--format", "xml"]) == 3
    assert "xml" in capsys.readouterr().err
