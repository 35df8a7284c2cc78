"""The one way the actions reach a patient portal: a port, what it returns, what can go wrong, and FHIR R4 behind it."""

from actions.portal_client.directory import FhirDirectory
from actions.portal_client.errors import (
    DuplicateRequest,
    NoAccess,
    NotOffered,
    NotRecorded,
    OutcomeUnknown,
    PortalError,
    PortalUnavailable,
    Refused,
    SessionExpired,
    SlotTaken,
    UnusableAnswer,
)
from actions.portal_client.models import (
    AccountBalance,
    Appointment,
    Medication,
    OpenSlot,
    Payment,
    PaymentMethod,
    Person,
    Pharmacy,
    Place,
    Provider,
    RefillRequest,
    ResultValue,
    SlotWish,
    TestResult,
)
from actions.portal_client.models.sharing import Dependent
from actions.portal_client.noting import AccessTrail, Asked
from actions.portal_client.port import Directory, Portal, PublicPortal
from actions.portal_client.portal import FhirPortal
from actions.portal_client.public import FhirPublicPortal
from actions.portal_client.server import Server
from actions.portal_client.tokens import AccessToken, TokenClient
from actions.portal_client.wire import portal_http_client

__all__ = [
    "AccessToken",
    "AccessTrail",
    "AccountBalance",
    "Appointment",
    "Dependent",
    "Asked",
    "Directory",
    "DuplicateRequest",
    "FhirDirectory",
    "FhirPortal",
    "FhirPublicPortal",
    "Medication",
    "NoAccess",
    "NotOffered",
    "NotRecorded",
    "OpenSlot",
    "OutcomeUnknown",
    "Payment",
    "PaymentMethod",
    "Person",
    "Pharmacy",
    "Place",
    "Portal",
    "PortalError",
    "PortalUnavailable",
    "PublicPortal",
    "Provider",
    "RefillRequest",
    "Refused",
    "ResultValue",
    "Server",
    "SessionExpired",
    "SlotTaken",
    "SlotWish",
    "TestResult",
    "TokenClient",
    "UnusableAnswer",
    "portal_http_client",
]
