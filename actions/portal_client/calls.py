"""What is asked of a FHIR server and what comes back, before anybody looks at status codes."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from actions.portal_client.errors import OutcomeUnknown, PortalUnavailable, UnusableAnswer
from actions.portal_client.fhir import Json

Params = Sequence[tuple[str, str]]

# Who somebody is, or the words in which they asked.
PERSONAL = frozenset({"patient", "identifier", "_id", "_content"})
_KEY = re.compile(r"[A-Za-z0-9._:-]{1,128}")


@dataclass(frozen=True)
class Call:
    """One request as an area asks for it."""

    method: str
    address: str
    """Below the FHIR base; or a whole `next` link."""
    params: Params = ()
    body: Json | None = None
    form: Params | None = None
    headers: dict[str, str] = field(default_factory=dict)
    writes: bool = False
    open_to_all: bool = False
    """Needs no token."""
    searches: str = ""
    """The type that is searched for; a link to the next page need not say it."""


@dataclass(frozen=True)
class Reply:
    """What a call brought: a resource that may be shown to this patient, or nothing."""

    resource: Json | None
    etag: str | None
    """Opaque; None when the portal sent none."""

    def of_type(self, rtype: str) -> Json:
        """The resource, which must be of that type.

        Raises:
            UnusableAnswer: it is not.
        """
        if self.resource is None or self.resource["resourceType"] != rtype:
            raise UnusableAnswer(f"the portal did not answer with a {rtype}")
        return self.resource


@dataclass(frozen=True)
class Trace:
    """How to see what a write has left, when its answer did not come."""

    rtype: str
    params: Params
    left_by_it: Callable[[Json], bool]


def checked_key(key: str) -> str:
    """A key that fits a header.

    Raises:
        ValueError: it does not; keys are made by us, so this is a mistake of ours.
    """
    if not _KEY.fullmatch(key):
        raise ValueError("a key has 1 to 128 letters, digits, dots, colons, dashes or underscores")
    return key


def search_call(rtype: str, params: Params, can_post: bool) -> Call:
    """A search; one that tells something of a person goes in the body if it can, as addresses end up in access logs."""
    if can_post and any(name in PERSONAL for name, _ in params):
        return Call("POST", f"{rtype}/_search", form=params, searches=rtype)
    return Call("GET", rtype, params=params, searches=rtype)


def open_end(call: Call, error: PortalUnavailable) -> PortalUnavailable | OutcomeUnknown:
    """The same trouble leaves a read without an answer, and a write without a known outcome."""
    return OutcomeUnknown() if call.writes else error
