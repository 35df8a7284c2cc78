"""What may be asked of a portal about sharing and access."""

from __future__ import annotations

from datetime import date
from typing import Protocol

from actions.portal_client.models.requests import Receipt
from actions.portal_client.models.sharing import (
    Access,
    AccessLevel,
    Dependent,
    Exchange,
    Grant,
    Invitation,
    LinkedAccount,
    RecordRequest,
    Share,
    ShareCode,
)


class SharingPort(Protocol):
    """Calls about sharing and access."""

    async def dependents(self) -> list[Dependent]:
        """List whose records the person may open today, youngest first."""
        ...

    async def grants(self) -> list[Grant]:
        """List who may see the person's record, or has been invited to, by name."""
        ...

    async def invite(self, name: str, contact: str, level: AccessLevel, until: date, key: str) -> Invitation:
        """Invite somebody by name and phone number or e-mail.

        Raises:
            NotOffered: the portal takes no invitations.
            Refused: `business-rule` with the detail `not-an-adult` when the person is too young to grant.
        """
        ...

    async def accept_invitation(self, code: str, key: str) -> Receipt:
        """Take up an invitation with the code that was handed over.

        Raises:
            Refused: `not-found` when the code is wrong, used or too old.
        """
        ...

    async def change_grant(self, grant_id: str, level: AccessLevel, until: date, key: str) -> Receipt:
        """Narrow, widen or extend an access."""
        ...

    async def revoke_grant(self, grant_id: str, key: str) -> Receipt:
        """End an access or take an invitation back."""
        ...

    async def request_child_access(self, name: str, birth_date: date, relationship: str, key: str) -> Receipt:
        """Ask the clinic to connect a child."""
        ...

    async def access_log(self, since: date | None = None) -> list[Access]:
        """List who has looked into the record, newest first, this assistant's own accesses too."""
        ...

    async def linked_accounts(self) -> list[LinkedAccount]:
        """List the person's accounts at other organizations, by name."""
        ...

    async def request_link(self, organization: str, key: str) -> Receipt:
        """Ask for an account at another organization to be linked."""
        ...

    async def unlink(self, account_id: str, key: str) -> Receipt:
        """End a link."""
        ...

    async def exchanges(self) -> list[Exchange]:
        """List the organizations that may, or may not, get the record for treatment, by name."""
        ...

    async def authorize_exchange(self, organization_id: str, allowed: bool, key: str) -> Receipt:
        """Allow or forbid an organization to get the record."""
        ...

    async def make_share(self, key: str) -> ShareCode:
        """Make a one-time code with which any provider can open the record.

        Raises:
            NotOffered: the portal makes none.
        """
        ...

    async def shares(self) -> list[Share]:
        """List shares, newest first."""
        ...

    async def revoke_share(self, share_id: str, key: str) -> Receipt:
        """Make a code worthless."""
        ...

    async def summary_document(self) -> bytes:
        """Get the person's health summary as a FHIR document (JSON, International Patient Summary).

        Raises:
            NotOffered: the portal makes none.
        """
        ...

    async def send_record(self, to: str, what: str, key: str) -> Receipt:
        """Have a summary or the record sent to a provider, named as the person named them."""
        ...

    async def request_record_copy(self, part: str, since: date | None, form: str, key: str) -> Receipt:
        """Order a copy of a part of the record in a form such as `pdf` or `paper`."""
        ...

    async def record_requests(self) -> list[RecordRequest]:
        """List copies that were ordered, newest first."""
        ...
