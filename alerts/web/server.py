"""The HTTP server: addresses, access, and headers that every answer carries."""

from __future__ import annotations

import contextlib
from base64 import b64decode
from collections.abc import AsyncIterator
from hmac import compare_digest

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware
from prometheus_client import CONTENT_TYPE_LATEST

from alerts.delivery.links import PREFIX as MAIL
from alerts.errors import SettingsError, StorageError
from alerts.metrics import Metrics
from alerts.settings import Settings
from alerts.storage import Overview
from alerts.web.mail import RETURNS, MailDesk, add_mail_pages
from alerts.web.metrics import exposition
from alerts.web.page import STYLE, front_page
from alerts.web.telegram import PATH, Updates, add_updates
from alerts.web.websub import PREFIX, Callbacks, add_callbacks

_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none';"
        " frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
#: Probes ask without a token; they learn one word.
_OPEN = frozenset({"/healthz", "/readyz"})


@contextlib.asynccontextmanager
async def serve(
    settings: Settings,
    overview: Overview,
    metrics: Metrics,
    *,
    callbacks: Callbacks | None = None,
    desk: MailDesk | None = None,
    updates: Updates | None = None,
) -> AsyncIterator[str]:
    """Serve on TOCSIN_LISTEN while the block runs; yield the address of the front page.

    With *callbacks* hubs may call (`alerts.web.websub`), with *desk* readers of mails have pages of
    their own (`alerts.web.mail`), with *updates* Telegram may call (`alerts.web.telegram`).

    Raises:
        SettingsError: the address is taken, or not ours to listen on.
    """
    app = web.Application(middlewares=[_guarded(settings)], client_max_size=64 * 1024)
    _add_routes(app, overview, metrics)
    if callbacks is not None:
        add_callbacks(app, callbacks)
    if desk is not None:
        add_mail_pages(app, desk)
    if updates is not None:
        add_updates(app, updates)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=2)
    await runner.setup()
    host, port = settings.listen_address
    site = web.TCPSite(runner, host, port)
    try:
        try:
            await site.start()
        except OSError as error:
            raise SettingsError(
                f"cannot listen on {settings.listen}: {error.strerror};"
                " choose another address with TOCSIN_LISTEN"
            ) from error
        yield "http://{}:{}/".format(*_bound(runner))
    finally:
        await runner.cleanup()


def _bound(runner: web.AppRunner) -> tuple[str, int]:
    host, port, *_ = runner.addresses[0]
    return (f"[{host}]" if ":" in host else host), port


def _add_routes(app: web.Application, overview: Overview, metrics: Metrics) -> None:
    async def healthz(_request: web.Request) -> web.Response:
        return web.Response(text="alive\n")

    async def readyz(_request: web.Request) -> web.Response:
        try:
            await overview.counts()
        except StorageError as error:
            return web.Response(text=f"{error}\n", status=503)
        return web.Response(text="ready\n")

    async def metrics_page(_request: web.Request) -> web.Response:
        text = await exposition(overview, metrics)
        return web.Response(body=text, headers={"Content-Type": CONTENT_TYPE_LATEST})

    async def front(_request: web.Request) -> web.Response:
        return web.Response(text=await front_page(overview), content_type="text/html")

    async def style(_request: web.Request) -> web.Response:
        return web.Response(text=STYLE, content_type="text/css")

    app.router.add_get("/healthz", healthz)
    app.router.add_get("/readyz", readyz)
    app.router.add_get("/metrics", metrics_page)
    app.router.add_get("/style.css", style)
    app.router.add_get("/", front)


def _guarded(settings: Settings) -> Middleware:
    token = settings.admin_token.get_secret_value() if settings.admin_token else None

    @web.middleware
    async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
        if token and not _is_open(request) and not _presents(request, token):
            challenge = {"WWW-Authenticate": 'Basic realm="Tocsin", charset="UTF-8"'}
            return web.Response(
                text="the password is TOCSIN_ADMIN_TOKEN\n",
                status=401,
                headers=_HEADERS | challenge,
            )
        try:
            response = await handler(request)
        except web.HTTPException as error:
            _protect(error)
            raise
        _protect(response)
        return response

    return guard


def _protect(response: web.StreamResponse | web.HTTPException) -> None:
    for name, value in _HEADERS.items():
        # A page with a form has a policy of its own.
        response.headers.setdefault(name, value)


def _is_open(request: web.Request) -> bool:
    # Hubs and readers have no token; the end of the address is their secret.  Telegram shows one.
    if request.path == RETURNS:
        return False
    return request.path in {*_OPEN, PATH} or request.path.startswith((PREFIX, MAIL))


def _presents(request: web.Request, token: str) -> bool:
    """Tell whether *request* carries *token*: as bearer, or as a password under any name."""
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            given = b64decode(given, validate=True).decode().partition(":")[2]
        except ValueError:
            return False
    elif scheme.lower() != "bearer":
        return False
    return compare_digest(given.encode(), token.encode())
