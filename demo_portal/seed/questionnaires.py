"""Builds the questionnaires, and the requests that give them to people to answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from demo_portal.seed.clinic import in_both
from demo_portal.seed.folders import entries
from demo_portal.seed.sources import Entry, Seed, resource
from demo_portal.vocabulary import LOINC, OURS, PORTAL_REQUEST, UCUM, Resource, concept, reference

ANSWER = f"{OURS}/CodeSystem/questionnaire-answer"
COMPLETE = "complete-questionnaire"
ORDINAL = "http://hl7.org/fhir/StructureDefinition/ordinalValue"
LEAST = "http://hl7.org/fhir/StructureDefinition/minValue"
MOST = "http://hl7.org/fhir/StructureDefinition/maxValue"
UNIT = "http://hl7.org/fhir/StructureDefinition/questionnaire-unit"
HIDDEN = "http://hl7.org/fhir/StructureDefinition/questionnaire-hidden"

ASKED_WITHIN = "D+14"
"""When an answer is wanted by, if the seed does not say."""
_WITH_OPTIONS = ("choice", "open-choice")
_ANSWERS: dict[str, tuple[str, type]] = {
    "boolean": ("answerBoolean", bool),
    "integer": ("answerInteger", int),
    "decimal": ("answerDecimal", float),
    "string": ("answerString", str),
    "text": ("answerString", str),
    "choice": ("answerCoding", str),
    "open-choice": ("answerCoding", str),
}
"""What an answer to each type of question that others depend on is called in enableWhen, and is in the seed."""
_COMPARED = ("integer", "decimal")


def questionnaires(seed: Seed) -> Iterator[Resource]:
    """Every questionnaire, in English with its Spanish beside it.

    Raises:
        ValueError: a file is wrong; says which and what.
    """
    for name, form in entries("questionnaires").items():
        try:
            yield questionnaire(form, seed.clinic["name"])
        except ValueError as wrong:
            raise ValueError(f"questionnaires/{name}.yml: {wrong}") from wrong


def questionnaire(form: Entry, publisher: str) -> Resource:
    """One questionnaire.

    Raises:
        ValueError: a text lacks a language, or something is named that is not there.
    """
    rid = form["id"]
    code = [{"system": LOINC, "code": form["loinc"], "display": form["title"]["en"]}] if "loinc" in form else None
    return resource(
        "Questionnaire",
        rid,
        url=f"{OURS}/Questionnaire/{rid}",
        version="1",
        name="".join(part.capitalize() for part in rid.split("-")),
        status="active",
        subjectType=["Patient"],
        publisher=publisher,
        copyright=form.get("copyright"),
        code=code,
        item=[_item(form, each) for each in form["items"]],
        **_said(form["title"], "title"),
        **_said(form["about"], "description"),
    )


def assigned(seed: Seed) -> Iterator[Resource]:
    """The request to answer a questionnaire, for everybody who has been given one.

    Raises:
        ValueError: there is no such questionnaire.
    """
    forms = entries("questionnaires")
    for person in seed.people:
        for entry in person.get("questionnaires", []):
            given = {"form": entry} if isinstance(entry, str) else entry
            if given["form"] not in forms:
                raise ValueError(f"There is no questionnaire {given['form']}.")
            yield _assignment(seed, person, given, forms[given["form"]])


def _assignment(seed: Seed, person: Entry, given: Entry, form: Entry) -> Resource:
    since = seed.calendar.at(given.get("since", "D-3 09:00")).isoformat()
    until = seed.calendar.day(given.get("until", ASKED_WITHIN)).isoformat()
    return resource(
        "Task",
        f"{person['key']}-{given['form']}",
        basedOn=[reference("Appointment", given["visit"])] if "visit" in given else None,
        status="requested",
        intent="order",
        code=concept(PORTAL_REQUEST, COMPLETE),
        description=form["title"]["en"],
        focus=reference("Questionnaire", given["form"], form["title"]["en"]),
        authoredOn=since,
        lastModified=since,
        requester=seed.practitioner(person["pcp"]) if "pcp" in person else None,
        restriction={"period": {"end": until}},
        **{"for": reference("Patient", person["key"])},
    )


def _item(form: Entry, entry: Entry) -> Resource:
    conditions = [_condition(form, entry, each) for each in entry.get("when", [])]
    item = {
        "extension": _limits(entry) or None,
        "linkId": entry["id"],
        "code": [{"system": LOINC, "code": entry["loinc"]}] if "loinc" in entry else None,
        **_said(entry, "text"),
        "type": entry["type"],
        "enableWhen": conditions or None,
        "enableBehavior": entry.get("behavior", "all") if len(conditions) > 1 else None,
        "required": entry.get("required"),
        "repeats": entry.get("repeats"),
        "readOnly": entry.get("computed"),
        "maxLength": entry.get("longest"),
        "answerOption": [_option(each) for each in _scale(form, entry)] or None,
        "item": [_item(form, each) for each in entry.get("items", [])] or None,
    }
    return {name: value for name, value in item.items() if value is not None}


def _limits(entry: Entry) -> list[Resource]:
    """The smallest and largest number, its unit, and whether the item is only for the program that counts."""
    value = "valueInteger" if entry["type"] == "integer" else "valueDecimal"
    found: list[Resource] = [{"url": HIDDEN, "valueBoolean": True}] if entry.get("computed") else []
    found += [{"url": url, value: entry[name]} for name, url in (("least", LEAST), ("most", MOST)) if name in entry]
    if "unit" in entry:
        found.append({"url": UNIT, "valueCoding": {"system": UCUM, "code": entry["unit"]}})
    return found


def _scale(form: Entry, entry: Entry) -> list[Entry]:
    if entry["type"] not in _WITH_OPTIONS:
        return []
    found = form.get("scales", {}).get(entry.get("scale"))
    if not found:
        raise ValueError(f"{entry['id']} has no options to choose from.")
    return found


def _option(entry: Entry) -> Resource:
    score = [{"url": ORDINAL, "valueDecimal": entry["score"]}] if "score" in entry else None
    coding = {**_code(entry), **_said(entry, "display")}
    return {"extension": score, "valueCoding": coding} if score else {"valueCoding": coding}


def _condition(form: Entry, entry: Entry, when: Entry) -> Resource:
    asked = next((each for each in _all(form["items"]) if each["id"] == when["question"]), None)
    if asked is None:
        raise ValueError(f"{entry['id']} depends on {when['question']}, which is not asked.")
    return {"question": asked["id"], "operator": when["is"], **_answer(form, entry, asked, when)}


def _answer(form: Entry, entry: Entry, asked: Entry, when: Entry) -> Resource:
    """The answer that a question is shown for, as the type of the question it depends on has it."""
    if when["is"] == "exists":
        return {"answerBoolean": when["answer"]}
    name, kind = _ANSWERS.get(asked["type"], ("", object))
    ordered = when["is"] in ("=", "!=") or asked["type"] in _COMPARED
    if not name or type(when["answer"]) is not kind or not ordered:
        raise ValueError(f"{entry['id']} depends on an answer that {asked['id']} cannot have.")
    if name != "answerCoding":
        return {name: when["answer"]}
    option = next((each for each in _scale(form, asked) if _code(each)["code"] == when["answer"]), None)
    if option is None:
        raise ValueError(f"{entry['id']} depends on an answer that {asked['id']} cannot have.")
    return {name: _code(option)}


def _all(items: list[Entry]) -> Iterator[Entry]:
    for item in items:
        yield item
        yield from _all(item.get("items", []))


def _code(option: Entry) -> Resource:
    if "loinc" in option:
        return {"system": LOINC, "code": option["loinc"]}
    return {"system": ANSWER, "code": option["code"]}


def _said(entry: Entry, name: str) -> dict[str, Any]:
    """A text in both languages."""
    lacking = [language for language in ("en", "es") if not entry.get(language)]
    if lacking:
        raise ValueError(f"{entry.get('id', 'A text')} is not told in {lacking[0]}.")
    return in_both(entry, name)
