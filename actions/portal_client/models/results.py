"""What the portal tells about test results."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

ResultStatus = Literal["final", "pending", "corrected"]
ResultKind = Literal["laboratory", "imaging", "pathology"]
GrowthKind = Literal["length", "weight", "head", "bmi"]
VisitKind = Literal["office", "video", "emergency", "hospital"]


@dataclass(frozen=True)
class ResultValue:
    """One measured value, said as the laboratory wrote it."""

    name: str
    value: str
    unit: str
    """Empty for words such as `negative`."""
    reference_range: str
    """For example `0-99`; empty when there is none."""
    flag: str | None
    """HL7 v3 ObservationInterpretation code such as `N`, `H`, `LL`, `A`; None when the laboratory gave none."""


@dataclass(frozen=True)
class TestResult:
    """One laboratory report."""

    __test__ = False  # pytest would take the class for a test by its name

    id: str
    name: str
    on: date
    """Clinic-local day the sample was taken."""
    status: ResultStatus
    values: tuple[ResultValue, ...]
    """Empty while pending."""
    comment: str | None
    """What the provider wrote for the person."""
    restricted: bool
    """Sensitive: must not be read aloud or put in a text."""
    kind: ResultKind = "laboratory"
    provider: str = ""
    """Who looked at it for the person and answers questions; empty when the portal does not say."""
    released_on: date | None = None
    """Clinic-local day it was put into the portal; None while pending, or when the portal does not say."""


@dataclass(frozen=True)
class TrendPoint:
    """One value of a series."""

    on: date
    """Clinic-local."""
    at: datetime | None
    """None when only the day is known."""
    value: Decimal
    flag: str | None
    """HL7 v3 ObservationInterpretation code; None when there is none."""
    by_patient: bool
    """Measured at home."""


@dataclass(frozen=True)
class Trend:
    """One value over time, all in the unit of the newest."""

    code: str
    """LOINC."""
    name: str
    unit: str
    """UCUM, for example `kg`, `mm[Hg]`, `%`."""
    points: tuple[TrendPoint, ...]
    """Oldest first; at least one."""
    left_out: int
    """Values in a unit that cannot be converted."""
    restricted: bool
    """Sensitive: must not be read aloud or put in a text."""


@dataclass(frozen=True)
class GrowthPoint:
    """One measurement of a child."""

    on: date
    months: int
    """Whole months of age on that day."""
    value: Decimal
    percentile: Decimal | None
    """0 to 100, to one decimal; None when there is no reference for this age or measure."""


@dataclass(frozen=True)
class GrowthCurve:
    """One measure of a child over time."""

    kind: GrowthKind
    unit: str
    """`cm`, `kg` or `kg/m2`."""
    standard: str
    """What the percentiles are from, for example `CDC 2000`; empty when none of them is known."""
    points: tuple[GrowthPoint, ...]
    """Oldest first."""


@dataclass(frozen=True)
class VisitDocument:
    """A summary or a note of a visit; its file comes from `document_body`, its words from `visit_text`."""

    id: str
    title: str
    on: date
    author: str
    """Empty when the portal does not say."""
    visit_id: str | None
    """The past visit that it belongs to; None when it does not say."""
    content_type: str
    """Of the file, for example `application/pdf`."""
    restricted: bool
    """Sensitive: must not be read aloud or put in a text."""


@dataclass(frozen=True)
class PastVisit:
    """A visit or stay that is over."""

    id: str
    on: date
    """Clinic-local day it began."""
    start: datetime | None
    """None when only the day is known."""
    until: date
    """Day it ended; of a visit of one day the same."""
    kind: VisitKind
    name: str
    """For example `Follow-up visit`; empty when the portal does not say."""
    provider: str
    place: str
    reason: str
    """These three are empty when the portal does not say."""
    summary_id: str | None
    """Document with the after-visit summary; None when there is none."""
    note_ids: tuple[str, ...]
    """Notes that were shared, newest first."""
    restricted: bool
    """Sensitive: its reason must not be read aloud or put in a text."""
