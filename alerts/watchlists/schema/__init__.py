"""The format of rule files: their sections and keys, and what may stand there.

Shape only: what can be told from a section alone.  References between sections, the query
language and the environment come later.  A key that is not here is refused, never ignored; a key
of `unsupported` is refused with a word of its own, until it moves into the model.
"""
