"""The floors: a module imports only from floors below its own, and leaves import no whole house."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_modules_import_only_from_floors_below() -> None:
    # In a process of its own: it sets up logging anew and silences every logger that exists.
    lint = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    told = subprocess.run(lint, cwd=ROOT, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout


def test_help_imports_none_of_the_machinery() -> None:
    """`tocsin --help` answers within 0.4 s because it loads nothing that it does not need."""
    libraries = ("aiohttp", "telegram", "sqlalchemy", "pydantic", "feedparser", "jinja2", "re2")
    heavy = (*libraries, "asyncio", "alerts.model")
    script = f"import sys, alerts.cli\nprint([name for name in {heavy!r} if name in sys.modules])\n"
    out = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


def test_a_process_that_may_not_need_them_imports_none_of_these() -> None:
    """`tocsin run` is held to 150 MB (tests/bench/memory.py); these take 2 to 115 MB each."""
    heavy = ("alembic", "feedparser", "numba", "numpy", "rapidfuzz", "telegram")
    script = f"import sys, alerts.app\nprint([name for name in {heavy!r} if name in sys.modules])\n"
    out = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"
