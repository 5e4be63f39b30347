"""What operators copy into their repositories is valid, and every command in it is one of ours."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.cli.command_lines import parse
from tests.docs.pages import blocks

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "deploy" / "operators"
HOOKS = ROOT / ".pre-commit-hooks.yaml"
_IN_TEXT = re.compile(r"`(tocsin [^`]+)`")


def read(name: str) -> Any:
    return yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))


def github() -> Iterator[str]:
    for job in read("github.yml")["jobs"].values():
        for step in job["steps"]:
            yield from step.get("run", "").splitlines()


def gitlab() -> Iterator[str]:
    for job in read("gitlab.yml").values():
        if isinstance(job, dict):
            yield from job.get("script", ())


def ours(lines: Iterator[str]) -> list[str]:
    return [line for line in lines if line.startswith("tocsin ")]


@pytest.mark.parametrize("lines", [github, gitlab])
def test_the_same_is_run_everywhere(lines: Any) -> None:
    run = ours(lines())
    assert [parse(line) for line in run] == ["fmt", "check", "lint", "test", "backtest"]
    assert run == ours(github())


def test_findings_tests_and_the_backtest_reach_the_merge_request() -> None:
    fmt, check, lint, test, backtest = ours(github())
    assert "--check" in fmt
    assert "--format sarif" in check
    assert "--format sarif" in lint
    assert "--junit tests.xml" in test
    assert "--against origin/main --format markdown" in backtest


def test_the_hooks_are_a_manifest_of_pre_commit() -> None:
    validate = [sys.executable, "-m", "pre_commit", "validate-manifest", str(HOOKS)]
    subprocess.run(validate, check=True)
    hooks = {hook["id"]: hook for hook in yaml.safe_load(HOOKS.read_text(encoding="utf-8"))}
    assert sorted(hooks) == ["tocsin-check", "tocsin-fmt", "tocsin-lint", "tocsin-test"]
    for id_, hook in hooks.items():
        assert parse(hook["entry"]) == id_.removeprefix("tocsin-")
        assert hook["language"] == "python"
        assert re.search(hook["files"], "rules/watchlists.yml")
        assert not re.search(hook["files"], "rules/tocsin.schema.json")
        # One file alone cannot be checked: what it refers to stands in others.
        assert hook.get("pass_filenames", True) is (id_ == "tocsin-fmt")


def test_the_page_names_every_hook_and_command() -> None:
    page = (FOLDER / "README.md").read_text(encoding="utf-8")
    [config] = [block.text for block in blocks(page) if block.language == "yaml"]
    named = [hook["id"] for hook in yaml.safe_load(config)["repos"][0]["hooks"]]
    hooks = yaml.safe_load(HOOKS.read_text(encoding="utf-8"))
    assert named == [hook["id"] for hook in hooks]
    commands = _IN_TEXT.findall(page)
    assert all(parse(each) for each in commands)
    told = " ".join(commands)
    assert all(line.partition(" > ")[0] in told for line in ours(github()))
