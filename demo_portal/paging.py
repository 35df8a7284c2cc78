"""The links of a page, with places that are signed so that nobody can ask for a page of another search."""

from __future__ import annotations

import base64
import hashlib
import hmac
from urllib.parse import urlencode

from demo_portal.outcomes import BadRequest
from demo_portal.portal import Call, Portal
from demo_portal.store.criteria import Search
from demo_portal.vocabulary import Resource


def links(portal: Portal, call: Call, asked: Search, next_offset: int | None) -> list[Resource]:
    """`self`, which shows what was applied, and `next` when there is more."""
    own = [("self", _address(call, asked, asked.page))]
    if next_offset is not None:
        own.append(("next", _address(call, asked, _page_token(portal, asked, next_offset))))
    return [{"relation": relation, "url": url} for relation, url in own]


def offset(portal: Portal, asked: Search) -> int:
    """Where the page begins that a search asks for; 0 for the first.

    Raises:
        BadRequest: the page is not one of this search.
    """
    if asked.page is None:
        return 0
    try:
        raw = base64.urlsafe_b64decode(asked.page + "=" * (-len(asked.page) % 4))
        signature, number = raw[:12], raw[12:]
        if hmac.compare_digest(signature, _signature(portal, asked, number)):
            return int(number)
    except ValueError:
        pass
    raise BadRequest("This page does not belong to this search: follow the links as they are.", "malformed", "_page")


def _address(call: Call, asked: Search, page: str | None) -> str:
    pairs = [*asked.applied, *([("_page", page)] if page else [])]
    return f"{call.base}/{call.rtype}?{urlencode(pairs, safe=':|,/')}"


def _page_token(portal: Portal, asked: Search, place: int) -> str:
    number = str(place).encode()
    return base64.urlsafe_b64encode(_signature(portal, asked, number) + number).decode().rstrip("=")


def _signature(portal: Portal, asked: Search, number: bytes) -> bytes:
    text = f"{asked.rtype}?{urlencode(asked.applied)}#".encode() + number
    return hmac.digest(portal.settings.client_secret.encode(), b"page" + text, hashlib.sha256)[:12]
