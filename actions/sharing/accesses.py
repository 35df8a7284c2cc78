"""Who has looked: the portal's own log and the assistant's trail as one list, and each line of it in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from actions.portal_client.models.sharing import Access
from actions.wording import date_words, doctor_words, listed, time_words, when_words
from audit import Seen
from clock import CLINIC_ZONE

MOST_KINDS = 3
REACHED = frozenset({"ok", "unknown"})
"""Outcomes after which something was seen or may have been changed."""
KINDS: dict[str, tuple[str, str]] = {
    **dict.fromkeys(("Appointment", "AppointmentResponse", "Encounter", "List"), ("visits", "citas")),
    **dict.fromkeys(("DiagnosticReport", "Observation"), ("test results", "resultados")),
    **dict.fromkeys(("MedicationRequest", "MedicationStatement", "MedicationDispense"), ("medicines", "medicinas")),
    **dict.fromkeys(("Procedure", "FamilyMemberHistory"), ("medical history", "antecedentes médicos")),
    **dict.fromkeys(("Immunization", "ImmunizationRecommendation"), ("vaccines", "vacunas")),
    **dict.fromkeys(("DocumentReference", "Binary", "Composition", "Bundle"), ("documents", "documentos")),
    **dict.fromkeys(("CarePlan", "Goal", "CareTeam"), ("care plans", "planes de cuidado")),
    **dict.fromkeys(("Account", "Invoice", "ChargeItem", "ExplanationOfBenefit"), ("bills", "cuentas")),
    **dict.fromkeys(("Consent", "RelatedPerson"), ("sharing choices", "permisos")),
    **dict.fromkeys(("QuestionnaireResponse", "Questionnaire"), ("questionnaires", "cuestionarios")),
    "Patient": ("personal details", "datos personales"),
    "AllergyIntolerance": ("allergies", "alergias"),
    "Condition": ("health issues", "problemas de salud"),
    "VisionPrescription": ("eye prescriptions", "recetas de lentes"),
    "Coverage": ("insurance details", "datos del seguro"),
    "Communication": ("messages", "mensajes"),
    "Task": ("requests", "solicitudes"),
    "AuditEvent": ("list of who looked", "registros de acceso"),
    "Device": ("devices", "aparatos"),
    "ServiceRequest": ("orders and referrals", "órdenes y referidos"),
    "Provenance": ("record history", "historial de cambios"),
    "Basic": ("settings", "preferencias"),
}
OTHER = ("other information", "otros datos")
CHANNELS = {
    "web": ("in the web chat", "en el chat"),
    "sms": ("by text message", "por mensaje de texto"),
    "phone": ("by phone", "por teléfono"),
    "alexa": ("on a voice assistant", "en un asistente de voz"),
}


@dataclass(frozen=True)
class Look:
    """Somebody at the record, once: what was asked together is one."""

    at: datetime
    """In the clinic's zone."""
    who: str
    """As the portal names them; `you`; empty for this assistant asked by the person themselves."""
    through: str
    kinds: tuple[str, ...]
    """FHIR types, in the order in which they were looked at."""
    changed: bool
    refused: bool
    channel: str
    assistant: bool
    """Whether it was this assistant that asked the portal."""


def merged(portal: Sequence[Access], own: Sequence[Seen], program: str) -> list[Look]:
    """Both logs, newest first; what is in both is told once. `program` is what the portal calls this assistant."""
    ours = {each.request for each in own}
    named = {each.request: each.who for each in portal if each.request in ours}
    rest = [each for each in portal if not each.request or each.request not in ours]
    looks = [*_own(own, named), *_of_portal(rest, program)]
    return sorted(looks, key=lambda each: each.at.timestamp(), reverse=True)


def _own(own: Sequence[Seen], named: dict[str, str]) -> Iterable[Look]:
    """One look for each turn of a conversation in which something was reached."""
    turns: dict[str, list[Seen]] = {}
    for each in own:
        if each.outcome in REACHED:
            turns.setdefault(each.request.partition(".")[0], []).append(each)
    for rows in turns.values():
        first = min(rows, key=lambda row: row.at)
        kinds = tuple(dict.fromkeys(row.resource_type for row in reversed(rows)))
        changed = any(row.changes for row in rows)
        # Their name stands in the portal's log only; without it, it is still not the person themselves.
        who = "" if first.by is None else next((named[row.request] for row in rows if row.request in named), "?")
        yield Look(first.at.astimezone(CLINIC_ZONE), who, "", kinds, changed, False, first.channel, True)


def _of_portal(accesses: Sequence[Access], program: str) -> Iterable[Look]:
    """One look for what the same person did in the same minute by the same way."""
    together: dict[tuple[object, ...], Look] = {}
    for each in reversed(accesses):
        minute = each.at.replace(second=0, microsecond=0)
        assistant = each.through == program
        who = "" if assistant and each.who == "you" else each.who
        key = (minute, who, each.through, each.refused, each.channel)
        found = together.get(key)
        if found is None:
            kinds = (each.what,)
            together[key] = Look(each.at, who, each.through, kinds, each.changed, each.refused, each.channel, assistant)
        else:
            kinds = tuple(dict.fromkeys((*found.kinds, each.what)))
            together[key] = replace(found, kinds=kinds, changed=found.changed or each.changed)
    return together.values()


def viewer_words(look: Look, language: str) -> str:
    """Who it was: 'This assistant', 'You, on the portal', 'Dr. Amy Chen, through Hospital records'."""
    spanish = language == "es"
    if look.assistant:
        me = "Este asistente" if spanish else "This assistant"
        somebody = "otra persona" if spanish else "somebody else"
        for_whom = somebody if look.who == "?" else doctor_words(look.who, language)
        return me if not look.who else f"{me}, {'para' if spanish else 'for'} {for_whom}"
    who = ("Usted" if spanish else "You") if look.who == "you" else doctor_words(look.who, language)
    if not look.through:
        return who
    return f"{who}, {'por medio de' if spanish else 'through'} {look.through}"


def look_words(look: Look, today: datetime, language: str) -> str:
    """'This assistant, by text message, on Tuesday, November 3 at 2:15 PM: looked at your test results'."""
    spanish = language == "es"
    who = viewer_words(look, language)
    way = CHANNELS.get(look.channel, ("", ""))[spanish] if look.assistant else ""
    when = moment_words(look.at, today, language)
    return f"{f'{who}, {way}' if way else who}, {'el' if spanish else 'on'} {when}: {_deed(look, language)}"


def moment_words(moment: datetime, today: datetime, language: str) -> str:
    """'Tuesday, March 3 at 2:15 PM', in another year 'March 3, 2025 at 2:15 PM'."""
    if moment.year == today.year:
        return when_words(moment, language)
    at = "at" if language != "es" else "a la" if moment.hour % 12 == 1 else "a las"
    return f"{date_words(moment.date(), language)} {at} {time_words(moment, language)}"


def _deed(look: Look, language: str) -> str:
    spanish = language == "es"
    named = list(dict.fromkeys(KINDS.get(kind, OTHER)[spanish] for kind in look.kinds))
    if len(named) > MOST_KINDS:
        named = [*named[: MOST_KINDS - 1], "otras partes" if spanish else "other parts"]
    what = f"{'sus' if spanish else 'your'} {listed(named, language)}" if named[0] not in OTHER else named[0]
    if look.refused:
        return f"quiso ver {what}, pero no se le permitió" if spanish else f"tried to see {what} and was refused"
    if look.changed:
        return f"vio y cambió {what}" if spanish else f"looked at and changed {what}"
    return f"vio {what}" if spanish else f"looked at {what}"
