"""What deploy/Containerfile puts into the image, and as whom it runs."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

from alerts.settings import Settings

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"

Instruction = tuple[str, str]


def instructions(text: str) -> list[Instruction]:
    """Return (NAME, arguments) of each instruction, continued lines joined."""
    lines = (line for line in text.splitlines() if not line.lstrip().startswith("#"))
    joined = re.sub(r"\\\n\s*", "", "\n".join(lines))
    split = (line.split(maxsplit=1) for line in joined.splitlines() if line.strip())
    return [(name.upper(), arguments) for name, arguments in split]


ALL = instructions((DEPLOY / "Containerfile").read_text(encoding="utf-8"))
#: What the image is made of: the instructions of the last stage.
LAST_FROM = max(at for at, (name, _) in enumerate(ALL) if name == "FROM")
FINAL = ALL[LAST_FROM:]


def given(name: str, among: list[Instruction] | None = None) -> list[str]:
    return [arguments for found, arguments in among or ALL if found == name]


def test_it_runs_as_a_number_that_is_not_root() -> None:
    (user,) = given("USER", FINAL)
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", user)
    (made,) = (run for run in given("RUN", FINAL) if "/var/lib/tocsin" in run)
    owner, group = user.split(":")
    assert f"--owner={owner} --group={group} --mode=0700" in made


def test_packages_come_from_the_lock_file_with_their_hashes() -> None:
    installs = [run for run in given("RUN") if " install " in run and "pip" in run]
    runtime, build, ours = installs
    for installed, lock in ((runtime, "requirements.lock"), (build, "requirements-build.lock")):
        assert f"--require-hashes --only-binary :all: --requirement {lock}" in installed
    assert "--python /opt/tocsin" in runtime
    assert "--python /opt/tocsin" not in build, "the image has no use for it"
    assert "pip wheel --no-deps --no-build-isolation" in ours


def test_nothing_is_fetched_but_the_base_image_and_the_packages() -> None:
    assert given("ADD") == []
    assert not any(tool in run for run in given("RUN") for tool in ("curl", "wget", "apt", "git"))
    assert not any("://" in arguments for _, arguments in ALL)


def test_the_base_image_has_a_tag_and_no_registry() -> None:
    (default,) = (arg for arg in given("ARG") if arg.startswith("PYTHON_IMAGE="))
    name = default.removeprefix("PYTHON_IMAGE=")
    assert re.fullmatch(r"python:3\.\d+-slim(-\w+)?", name)
    assert {source.split()[0] for source in given("FROM")} == {"${PYTHON_IMAGE}"}


def test_the_build_stage_stays_behind() -> None:
    copied = [copy for copy in given("COPY", FINAL) if copy.startswith("--from=")]
    assert copied == ["--from=build /opt/tocsin /opt/tocsin"]


def test_no_secret_can_be_in_a_layer() -> None:
    # An ARG or ENV is readable in the image's history.
    names = " ".join(given("ARG") + given("ENV"))
    assert not re.search(r"TOKEN|PASSWORD|SECRET|SMTP|DATABASE_URL", names)


def test_the_context_holds_what_is_copied_and_nothing_else() -> None:
    lines = (DEPLOY / "Containerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    assert "*" in lines, "everything is left out that is not named"
    kept = {line[1:] for line in lines if line.startswith("!")}
    copied = {
        source
        for copy in given("COPY")
        if not copy.startswith("--from=")
        for source in shlex.split(copy)[:-1]
    }
    assert copied == kept
    assert all((ROOT / source).exists() for source in copied)


def test_the_default_database_is_on_the_volume() -> None:
    (folder,) = given("WORKDIR", FINAL)
    assert given("VOLUME", FINAL) == [folder] == ["/var/lib/tocsin"]
    default = Settings.model_fields["database_url"].default.get_secret_value()
    assert default.startswith("sqlite:///")
    assert not default.startswith("sqlite:////"), "relative: it follows the working directory"


def test_a_stop_is_a_signal_that_tocsin_knows() -> None:
    assert given("STOPSIGNAL", FINAL) == ["SIGTERM"]


def test_the_command_gets_signals_itself() -> None:
    # The shell form would put a shell in between, which does not pass SIGTERM on.
    assert json.loads(given("ENTRYPOINT", FINAL)[0]) == ["tocsin"]
    assert json.loads(given("CMD", FINAL)[0]) == ["run"]


def test_health_is_checked_by_a_program_of_the_image() -> None:
    (check,) = given("HEALTHCHECK", FINAL)
    command = json.loads(check[check.index("[") :])
    assert command[0] == "python"
    assert any(copy == f"deploy/healthcheck.py {command[-1]}" for copy in given("COPY", FINAL))


def test_labels_name_the_image() -> None:
    (labels,) = given("LABEL", FINAL)
    names = dict(label.split("=", 1) for label in shlex.split(labels))
    wanted = ("title", "description", "licenses", "version", "revision")
    assert {f"org.opencontainers.image.{name}" for name in wanted} == names.keys()
