"""/email: alerts by mail as well, once whoever reads the mailbox has said yes on a page (double opt-in).

The mailbox is linked when it is asked, and silent until it answers (`storage.consents`).  What is
answered here is the same whoever reads there, and whatever else comes there.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Final

from alerts.bot.desk import Desk
from alerts.bot.talk import Call, Command, Rows, Says, button
from alerts.bot.times import is_off
from alerts.bot.typed import brief
from alerts.delivery.links import ReaderPages
from alerts.delivery.tokens import Claim, Purpose
from alerts.locales import marked
from alerts.model import Address, Receiver, Subscriber
from alerts.storage.bounces import CHANNEL as MAIL
from alerts.storage.silenced import EVERY, Consent, Standing
from alerts.watchlists.complaints import FlawError
from alerts.watchlists.values import email as mail_address
from alerts.web.mail import letters
from alerts.web.mail.allowance import Allowance

_NO_MAIL: Final = marked("This bot cannot send mails: its operator has set up none.")
_PRIVATE_ONLY: Final = marked(
    "A mailbox belongs to one person, and here several would decide about it. Write to me in a"
    " private chat, and link yours there."
)
_WHICH: Final = marked("To which address shall alerts come as well? Send it to me.")
_LINKED: Final = marked("Alerts come to <code>{mail}</code> as well.")
_WAITING: Final = marked(
    "I asked <code>{mail}</code>: no alert goes there before the link in that mail was opened and"
    " confirmed."
)
_STOPPED: Final = marked(
    "<code>{mail}</code> is linked, but gets nothing: whoever reads there has left or paused these"
    " mails, or they came back."
)
_ASKED: Final = marked(
    "I ask <code>{mail}</code> now. Open the link in that mail within 7 days and confirm; before"
    " that no alert goes there. No mail? Look among the unwanted ones. One address is asked once a"
    " day at most."
)
_UNREAD: Final = marked("“{typed}” is no mail address that I can use: <code>{example}</code>")
_TOO_MANY: Final = marked(
    "Those were three addresses in a day. As each of them is a mail to somebody, please go on tomorrow."
)
_ENDED: Final = marked("Done. No alerts by mail any more.")
_NONE: Final = marked("No mailbox is linked.")
_OFF: Final = marked("No mails any more")

_ABOUT: Final = "email"
_SOMEBODY: Final = "name@example.org"
_EXAMPLE: Final = f"/{_ABOUT} {_SOMEBODY}"
#: Questions of one chat: each is a mail to somebody who may not want it.
_QUESTIONS: Final = (3, timedelta(days=1))


def make_email() -> Command:
    """Return the command, which remembers who asked how many mailboxes today."""
    questions = Allowance(*_QUESTIONS)

    async def email(call: Call, desk: Desk) -> Says:
        words, pages = call.words, desk.pages
        if not call.chat.is_private:
            return Says(html=words.say(_PRIVATE_ONLY))
        if is_off(call.text):
            return await _end(call, desk)
        if pages is None or not desk.settings.has_mail:
            return Says(html=words.say(_NO_MAIL))
        if not call.text.strip():
            return await _state(call, desk)
        try:
            address = Address(channel=MAIL, target=mail_address(call.text.strip()))
        except FlawError:
            said = words.say(_UNREAD, typed=brief(call.text), example=_EXAMPLE)
            return Says(html=said)
        subscriber = await desk.member(call)
        if not questions.spend(subscriber.name, now=call.now):
            return Says(html=words.say(_TOO_MANY))
        return await _link(call, desk, pages, subscriber, address)

    return Command(
        name=_ABOUT,
        does=email,
        about=marked("alerts by mail as well"),
        changes=True,
        continues=email,
    )


async def _state(call: Call, desk: Desk) -> Says:
    """Say how the mailbox stands, or ask which one it shall be."""
    words, subscriber = call.words, call.subscriber
    if subscriber is None or not subscriber.mail:
        await desk.ask(call, _ABOUT, {})
        return Says(html=words.say(_WHICH))
    address = Address(channel=MAIL, target=subscriber.mail)
    standing = await _standing(desk, address, subscriber)
    texts = {Consent.GIVEN: _LINKED, Consent.ASKED: _WAITING}
    said = words.say(texts.get(standing.state, _STOPPED), mail=subscriber.mail)
    return Says(html=said, buttons=_offer_end(call))


async def _link(
    call: Call, desk: Desk, pages: ReaderPages, subscriber: Subscriber, address: Address
) -> Says:
    """Ask the mailbox, and link it in place of the one before."""
    await _ask(desk, pages, subscriber, address)
    await desk.members.keep(replace(subscriber, mail=address.target))
    if subscriber.mail not in ("", address.target):
        before = Address(channel=MAIL, target=subscriber.mail)
        await desk.storage.consents.leave(before, subscriber.name, now=call.now)
    if call.dialogue is not None and call.dialogue.about == _ABOUT:
        await desk.ended(call)
    standing = await _standing(desk, address, subscriber)
    text = _LINKED if standing.state is Consent.GIVEN else _ASKED
    said = call.words.say(text, mail=address.target)
    return Says(html=said, buttons=_offer_end(call))


async def _ask(desk: Desk, pages: ReaderPages, subscriber: Subscriber, address: Address) -> None:
    """Have the mailbox asked, unless it was a while ago; the same question is one mail."""
    consents, name = desk.storage.consents, subscriber.name
    now = desk.now()
    if await consents.ask(address, name, now=now) is None:
        standing = await _standing(desk, address, subscriber)
        # A crash may have come between the note that it is asked and the mail.
        if standing.state is not Consent.ASKED:
            return
    version = consents.version(address, name)
    claim = Claim(subscriber=address.key, list=name, version=version)
    link = pages.page(Purpose.CONFIRM, claim)
    question = letters.question(name, address, link, version)
    to = Receiver(name=name, addresses=(address,))
    if await desk.storage.outbox.notify(question, to, now=now):
        desk.ring({MAIL})


async def _end(call: Call, desk: Desk) -> Says:
    words, subscriber = call.words, call.subscriber
    if subscriber is None or not subscriber.mail:
        return Says(html=words.say(_NONE))
    address = Address(channel=MAIL, target=subscriber.mail)
    await desk.storage.consents.leave(address, subscriber.name, now=call.now)
    await desk.members.keep(replace(subscriber, mail=""))
    return Says(html=words.say(_ENDED))


async def _standing(desk: Desk, address: Address, subscriber: Subscriber) -> Standing:
    """Return how the mailbox stands to the chat's alerts.

    That its mails came back is nobody's business before it has said that it is theirs.
    """
    known = await desk.storage.consents.standings(address, now=desk.now())
    own = known.get(subscriber.name, Standing())
    return known.get(EVERY, own) if own.state is Consent.GIVEN else own


def _offer_end(call: Call) -> Rows:
    return ((button(call.words.of(_OFF), "/email off"),),)
