"""Make the tables of places and entities when a wheel or an editable install is built.

Runs with the build's own requirements alone; nothing of the running program is installed yet.
"""

from __future__ import annotations

import sys
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class TablesHook(BuildHookInterface[Any]):
    """Sees to it that the tables are there and up to date before files are collected."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Make the tables whose sources have changed; that of places takes half a minute."""
        del version, build_data
        sys.path.insert(0, self.root)
        # Found in the tree that is built.
        from alerts.gazetteer import making as places  # noqa: PLC0415
        from alerts.watchlists import making as entities  # noqa: PLC0415

        places.make()
        entities.make()
