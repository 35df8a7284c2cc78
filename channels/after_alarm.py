"""What an answer to an alarm means: yes, it is happening; or no, go on."""

from __future__ import annotations

from channels.language import unaccented, words_of

_YES = frozenset(("yes", "yeah", "yep", "yea", "si", "claro", "now", "ahora", "ya", "help", "ayuda"))
_GO_ON = frozenset(("continue", "continuar", "continua", "continuo", "continuemos", "sigamos", "siga", "seguir"))
_NOT = frozenset(("no", "not", "nope"))
_AROUND_WORDS = """
    it s is its happening right this i m am im we re are safe ok okay fine please por favor esta pasando me mismo estoy
    bien a salvo todo not no now ahora ya never mind nada thanks gracias thank you yes si yeah es eso lets let vamos
"""
_AROUND = frozenset(_AROUND_WORDS.split())
_LONGEST = 6


def means_yes(text: str) -> bool:
    """Whether a short answer says that it is happening."""
    words = _bare(text)
    return _short(words, _YES) and not _NOT.intersection(words) and not _GO_ON.intersection(words)


def means_go_on(text: str) -> bool:
    """Whether a short answer says that nothing is happening ("not now"), or asks to go on ("continue")."""
    words = _bare(text)
    return _short(words, _NOT | _GO_ON)


def _short(words: list[str], wanted: frozenset[str]) -> bool:
    if not wanted.intersection(words) or len(words) > _LONGEST:
        return False
    return all(word in wanted or word in _AROUND for word in words)


def _bare(text: str) -> list[str]:
    return [unaccented(word) for word in words_of(text)]
