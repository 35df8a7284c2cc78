"""Picking from a list, by place or by name, and saying that it does not matter or that all are meant."""

from __future__ import annotations

import pytest

from actions.reading.choices import matching_names, read_place_in_list, wants_all, wants_any

# With three things shown; counted from 0.
PLACES_EN = [
    ("2", 1),
    ("two", 1),
    ("the second one", 1),
    ("second", 1),
    ("number two", 1),
    ("# 2", 1),
    ("#2", 1),
    ("option two", 1),
    ("the last one", 2),
    ("last", 2),
    ("first", 0),
    ("the first", 0),
    ("1st", 0),
    ("2nd one", 1),
    ("the 2nd", 1),
    ("the third please", 2),
    ("um the second", 1),
    ("i'll take the first one", 0),
    ("i'll take number 3", 2),
    ("give me 2", 1),
    ("let's do two", 1),
    ("two works", 1),
    ("2 is good", 1),
    ("go with three", 2),
    ("the middle one", 1),
    ("the top one", 0),
    ("the bottom one", 2),
    ("choice 3", 2),
    ("yeah the second one", 1),
    ("no the second one", 1),
    ("the first one please thanks", 0),
    ("one", 0),
    ("4", None),
    ("the fourth", None),
    ("wait a second", None),
    ("just a second please", None),
    ("april first", None),
    ("monday the second", None),
    ("the first of april", None),
    ("last week", None),
    ("at 2", None),
    ("two thirty", None),
    ("the two o'clock", None),
    ("at first i thought tuesday", None),
    ("first thing in the morning", None),
    ("2 pm", None),
    ("yes", None),
    ("none of them", None),
    ("neither one", None),
    ("the 24th", None),
]
PLACES_EN += [
    ("the earliest one", 0),
    ("the earliest please", 0),
    ("the later one", 2),
    ("the latest", 2),
    ("what's the earliest next week", None),
    ("later next week", None),
]
PLACES_ES = [
    ("2", 1),
    ("la dos", 1),
    ("dos", 1),
    ("la segunda", 1),
    ("el segundo", 1),
    ("la 2", 1),
    ("la numero dos", 1),
    ("el número 2", 1),
    ("opcion 2", 1),
    ("la última", 2),
    ("el ultimo", 2),
    ("primera", 0),
    ("la primera", 0),
    ("el primero por favor", 0),
    ("la tercera", 2),
    ("1ra", 0),
    ("la 1era", 0),
    ("2da", 1),
    ("la 3ra", 2),
    ("quiero la primera", 0),
    ("dame la dos", 1),
    ("deme la segunda", 1),
    ("me quedo con la tercera", 2),
    ("prefiero la segunda", 1),
    ("la del medio", 1),
    ("la de enmedio", 1),
    ("la uno", 0),
    ("mejor la dos", 1),
    ("no la segunda", 1),
    ("sí la primera", 0),
    ("pues la segunda", 1),
    ("la cuarta", None),
    ("a primera hora", None),
    ("las nueve y cuarto", None),
    ("el primero de abril", None),
    ("a las dos", None),
    ("las dos y media", None),
    ("la de las 2", None),
    ("el lunes dos", None),
    ("la última vez", None),
    ("un segundo", None),
    ("espere un segundo", None),
    ("sí", None),
    ("ninguna", None),
    ("el 24", None),
]
PLACES_ES += [("la más temprano", 0), ("la mas tarde por favor", 2), ("más temprano la otra semana", None)]
ANY_EN = [
    "anyone",
    "anybody",
    "any doctor",
    "whoever",
    "whoever's available",
    "whoever is free",
    "doesn't matter",
    "doesnt matter",
    "it does not matter",
    "i don't care",
    "dont care",
    "i don't mind",
    "no preference",
    "either one",
    "either is fine",
    "first available",
    "anyone is fine",
    "whichever",
    "you choose",
    "you pick",
    "not picky",
    "no one in particular",
    "any",
    "any of them",
    "any is fine",
    "whomever",
    "any provider",
    "all the same to me",
]
ANY_ES = [
    "cualquiera",
    "cualquier doctor",
    "quien sea",
    "con quien sea",
    "el que sea",
    "la que sea",
    "me da igual",
    "me es igual",
    "no importa",
    "no me importa",
    "da lo mismo",
    "sin preferencia",
    "no tengo preferencia",
    "cual sea",
    "el que este",
    "el que haya",
    "la que esté disponible",
    "cualkiera",
    "kien sea",
    "el que tenga",
    "quien tenga lugar",
    "el primero que tenga",
    "cualesquiera",
    "es lo mismo",
    "quien este disponible",
    "el que usted diga",
]
NOT_ANY_EN = [
    "dr chen",
    "do you have any openings on friday",
    "i have a question",
    "neither",
    "my doctor",
    "are there any others",
    "yes",
]
NOT_ANY_ES = [
    "la doctora chen",
    "tiene alguno el viernes",
    "mi doctor",
    "sí",
    "tengo una pregunta",
    "ninguno",
]
ALL_EN = [
    "all",
    "all of them",
    "both",
    "both of them",
    "everything",
    "all my meds",
    "all my pills",
    "all three",
    "refill them all",
    "the whole lot",
    "every one of them",
    "all of it please",
]
ALL_ES = [
    "todas",
    "todos",
    "todo",
    "las dos",
    "los dos",
    "ambas",
    "todas mis medicinas",
    "todos mis medicamentos",
    "las tres",
    "todititas",
    "todas por favor",
    "las dos por favor",
]
NOT_ALL_EN = [
    "that's all",
    "thats all",
    "that is all",
    "all right",
    "alright",
    "not all of them",
    "not at all",
    "all set",
    "lisinopril",
    "no that's all for today",
    "all good",
    "that will be all",
]
NOT_ALL_ES = [
    "eso es todo",
    "es todo",
    "nada más eso es todo",
    "no todas",
    "losartán",
    "todavía no",
    "eso sería todo",
    "a las dos",
]
DOCTORS = ["Chen", "Okafor", "Patel", "Rivera", "Kim", "Novak", "Brooks"]
MEDICINES = [
    "lisinopril",
    "sertraline",
    "metformin",
    "atorvastatin",
    "amlodipine",
    "oxycodone",
    "losartan",
    "glipizide",
]
DOCTOR_SAID = [
    ("dr chen", "Chen"),
    ("doctor chen please", "Chen"),
    ("Amy Chen", "Chen"),
    ("chenn", "Chen"),
    ("doctor okafor", "Okafor"),
    ("dr oka for", "Okafor"),
    ("okaffor", "Okafor"),
    ("o kafor", "Okafor"),
    ("patel", "Patel"),
    ("dr pattel", "Patel"),
    ("patell", "Patel"),
    ("rivera", "Rivera"),
    ("dr rivara", "Rivera"),
    ("riviera", "Rivera"),
    ("kim", "Kim"),
    ("nurse kim", "Kim"),
    ("dr novak", "Novak"),
    ("no vak", "Novak"),
    ("novack", "Novak"),
    ("brooks", "Brooks"),
    ("dr brook", "Brooks"),
    ("with dr. patel on tuesday", "Patel"),
    ("can", None),
    ("then", None),
    ("anyone", None),
    ("him", None),
    ("the doctor", None),
    ("not sure", None),
    ("i need a checkup", None),
    ("when", None),
    ("la doctora patel", "Patel"),
    ("el doctor rivera", "Rivera"),
    ("dr ribera", "Rivera"),
    ("el dr novac", "Novak"),
    ("con la doctora chen", "Chen"),
    ("i want to book an appointment", None),
    ("no back pain", None),
    ("el papel", None),
    ("en otra parte", None),
    ("la nena no va a ir", None),
    ("is there a driver", None),
    ("now back to me", None),
]
MEDICINES_EN = [
    ("lisinopril", ["lisinopril"]),
    ("lisinoprel", ["lisinopril"]),
    ("lysinopril", ["lisinopril"]),
    ("listen a pril", ["lisinopril"]),
    ("lisinopril and sertraline", ["lisinopril", "sertraline"]),
    ("sertralin", ["sertraline"]),
    ("sir tra lean", ["sertraline"]),
    ("met forming", ["metformin"]),
    ("metforman", ["metformin"]),
    ("my metformin please", ["metformin"]),
    ("a tor va statin", ["atorvastatin"]),
    ("atorva statin", ["atorvastatin"]),
    ("amlodapine", ["amlodipine"]),
    ("am low dipine", ["amlodipine"]),
    ("oxycodone", ["oxycodone"]),
    ("oxy codone", ["oxycodone"]),
    ("losartin", ["losartan"]),
    ("low sartan", ["losartan"]),
    ("glip a zide", ["glipizide"]),
    ("glipizide and metformin", ["glipizide", "metformin"]),
    ("my blood pressure pills", []),
    ("all of them", []),
    ("yes", []),
    ("the first one", []),
    ("willamette", []),
    ("vitamins", []),
    ("metal", []),
    ("the last one", []),
    ("is there any blood work", []),
    ("with whoever", []),
]
MEDICINES_ES = [
    ("losartán", ["losartan"]),
    ("el lozartan", ["losartan"]),
    ("metformina", ["metformin"]),
    ("la metformina y el losartan", ["losartan", "metformin"]),
    ("atorvastatina", ["atorvastatin"]),
    ("sertralina", ["sertraline"]),
    ("lisinoprilo", ["lisinopril"]),
    ("amlodipino", ["amlodipine"]),
    ("glipizida", ["glipizide"]),
    ("oxicodona", ["oxycodone"]),
    ("lisino pril", ["lisinopril"]),
    ("la atorva", []),
    ("las pastillas de la presión", []),
    ("todas", []),
    ("sí", []),
    ("con quien sea pero pronto", []),
    ("se puede separar una cita", []),
    ("lo pasado", []),
]


