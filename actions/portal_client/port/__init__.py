"""What the assistant may ask a portal, whatever portal it is.

Every method may raise any PortalError; `Raises:` names only what a caller may want to answer in a special way. A write
takes a `key`, new for each decision of the person: the same key again never does the thing twice. Where a portal cannot
do a thing itself, the clinic is asked to (`Receipt.grade` is `request`), or NotOffered is raised.
"""

from __future__ import annotations

from datetime import date
from typing import Protocol

from actions.portal_client.models import Person
from actions.portal_client.port.account import AccountPort
from actions.portal_client.port.billing import BillingPort
from actions.portal_client.port.clinic import ClinicPort
from actions.portal_client.port.documents import DocumentsPort
from actions.portal_client.port.front_desk import FrontDeskPort
from actions.portal_client.port.guest import GuestPort
from actions.portal_client.port.insurance import InsurancePort
from actions.portal_client.port.library import LibraryPort
from actions.portal_client.port.medications import MedicationsPort
from actions.portal_client.port.messaging import MessagingPort
from actions.portal_client.port.records import RecordsPort
from actions.portal_client.port.results import ResultsPort
from actions.portal_client.port.scheduling import SchedulingPort
from actions.portal_client.port.sharing import SharingPort
from actions.portal_client.port.tracking import TrackingPort


class Portal(
    AccountPort,
    ClinicPort,
    SchedulingPort,
    MedicationsPort,
    ResultsPort,
    BillingPort,
    RecordsPort,
    TrackingPort,
    DocumentsPort,
    SharingPort,
    MessagingPort,
    InsurancePort,
    Protocol,
):
    """The portal as one signed-in person sees it."""


class PublicPortal(FrontDeskPort, GuestPort, LibraryPort, Protocol):
    """The portal as anybody sees it, without anything of a patient."""


class Directory(Protocol):
    """The portal as nobody in particular sees it: who has this number and this birth date."""

    async def find_person(self, phone_e164: str, birth_date: date) -> Person | None:
        """Find the one person both belong to; None when there is nobody, or more than one."""
        ...
