"""Who may see a record and who has: RelatedPerson, Consent and AuditEvent of FHIR R4, and operations of ours."""

from __future__ import annotations

from base64 import b64decode
from datetime import date
from zoneinfo import ZoneInfo

from actions.portal_client.errors import NotOffered
from actions.portal_client.fhir import (
    Json,
    checked_id,
    codes,
    concept,
    dump_json,
    id_of,
    parameters,
    reading,
    reference_id,
    text_in,
    to_day,
    to_instant,
    to_moment,
    written_name,
)
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
)
from actions.portal_client.requests import task_input, task_value
from actions.portal_client.shares import ShareCalls
from actions.portal_client.vocabulary import ACCESS_LEVEL, CONSENT_CATEGORY, CONSENT_SCOPE, PORTAL_REQUEST

_LEVELS: dict[str, AccessLevel] = {
    "full": "full",
    "limited": "limited",
    "view": "view",
    "scheduling": "scheduling",
    "billing": "billing",
}
FAMILY, LINKED, EXCHANGE = "family-access", "linked-account", "care-everywhere"
_LOG_DAYS = 90


class SharingCalls(ShareCalls):
    """Sharing and access of the patient in context."""

    async def dependents(self) -> list[Dependent]:
        if not await self._states("Patient.$acts-for"):
            return []
        reply = await self._fhir.operation(f"Patient/{checked_id(self._patient_id)}/$acts-for")
        with reading("Parameters"):
            people = reply.of_type("Parameters").get("parameter", [])
            found = [_to_dependent({part["name"]: part for part in each["part"]}, self._zone) for each in people]
        return sorted(found, key=lambda each: each.birth_date, reverse=True)

    async def grants(self) -> list[Grant]:
        found = await self._consents(FAMILY)
        related = await self._fhir.search("RelatedPerson", [("patient", self._patient_id)])
        with reading("Consent"):
            names = {id_of(each): written_name(next(iter(each.get("name", [])), {})) for each in related.matches}
            listed = [_to_grant(each, names, self._zone) for each in found if each["status"] in ("active", "proposed")]
        today = self._clock.now().astimezone(self._zone).date()
        current = [each for each in listed if each.until is None or each.until >= today]
        return sorted(current, key=lambda each: each.name.casefold())

    async def invite(self, name: str, contact: str, level: AccessLevel, until: date, key: str) -> Invitation:
        if not await self._states("Patient.$invite"):
            raise NotOffered
        asked = parameters(
            ("name", "valueString", name),
            ("contact", "valueString", contact),
            ("level", "valueCode", level),
            ("until", "valueDate", until.isoformat()),
        )
        address = f"Patient/{checked_id(self._patient_id)}/$invite"
        reply = await self._fhir.lapsing_operation(address, asked)
        with reading("Parameters"):
            told = {each["name"]: each for each in reply.of_type("Parameters")["parameter"]}
            grant = reference_id(told["grant"]["valueReference"], "Consent") or ""
            expires = to_moment(told["expires"]["valueInstant"], self._zone)
            return Invitation(grant, text_in(told["code"], "valueString"), expires)

    async def accept_invitation(self, code: str, key: str) -> Receipt:
        if not await self._states("Patient.$accept-invitation"):
            raise NotOffered
        address = f"Patient/{checked_id(self._patient_id)}/$accept-invitation"
        reply = await self._fhir.lapsing_operation(address, parameters(("code", "valueString", code)))
        with reading("Parameters"):
            told = {each["name"]: each for each in reply.of_type("Parameters")["parameter"]}
            return Receipt(text_in(told["grant"], "valueString"), "native", "active")

    async def change_grant(self, grant_id: str, level: AccessLevel, until: date, key: str) -> Receipt:
        if not await self._states("Consent.update"):
            said = f"{grant_id}: {level} until {until.isoformat()}"
            return await self._request("access-change", key, task_input("change", "valueString", said))

        def change(now: Json) -> Json:
            provision = {**now.get("provision", {}), "period": {"end": until.isoformat()}}
            return {**now, "provision": {**provision, "code": [concept(ACCESS_LEVEL, level)]}}

        changed = await self._change("Consent", grant_id, change, key)
        return Receipt(grant_id, "native", text_in(changed, "status"))

    async def revoke_grant(self, grant_id: str, key: str) -> Receipt:
        return await self._end_consent(grant_id, "access-change", f"end {grant_id}", "change", key)

    async def request_child_access(self, name: str, birth_date: date, relationship: str, key: str) -> Receipt:
        said = [task_input("name", "valueString", name), task_input("birth-date", "valueDate", birth_date.isoformat())]
        return await self._request("proxy-request", key, *said, task_input("relationship", "valueString", relationship))

    async def access_log(self, since: date | None = None) -> list[Access]:
        today = self._clock.now().astimezone(self._zone).date()
        first = since or date.fromordinal(today.toordinal() - _LOG_DAYS)
        asked = [("patient", self._patient_id), ("date", f"ge{first.isoformat()}"), ("_sort", "-date")]
        found = await self._fhir.search("AuditEvent", asked)
        with reading("AuditEvent"):
            listed = [_to_access(each, self._patient, self._zone) for each in found.matches]
        return sorted(listed, key=lambda each: each.at.timestamp(), reverse=True)

    async def linked_accounts(self) -> list[LinkedAccount]:
        found = await self._consents(LINKED)
        with reading("Consent"):
            active = [each for each in found if each["status"] == "active"]
            listed = [LinkedAccount(id_of(each), _organization(each), _start(each, self._zone)) for each in active]
        return sorted(listed, key=lambda each: each.organization.casefold())

    async def request_link(self, organization: str, key: str) -> Receipt:
        return await self._request("link-account", key, task_input("organization", "valueString", organization))

    async def unlink(self, account_id: str, key: str) -> Receipt:
        return await self._end_consent(account_id, "unlink-account", account_id, "account", key)

    async def exchanges(self) -> list[Exchange]:
        found = await self._consents(EXCHANGE)
        with reading("Consent"):
            known = [each for each in found if each["status"] in ("active", "inactive")]
            listed = [Exchange(id_of(each), _organization(each), _permits(each)) for each in known]
        return sorted(listed, key=lambda each: each.organization.casefold())

    async def authorize_exchange(self, organization_id: str, allowed: bool, key: str) -> Receipt:
        if not await self._states("Consent.update"):
            said = [task_input("organization", "valueString", organization_id)]
            return await self._request("care-everywhere", key, *said, task_input("allowed", "valueBoolean", allowed))
        about = f"Organization/{checked_id(organization_id)}"
        for each in await self._consents(EXCHANGE):
            if reference_id(_actor(each), "Organization") == organization_id:
                await self._change("Consent", id_of(each), lambda now: _permitted(now, allowed), key)
                return Receipt(id_of(each), "native", "active")
        return await self._create(_exchange(self._patient, about, allowed, to_instant(self._clock.now())), key)

    async def summary_document(self) -> bytes:
        if not await self._states("Patient.$summary"):
            raise NotOffered
        reply = await self._fhir.operation(f"Patient/{checked_id(self._patient_id)}/$summary")
        return dump_json(reply.of_type("Bundle"))

    async def send_record(self, to: str, what: str, key: str) -> Receipt:
        said = task_input("to", "valueString", to), task_input("what", "valueString", what)
        return await self._request("send-record", key, *said)

    async def request_record_copy(self, part: str, since: date | None, form: str, key: str) -> Receipt:
        said = [task_input("part", "valueString", part), task_input("form", "valueString", form)]
        said += [task_input("since", "valueDate", since.isoformat())] if since else []
        return await self._request("release-of-information", key, *said)

    async def record_requests(self) -> list[RecordRequest]:
        code = ("code", f"{PORTAL_REQUEST}|release-of-information")
        found = await self._fhir.search("Task", [("patient", self._patient_id), code, ("_sort", "-authored-on")])
        with reading("Task"):
            mine = [each for each in found.matches if "release-of-information" in codes(each.get("code"))]
            return [_to_record_request(each, self._zone) for each in mine]

    async def _consents(self, category: str) -> list[Json]:
        asked = [("patient", self._patient_id), ("category", f"{CONSENT_CATEGORY}|{category}")]
        found = await self._fhir.search("Consent", asked)
        with reading("Consent"):
            return [each for each in found.matches if any(category in codes(c) for c in each.get("category", []))]

    async def _end_consent(self, consent_id: str, request: str, said: str, name: str, key: str) -> Receipt:
        if not await self._states("Consent.update"):
            return await self._request(request, key, task_input(name, "valueString", said))
        changed = await self._change("Consent", consent_id, lambda now: {**now, "status": "inactive"}, key)
        return Receipt(consent_id, "native", text_in(changed, "status"))


