"""Rule files to watchlists: read, checked, resolved; and what a watchlist means.

In the order in which a file goes through them:

    folder      which files there are                       source, scalars, nodes   bytes to a tree
    schema/     the keys; values, patterns, registers       validation               tree to sections
    query/      the query language to conditions
    assemble    the sections of all files put together by   entities, places, resolve, intervals,
                                                            receivers, routes, rule_tests, notes
    load        all of it, or every complaint about it

Complaints are made in `complaints` and gathered in `rule_file`; `codes` lists them, `report/` tells
them.  `reference/` makes the schema for editors and the pages of docs/, `layout/` is `tocsin fmt`.
`meaning/` says what a watchlist means: nothing of it knows files.
"""
