"""Reads searchset Bundles, page by page."""

from __future__ import annotations

from dataclasses import dataclass, field

from actions.portal_client.fhir import Json, id_of

CEILING = 1000
"""Resources of one search; of more, the first in the search's order."""
PAGE = 100
MOST_PAGES = 50


@dataclass(frozen=True)
class Found:
    """What a search brought, in the server's order."""

    matches: list[Json] = field(default_factory=list)
    included: list[Json] = field(default_factory=list)

    def take(self, bundle: Json, rtype: str) -> None:
        """Add a page; what the search was not for counts as included."""
        for entry in bundle.get("entry", []):
            resource: Json = entry["resource"]
            if entry.get("search", {}).get("mode", "match") == "match" and resource["resourceType"] == rtype:
                self.matches.append(resource)
            elif resource["resourceType"] != "OperationOutcome":
                self.included.append(resource)

    def of(self, rtype: str) -> dict[str, Json]:
        """The included resources of a type, by id."""
        return {id_of(each): each for each in self.included if each["resourceType"] == rtype}


def next_link(bundle: Json) -> str | None:
    """Where the next page is, as the server wrote it."""
    return next((str(link["url"]) for link in bundle.get("link", []) if link.get("relation") == "next"), None)


def looks_cut(bundle: Json, matches: int) -> bool:
    """Whether a last page is none: some servers cut their answer and give no link to the rest."""
    total = bundle.get("total")
    if isinstance(total, int):
        return matches < min(total, CEILING)
    return matches == PAGE and not bundle.get("link")
