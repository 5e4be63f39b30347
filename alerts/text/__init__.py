"""What words are: folding, tokens, inflections.  Pure functions of text; no names, no watchlists."""
