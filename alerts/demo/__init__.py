"""The stage of `tocsin demo`: invented publishers on loopback, and rule files that listen to them.

`newsroom` serves the feeds, `rule_files` writes the rules.  What runs on this stage is the real
program: nothing here polls, matches or sends.
"""
