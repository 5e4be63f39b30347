"""The operator's tools: they ask the production path what it does, did, and would do.

Each tool is a module that takes rules, stored articles and a time, and returns values; `alerts.cli`
reads the arguments and shows what came of it.  No tool has an opinion of its own on what matches.
"""
