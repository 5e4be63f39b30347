"""Which watchlists does an article meet, and why?  Pure: no files, no clock, no network."""

from alerts.matching.matcher import Matcher, matcher_of

__all__ = ["Matcher", "matcher_of"]
