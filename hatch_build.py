"""Make the table of places (alerts/gazetteer) when a wheel or an editable install is built.

Runs with the build's own requirements alone; nothing of the running program is installed yet.
"""

from __future__ import annotations

import sys
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class PlacesHook(BuildHookInterface[Any]):
    """Sees to it that the table is there and up to date before files are collected."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Make the table, which takes half a minute, unless its sources are unchanged."""
        del version, build_data
        sys.path.insert(0, self.root)
        from alerts.gazetteer import making  # noqa: PLC0415 - found in the tree that is built

        making.make()
