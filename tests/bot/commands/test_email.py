"""/email: alerts come by mail as well, once whoever reads the mailbox has said yes."""

from __future__ import annotations

import contextlib
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import aiohttp

from alerts.bot.settings import BotSettings
from alerts.delivery.rendering import Renderer
from alerts.metrics import Metrics
from alerts.model import Address, Delivery, Message, Notice, Receipt, Receiver
from alerts.settings import Settings
from alerts.storage.tables import consents
from alerts.web import serve
from alerts.web.mail import MailDesk
from tests.bot.chats import Conversation, conversation, labels
from tests.bot.subscribed import of, subscribed
from tests.servers.bot_people import member
from tests.storage.databases import count

MAIL = "reader@example.net"


@dataclass(slots=True)
class Post:
    """Mails that leave, and the pages that their links open."""

    talk: Conversation
    renderer: Renderer

    async def sent(self) -> list[Message]:
        """Send the mails that are due, and return them."""
        now, outbox = self.talk.clock.now, self.talk.storage.outbox
        messages: list[Message] = []
        until = now + timedelta(minutes=3)
        for delivery in await outbox.lease_due("email", now=now, until=until, limit=50):
            messages.append(self.renderer.render(delivery, now=now))
            await outbox.mark_sent(delivery, Receipt(message_id=delivery.id), now=now)
        return messages

    async def press(self, link: str, **form: str) -> str:
        """Send the form of a page; return what is shown then."""
        async with aiohttp.ClientSession() as browser, browser.post(link, data=form) as answer:
            return await answer.text()


@contextlib.asynccontextmanager
async def posting(folder: Path) -> AsyncIterator[Post]:
    """Open a conversation of a bot that can send mails."""
    settings = BotSettings(has_mail=True)
    async with conversation(folder, settings=settings, public_url="http://unused/") as talk:
        pages, storage = talk.bot.desk.pages, talk.storage
        assert pages is not None

        async def told(_delivery: str) -> Delivery | None:
            return None

        async def notify(notice: Notice, receiver: Receiver) -> None:
            await storage.outbox.notify(notice, receiver, now=talk.clock.now)

        desk = MailDesk(
            storage.consents, storage.bounces, pages, told=told, notify=notify, now=talk.clock
        )
        everybody = talk.members.joined(talk.rules)
        desk.use(everybody)
        async with serve(
            Settings(listen="127.0.0.1:0"), storage.overview, Metrics(), desk=desk
        ) as root:
            pages._root = f"{root}mail/"
            renderer = Renderer(root, pages)
            renderer.use(everybody)
            yield Post(talk, renderer)


def link_in(message: Message) -> str:
    found = re.search(r"http://127\S+", message.text)
    assert found is not None
    return found[0]


async def test_a_mailbox_is_asked_confirms_hears_and_leaves(tmp_path: Path) -> None:
    async with posting(tmp_path) as post:
        talk = post.talk
        await subscribed(talk)
        [said] = await talk.say("100", f"/email {MAIL}")
        assert said.text.startswith(f"I ask {MAIL} now. Open the link in that mail within 7 days")
        assert of(talk).mail == MAIL

        # Before it has answered, nothing but the question goes there.
        assert len(await talk.report("Shelling in Idlib")) == 1
        [question] = await post.sent()
        assert question.subject == "Tocsin: Do you want these mails here?"
        [said] = await talk.say("100", "/status")
        assert f"Mail: {MAIL}, not confirmed yet" in said.text

        page = await post.press(link_in(question), do="yes")
        assert MAIL in page
        assert await post.sent() == []
        assert len(await talk.report("Fire in Idlib")) == 1
        [mail] = await post.sent()
        assert "Fire in Idlib" in mail.text
        [said] = await talk.say("100", "/email")
        assert said.text == f"Alerts come to {MAIL} as well."

        await post.press(mail.unsubscribe_url, **{"List-Unsubscribe": "One-Click"})
        assert len(await talk.report("Flood in Idlib")) == 1
        assert await post.sent() == []
        [said] = await talk.say("100", "/email")
        assert "gets nothing" in said.text


async def test_whoever_says_no_hears_nothing(tmp_path: Path) -> None:
    async with posting(tmp_path) as post:
        await subscribed(post.talk)
        await post.talk.say("100", f"/email {MAIL}")
        [question] = await post.sent()
        await post.press(link_in(question), do="no")
        await post.talk.report("Fire in Idlib")
        assert await post.sent() == []


