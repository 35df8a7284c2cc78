"""Finds what people call secret when they say it: social security numbers, codes from a text, passwords.

The words around a number decide. The last four digits of a social security number go as well: nobody here asks for
them, and other companies take them for a proof.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from channels.card_numbers import Span
from channels.number_runs import NumberRun, is_date, number_runs, plain

_SSN_LENGTH = 9
_SSN_WRITTEN = re.compile(r"(?<![\w-])(?!000|666)\d{3}([ .\-\u2010-\u2015\u2212])(?!00)\d{2}\1(?!0000)\d{4}(?![\w-])")
_SSN_NAME = re.compile(
    r"\b(?:ssn|itin|ss ?#|social security|social sec|soc sec|taxpayer|tax ?id|seguro social|seguridad social"
    r"|numero (?:de|del) contribuyente|numero de social|social number"
    r"|(?:my|his|her|their|the|our|your|full|a) social(?! (?:worker|work|media|services?|life|distanc|club|group|program)))\b"
)
_LAST_FOUR = re.compile(
    r"\b(?:last (?:four|4)|ends? (?:in|with)|ending (?:in|with)|ultim[oa]s (?:cuatro|4)|terminan? (?:en|con))\b"
)
# "zip code", "codigo postal" and the like are no secrets.
_CODE_NAME = re.compile(
    r"(?<!zip )(?<!area )(?<!postal )(?<!post )(?<!procedure )(?<!billing )(?<!diagnosis )(?<!error )(?<!dress )"
    r"(?<!cpt )(?<!icd )(?<!bar )(?<!country )(?<!discount )(?<!promo )(?<!coupon )(?<!visit )(?<!service )"
    r"(?<!medical )(?<!insurance )(?<!revenue )(?<!drug )(?<!ndc )(?<!modifier )(?<!tax )"
    r"\b(?:codes?|passcode|pin|otp|codigos?|clave|verification|verificacion)\b"
    r"(?! (?:postal|de area|de barras|de error|de procedimiento|de diagnostico|de pais|de servicio|de facturacion|number on))"
)
_SENT = re.compile(
    r"\b(?:text|texted|texts|sms|message|sent|send|got|received|receive|says|said|reads|typed|entered|gave"
    r"|mensaje|texto|llego|mando|mandaron|enviaron|envio|recibi|dice|decia|puse|dieron|salio)\b"
)
_OTHER_NUMBER = re.compile(
    r"\b(?:id|ids|invoice|bill|statement|account|claim|case|order|number|numero|reference|referencia|record|mrn|member"
    r"|policy|group|confirmation|confirmacion|receipt|recibo|ticket|steps|pasos|miles|cuenta|factura|estado|expediente"
    r"|poliza|reclamo|afiliado|miembro|zip|postal|balance|charge|charged|amount|payment|pago|cobro|cobraron|monto|saldo"
    r"|refill|rx|prescription|receta|lot|lote|patient|paciente|extension|ext|room|suite|apartment)\b"
)
_BARE_WORDS = """
    the my a it is it's its s this that here you go says say said got yes no ok okay try now this one please
    el la mi es son esta este ese eso aqui tiene dice si bueno por favor va le digo
"""
_AROUND_A_BARE_CODE = frozenset(_BARE_WORDS.split())
_CODE_LENGTH = 6
# Five digits are the code of a procedure on a bill.
_NAMED_LENGTHS = frozenset((4, 6, 7, 8))
_MONEY = re.compile(r"[$€£]\s*$")
_UNIT = re.compile(
    r"^\s*(?:%|usd\b|dollars?|bucks|dolares|pesos|steps|pasos|mg\b|mcg\b|ml\b|units?\b|unidades|cells?\b|k\b)"
)
_PASSWORD = re.compile(
    r"\b(?P<name>passwords?|passphrase|passwd|contrasenas?|clave(?: de acceso)?|password del portal)\b"
    r"(?P<link>\s*(?:\w+\s+)?(?::|=|->|\bis\b|\bwas\b|\bes\b|\bera\b|\bthat is\b)\s*(?:also |actually |still |now |just )?)"
    r"(?P<secret>\"[^\"\n]{3,60}\"|'[^'\n]{3,60}'|\S{3,64})"
)
_ABOUT_A_PASSWORD = """
    not no wrong expired locked incorrect invalid forgotten lost too still the right correct a an my it that what where
    how why when old new weak strong blocked stuck gone needed required changed reset being in on of for so very always
    never also missing bad working broken case somewhere unknown hidden disabled outdated different
    incorrecta incorrecto mala malo vencida vencido valida invalida correcta la el una un mi que cual como donde muy ya
    vieja nueva nuevo olvidada perdida bloqueada distinta otra demasiado larga corta debil para necesaria obligatoria
    caducada expirada cambiada sensible sensitive case facil dificil easy hard simple
