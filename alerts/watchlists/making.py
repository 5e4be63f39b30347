"""Make the table of known entities: `python -m alerts.watchlists.making`; the build does it by itself.

Its sources are written as operators write their entities, and the same loader reads them, and
refuses what it would refuse.  That is why this stands here, above the gazetteer, which knows nothing
of rule files, and asks the build for what the loader needs: pydantic, pyyaml, google-re2, rapidfuzz.
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

from alerts.errors import RulesError
from alerts.gazetteer import entity_making
from alerts.gazetteer.entity_rows import SHIPPED, strong_names
from alerts.watchlists.folder import rule_files
from alerts.watchlists.load import load_entities

_ROOT = Path(__file__).parents[1]
#: The rule files of the entities that ship.
FOLDER = _ROOT / "gazetteer" / "entities"
# What decides what stands in the table, besides those files.
_CODE = (
    "gazetteer/entity_making.py",
    "gazetteer/entity_rows.py",
    "model/rules.py",
    "text/*.py",
    "text/spelling/*",
    "watchlists/entities.py",
    "watchlists/making.py",
    "watchlists/query/terms.py",
    "watchlists/schema/feeds.py",
)


def make(path: Path = SHIPPED, folder: Path = FOLDER) -> bool:
    """Make the table at *path* of *folder*, unless it is up to date; tell whether it was made.

    Raises:
        RulesError: the files of *folder* are no entities, or broken; nothing was written.
    """
    signature = fingerprint(folder)
    if entity_making.signature_of(path) == signature:
        return False
    entities = load_entities(folder)
    entity_making.write(path, entities.values(), signature)
    names = sum(len(strong_names(each)) + len(each.weak_aliases) for each in entities.values())
    _say(f"{path.name}: {len(entities):,} with {names:,} names")
    return True


def fingerprint(folder: Path = FOLDER) -> str:
    """Return the hash of the files of *folder* and of the code that reads and writes entities.

    Raises:
        RulesError: there is no such folder, or no file in it.
    """
    code = (path for pattern in _CODE for path in sorted(_ROOT.glob(pattern)) if path.is_file())
    hashed = hashlib.sha256()
    for file in (*rule_files(folder), *code):
        body = file.read_bytes()
        hashed.update(len(body).to_bytes(8))
        hashed.update(body)
    return hashed.hexdigest()


def _say(line: str) -> None:
    sys.stderr.write(f"entities: {line}\n")


if __name__ == "__main__":
    try:
        if not make():
            _say(f"{SHIPPED.name} is up to date")
    except RulesError as error:
        sys.exit(str(error))
