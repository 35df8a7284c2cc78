"""What may be asked of a portal about who is signed in, and about their settings."""

from __future__ import annotations

from typing import Protocol

from actions.portal_client.models.account import (
    Address,
    CodeChannel,
    ConnectedApp,
    DetailsChange,
    EmergencyContact,
    Glance,
    NotificationPreferences,
    Person,
    PersonalInfo,
    RecordsWindow,
    SignInSettings,
)
from actions.portal_client.models.requests import Receipt


class AccountPort(Protocol):
    """Calls about who is signed in, and about their settings."""

    async def person(self) -> Person:
        """Tell who is signed in, and the number to reach them at (a mobile before a landline; empty without any)."""
        ...

    async def personal_info(self) -> PersonalInfo:
        """Tell what is on file about the person beside their health."""
        ...

    async def change_phone(self, old: str, new: str, mobile: bool, key: str) -> Receipt:
        """Put a phone number (E.164) in the place of another, or beside what is there when `old` is empty."""
        ...

    async def change_email(self, email: str, key: str) -> Receipt:
        """Change the e-mail address; an empty one takes it away."""
        ...

    async def change_address(self, address: Address, key: str) -> Receipt:
        """Change the postal address."""
        ...

    async def set_emergency_contacts(self, contacts: tuple[EmergencyContact, ...], key: str) -> Receipt:
        """Replace the list of emergency contacts."""
        ...

    async def change_details(self, change: DetailsChange, key: str) -> Receipt:
        """Change the preferred name, pronouns, gender identity, language or the need of an interpreter."""
        ...

    async def request_name_change(self, legal_name: str, key: str) -> Receipt:
        """Ask the front desk to change the legal name."""
        ...

    async def notification_preferences(self) -> NotificationPreferences:
        """Tell what news goes out by which way; without any choice, texts for everything."""
        ...

    async def set_notification_preferences(self, preferences: NotificationPreferences, key: str) -> Receipt:
        """Change what news goes out by which way."""
        ...

    async def sign_in_settings(self) -> SignInSettings:
        """Tell how the person proves who they are."""
        ...

    async def set_code_channel(self, channel: CodeChannel, key: str) -> Receipt:
        """Change which way codes go."""
        ...

    async def set_trusted_devices(self, names: tuple[str, ...], key: str) -> Receipt:
        """Replace the list of trusted devices."""
        ...

    async def set_quick_login_devices(self, names: tuple[str, ...], key: str) -> Receipt:
        """Replace the list of devices where a short passcode is enough."""
        ...

    async def connected_apps(self) -> list[ConnectedApp]:
        """List who outside the clinic may read the record, by name."""
        ...

    async def revoke_app(self, app_id: str, key: str) -> Receipt:
        """Take that away."""
        ...

    async def records_window(self) -> RecordsWindow:
        """Tell from when on records are shown, and whether there were visits before."""
        ...

    async def glance(self) -> Glance:
        """Ask for all news at once; a part that fails leaves the others standing.

        Raises:
            PortalUnavailable: nothing could be asked.
        """
        ...
