"""`tocsin check`: can these rule files be loaded?"""

from __future__ import annotations

import typer

from alerts.cli.options import Rules


def check(rules: Rules = None) -> None:
    """Load, resolve and compile the rule files; say every error and its place.

    Example: tocsin check --rules rules
    """
    import os

    from alerts.alerting.sightings import RulesInForce
    from alerts.settings import load_settings
    from alerts.watchlists.load import load_rules

    folder = load_settings(rules=rules).rules
    loaded = load_rules(folder, environment=os.environ)
    RulesInForce.compile(loaded)
    typer.echo(
        f"{folder}: {len(loaded.feeds)} feeds, {len(loaded.entities)} entities,"
        f" {len(loaded.watchlists)} watchlists, {len(loaded.receivers)} receivers: all good"
    )
