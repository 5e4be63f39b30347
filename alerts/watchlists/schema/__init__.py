"""The format of rule files: their sections and keys, and what may stand there.

Shape only: what can be told from a section alone.  References between sections, the query
language and the environment come later.  A key that is not here is refused, never ignored; a key
of `unsupported` is refused with a word of its own, until it moves into the model.

The JSON Schema and docs/rule-files.md are made from these classes (`alerts.watchlists.reference`):
a comment `#:` above a key is its description, a `Form` in its type says what a function of ours
takes.  Whatever refuses the shape of a file has a code R2xx and stands in the JSON Schema too.
"""
