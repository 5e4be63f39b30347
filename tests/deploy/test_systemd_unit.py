"""Does systemd accept deploy/tocsin.service, and how much does it take away from the process?"""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
UNIT = (ROOT / "deploy" / "tocsin.service").read_text(encoding="utf-8")
HOW_TO = (ROOT / "deploy" / "systemd.md").read_text(encoding="utf-8")
DROP_INS = re.findall(r"^```ini\n(.*?)^```", HOW_TO, re.MULTILINE | re.DOTALL)

#: On systemd's scale from 0 (nothing left to take away) to 10; 1.4 when it was written.
EXPOSURE_LIMIT = 1.5


def analyze(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    program = shutil.which("systemd-analyze")
    assert program, "systemd-analyze is missing: apt-get install systemd"
    return subprocess.run(
        [program, *arguments], capture_output=True, text=True, check=False, timeout=60
    )


@pytest.fixture
def unit(tmp_path: Path) -> Path:
    """Lay the unit down with a program that exists on the machine of the tests."""
    program = shutil.which("true")
    assert program
    file = tmp_path / "tocsin.service"
    file.write_text(UNIT.replace("/opt/tocsin/bin/tocsin", program), encoding="utf-8")
    return file


def complaints(unit: Path) -> str:
    return analyze("verify", "--man=no", unit).stderr


def values(name: str) -> list[str]:
    return re.findall(rf"^{name}=(.*)$", UNIT, re.MULTILINE)


def test_systemd_has_no_complaint(unit: Path) -> None:
    result = analyze("verify", "--man=no", unit)
    assert (result.returncode, result.stderr) == (0, "")


def test_systemd_does_complain_of_a_misspelt_setting(unit: Path) -> None:
    unit.write_text(unit.read_text().replace("ProtectHome=", "ProtectHouse="), encoding="utf-8")
    assert "ProtectHouse" in complaints(unit)


@pytest.mark.parametrize("drop_in", DROP_INS)
def test_the_drop_ins_of_the_how_to_are_accepted(unit: Path, drop_in: str) -> None:
    folder = unit.with_name("tocsin.service.d")
    folder.mkdir()
    (folder / "override.conf").write_text(drop_in, encoding="utf-8")
    assert complaints(unit) == ""


def test_the_how_to_shows_drop_ins() -> None:
    assert len(DROP_INS) == 3


def test_the_exposure_stays_low(unit: Path) -> None:
    limit = f"--threshold={EXPOSURE_LIMIT * 10:.0f}"
    result = analyze("security", "--offline=true", "--no-pager", limit, unit)
    verdict = result.stdout.splitlines()[-1] if result.stdout else result.stderr
    print(verdict)
    assert result.returncode == 0, verdict


def test_only_the_state_can_be_written() -> None:
    assert values("ProtectSystem") == ["strict"]
    assert values("StateDirectory") == ["tocsin"]
    assert "ReadWritePaths" not in UNIT


def test_a_stop_has_more_time_than_the_dispatcher_takes() -> None:
    # DESIGN: a stop gives leases back within 30 s.
    (patience,) = values("TimeoutStopSec")
    assert int(patience.removesuffix("s")) > 30


def test_only_the_main_process_is_told_to_stop() -> None:
    assert values("KillMode") == ["mixed"]


def test_no_secret_stands_in_the_unit() -> None:
    # `systemctl show` prints a unit's environment to every user of the machine.
    assert values("Environment") == ["PYTHONUNBUFFERED=1"]


def permitted_calls() -> set[str]:
    """Return what the lines of SystemCallFilter leave, read in their order as systemd does."""
    groups: dict[str, list[str]] = {}
    for line in analyze("syscall-filter").stdout.splitlines():
        if line.startswith("@"):
            members = groups.setdefault(line.strip(), [])
        elif line.strip() and not line.lstrip().startswith("#"):
            members.append(line.strip())

    def calls(names: list[str]) -> set[str]:
        return {
            call
            for name in names
            for call in (calls(groups[name]) if name.startswith("@") else {name})
        }

    permitted = calls(["@default"])
    for line in values("SystemCallFilter"):
        if line.startswith("~"):
            permitted -= calls(line[1:].split())
        else:
            permitted |= calls(line.split())
    return permitted


def test_parser_workers_may_limit_themselves_and_give_way() -> None:
    # What setrlimit() and nice() of the C library are; refused, every document would be "broken".
    assert {"prlimit64", "setpriority"} <= permitted_calls()


def test_nobody_may_reach_for_the_system() -> None:
    reaching = {"mount", "ptrace", "reboot", "bpf", "init_module", "chroot", "setuid", "swapon"}
    assert not reaching & permitted_calls()
