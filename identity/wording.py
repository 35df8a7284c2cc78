"""What the text or the call with a code says: the clinic, the code, how long it works; no name and no reason."""

from __future__ import annotations

from datetime import timedelta

_ONE_TEXT = 160
# Spanish without the letters a, i, o and u with an accent: one of them would halve the length of a text (GSM-7).
_TEXTS = {
    "en": "{clinic}: your code is {code}. It works for {minutes} minutes. We never ask for it outside this chat.",
    "es": "{clinic}: su clave es {code}. Sirve por {minutes} minutos. Nunca se la pedimos fuera de este chat.",
}
_CALLS = {
    "en": "This is {clinic}. Your code is: {code}. Again: {code}. It works for {minutes} minutes. "
    "We never ask for it anywhere but where you asked for this call. Goodbye.",
    "es": "Le llama {clinic}. Su clave es: {code}. Otra vez: {code}. Sirve por {minutes} minutos. "
    "Nunca se la pedimos en otro lugar que donde usted pidió esta llamada. Adiós.",
}
_DEFAULT_LANGUAGE = "en"


class CodeWording:
    """The words around a code, for one clinic.

    Raises:
        ValueError: The clinic's name is too long for the words to fit into one text.
    """

    def __init__(self, clinic: str, code_life: timedelta = timedelta(minutes=5)) -> None:
        self._values = {"clinic": clinic, "minutes": str(code_life // timedelta(minutes=1))}
        longest = max(len(self.text("000000", language)) for language in _TEXTS)
        if longest > _ONE_TEXT:
            raise ValueError(
                f"The clinic's name must be {longest - _ONE_TEXT} characters shorter to fit into one text."
            )

    def text(self, code: str, language: str) -> str:
        """The text message; English for a language we do not have."""
        return _TEXTS.get(language, _TEXTS[_DEFAULT_LANGUAGE]).format(code=code, **self._values)

    def speech(self, code: str, language: str) -> str:
        """What a call says: the digits one by one, twice."""
        return _CALLS.get(language, _CALLS[_DEFAULT_LANGUAGE]).format(code=", ".join(code), **self._values)
