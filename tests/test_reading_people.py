"""Of whom somebody speaks: by name, by kinship, by age, themselves; and never somebody who only looks like it."""

from __future__ import annotations

from datetime import date

import pytest

from actions.portal_client import Dependent
from actions.reading.people import Speaker, Whom, read_whom

TODAY = date(2026, 3, 17)


def person(given: str, born: date, gender: str = "", relationship: str = "MTH") -> Dependent:
    return Dependent(given.lower(), f"{given} Quill", given, born, relationship, "full", None, gender)


OTTO = person("Otto", date(2018, 1, 5), "male")
NINA = person("Nina", date(2013, 2, 9), "female")
EMIL = person("Emil", date(2008, 6, 1), "male")
FAMILY = [OTTO, NINA, EMIL]
SPOUSE = [person("Jonas", date(1980, 1, 1), "male", "WIFE")]
UNTOLD = [person("Petra", date(1970, 1, 1), "female", "")]


def read(text: str, people: list[Dependent] = FAMILY, current: int | None = None, *, about: bool = False) -> str:
    """The outcome in short: names, with a question mark when it is to be asked about."""
    whom = read_whom(text, people, Speaker("Adalinde", TODAY, current), about_people=about)
    if whom is None:
        return ""
    if whom.kind != "other":
        return whom.kind
    return "|".join(people[index].given_name for index in whom.fitting) + ("" if whom.sure else "?")


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("book a physical for my son next tuesday", "Otto|Emil"),
        ("a checkup for my daughter", "Nina"),
        ("show me nina's results", "Nina"),
        ("pay the bill for Emil", "Emil"),
        ("otto needs a refill", "Otto"),
        ("my 8 year old needs a checkup", "Otto"),
        ("a visit for my oldest son", "Emil"),
        ("what are my daughter's test results", "Nina"),
        ("shots for my kids", "Otto|Nina|Emil?"),
        ("this is adalinde, a refill for my daughter please", "Nina"),
        ("una cita para mi hijo", "Otto|Emil"),
        ("los resultados de Nina", "Nina"),
        ("una cita para mi hija de 13 años", "Nina"),
        ("quiero pagar la cuenta de mi hija", "Nina"),
        ("mi hijo necesita una cita", "Otto|Emil"),
        ("resurtir la medicina de mi hijo el menor", "Otto"),
    ],
)
def test_somebody_one_may_act_for_is_heard_in_a_request(said: str, meant: str) -> None:
    assert read(said) == meant


@pytest.mark.parametrize(
    "said",
    [
        "book a physical next tuesday", "my mom told me to book a physical", "pay my bill", "send it to walgreens on martin street",
        "appointment with dr daniel smith", "send it to kelly's pharmacy", "results for the covid test", "a visit for my knee",
        "a physical for work", "i will take the second one", "my wife will pick it up", "visit in april", "necesito una cita para el martes",
        "cita con la doctora chen", "medicina para dolores de cabeza", "para mi rodilla", "la farmacia de guadalupe", "mi mamá me dijo que viniera",
        "",
    ],
)  # fmt: skip
def test_a_request_for_oneself_names_nobody(said: str) -> None:
    assert read(said) == ""


@pytest.mark.parametrize(
    "said",
    ["a refill for daniel", "for my son daniel", "show me robert's results", "book a visit for my mother", "for my husband's cough", "for my mother in law",
     "para daniel", "los resultados de roberto", "una cita para mi mamá", "para mi hijo daniel", "la cuenta de mi esposo"],
)  # fmt: skip
def test_somebody_one_may_not_act_for_is_nobody(said: str) -> None:
    assert read(said) == "nobody"


@pytest.mark.parametrize("said", ["for my daughter Xochitl a checkup", "para mi hija Xochitl una cita"])
def test_a_name_nobody_knows_makes_a_question_of_what_would_be_a_guess(said: str) -> None:
    assert read(said) == "Nina?"


@pytest.mark.parametrize(
    ("said", "meant"),
    [("for my husband", "Jonas"), ("for my wife", "nobody"), ("para mi esposo", "Jonas"), ("for my son", "nobody")],
)
def test_kinship_is_what_the_portal_has_on_file(said: str, meant: str) -> None:
    assert read(said, SPOUSE) == meant


def test_whose_kinship_is_not_on_file_is_asked_about() -> None:
    assert read("for my mother", UNTOLD) == "Petra?"


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("nina", "Nina"), ("switch to otto", "Otto"), ("i'm calling about my daughter", "Nina"), ("it's not for me it's for my little boy", "Otto"),
        ("i'm asking for my daughter not myself", "Nina"), ("my oldest", "Emil"), ("the youngest", "Otto"), ("switch to somebody called daniel", "nobody"),
        ("switch to my dad", "nobody"), ("done with otto, go to his sister", "Nina"), ("pick another person", ""), ("switch patient", ""),
        ("who am i looking at, change it to emil", "Emil"), ("cambia a mi hija", "Nina"), ("este no es para mí es para mi niña", "Nina"),
        ("ya acabamos con otto, sigue su hermana", "Nina"), ("cambiar de paciente", ""), ("pasa a mi suegra", "nobody"),
    ],
)  # fmt: skip
def test_a_wish_to_change_says_to_whom(said: str, meant: str) -> None:
    assert read(said, about=True) == meant


@pytest.mark.parametrize(
    "said",
    ["back to me", "switch back to my own chart", "return to my account", "me", "myself", "ok done with him, me again", "we're done with my son now do me",
     "i'm done with nina, back to mine", "vuelve a mí", "regresa a mi cuenta", "ahora para mí otra vez", "ya terminé con él, ahora yo", "lo mío", "para mí"],
)  # fmt: skip
def test_back_to_oneself(said: str) -> None:
    assert read(said, current=1, about=True) == "self"


@pytest.mark.parametrize("said", ["book it for myself", "una cita para mí mañana", "my own results please"])
def test_oneself_is_heard_in_a_request_too(said: str) -> None:
    assert read(said, current=1) == "self"


def test_for_me_may_only_be_a_way_of_asking() -> None:
    assert read_whom("can you refill it for me", FAMILY, Speaker("Adalinde", TODAY, 1)) == Whom("self", sure=False)


@pytest.mark.parametrize(
    "said",
    ["whose record are we in", "who am i acting for", "which person's record is this", "are we still on nina's record", "de quién es este expediente",
     "en el expediente de quién estamos", "quién es el paciente"],
)  # fmt: skip
def test_whose_record_it_is_is_a_question(said: str) -> None:
    assert read(said, about=True) == "whose"


def test_her_brother_is_another_of_ones_children() -> None:
    assert read("same thing but for her brother", current=1, about=True) == "Otto|Emil"


def test_who_has_a_name_that_is_a_word_is_heard_only_by_name() -> None:
    mark = [person("Mark", date(2018, 1, 5), "male")]
    assert (read("mark it as done", mark), read("a visit for mark", mark), read("mark's results", mark)) == (
        "",
        "Mark",
        "Mark",
    )


def test_of_two_with_one_given_name_the_full_name_tells() -> None:
    other = Dependent("n2", "Nina Vogel", "Nina", date(2015, 1, 1), "MTH", "full", None, "female")
    assert read("for nina", [NINA, other]) == "Nina|Nina"
    assert read_whom("for nina vogel", [NINA, other], Speaker("Adalinde", TODAY)) == Whom("other", (1,))
