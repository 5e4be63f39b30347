"""Writes how messages look, for screenshots: `python -m tests.delivery.gallery FOLDER`.

Each page stands alone: a chat with Telegram's bubbles, the HTML of mails, their text parts.
"""

from __future__ import annotations

import sys
from html import escape
from pathlib import Path

from alerts.delivery.links import Links
from alerts.delivery.rendering import Renderer
from alerts.delivery.rendering.mail import mail
from alerts.model import Button, Change, Delivery, DeliveryKind, Digest, Message, Severity
from tests.delivery import digests
from tests.delivery.samples import (
    MAILBOX,
    NOW,
    TERMINAL,
    arabic,
    chemical,
    delivery,
    khmeimim,
    long_list,
)

CHAT_PAGE = """<!DOCTYPE html>
<meta charset="utf-8"><title>Alerts in a chat</title>
<style>
body { margin: 0; padding: 24px; background: #8fb39a linear-gradient(160deg, #a7c4a0, #7fa9a3); font: 15px/1.38
  -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
.bubble { position: relative; max-width: 460px; margin: 10px 0 4px; padding: 7px 11px 20px; background: #fff;
  border-radius: 12px 12px 12px 3px; box-shadow: 0 1px 1px #0003; overflow-wrap: anywhere; }
.row { display: flex; gap: 4px; max-width: 482px; margin: 0 0 4px; }
.row span { flex: 1; padding: 7px 4px; text-align: center; color: #fff; background: #3c5c5266; border-radius: 8px; }
.bubble .name { color: #d9672b; font-weight: 600; display: block; }
.bubble .line { unicode-bidi: plaintext; min-height: 1.38em; }
.bubble a { color: #2481cc; text-decoration: none; }
.bubble time { position: absolute; right: 10px; bottom: 4px; color: #9aa; font-size: 12px; }
</style>
"""


def chat(messages: list[Message]) -> str:
    """Return a page with *messages* as a chat shows them."""
    return CHAT_PAGE + "\n".join(map(_bubble, messages))


def _bubble(message: Message) -> str:
    lines = "".join(f'<div class="line">{line}</div>' for line in message.html.split("\n"))
    time = f"<time>{message.created_at:%H:%M}</time>"
    bubble = f'<div class="bubble"><span class="name">Tocsin</span>{lines}{time}</div>'
    rows = ("".join(map(_button, row)) for row in message.buttons)
    return bubble + "".join(f'<div class="row">{row}</div>' for row in rows)


def _button(button: Button) -> str:
    return f"<span>{escape(button.label)}{' ↗' * bool(button.url)}</span>"


def pages() -> dict[str, str]:
    """Return every page by its file name."""
    renderer = Renderer("https://tocsin.example/")

    def rendered(one: Delivery) -> Message:
        return renderer.render(one, now=NOW)

    single = rendered(delivery(khmeimim(), address=MAILBOX))
    several = rendered(delivery(khmeimim(), arabic(), chemical(), address=MAILBOX))
    repeat = rendered(delivery(khmeimim(), address=MAILBOX, possible_repeat=True))
    stories = [delivery(khmeimim()), delivery(arabic()), delivery(chemical())]
    return {
        "telegram.html": chat([rendered(one) for one in stories]),
        "telegram-list.html": chat([rendered(delivery(khmeimim(), arabic(), chemical()))]),
        "telegram-rest.html": chat([rendered(delivery(*long_list(40), possible_repeat=True))]),
        "mail.html": single.html,
        "mail-list.html": several.html,
        "mail-repeat.html": repeat.html,
        "mail-capped.html": rendered(delivery(*long_list(87), address=MAILBOX)).html,
        "mail.txt": f"Subject: {single.subject}\n\n{single.text}\n",
        "mail-list.txt": f"Subject: {several.subject}\n\n{several.text}\n",
        "console.txt": rendered(delivery(khmeimim(), address=TERMINAL)).text + "\n",
    }


def digest_pages() -> dict[str, str]:
    """Return digests and an update, with the links that readers get."""
    root = "https://tocsin.example/"
    links = Links(
        leave=f"{root}mail/leave/x",
        preferences=f"{root}mail/preferences/x",
        whole=f"{root}mail/digest/x",
    )

    def read(one: Delivery, most: int = 40) -> Message:
        wanted = Digest(at=(), max_items=most, location="Asia/Damascus")
        return mail(one, root, digests.NOW, links=links, digest=wanted)

    change = Change(severity_before=Severity.HIGH, headline_before="Drones over Hmeymim")
    changed = delivery(khmeimim(), address=MAILBOX, kind=DeliveryKind.UPDATE, change=change)
    evening = read(digests.digest(*digests.evening()))
    return {
        "digest.html": evening.html,
        "digest.txt": f"Subject: {evening.subject}\n\n{evening.text}\n",
        "digest-capped.html": read(digests.digest(*digests.evening()), most=4).html,
        "digest-empty.html": read(digests.digest()).html,
        "update.html": mail(changed, root, NOW, links=links).html,
    }


def main(folder: Path) -> None:
    """Write every page, and an index of them, into *folder*."""
    folder.mkdir(parents=True, exist_ok=True)
    written = pages() | digest_pages()
    for name, page in written.items():
        (folder / name).write_text(page, encoding="utf-8")
    links = "".join(f'<li><a href="{name}">{escape(name)}</a>' for name in written)
    (folder / "index.html").write_text(f"<!DOCTYPE html><ul>{links}</ul>", encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m tests.delivery.gallery FOLDER")
    main(Path(sys.argv[1]))
