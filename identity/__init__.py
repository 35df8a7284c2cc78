"""Who is signed in: sessions, codes, limits; the only authority, used by the gateway and the actions."""

from identity.acting import ActingFor
from identity.authority import Identity
from identity.claims import ChallengeStart, CodeCheck, Person
from identity.conversations import Conversation
from identity.delivery import CodeNotSent, CodeSender, Delivery, Notice, OptedOut
from identity.keys import Keys
from identity.levels import Level, Reach
from identity.limits import GuessLimits, Limits, TextLimits
from identity.number_lookup import LookingUpSender, NumberLookup
from identity.passcode_calls import PasscodeCheck
from identity.readers import looks_like_wrong_length, read_code
from identity.sessions import SignedIn
from identity.standing import OWN, Band, Deed, Standing, band_on, may
from identity.store import open_engine
from identity.transactions import IdentityUnavailable

__all__ = [
    "OWN",
    "ActingFor",
    "Band",
    "ChallengeStart",
    "CodeCheck",
    "CodeNotSent",
    "CodeSender",
    "Conversation",
    "Deed",
    "Delivery",
    "GuessLimits",
    "Identity",
    "IdentityUnavailable",
    "Keys",
    "Level",
    "Limits",
    "LookingUpSender",
    "Notice",
    "NumberLookup",
    "OptedOut",
    "PasscodeCheck",
    "Person",
    "Reach",
    "SignedIn",
    "Standing",
    "TextLimits",
    "band_on",
    "looks_like_wrong_length",
    "may",
    "open_engine",
    "read_code",
]
