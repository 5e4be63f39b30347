"""`tocsin match` tells the language of an article that comes without, as the poller does."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

RULES = """\
version: 1
watchlists:
  - {id: truce, title: Truce, keywords: [هدنة], languages: [ar], unknown: pass}
"""
ARABIC = "تجدد القصف في المدينة المحاصرة بعد الهدنة"


def match(folder: Path, **article: str) -> list[dict[str, Any]]:
    (folder / "rules.yml").write_text(RULES, encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, "-m", "alerts", "match", "--rules", str(folder)],
        input=json.dumps({"id": "1"} | article),
        capture_output=True,
        text=True,
        check=True,
    )
    return [json.loads(line) for line in ran.stdout.splitlines()]


@pytest.mark.parametrize("said", ["", "en", "ar"])
def test_the_language_of_an_article_is_found_out(tmp_path: Path, said: str) -> None:
    assert [found["unknown"] for found in match(tmp_path, title=ARABIC, language=said)] == [[]]


def test_a_language_that_cannot_be_told_stays_unknown(tmp_path: Path) -> None:
    assert [found["unknown"] for found in match(tmp_path, title="هدنة")] == [["language"]]
