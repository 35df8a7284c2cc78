"""Days and times as people ask for them ("the 14th after three", "mañana por la tarde", "any day but Monday").

Own code, because the libraries of the field return one instant where a wish is a range, and wrong days where it matters
(docs/decisions/0006-own-date-reader.md lists what each gets wrong).

Conventions: bare hours 1 to 6 are afternoon, 7 to 11 morning; morning 7-12, afternoon 12-18, evening 17-21; "next
Tuesday" is Tuesday of the coming calendar week; numeric dates are month first in English, day first in Spanish.
Whatever is read is read back in words before anything is written.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from actions.reading.days import MONTHS, WEEKDAYS, Mention, coming, names_a_past_day, read_mentions
from actions.reading.misspelt import mended
from actions.reading.personal import BIRTH
from actions.reading.refused import Refused, take_refused
from actions.reading.spans import Span, read_span
from actions.reading.times import TimeRange, outside, read_parts, take_times
from actions.reading.words import ORDINALS, fold, tokens, with_digits

__all__ = ["HORIZON", "MONTHS", "WEEKDAYS", "When", "read_date", "read_when", "says_any_time"]

HORIZON = timedelta(days=56)
"""How far ahead a wish without an end reaches: as far as the clinic opens its books."""

ANY_TIME = re.compile(
    r"\b(?:any ?(?:time|day)|whenever|as (?:soon|early) as (?:possible|you can)|asap|soonest|the (?:sooner|earlier) the better|(?:the )?earliest|"
    r"(?:first|next|soonest) (?:one |thing |opening )?(?:available|you have|opening)|first opening|right away|right now|"
    r"cualquier (?:dia|hora|momento|fecha)|cuando (?:me |nos )?(?:sea|quiera|haya|pueda[ns]?|tenga[ns]?|guste)|lo antes(?: que)?|lo mas (?:pronto|rapido|temprano)|"
    r"cuanto antes|primer[ao]? (?:cita|hora|fecha)? ?(?:disponible|que (?:haya|tengan?|se pueda)))\b"
)
# Said of the time only when that was asked.
NO_MATTER = re.compile(
    r"\b(?:now$|flexible|^any$|no preference|(?:doesn'?t|don'?t|does not) (?:matter|care|mind)|anything|either|whatever(?:'s)?|soon|"
    r"me (?:da|es) (?:igual|lo mismo)|no importa|(?:el|la|lo) que (?:sea|haya|tengan?)|sin preferencia|pronto|ahor(?:a|ita)(?: mismo)?)(?=\b|$)"
)
SICK = r"duele\w*|dolor\w*|tos|fiebre|mal|mala|malo|enferm\w+|empez\w+|comenz\w+|llevo|tengo|siento|siente|ronchas|vomit\w+"
A_DAY = rf"(?:(?:the|last|this|el|la|este|esta|about|como|hace) )*(?:{'|'.join(WEEKDAYS)}|yesterday|today|tomorrow|morning|night|noon|week|weekend|month|ayer|anoche|hoy|manana|noche|semana|mes|{'|'.join(MONTHS)}|\d+)"
PAST = (
    rf"\bsince {A_DAY}(?: (?:\d+|night|morning|\w+ ago))?\b",
    r"\b(?:\d+|an?|a few|a couple(?: of)?|few) (?:hours?|days?|weeks?|months?|years?) ago\b",
    r"\bhace (?:como |unos |unas |mas de )?(?:\d+|un par de|una?|mucho|poco) ?(?:dias?|semanas?|mes(?:es)?|anos?|horas?|tiempo|rato)?\b",
    r"\b(?:for|in|over|during|por|en|durante) (?:the |los |las |about |like )*(?:last|past|ultim[oa]s) (?:\w+ )?(?:days?|weeks?|months?|years?|dias?|semanas?|mes(?:es)?|anos?)\b",
    rf"\b(?:last|this past) (?:night|week|month|year|{'|'.join(WEEKDAYS)}|{'|'.join(MONTHS)})\b(?! (?:of|in)\b)",
    rf"\b(?:{'|'.join(WEEKDAYS)}|semana|mes|ano|noche) pasad[oa]\b(?! manana)|\bpasad[oa] (?:{'|'.join(WEEKDAYS)}|semana|mes)\b",
    r"\b(?:yesterday|ayer|anoche|antier|anteayer)\b",
)

BOUND = re.compile(
    r"\b(?P<bound>after|from|starting|despues|partir|desde|before|by|until|till|antes|hasta|no later than|tardar)"
    r"(?P<more>(?: (?:my|mi) \w+)?(?: (?:on|the|del?|el|la|lo|a|que|se|end|of|fin|fines|final|acabe|termine))*) ?$"
)


@dataclass(frozen=True)
class When:
    """A wish for a time: days from `earliest` to `latest`, both included, in the clinic's zone."""

    earliest: date
    latest: date
    weekdays: tuple[int, ...] = ()
    """0 is Monday; empty means any."""
    times: tuple[TimeRange, ...] = ()
    """Parts of the day, local; empty means any."""
    any_day: bool = False
    """True when only a time of day was said, or explicitly any day."""


