"""From matches to alerts: what is one story, who hears of it, and when.  Pure."""
