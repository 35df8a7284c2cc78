"""Whose address a request comes from: the connection's own, or what a proxy of ours says about it."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from starlette.requests import Request

type Network = IPv4Network | IPv6Network

_ONE_HOUSEHOLD = 64
"""Bits of an IPv6 address that a provider gives to one customer."""


def networks(listed: str) -> tuple[Network, ...]:
    """The addresses and networks of a list with commas.

    Raises:
        ValueError: One of them is none.
    """
    return tuple(ip_network(each.strip(), strict=False) for each in listed.split(",") if each.strip())


def client_of(request: Request, trusted: Sequence[Network]) -> str | None:
    """The address that limits are counted by; None when it is one of `trusted`, which speaks for others unnamed.

    uvicorn's ProxyHeadersMiddleware has by then put the last hop that is not trusted in place of the connection's own.
    """
    host = request.client.host if request.client else ""
    try:
        address = ip_address(host)
    except ValueError:
        return host or None
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    if any(address in network for network in trusted):
        return None
    if isinstance(address, IPv6Address):
        return str(ip_network((address, _ONE_HOUSEHOLD), strict=False))
    return str(address)
