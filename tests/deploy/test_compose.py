"""What deploy/compose.yml gives to the containers, and what it does not."""

from __future__ import annotations

import subprocess
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
import yaml

DEPLOY = Path(__file__).parents[2] / "deploy"
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
TOCSIN, DATABASE = SERVICES["tocsin"], SERVICES["database"]

every_service = pytest.mark.parametrize("service", SERVICES.values(), ids=SERVICES)


def mount(service: dict[str, Any], target: str) -> dict[str, Any]:
    (found,) = (volume for volume in service["volumes"] if volume["target"] == target)
    return dict(found)


@every_service
def test_the_root_is_read_only(service: dict[str, Any]) -> None:
    assert service["read_only"] is True
    assert any(entry.startswith("/tmp:") for entry in service["tmpfs"])
    assert all("noexec,nosuid,nodev" in entry for entry in service["tmpfs"])


@every_service
def test_nothing_can_be_gained(service: dict[str, Any]) -> None:
    assert service["cap_drop"] == ["ALL"]
    assert "cap_add" not in service
    assert "privileged" not in service
    assert service["security_opt"] == ["no-new-privileges:true"]


@every_service
def test_resources_and_logs_are_bounded(service: dict[str, Any]) -> None:
    assert {"mem_limit", "pids_limit"} <= service.keys()
    assert {"max-size", "max-file"} == service["logging"]["options"].keys()


@every_service
def test_ports_are_published_on_loopback_alone(service: dict[str, Any]) -> None:
    assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))


@every_service
def test_only_the_state_can_be_written(service: dict[str, Any]) -> None:
    for volume in service["volumes"]:
        assert volume["type"] == "volume" or volume["read_only"] is True
        assert volume["type"] == "volume" or volume["bind"] == {"create_host_path": False}


@every_service
def test_secrets_come_from_files(service: dict[str, Any]) -> None:
    words = ("TOKEN", "PASSWORD", "SMTP_URL", "DATABASE_URL")
    for name, value in service["environment"].items():
        if any(word in name for word in words):
            assert name.endswith("_FILE")
            assert PurePosixPath(value).parent == PurePosixPath("/run/secrets")
    assert mount(service, "/run/secrets")["read_only"] is True


def test_each_service_sees_its_own_secrets() -> None:
    sources = [mount(service, "/run/secrets")["source"] for service in SERVICES.values()]
    assert len(set(sources)) == len(sources)


def test_the_pages_are_guarded_by_a_token() -> None:
    assert TOCSIN["environment"]["TOCSIN_LISTEN"] == "0.0.0.0:8080"
    assert "TOCSIN_ADMIN_TOKEN_FILE" in TOCSIN["environment"]


def test_rules_and_state_are_where_the_image_expects_them() -> None:
    assert mount(TOCSIN, "/etc/tocsin/rules")["read_only"] is True
    assert mount(TOCSIN, "/var/lib/tocsin")["source"] in COMPOSE["volumes"]
    assert mount(DATABASE, "/var/lib/postgresql/data")["source"] in COMPOSE["volumes"]


def test_the_engine_waits_for_a_graceful_stop() -> None:
    # DESIGN: a stop gives leases back within 30 s; the engine would kill after 10.
    assert int(TOCSIN["stop_grace_period"].removesuffix("s")) > 30


def test_the_database_is_optional_and_unreachable() -> None:
    assert DATABASE["profiles"] == ["postgres"]
    assert "ports" not in DATABASE
    assert DATABASE["networks"] == ["database"]
    assert COMPOSE["networks"]["database"]["internal"] is True
    assert DATABASE["user"] not in ("root", "0", "0:0")
    assert TOCSIN["depends_on"]["database"] == {"condition": "service_healthy", "required": False}


def test_the_image_is_built_from_the_containerfile() -> None:
    build = TOCSIN["build"]
    assert (DEPLOY / build["context"] / build["dockerfile"]).samefile(DEPLOY / "Containerfile")


@pytest.mark.parametrize(
    "name", ["tocsin.env", ".env", "secrets/tocsin/admin-token", "secrets/database/password"]
)
def test_git_does_not_see_what_operators_put_beside_it(name: str) -> None:
    command = ["git", "check-ignore", "--quiet", "--no-index", f"deploy/{name}"]
    assert subprocess.run(command, cwd=DEPLOY.parent, check=False).returncode == 0
