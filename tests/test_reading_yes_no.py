"""Yes, no, and what only sounds like one of them: what is written depends on the difference."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from actions.reading.yes_no import read_yes_no

YES_EN = [
    "yes",
    "Yes.",
    "yes please",
    "yeah",
    "yea",
    "yep",
    "yup",
    "ya",
    "yess",
    "yeahh",
    "sure",
    "ok",
    "okay",
    "k",
    "ok thanks",
    "correct",
    "right",
    "that's right",
    "thats right",
    "that works",
    "sounds good",
    "perfect",
    "absolutely",
    "definitely",
    "of course",
    "go ahead",
    "do it",
    "book it",
    "send it",
    "pay it",
    "please do",
    "yes please book it",
    "uh huh",
    "mhm",
    "mm hmm",
    "yes ma'am",
    "yessir",
    "fine",
    "that's fine",
    "great",
    "yes that's correct",
    "um yes",
    "well ok",
    "oh yes",
    "let's do it",
    "that is fine",
    "that is correct",
    "yes thank you",
    "why not",
    "no problem",
    "sure no problem",
    "all good",
    "👍",
    "go for it",
    "i confirm",
    "you got it",
    "yes i do",
    "that'll work",
    "works for me",
    "by all means",
]
YES_ES = [
    "sí",
    "si",
    "Sí.",
    "sí por favor",
    "si porfa",
    "siii",
    "sip",
    "simon",
    "claro",
    "claro que sí",
    "correcto",
    "exacto",
    "está bien",
    "ta bien",
    "de acuerdo",
    "dale",
    "adelante",
    "hágalo",
    "hazlo",
    "perfecto",
    "por supuesto",
    "confirmo",
    "va",
    "vale",
    "sale",
    "ándale",
    "así es",
    "eso es",
    "cómo no",
    "órale",
    "mándelo",
    "páguelo",
    "ok",
    "okey",
    "okis",
    "me parece bien",
    "pues sí",
    "bueno sí",
    "este sí",
    "sí señorita",
    "sí gracias",
    "sí está bien",
    "sí adelante",
    "por qué no",
    "no hay problema",
    "ya",
    "sí, hágala",
    "resérvela",
    "agéndela",
    "mándela",
    "ajá",
    "desde luego",
    "sí quiero",
    "esta perfecto",
    "está muy bien",
]
NO_EN = [
    "no",
    "No.",
    "nope",
    "nah",
    "no thanks",
    "no thank you",
    "not that one",
    "not yet",
    "not now",
    "not really",
    "don't",
    "do not",
    "never mind",
    "nevermind",
    "wrong",
    "that's wrong",
    "incorrect",
    "negative",
    "um no",
    "no wait",
    "actually no",
    "oh no",
    "please don't",
    "don't book it",
    "cancel that",
    "of course not",
    "definitely not",
    "absolutely not",
    "i don't want that",
    "no i said tuesday",
    "yeah no",
    "i don't think so",
    "not at all",
    "that's not right",
    "that is not correct",
    "hold off",
]
NO_ES = [
    "no",
    "No.",
    "no gracias",
    "todavía no",
    "aún no",
    "mejor no",
    "para nada",
    "nel",
    "negativo",
    "incorrecto",
    "equivocado",
    "nunca",
    "pues no",
    "bueno no",
    "no señor",
    "no así no",
    "no quiero",
    "ahorita no",
    "claro que no",
    "por supuesto que no",
    "creo que no",
    "no está bien",
    "no es correcto",
    "está mal",
    "eso no",
    "no espere",
    "perdón no",
    "así no",
    "no lo haga",
    "no la reserve",
    "nop",
    "nombre no",
    "ya no",
]
YES_EN += ["certainly", "you bet", "fine by me", "alright then", "i agree", "yes send it to the pharmacy", "y"]
YES_ES += ["dele", "exactamente", "todo está bien", "lo confirmo", "creo que sí", "sí, mándelo a la farmacia", "bueno"]
NO_EN += ["none of those", "neither one", "uh uh", "i'm afraid not", "maybe later", "that won't work", "n"]
NO_ES += ["ninguna", "jamás", "tampoco", "de ninguna manera", "prefiero que no", "que no"]
UNSURE_EN = [
    "yes but change the day",
    "yes but with dr patel",
    "tuesday",
    "the second one",
    "maybe",
    "i don't know",
    "i don't understand",
    "what",
    "ok what time is it",
    "ok how much is that",
    "yes or no?",
    "sure what's the address?",
    "is that the one on main street?",
    "ok so where is that",
    "notes",
    "know",
    "yesterday",
    "norway",
    "good question",
    "wait",
    "hold on",
    "i guess",
    "yes wait",
    "ok wait no",
    "yes i mean no",
    "what if i say yes",
    "right arm hurts",
    "fine but later",
    "good morning",
    "hello",
    "nothing",
    "i'm not sure",
    "let me think",
    "can you repeat that",
]
UNSURE_EN += [
    "do i need to fast before it",
    "do you have anything earlier",
    "ok bye",
    "send it again",
    "correct my phone number",
    "you got it wrong",
    "yeah i'm calling to cancel my three o'clock today",
    "yes hello i need to make an appointment for my eyes they've been blurry",
]
UNSURE_ES = [
    "sí pero cambie el día",
    "sí pero con la doctora patel",
    "el martes",
    "la segunda",
    "no sé",
    "no entiendo",
    "no le entendí",
    "qué",
    "tal vez",
    "quizás",
    "a lo mejor",
    "si pudiera cambiar la hora",
    "si se puede el martes",
    "si hay el jueves mejor",
    "ok cuánto es",
    "sí a qué hora es?",
    "bueno y dónde es",
    "claro y quién es el doctor",
    "nota",
    "sino",
    "espere",
    "un momento",
    "sí no espere",
    "mejor el jueves",
    "hola",
    "buenas tardes",
    "no estoy segura",
    "no me acuerdo",
    "puede repetir",
    "va a doler?",
    "sale muy caro?",
]

UNSURE_ES += [
    "por qué no veo mis resultados",
    "eso es todo",
    "está bien mi dirección?",
    "si se abre algo antes me avisa",
    "si me pasa algo",
]


@pytest.mark.parametrize("said", [*YES_EN, *YES_ES])
def test_a_yes_is_a_yes(said: str) -> None:
    assert read_yes_no(said) is True


@pytest.mark.parametrize("said", [*NO_EN, *NO_ES])
def test_a_no_is_a_no(said: str) -> None:
    assert read_yes_no(said) is False


@pytest.mark.parametrize("said", [*UNSURE_EN, *UNSURE_ES])
def test_what_takes_itself_back_or_asks_or_says_something_else_is_neither(said: str) -> None:
    assert read_yes_no(said) is None


@pytest.mark.parametrize("said", [*(each for each in [*YES_EN, *YES_ES] if each[0].isalpha())])
def test_a_yes_with_a_but_is_none(said: str) -> None:
    assert read_yes_no(f"{said} but on another day") is not True


@pytest.mark.parametrize("said", ["", " ", "...", "?", "123456", "a" * 1000])
def test_nothing_is_neither(said: str) -> None:
    assert read_yes_no(said) is None


def trained(intent: str) -> list[str]:
    """The sentences with which the classifier is taught an intent, in both languages."""
    folder = Path(__file__).parent.parent / "assistant" / "data" / "nlu"
    blocks = [
        block
        for path in sorted(folder.glob("*/conversation/*.yml")) + sorted(folder.glob("*/conversation.yml"))
        for block in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]
        if block["intent"] == intent
    ]
    return [line.removeprefix("- ") for block in blocks for line in block["examples"].splitlines()]


@pytest.mark.parametrize(
    ("intent", "never"), [("affirm", False), ("deny", True), ("stop_task", True), ("goodbye", True)]
)
def test_no_sentence_of_the_training_data_is_read_as_its_opposite(intent: str, never: bool) -> None:
    sentences = trained(intent)
    assert len(sentences) >= 80
    assert [said for said in sentences if read_yes_no(said) is never] == []
