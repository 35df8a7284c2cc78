"""What a text or a call says: the clinic, the code and how long it works, or that a lock began; no name, no reason."""

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
_NOTICE_TEXTS = {
    "en": "{clinic}: too many wrong codes, so sign-in is paused for a while. Not you? Nothing was opened. "
    "Call us: {phone}",
    "es": "{clinic}: hubo demasiadas claves equivocadas y la entrada queda en pausa un rato. "
    "Nadie pudo entrar. Llame al {phone}",
}
_NOTICE_CALLS = {
    "en": "This is {clinic}. There were too many wrong codes, so sign-in is paused for a while. "
    "If that was not you: nothing was opened. You can call us at {phone}. Goodbye.",
    "es": "Le llama {clinic}. Hubo demasiadas claves equivocadas, así que la entrada queda en pausa un rato. "
    "Si no fue usted: nadie pudo entrar. Puede llamarnos al {phone}. Adiós.",
}
_DEFAULT_LANGUAGE = "en"


class CodeWording:
    """The words around a code, for one clinic; `phone` is where it is called, as people write it.

    Raises:
        ValueError: The clinic's name is too long for the words to fit into one text.
    """

    def __init__(self, clinic: str, code_life: timedelta = timedelta(minutes=5), *, phone: str) -> None:
        self._values = {"clinic": clinic, "minutes": str(code_life // timedelta(minutes=1)), "phone": phone}
        texts = [say for language in _TEXTS for say in (self.text("000000", language), self.notice_text(language))]
        longest = max(map(len, texts))
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

    def notice_text(self, language: str) -> str:
        """The text message that says that a lock began, and where to call."""
        return _NOTICE_TEXTS.get(language, _NOTICE_TEXTS[_DEFAULT_LANGUAGE]).format(**self._values)

    def notice_speech(self, language: str) -> str:
        """The same in a call."""
        return _NOTICE_CALLS.get(language, _NOTICE_CALLS[_DEFAULT_LANGUAGE]).format(**self._values)
