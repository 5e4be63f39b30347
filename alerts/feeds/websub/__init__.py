"""WebSub, as a hint on top of polling (W3C Recommendation of 23 January 2018).

Who is asked for what, and what is believed, are pure decisions; `ask` speaks to a hub.  The loop is
`alerts.poller.websub`, the address that hubs call is `alerts.web.websub`.
"""
