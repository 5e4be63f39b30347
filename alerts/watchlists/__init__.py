"""From rule files to watchlists: reading, checking, the query language, and the plain evaluator.

Nothing is imported here, so that those who only need the evaluator load neither YAML nor schema.
"""
