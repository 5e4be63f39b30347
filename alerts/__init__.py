"""Tocsin: reads news feeds and rings for the people whom an article concerns."""

__version__ = "0.1.0"
