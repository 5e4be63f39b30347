"""Receivers and hours that routes of tests name."""

from __future__ import annotations

from datetime import time

from alerts.model import Address, Receiver, TimeInterval

RECEIVERS = {
    name: Receiver(name=name, addresses=(Address(channel="telegram", target=name),))
    for name in ("root", "ops", "desk", "night")
}
#: `tests.builders.NOW` is noon.
INTERVALS = {
    "now": TimeInterval(name="now", times=((time(11), time(13)),)),
    "later": TimeInterval(name="later", times=((time(13), time(14)),)),
}