"""
_NO_PASSWORDS = frozenset(_ABOUT_A_PASSWORD.split())


def ssn_spans(text: str) -> list[Span]:
    """Where social security and taxpayer numbers stand: in their usual form, or after their name in any form."""
    written = [Span(*match.span()) for match in _SSN_WRITTEN.finditer(text)]
    named = [Span(run.start, run.end) for run in number_runs(text) if _is_named_ssn(run)]
    return [*written, *(span for span in named if not any(_overlap(span, other) for other in written))]


def code_spans(text: str) -> list[Span]:
    """Where one-time codes stand that nobody waits for."""
    return [Span(run.start, run.end) for run in number_runs(text) if _is_code(run)]


def password_spans(text: str) -> list[Span]:
    """Where passwords stand that are said to be one."""
    flat = plain(text)
    if len(flat) != len(text):
        # A letter whose lower case is longer than itself: places in one are not those in the other.
        flat = text.lower() if len(text.lower()) == len(text) else text
    return list(_passwords(flat))


def _passwords(flat: str) -> Iterator[Span]:
    for match in _PASSWORD.finditer(flat):
        secret = match["secret"].rstrip(".,;!?)")
        if secret.strip("\"'").lower() in _NO_PASSWORDS or len(secret) < 3:
            continue
        yield Span(match.start("secret"), match.start("secret") + len(secret))


def _is_named_ssn(run: NumberRun) -> bool:
    if len(run.digits) == _SSN_LENGTH and _SSN_NAME.search(run.before):
        return True
    # "the last four of my social are 6789", "my social ends in 6789"
    tail = run.digits[-4:] if run.is_written else run.digits
    named = _SSN_NAME.search(run.before) and _LAST_FOUR.search(run.before)
    return len(tail) == 4 and len(run.digits) <= 5 and bool(named)


def _is_code(run: NumberRun) -> bool:
    just_before = run.said[max(0, run.start - 3) : run.start]
    if run.said[run.end : run.end + 1] == "%" or _MONEY.search(just_before) or _UNIT.match(run.after):
        return False
    if len(run.digits) in _NAMED_LENGTHS and _is_named_code(run):
        return True
    if len(run.digits) != _CODE_LENGTH:
        return False
    return _is_sent_code(run) or _is_bare_code(run)


def _is_named_code(run: NumberRun) -> bool:
    named = [match.end() for match in _CODE_NAME.finditer(run.before)]
    if named:
        between = run.before[named[-1] :]
        return len(between) <= 25 and not _OTHER_NUMBER.search(between.replace("number", ""))
    after = re.match(r"^\W{0,3}(?:is|was|es|era)\s+(?:(?:my|the|your|our|mi|el|su|la)\s+)?", run.after)
    return after is not None and _CODE_NAME.match(run.after[after.end() :]) is not None


def _is_sent_code(run: NumberRun) -> bool:
    sent = [match.end() for match in _SENT.finditer(run.before)]
    if not sent or is_date(run.digits):
        return False
    return not _OTHER_NUMBER.search(run.before) and not _OTHER_NUMBER.match(run.after.strip())


def _is_bare_code(run: NumberRun) -> bool:
    rest = run.said[: run.start] + " " + run.said[run.end :]
    words = re.findall(r"[^\W_]+", plain(rest))
    return _AROUND_A_BARE_CODE.issuperset(words) and not is_date(run.digits) and not _counts(run.digits)


def _counts(digits: str) -> bool:
    """Whether the digits go up or down by one, as somebody counts, or tapers a medicine."""
    steps = {int(other) - int(one) for one, other in zip(digits, digits[1:], strict=False)}
    return steps in ({1}, {-1})


def _overlap(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end
