"""From a URL to new articles, as steps: fetch, parse, identify, schedule.

The loop that calls them is `alerts.poller`; what is stored is `alerts.storage`'s.  Nothing is
imported here, so that a parser process loads the parser and nothing else.
"""
