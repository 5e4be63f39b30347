"""What will other mail servers find in DNS about the sender's domain?

SPF (RFC 7208), DKIM (RFC 6376), DMARC (RFC 7489), and whether bounces can come back.  Which key signs is
the relay's secret, so of DKIM only this is seen: whether there is any name below `_domainkey` (RFC 8020:
where there is none, the answer is NXDOMAIN).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from functools import lru_cache
from typing import Final

import dns.asyncresolver
import dns.exception
import dns.resolver
from publicsuffixlist import PublicSuffixList

from alerts.cli.doctor.findings import Finding, ok, problem, warning

_ABOUT: Final = "dns"
_SECONDS: Final = 5.0


class _UnansweredError(Exception):
    """Nobody says whether there is such a record."""


class Names:
    """Asks one name server, or those of this machine."""

    def __init__(self, server: tuple[str, int] | None = None) -> None:
        """Ask *server*, an address and a port; None: whom the machine asks."""
        try:
            self._resolver = dns.asyncresolver.Resolver(configure=server is None)
        except dns.resolver.NoResolverConfiguration:
            self._resolver = dns.asyncresolver.Resolver(configure=False)
        if server is not None:
            self._resolver.nameservers = [server[0]]
            self._resolver.port = server[1]
        self._resolver.lifetime = _SECONDS

    async def records(self, name: str, kind: str) -> list[str] | None:
        """Return the records of *name*; none though the name exists: []; no such name: None.

        Raises:
            _UnansweredError: there was no answer.
        """
        try:
            answer = await self._resolver.resolve(name, kind, search=False)
        except dns.resolver.NXDOMAIN:
            return None
        except dns.resolver.NoAnswer:
            return []
        except (dns.exception.DNSException, OSError) as error:
            raise _UnansweredError(type(error).__name__) from error
        return [_text(record) for record in answer]


def _text(record: object) -> str:
    # A TXT record of several strings is one text without blanks between them (RFC 7208, 3.3).
    strings = getattr(record, "strings", None)
    return b"".join(strings).decode("utf-8", "replace") if strings is not None else str(record)


async def examine(domain: str, names: Names) -> AsyncIterator[Finding]:
    """Look up what speaks for mails from *domain*."""
    if domain == "localhost" or "." not in domain:
        yield warning(_ABOUT, f"{domain} is no public domain: only local mail will be taken")
        return
    for examined in (_spf, _dkim, _dmarc, _bounces):
        try:
            yield await examined(domain, names)
        except _UnansweredError as error:
            yield warning(_ABOUT, f"no answer about {domain} ({error})", "is a name server there?")
            return


async def _spf(domain: str, names: Names) -> Finding:
    texts = await names.records(domain, "TXT") or []
    found = [text for text in texts if text.lower().split(" ")[0] == "v=spf1"]
    advice = f"add a TXT record to {domain} that names your relay: v=spf1 include:… -all"
    if not found:
        return warning(_ABOUT, f"{domain} has no SPF record", advice)
    if len(found) > 1:
        return problem(_ABOUT, f"{domain} has {len(found)} SPF records", "none counts: leave one")
    if found[0].lower().split()[-1] in ("+all", "all"):
        return warning(_ABOUT, f"SPF of {domain} lets everybody send ({found[0][-4:]})", advice)
    return ok(_ABOUT, f"SPF: {found[0]}")


async def _dkim(domain: str, names: Names) -> Finding:
    if await names.records(f"_domainkey.{domain}", "TXT") is None:
        advice = "have the relay sign, and add the key that it names as a TXT record"
        return warning(_ABOUT, f"{domain} has no DKIM key", advice)
    return ok(_ABOUT, f"DKIM: there are keys below _domainkey.{domain}")


async def _dmarc(domain: str, names: Names) -> Finding:
    # RFC 7489, 6.6.3: the domain itself, then the one that was registered.
    for each in dict.fromkeys((domain, _suffixes().privatesuffix(domain) or domain)):
        texts = await names.records(f"_dmarc.{each}", "TXT") or []
        found = [text for text in texts if text.lower().replace(" ", "").startswith("v=dmarc1")]
        if len(found) == 1:
            return ok(_ABOUT, f"DMARC: {found[0]}")
        if found:
            return problem(
                _ABOUT, f"_dmarc.{each} has {len(found)} records", "none counts: leave one"
            )
    advice = f'add a TXT record to _dmarc.{domain}: "v=DMARC1; p=none; rua=mailto:…" to begin with'
    return warning(_ABOUT, f"{domain} has no DMARC record", advice)


async def _bounces(domain: str, names: Names) -> Finding:
    kinds = await asyncio.gather(*(names.records(domain, kind) for kind in ("MX", "A", "AAAA")))
    if any(kinds):
        return ok(_ABOUT, f"{domain} can receive what bounces")
    advice = "add an MX record: mails of a domain that takes none are refused by many"
    return warning(_ABOUT, f"{domain} takes no mail", advice)


@lru_cache(maxsize=1)
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()
