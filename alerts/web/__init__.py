"""What the process shows over HTTP: health, metrics, and a page of recent alerts."""

from alerts.web.server import serve

__all__ = ["serve"]
