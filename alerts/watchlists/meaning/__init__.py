"""What watchlists mean: the names that a term stands for, and the plain evaluator.

`evaluate` is the definition of right; `alerts.matching` must answer the same, only faster.
"""
