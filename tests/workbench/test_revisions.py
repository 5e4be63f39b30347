"""Rule files of a folder and of revisions: the same bytes, and a clear word where there are none."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from alerts.errors import RulesError
from alerts.watchlists.contents import Contents
from alerts.watchlists.load import load_contents
from alerts.workbench.revisions import RevisionError, contents_of

RULES = "version: 1\nwatchlists:\n  - {id: sarin, title: Sarin, keywords: [sarin]}\n"


def git(folder: Path, *arguments: str) -> None:
    who = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    for role in ("AUTHOR", "COMMITTER"):
        who |= {f"GIT_{role}_NAME": "Desk", f"GIT_{role}_EMAIL": "desk@example.org"}
    subprocess.run(["git", "-C", folder, *arguments], check=True, env=os.environ | who)


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """A folder of rules two deep in a repository, with one commit, and edited since."""
    folder = tmp_path / "desk" / "rules"
    folder.mkdir(parents=True)
    (folder / "rules.yml").write_text(RULES)
    (folder / "notes.txt").write_text("no rules")
    (folder / "inside").mkdir()
    (folder / "inside" / "deeper.yml").write_text("version: 1\n")
    git(tmp_path, "init", "--quiet", "--initial-branch=main")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "--message=first")
    git(tmp_path, "tag", "monday")
    (folder / "rules.yml").write_text(RULES.replace("sarin", "chlorine"))
    (folder / "new.yaml").write_text("version: 1\n")
    return folder


def test_a_folder_is_read_as_it_is(rules: Path) -> None:
    assert contents_of(str(rules), rules) == Contents.of_folder(rules)


@pytest.mark.parametrize(
    "named", ["HEAD", "main", "monday", "HEAD:desk/rules", "monday:desk/rules/"]
)
def test_a_revision_is_the_folder_as_it_was(rules: Path, named: str) -> None:
    contents = contents_of(named, rules)
    place = named.partition(":")[0] + ":desk/rules/"
    assert [body.path for body in contents.bodies] == [f"{place}rules.yml"]
    assert contents.files == {"rules.yml": RULES.encode()}
    assert [one.id for one in load_contents(contents, environment={}).watchlists] == ["sarin"]


def test_a_revision_has_the_hash_of_the_folder_that_was_committed(rules: Path) -> None:
    git(rules, "add", ".")
    git(rules, "commit", "--quiet", "--message=second")
    assert contents_of("HEAD", rules).hash == Contents.of_folder(rules).hash


def test_a_revision_is_asked_without_touching_the_folder(rules: Path) -> None:
    before = {path: path.read_bytes() for path in sorted(rules.rglob("*")) if path.is_file()}
    index = rules.parents[1] / ".git" / "index"
    stat = index.stat()
    contents_of("HEAD", rules)
    assert {path: path.read_bytes() for path in before} == before
    assert (index.stat().st_mtime_ns, index.stat().st_size) == (stat.st_mtime_ns, stat.st_size)


def test_a_repository_whose_root_holds_the_rules(tmp_path: Path) -> None:
    (tmp_path / "rules.yml").write_text(RULES)
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "--message=first")
    assert [body.path for body in contents_of("HEAD", tmp_path).bodies] == ["HEAD:rules.yml"]


def test_complaints_name_the_revision(rules: Path) -> None:
    (rules / "rules.yml").write_text("version: 1\nwatchlists:\n  - {id: x, title: X, keys: [y]}\n")
    git(rules, "commit", "--quiet", "--all", "--message=broken")
    with pytest.raises(RulesError) as refused:
        load_contents(contents_of("HEAD", rules), environment={})
    assert str(refused.value.complaints[0]).startswith("HEAD:desk/rules/rules.yml:3:")


def test_a_link_in_a_revision_is_complained_of(rules: Path) -> None:
    (rules / "link.yml").symlink_to("rules.yml")
    git(rules, "add", ".")
    git(rules, "commit", "--quiet", "--message=link")
    with pytest.raises(RulesError, match=r"HEAD:desk/rules/link\.yml: R102"):
        load_contents(contents_of("HEAD", rules), environment={})


@pytest.mark.parametrize(
    ("named", "hint"),
    [
        ("mondya", "did you mean 'monday'"),
        ("", "names of revisions"),
        ("--help", "no revision"),
        ("HEAD~9", "no folder and no revision"),
        ("$(touch bad)", "no revision"),
        ("a\0b", "git cannot be asked"),
    ],
)
def test_an_unknown_revision_is_told_with_the_nearest(rules: Path, named: str, hint: str) -> None:
    with pytest.raises(RevisionError, match=hint.replace("(", "[(]")):
        contents_of(named, rules)


def test_a_revision_without_rule_files_there_is_told(rules: Path) -> None:
    with pytest.raises(RulesError, match="HEAD:elsewhere/: R101"):
        contents_of("HEAD:elsewhere", rules)


def test_a_folder_in_no_repository_is_told(tmp_path: Path) -> None:
    with pytest.raises(RevisionError, match="in no git repository: name a folder"):
        contents_of("HEAD", tmp_path)


def test_a_machine_without_git_is_told(rules: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(RevisionError, match="needs git, and there is none"):
        contents_of("HEAD", rules)