def _to_dependent(parts: dict[str, Json], zone: ZoneInfo) -> Dependent:
    patient = reference_id(parts["patient"]["valueReference"], "Patient")
    if patient is None:
        raise ValueError("no patient")
    return Dependent(
        patient,
        text_in(parts["name"], "valueString"),
        text_in(parts["given"], "valueString"),
        to_day(parts["birth-date"]["valueDate"], zone),
        text_in(parts.get("relationship", {}), "valueCode"),
        _level(text_in(parts["level"], "valueCode")),
        to_day(parts["until"]["valueDate"], zone) if "until" in parts else None,
        text_in(parts.get("gender", {}), "valueCode"),
    )


def _level(code: str) -> AccessLevel:
    """A level as we know it; of one that we do not know, the least."""
    return _LEVELS.get(code, "view")


def _actor(consent: Json) -> Json:
    return next((each["reference"] for each in consent.get("provision", {}).get("actor", [])), {})


def _organization(consent: Json) -> str:
    return text_in(_actor(consent), "display")


def _permits(consent: Json) -> bool:
    return consent["status"] == "active" and consent.get("provision", {}).get("type", "permit") == "permit"


def _permitted(consent: Json, allowed: bool) -> Json:
    return {
        **consent,
        "status": "active",
        "provision": {**consent["provision"], "type": "permit" if allowed else "deny"},
    }


