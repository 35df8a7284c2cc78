"""Understanding without Rasa: words, speller, intent model."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.components.intent_model import IntentModel, Recipe
from assistant.components.speller import Speller, WordList, dictionary_of
from assistant.components.words import plain_letters, words_of

EXAMPLES = {
    "refill_medication": """
        refill my medication
        I need a refill of my lisinopril
        can you renew my prescription
        I ran out of pills, refill them please
        my prescription is almost finished
        necesito surtir mi receta
        quiero pedir más pastillas de mi medicina
        se me acabó la medicina, la quiero surtir
        """,
    "book_appointment": """
        book an appointment
        I want to make an appointment with my doctor
        can I see the doctor on the 5th
        schedule an appointment for three thirty
        I would like to come in for a physical
        quiero hacer una cita con el doctor
        necesito una cita para la próxima semana
        ¿me puede agendar una consulta a las diez?
        """,
    "view_test_results": """
        show me my test results
        are my lab results back
        what did the blood test say
        I want to see my cholesterol results
        did my tests come in
        quiero ver mis resultados
        ¿ya salieron mis análisis?
        enséñame los resultados de sangre
        """,
    "affirm": """
        yes
        yes please
        sure
        👍
        sí
        claro que sí
        este sí
        pues sí
        """,
}
REAL_WORDS = WordList.of(["lawn", "form", "position", "céspe"])


@pytest.fixture(scope="module")
def model() -> IntentModel:
    pairs = [(line.strip(), intent) for intent, lines in EXAMPLES.items() for line in lines.strip().splitlines()]
    texts, intents = zip(*pairs, strict=True)
    return IntentModel.trained_on(texts, intents)


def intent_of(model: IntentModel, text: str) -> str:
    return model.read(text).ranking[0][0]


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("please refil my perscription", "refill_medication"),
        ("i want to make an apointmnet", "book_appointment"),
        ("necesito surtir mi reseta", "refill_medication"),
        ("quiero ver mis resutlados", "view_test_results"),
    ],
)
def test_a_misspelt_sentence_still_lands(model: IntentModel, text: str, intent: str) -> None:
    assert intent_of(model, text) == intent


@pytest.mark.parametrize("text", [line.strip() for lines in EXAMPLES.values() for line in lines.strip().splitlines()])
def test_without_accents_capitals_and_punctuation_it_is_the_same_intent(model: IntentModel, text: str) -> None:
    bare = "".join(letter for letter in plain_letters(text) if letter not in ",.?¿!¡")
    assert intent_of(model, bare) == intent_of(model, text) == intent_of(model, bare.upper())


@pytest.mark.parametrize("number", ["3:30", "10", "ten forty five", "las diez", "half past 2", "1:15 pm"])
def test_it_does_not_matter_which_number_is_said(model: IntentModel, number: str) -> None:
    reading = model.read(f"can I see the doctor at {number}")
    assert reading.ranking[0][0] == "book_appointment"
    assert reading.in_scope >= model.threshold


def test_a_sentence_that_mixes_languages_lands(model: IntentModel) -> None:
    assert intent_of(model, "quiero ver my test results") == "view_test_results"


def test_a_sentence_about_something_unknown_is_turned_away(model: IntentModel) -> None:
    assert model.read("why do volcanoes erupt under glaciers").in_scope < model.threshold


@pytest.mark.parametrize("text", ["", "   ", "?!...", "\n"])
def test_a_message_without_words_is_turned_away(model: IntentModel, text: str) -> None:
    assert model.read(text).in_scope < model.threshold


def test_a_sentence_about_something_known_is_kept(model: IntentModel) -> None:
    assert model.read("could you refill the lisinopril").in_scope >= model.threshold


def test_confidences_add_up_to_one_and_fall(model: IntentModel) -> None:
    confidences = [confidence for _, confidence in model.read("my results").ranking]
    assert sum(confidences) == pytest.approx(1.0, abs=1e-4)
    assert confidences == sorted(confidences, reverse=True)


def test_a_reading_tells_how_many_words_were_mended_and_known(model: IntentModel) -> None:
    reading = model.read("refil my zzgrvx")
    assert reading.mended_words == 1
    assert reading.known_words == pytest.approx(2 / 3)


def test_a_saved_and_loaded_model_reads_the_same(model: IntentModel, tmp_path: Path) -> None:
    model.save(tmp_path)
    loaded = IntentModel.load(tmp_path)
    for text in ("necesito surtir mi reseta", "are my labs back", "volcanoes", "👍"):
        assert loaded.read(text) == model.read(text)
    assert loaded.threshold == model.threshold


def test_training_twice_gives_the_same_model(tmp_path: Path) -> None:
    texts, intents = ["yes", "sure", "of course", "no", "nope", "never"], ["affirm"] * 3 + ["deny"] * 3
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        IntentModel.trained_on(texts, intents, Recipe(languages=())).save(tmp_path / name)
    first, second = (tmp_path / name / "model.npz" for name in ("first", "second"))
    assert first.read_bytes() == second.read_bytes()


def test_an_intent_with_too_few_sentences_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 3 sentences"):
        IntentModel.trained_on(["yes", "sure", "ok", "no"], ["affirm", "affirm", "affirm", "deny"])


def test_intents_of_one_group_learn_from_each_other() -> None:
    said = {
        "view_bills": ["see my bills", "see the bill", "see bills"],
        "pay_bills": ["settle my bills", "settle the bill", "settle bills"],
        "view_letters": ["open my letters", "open the letter", "open letters"],
        "send_letters": ["mail my letters", "mail the letter", "mail the letters today"],
    }
    pairs = [(text, intent) for intent, texts in said.items() for text in texts]
    texts, intents = zip(*pairs, strict=True)
    alone = IntentModel.trained_on(texts, intents, Recipe(languages=()))
    by_verb = (lambda intent: intent.partition("_")[0],)
    grouped = IntentModel.trained_on(texts, intents, Recipe(languages=(), groupings=by_verb))

    def likelier(model: IntentModel) -> str:
        return next(intent for intent, _ in model.read("see the letter").ranking if intent.endswith("letters"))

    assert (likelier(alone), likelier(grouped)) == ("send_letters", "view_letters")


@pytest.fixture
def speller() -> Speller:
    sentences = [["prescription"], ["prescription"], ["refill"], ["from", "loan"], ["pay"], ["receta"], ["receto"]]
    return Speller.trained_on([*sentences, ["receta"]], REAL_WORDS)


@pytest.mark.parametrize(
    ("written", "meant"),
    [("refil", "refill"), ("refllli", "refill"), ("perscripton", "prescription"), ("recetq", "receta")],
)
def test_a_misspelt_word_becomes_the_nearest_known_one(speller: Speller, written: str, meant: str) -> None:
    assert speller.mend(written) == meant


@pytest.mark.parametrize("word", ["lawn", "form", "position"])
def test_the_speller_leaves_real_words_alone(speller: Speller, word: str) -> None:
    assert speller.mend(word) == word


@pytest.mark.parametrize("word", ["pya", "day", "refixx", "hydroxyzine", ""])
def test_the_speller_leaves_short_and_distant_words_alone(speller: Speller, word: str) -> None:
    assert speller.mend(word) == word


def test_the_dictionary_knows_english_and_spanish_without_accents() -> None:
    dictionary = dictionary_of(("en", "es"))
    assert all(word in dictionary for word in ("lawn", "appointment", "cita", "medico", "corazon"))
    assert not any(word in dictionary for word in ("apointmnet", "perscripton", "resutlados"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("I don’t have Dr. Chen's number", ["i", "dont", "have", "dr", "chens", "number"]),
        ("on 12/5 at 10:30, for $45.00", ["on", "0", "at", "0", "for", "0"]),
        ("the twenty second, no: forty five", ["the", "0", "second", "no", "0"]),
        ("treinta y cinco mg, o 500mg", ["0", "mg", "o", "0", "mg"]),
        ("my a1c", ["my", "a1c"]),
        ("um, uh I was in the ER", ["i", "was", "in", "the", "er"]),
        ("este... pues sí, o sea la niña", ["si", "la", "nina"]),
        ("pues", ["pues"]),
        ("👍🏽", ["👍"]),
        ("", []),
    ],
)
def test_words_are_plain_numbers_are_one_and_fillers_go(text: str, words: list[str]) -> None:
    assert words_of(text) == words
