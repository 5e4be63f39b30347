"""From a leased delivery to an accepted message."""
