"""What the portal tells about test results."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

ResultStatus = Literal["final", "pending", "corrected"]


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