def read_when(text: str, now: datetime, language: str = "en") -> When | None:
    """The wish in a text; None when no day and no time of day is in it. `now` is local to the clinic."""
    today = now.date()
    said = _prepared(text)
    if BIRTH.search(said) or names_a_past_day(said, today, language):
        return None
    refused, said = take_refused(said, today)
    times, said = take_times(said)
    days = _read_days(said, today, language)
    if days is None and (ANY_TIME.search(said) or NO_MATTER.search(said)):
        days = When(today, today + HORIZON, any_day=True)
    if days is None and not times and not refused:
        return None
    wish = replace(days or When(today, today + HORIZON, any_day=True), times=times)
    return _without_refused(wish, refused, today)


def says_any_time(text: str) -> bool:
    """True for words like "as soon as possible", which speak of the time even when something else was asked."""
    return ANY_TIME.search(_prepared(text)) is not None


def read_date(text: str, today: date, language: str = "en") -> date | None:
    """A single day named in a text; None when there is none or it is a range."""
    days = _read_days(_prepared(text), today, language)
    return days.earliest if days is not None and days.earliest == days.latest else None


def _prepared(text: str) -> str:
    """The text folded, mended and in digits; days of the month behind "the" or "el", ranges spelt out, the past left out."""
    # "No, the 14th" puts right what was understood; "not the 14th" refuses a day.
    said = re.sub(r"^\W*(?:no+|nope|nah|actually)\b\s*[,.;:!]+", " ", fold(text))
    for pattern, written in DASHES:
        said = re.sub(pattern, written, said)
    said = " ".join(mended(word) for word in tokens(said))
    said = re.sub(
        r"\b(twenty|thirty) (first|second|third|fourth|fifth|sixth|seventh|eighth|ninth)\b", r"the \1 \2", said
    )
    said = with_digits(re.sub(r"\b(the|that|this|which) one\b", r"\1 thing", said))
    for pattern, written in DAYS_OF_MONTH:
        said = re.sub(pattern, written, said)
    for pattern in (*PAST, rf"\bdesde {A_DAY}\b") if re.search(rf"\b(?:{SICK})\b", said) else PAST:
        said = re.sub(pattern, ";", said)
    return said


def _ordinal(match: re.Match[str]) -> str:
    return f"{match['lead']} {ORDINALS[match['nth']]}"


ALL_MONTHS = "|".join(MONTHS)
HALF = r"(?:am|pm|a\.m|p\.m|in the|de la)"
DASHES = (
    (r"@", " at "),
    (r"(?<=day)'s\b", ""),
    # "este" alone is a filler and would be dropped.
    (r"\beste (?=mes\b)", "esta "),
    (r"\b2(?=morrow|moro)", "to"),
    (r"\b(20\d\d)-(\d{1,2})-(\d{1,2})\b", r"\1/\2/\3"),
    (r"\b(\d{1,2})[-.](\d{1,2})[-.](\d{4}|\d{2})\b", r"\1/\2/\3"),
    (r"(?<=\d),\s*(?=\d{4}\b)", " "),
    (rf"(\d{{1,2}}(?::\d\d)?(?: ?[ap]\.?m\.?)?) ?[-–] ?(\d{{1,2}}(?::\d\d| ?{HALF}))", r"\1 to \2"),
    (rf"\b({ALL_MONTHS}) (\d{{1,2}}) ?[-–] ?(\d{{1,2}})\b", r"\1 \2 to \3"),
    (rf"\b(\d{{1,2}}) ?[-–] ?(\d{{1,2}})(?= (?:of |de )?(?:{ALL_MONTHS})\b)", r"\1 to \2"),
    (r"\b(\d{1,2})-(\d{1,2})\b", r"\1/\2"),
    (r"(?<=[a-z])[-–](?=[a-z])", " to "),
)
JOINT = r"(?:to|through|and|or|al?|hasta|y|o|until|till)"
NO_HALF = r"(?![:/\d])(?! (?:am|pm|a m|p m|o'clock|de la|y media)\b)"
DAYS_OF_MONTH = (
    (
        rf"\b(?P<lead>the|on|el|dia|{ALL_MONTHS}) (?P<nth>{'|'.join(ORDINALS)})\b(?! (?:one|1|available|disponible|que|week|semana|thing|opening|cita|hora|half)\b)",
        _ordinal,
    ),
    (rf"\b(?P<lead>)(?P<nth>{'|'.join(ORDINALS)})(?= (?:of |de )?(?:{ALL_MONTHS})\b)", _ordinal),
    (r"\b(?:the )?(\d{1,2}) (?:st|nd|rd|th)\b", r"the \1"),
    (r"\bthe the\b", "the"),
    (r"\b(despues|antes|partir|semana) del (?=\d)", r"\1 del el "),
    (r"\bdel (\d{1,2}) al (\d{1,2})\b", r"del el \1 al el \2"),
    (rf"\b(?:the |el )?(\d{{1,2}}) ({JOINT}) (?:the |el )?(\d{{1,2}}) (?:of |de )?({ALL_MONTHS})\b", r"\4 \1 \2 \4 \3"),
    (rf"\b({ALL_MONTHS}) (?:the )?(\d{{1,2}}) ({JOINT}) (?:the )?(\d{{1,2}})\b{NO_HALF}", r"\1 \2 \3 \1 \4"),
    (rf"\b(the|el) (\d{{1,2}}) ({JOINT}) (\d{{1,2}})\b{NO_HALF}", r"\1 \2 \3 \1 \4"),
)