def _start(consent: Json, zone: ZoneInfo) -> date | None:
    return to_day(consent["dateTime"], zone) if "dateTime" in consent else None


def _to_grant(consent: Json, names: dict[str, str], zone: ZoneInfo) -> Grant:
    provision = consent.get("provision", {})
    level = next((code for each in provision.get("code", []) for code in codes(each, ACCESS_LEVEL)), "view")
    person = reference_id(_actor(consent), "RelatedPerson") or ""
    end = provision.get("period", {}).get("end")
    name = names.get(person) or text_in(_actor(consent), "display")
    return Grant(id_of(consent), name, _level(level), consent["status"] == "active", to_day(end, zone) if end else None)


def _to_access(event: Json, patient: str, zone: ZoneInfo) -> Access:
    people = [each for each in event["agent"] if each.get("requestor")]
    programs = [each for each in event["agent"] if not each.get("requestor")]
    who = next((each.get("who", {}) for each in people), {})
    asked = event["entity"][-1]
    details = {each["type"]: text_in(each, "valueString") for each in asked.get("detail", [])}
    return Access(
        at=to_moment(event["recorded"], zone),
        who="you" if text_in(who, "reference") == patient else text_in(who, "display") or text_in(who, "reference"),
        through=next((text_in(each.get("who", {}), "display") for each in programs), ""),
        what=_what(asked),
        changed=event.get("action") in ("C", "U", "D"),
        refused=event.get("outcome") not in ("0", None),
        channel=details.get("channel", ""),
        request=details.get("X-Request-Id", ""),
    )


def _what(entity: Json) -> str:
    """The kind of information: named, pointed to, or in the question as it was put."""
    pointed = text_in(entity.get("what", {}), "reference").split("/")[0]
    put = b64decode(text_in(entity, "query")).decode(errors="replace").split("?")[0]
    return text_in(entity, "name") or pointed or put


def _exchange(patient: str, organization: str, allowed: bool, now: str) -> Json:
    role = concept("http://terminology.hl7.org/CodeSystem/v3-ParticipationType", "IRCP")
    purpose = {"system": "http://terminology.hl7.org/CodeSystem/v3-ActReason", "code": "TREAT"}
    return {
        "resourceType": "Consent",
        "status": "active",
        "scope": concept(CONSENT_SCOPE, "patient-privacy"),
        "category": [concept(CONSENT_CATEGORY, EXCHANGE)],
        "patient": {"reference": patient},
        "dateTime": now,
        "policyRule": {"text": "Exchange of the record for treatment"},
        "provision": {
            "type": "permit" if allowed else "deny",
            "actor": [{"role": role, "reference": {"reference": organization}}],
            "purpose": [purpose],
        },
    }


def _to_record_request(task: Json, zone: ZoneInfo) -> RecordRequest:
    ready = reference_id(task_value(task, "output", "document", "valueReference"), "DocumentReference")
    return RecordRequest(id_of(task), text_in(task, "status"), to_day(task["authoredOn"], zone), ready)
