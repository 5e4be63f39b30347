"""How the readers' pages are reached and look.  What they do is decided at the desk.

A form holds nothing but the press of a button: what it may do stands in the token of the address, so
that another site that sends it would have to know the token.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import cache
from typing import Any, Final

from aiohttp import web
from jinja2 import Environment, PackageLoader, StrictUndefined

from alerts.delivery.links import PREFIX
from alerts.delivery.rendering.digest import items, sections, stories
from alerts.delivery.rendering.reader import ENGLISH, Reader
from alerts.delivery.rendering.view import Limits
from alerts.delivery.tokens import Claim, Purpose
from alerts.errors import StorageError
from alerts.model import Delivery, Digest, Receiver, list_name
from alerts.web.mail.desk import PAUSES, MailDesk, Membership, Refusal, address_of
from alerts.web.mail.returns import take_returns
from alerts.web.page import STYLE

#: Where a mail server brings what comes to the return address; not for the world.
RETURNS: Final = PREFIX + "bounces"
#: The front page's, but for the forms.
_POLICY: Final = (
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'self';"
    " frame-ancestors 'none'"
)
_STATUS: Final = {
    Refusal.UNKNOWN: 404,
    Refusal.OLD: 410,
    Refusal.GONE: 410,
    Refusal.TOO_MANY: 429,
}
#: What a page says after a press: the words of its address, and none of anybody else's.
_DONE: Final = frozenset({"paused", "resumed", "left", "asked", "no-address"})
_LIMITS: Final = Limits(headline=300, excerpt=500, reasons=8, sources=8)
_Page = Callable[[web.Request], Awaitable[web.StreamResponse]]


def add_mail_pages(app: web.Application, desk: MailDesk) -> None:
    """Let readers reach *desk* through *app*, and the mail server bring what came back."""
    pages = _Pages(desk)
    for purpose, look, act in (
        (Purpose.LEAVE, pages.leave, pages.left),
        (Purpose.PREFERENCES, pages.preferences, pages.changed),
        (Purpose.CONFIRM, pages.confirm, pages.confirmed),
        (Purpose.DIGEST, pages.digest, None),
    ):
        path = f"{PREFIX}{purpose}/{{token}}"
        app.router.add_get(path, _guarded(look))
        if act is not None:
            app.router.add_post(path, _guarded(act))
    app.router.add_get(PREFIX + "style.css", _style)
    take_returns(app, RETURNS, desk)


class _Pages:
    """A method a page: those named for a thing look at it, those named for a deed do it."""

    def __init__(self, desk: MailDesk) -> None:
        self._desk = desk

    async def leave(self, request: web.Request) -> web.Response:
        claim = self._desk.open(_token(request), Purpose.LEAVE)
        if isinstance(claim, Claim):
            return _page("leave.html", claim=claim, address=address_of(claim).target)
        return await self._closed(request, Purpose.LEAVE, claim)

    async def left(self, request: web.Request) -> web.Response:
        # RFC 8058, 3.2: mail programs send "List-Unsubscribe=One-Click" here, without cookies, and
        # follow no redirect.  Whatever the form holds, it can mean nothing else.
        claim = self._desk.open(_token(request), Purpose.LEAVE)
        if isinstance(claim, Refusal):
            return await self._closed(request, Purpose.LEAVE, claim)
        if not self._desk.may_act(claim):
            return _refused(Refusal.TOO_MANY)
        await self._desk.leave(claim)
        return self._goodbye(claim)

    async def _closed(
        self, request: web.Request, purpose: Purpose, refusal: Refusal
    ) -> web.Response:
        left = await self._desk.gone_by(_token(request), purpose)
        return _refused(refusal) if left is None else self._goodbye(left)

    def _goodbye(self, claim: Claim) -> web.Response:
        return _page(
            "left.html",
            claim=claim,
            address=address_of(claim).target,
            preferences=self._desk.token(claim),
        )

    async def preferences(self, request: web.Request) -> web.Response:
        claim = self._desk.open(_token(request), Purpose.PREFERENCES)
        if isinstance(claim, Refusal):
            return await self._closed(request, Purpose.PREFERENCES, claim)
        done = request.query.get("done", "")
        return _page(
            "preferences.html",
            claim=claim,
            address=address_of(claim).target,
            lists=[_shown(one) for one in await self._desk.memberships(claim)],
            pauses=PAUSES,
            done=done if done in _DONE else "",
        )

    async def changed(self, request: web.Request) -> web.Response:
        claim = self._desk.open(_token(request), Purpose.PREFERENCES)
        if isinstance(claim, Refusal):
            return _refused(claim)
        if not self._desk.may_act(claim):
            return _refused(Refusal.TOO_MANY)
        form = await request.post()
        about = _about(claim, str(form.get("list", claim.list)))
        if about.list not in {one.receiver.name for one in await self._desk.memberships(claim)}:
            return _refused(Refusal.GONE)
        done = await self._do(about, str(form.get("do", "")), str(form.get("address", "")))
        # Relative: the proxy in front of us may serve us in a folder.
        raise web.HTTPSeeOther(f"{self._desk.token(claim)}?done={done}")

    async def _do(self, claim: Claim, deed: str, text: str) -> str:
        match deed.split():
            case ["pause", days] if days in map(str, PAUSES):
                await self._desk.pause(claim, int(days))
                return "paused"
            case ["resume"]:
                await self._desk.resume(claim)
                return "resumed"
            case ["leave"]:
                await self._desk.leave(claim)
                return "left"
            case ["move"]:
                return "asked" if await self._desk.ask(claim, text) else "no-address"
            case _:
                raise web.HTTPBadRequest(text="nothing to do\n")

    async def confirm(self, request: web.Request) -> web.Response:
        claim = self._desk.open(_token(request), Purpose.CONFIRM)
        if isinstance(claim, Refusal):
            return _refused(claim)
        return _page("confirm.html", claim=claim, address=address_of(claim).target)

    async def confirmed(self, request: web.Request) -> web.Response:
        claim = self._desk.open(_token(request), Purpose.CONFIRM)
        if isinstance(claim, Refusal):
            return _refused(claim)
        form = await request.post()
        if form.get("do") == "no":
            await self._desk.leave(claim)
            return self._goodbye(claim)
        if form.get("do") != "yes":
            raise web.HTTPBadRequest(text="nothing to do\n")
        if not await self._desk.confirm(claim):
            return _refused(Refusal.OLD)
        return _page(
            "welcome.html",
            claim=claim,
            address=address_of(claim).target,
            preferences=self._desk.token(claim),
        )

    async def digest(self, request: web.Request) -> web.Response:
        claim = self._desk.open(_token(request), Purpose.DIGEST)
        if isinstance(claim, Refusal):
            return _refused(claim)
        delivery = await self._desk.digest(claim)
        if delivery is None:
            return _refused(Refusal.GONE)
        return _digest(delivery, self._desk.receiver(delivery.receiver))


def _digest(delivery: Delivery, receiver: Receiver | None) -> web.Response:
    reader = _reader(receiver.digest if receiver is not None else None)
    parts = [(part.watchlist, items(part, _LIMITS, reader)) for part in sections(delivery.alerts)]
    return _page(
        "digest.html",
        receiver=delivery.receiver,
        count=stories(len(delivery.alerts)),
        written_at=reader.moment(delivery.created_at),
        sections=parts,
    )


def _about(claim: Claim, name: str) -> Claim:
    return Claim(subscriber=claim.subscriber, list=name)


def _shown(one: Membership) -> dict[str, Any]:
    """Return a list in words, for a template."""
    digest = one.receiver.digest
    until = one.standing.until
    return {
        "name": one.receiver.name,
        "state": one.standing.state.value,
        "reason": one.standing.reason,
        "until": _reader(digest).moment(until) if until is not None else "",
        "when": _hours(digest) if digest is not None else "each story when it is reported",
    }


def _hours(digest: Digest) -> str:
    hours = ", ".join(f"{at:%H:%M}" for at in digest.at)
    days = ", ".join(day.value.capitalize() for day in digest.days) or "every day"
    return f"one mail, {days} at {hours} ({digest.location})"


def _reader(digest: Digest | None) -> Reader:
    return Reader(ENGLISH.words, digest.location) if digest is not None else ENGLISH


def _token(request: web.Request) -> str:
    return request.match_info["token"]


def _refused(refusal: Refusal) -> web.Response:
    return _page("refused.html", status=_STATUS[refusal], refusal=refusal.name.lower())


def _page(template: str, *, status: int = 200, **values: object) -> web.Response:
    text = _environment().get_template(f"mail/{template}").render(values)
    return web.Response(text=text, status=status, content_type="text/html")


def _guarded(page: _Page) -> _Page:
    async def guarded(request: web.Request) -> web.StreamResponse:
        try:
            response = await page(request)
        except StorageError:
            response = _page("refused.html", status=503, refusal="busy")
        except web.HTTPException as error:
            error.headers["Content-Security-Policy"] = _POLICY
            raise
        response.headers["Content-Security-Policy"] = _POLICY
        # A token in an address must not become known to search engines.
        response.headers["X-Robots-Tag"] = "noindex"
        return response

    return guarded


async def _style(_request: web.Request) -> web.Response:
    return web.Response(text=STYLE, content_type="text/css")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("alerts.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["list_name"] = list_name
    return environment