async def test_the_answer_is_the_same_whatever_else_comes_there(tmp_path: Path) -> None:
    async with posting(tmp_path) as post:
        talk, address = post.talk, Address(channel="email", target=MAIL)
        [before] = await talk.say("100", f"/email {MAIL}")
        # One that another list knows, that left another one, and one whose mails came back.
        await talk.storage.consents.leave(address, "desk", now=talk.clock.now)
        await talk.storage.consents.leave(address, "", now=talk.clock.now)
        [after] = await talk.say("200", f"/email {MAIL}")
        assert after.text == before.text
        [state] = await talk.say("200", "/email")
        assert state.text.startswith(f"I asked {MAIL}")


async def test_one_mailbox_is_asked_once_a_day(tmp_path: Path) -> None:
    async with posting(tmp_path) as post:
        [first] = await post.talk.say("100", f"/email {MAIL}")
        [second] = await post.talk.say("100", f"/email {MAIL}")
        assert second.text == first.text
        assert len(await post.sent()) == 1


async def test_three_questions_a_day_are_enough(tmp_path: Path) -> None:
    async with posting(tmp_path) as post:
        for number in range(3):
            await post.talk.say("100", f"/email reader{number}@example.net")
        [said] = await post.talk.say("100", "/email reader3@example.net")
        assert said.text.startswith("Those were three addresses in a day.")
        assert of(post.talk).mail == "reader2@example.net"
        post.talk.clock.advance(days=1)
        [said] = await post.talk.say("100", "/email reader3@example.net")
        assert said.text.startswith("I ask reader3@example.net now.")


async def test_another_mailbox_takes_the_place_of_the_first(tmp_path: Path) -> None:
    async with posting(tmp_path) as post:
        await subscribed(post.talk)
        await post.talk.say("100", f"/email {MAIL}")
        [question] = await post.sent()
        await post.talk.say("100", "/email other@example.net")
        page = await post.press(link_in(question), do="yes")
        assert "now on" not in page
        [other] = await post.sent()
        await post.press(link_in(other), do="yes")
        await post.talk.report("Fire in Idlib")
        assert len(await post.sent()) == 1


async def test_off_ends_it_at_once(tmp_path: Path) -> None:
    async with posting(tmp_path) as post:
        talk = post.talk
        await subscribed(talk)
        [said] = await talk.say("100", f"/email {MAIL}")
        [question] = await post.sent()
        await post.press(link_in(question), do="yes")
        assert labels(said) == [["No mails any more"]]
        pressed = await talk.press(said, "No mails any more")
        assert pressed.message.text == "Done. No alerts by mail any more."
        assert of(talk).mail == ""
        await talk.report("Fire in Idlib")
        assert await post.sent() == []
        again = await talk.press_data(said, "/email off")
        assert again.message.text == "No mailbox is linked."


async def test_asked_alone_the_next_words_are_the_address(tmp_path: Path) -> None:
    async with posting(tmp_path) as post:
        [asked] = await post.talk.say("100", "/email")
        assert asked.text == "To which address shall alerts come as well? Send it to me."
        [said] = await post.talk.say("100", "not an address")
        assert said.text.startswith("“not an address” is no mail address that I can use:")
        [said] = await post.talk.say("100", MAIL)
        assert said.text.startswith(f"I ask {MAIL} now.")


async def test_what_is_no_address_links_nothing(tmp_path: Path) -> None:
    async with posting(tmp_path) as post:
        hostile = ("@b", "<a@example.net>", f"{MAIL}, b@example.net", "@" * 3000, "ａ@example.net")
        for typed in (*hostile, "a\nBcc: b@example.net", "a@\u202eb"):
            [said] = await post.talk.say("100", f"/email {typed}")
            assert "is no mail address that I can use" in said.text
            assert len(said.text) < 300
        assert len(post.talk.members) == 0
        assert await count(post.talk.storage, consents) == 0


async def test_a_group_has_no_mailbox(tmp_path: Path) -> None:
    async with posting(tmp_path) as post:
        post.talk.api.people.members["-5", 7] = member("administrator", 7)
        [said] = await post.talk.say("-5", f"/email {MAIL}", user=7)
        assert said.text.startswith("A mailbox belongs to one person")
        assert await post.sent() == []


async def test_without_mail_it_says_so(tmp_path: Path) -> None:
    async with conversation(tmp_path) as talk:
        [said] = await talk.say("100", f"/email {MAIL}")
        assert said.text == "This bot cannot send mails: its operator has set up none."