@pytest.mark.parametrize(("said", "place"), [*PLACES_EN, *PLACES_ES])
def test_a_place_in_the_list_is_picked_and_nothing_else_is(said: str, place: int | None) -> None:
    assert read_place_in_list(said, 3) == place


@pytest.mark.parametrize(
    ("said", "count", "place"),
    [("the last one", 1, 0), ("2", 1, None), ("the third", 2, None), ("last", 0, None), ("the middle one", 2, None)],
)
def test_only_what_is_shown_can_be_picked(said: str, count: int, place: int | None) -> None:
    assert read_place_in_list(said, count) == place


@pytest.mark.parametrize("said", [*ANY_EN, *ANY_ES])
def test_it_does_not_matter(said: str) -> None:
    assert wants_any(said)


@pytest.mark.parametrize("said", [*NOT_ANY_EN, *NOT_ANY_ES])
def test_it_does_matter(said: str) -> None:
    assert not wants_any(said)


@pytest.mark.parametrize("said", [*ALL_EN, *ALL_ES])
def test_all_are_meant(said: str) -> None:
    assert wants_all(said)


@pytest.mark.parametrize("said", [*NOT_ALL_EN, *NOT_ALL_ES])
def test_all_are_not_meant(said: str) -> None:
    assert not wants_all(said)


@pytest.mark.parametrize(("said", "name"), DOCTOR_SAID)
def test_a_doctor_is_known_by_name_however_it_is_heard(said: str, name: str | None) -> None:
    assert next((DOCTORS[index] for index in matching_names(said, DOCTORS)), None) == name


@pytest.mark.parametrize(("said", "names"), [*MEDICINES_EN, *MEDICINES_ES])
def test_medicines_are_known_by_name_however_they_are_heard(said: str, names: list[str]) -> None:
    assert sorted(MEDICINES[index] for index in matching_names(said, MEDICINES)) == names


def test_the_name_that_was_said_beats_one_that_looks_like_it() -> None:
    assert matching_names("lisinopril", ["fosinopril", "lisinopril"]) == [1]


def test_of_two_equal_names_the_first_is_taken() -> None:
    assert matching_names("chen", ["Chen", "Chen"]) == [0]


def test_a_short_name_has_to_be_said_exactly() -> None:
    assert [matching_names(said, ["Kim"]) for said in ("kim", "tim", "kin")] == [[0], [], []]