def _read_days(said: str, today: date, language: str) -> When | None:
    span = read_span(said, today, language)
    mentions = [each for each in read_mentions(said, today, language) if span is None or not span.holds(each)]
    dates = [mention for mention in mentions if mention.weekday is None]
    if span is not None and not dates:
        return _narrowed(span, [mention for mention in mentions if mention.weekday is not None], said, today)
    if not mentions:
        return None
    if len(mentions) == 1:
        only = mentions[0]
        if only.every and only.weekday is not None:
            return When(today, today + HORIZON, (only.weekday,))
        return _bounded(said[: only.start], only.day, only.day, today)
    return _several(said, mentions, today)


def _narrowed(span: Span, mentions: list[Mention], said: str, today: date) -> When:
    weekdays = tuple(sorted({mention.weekday for mention in mentions if mention.weekday is not None})) or span.weekdays
    last = min(span.last, today + HORIZON) if span.last == date.max else span.last
    if len(weekdays) == 1 and (last - span.first).days == 6:
        day = span.first + timedelta(days=(weekdays[0] - span.first.weekday()) % 7)
        return _bounded(said[: span.start], day, day, today)
    return replace(_bounded(said[: span.start], span.first, last, today), weekdays=weekdays)


def _bounded(before: str, first: date, last: date, today: date) -> When:
    """The days themselves, or what comes before or after them when the words in front say so."""
    found = BOUND.search(before)
    if found is None:
        return When(max(first, today), max(last, today))
    if found["bound"] in ("after", "despues"):
        return _open(last + timedelta(days=1), today)
    if found["bound"] in ("from", "starting", "partir", "desde"):
        return _open(max(first, today), today)
    # Before the end of the month is up to its last day.
    if found["bound"] in ("before", "antes") and not re.search(
        r"\b(?:end|fin|fines|final|acabe|termine)\b", found["more"]
    ):
        last = first - timedelta(days=1)
    return When(today, max(last, today))


def _open(first: date, today: date) -> When:
    return When(first, max(today + HORIZON, first))


def _several(said: str, mentions: list[Mention], today: date) -> When:
    first, second = mentions[0], mentions[1]
    joint = said[first.end : second.start].strip()
    lead = said[: first.start]
    weekdays = [mention.weekday for mention in mentions if mention.weekday is not None]
    between = re.search(r"\b(?:between|entre)(?: (?:the|el|las?))*\s*$", lead) is not None
    if re.match(r"(?:to|through|till|until|al?|hasta)\b", joint) or between:
        if len(weekdays) == len(mentions) and not between:
            return When(today, today + HORIZON, _from_to(weekdays[0], weekdays[1]))
        last = coming(second.weekday, first.day) if second.weekday is not None else second.day
        return When(min(first.day, last), max(first.day, last))
    if len(weekdays) == len(mentions):
        return When(today, today + HORIZON, tuple(sorted(set(weekdays))))
    days = sorted(set(_in_turn(mentions)))
    contiguous = (days[-1] - days[0]).days == len(days) - 1
    return When(days[0], days[-1], () if contiguous else tuple(sorted({day.weekday() for day in days})))


def _in_turn(mentions: list[Mention]) -> list[date]:
    """The days named, a weekday after a date being the next such day after it ("next Tuesday or Wednesday")."""
    days: list[date] = []
    for mention in mentions:
        days.append(coming(mention.weekday, days[-1]) if days and mention.weekday is not None else mention.day)
    return days


def _from_to(first: int, last: int) -> tuple[int, ...]:
    return tuple(sorted((first + step) % 7 for step in range((last - first) % 7 + 1)))


def _without_refused(wish: When, refused: Refused, today: date) -> When | None:
    times = wish.times or (outside(read_parts(refused.parts)) if refused.parts else ())
    if refused.until is not None and wish.earliest <= refused.until:
        wish = replace(wish, earliest=refused.until + timedelta(days=1), any_day=False)
        wish = replace(wish, latest=max(wish.latest, wish.earliest))
    if refused.weekdays and wish.earliest != wish.latest:
        kept = tuple(day for day in wish.weekdays or range(7) if day not in refused.weekdays)
        wish = replace(wish, weekdays=kept, any_day=False)
    return replace(wish, times=times)
