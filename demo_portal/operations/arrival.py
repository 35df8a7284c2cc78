"""Says that a patient is there, and opens the door to a visit by video; both only around the time of the visit."""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta

from demo_portal.outcomes import NotKnown, Unprocessable
from demo_portal.portal import Answer, Call, Portal, stored
from demo_portal.store.engine import Transaction
from demo_portal.store.moments import instant, interval, milliseconds, moment
from demo_portal.vocabulary import VISIT_TYPE, Resource, codes_in
from demo_portal.writes.attempt import Attempt, replace

ARRIVAL = timedelta(minutes=60)
"""How long before a visit somebody can say that they are there."""
JOINING = timedelta(minutes=15)
"""How long before a visit by video its door opens; it closes at the end of the visit."""
VIDEO = "https://video.careline.example.org/visit"


def arrive(attempt: Attempt) -> Answer:
    """Note that the patient of a visit is there.

    Raises:
        Unprocessable: it is not a booked visit, it is by video, or it is not about to begin.
    """
    visit = attempt.before
    if visit["status"] == "arrived":
        return stored(visit, attempt.call.base)
    if visit["status"] != "booked" or attempt.body.get("cancelationReason"):
        raise Unprocessable("Only for a booked visit one can arrive.", "not-changeable", "Appointment.status")
    if by_video(visit):
        raise Unprocessable("This visit is by video: there is nowhere to arrive.", "by-video", "Appointment.status")
    starts, ends = (interval(visit[name], attempt.portal.zone)[0] for name in ("start", "end"))
    now = attempt.portal.clock.now()
    if now < moment(starts) - ARRIVAL:
        raise Unprocessable("It is too early to arrive.", "too-early", "Appointment.status")
    if milliseconds(now) > ends:
        raise Unprocessable("This visit is over.", "visit-over", "Appointment.status")
    return replace(attempt, {**visit, "status": "arrived"})


def video_visit(portal: Portal, conn: Transaction, call: Call) -> Answer:
    """When the door to a visit by video opens and closes, and the link while it is open."""
    visit = portal.resources(conn, call.access.scope).read("Appointment", call.rid)
    if visit["status"] not in ("booked", "arrived", "checked-in"):
        raise NotKnown("There is no such visit to come.")
    if not by_video(visit):
        raise Unprocessable("This visit is not by video.", "not-by-video", "Appointment.serviceType")
    opens = moment(interval(visit["start"], portal.zone)[0]) - JOINING
    closes = moment(interval(visit["end"], portal.zone)[0])
    told = [
        {"name": "opens", "valueInstant": instant(opens, portal.zone)},
        {"name": "closes", "valueInstant": instant(closes, portal.zone)},
    ]
    if opens <= portal.clock.now() < closes:
        told.append({"name": "url", "valueUrl": f"{VIDEO}/{_door(portal, visit)}"})
    return Answer({"resourceType": "Parameters", "parameter": told})


def by_video(visit: Resource) -> bool:
    """Whether a visit takes place by video."""
    return any("video_visit" in codes_in(each, VISIT_TYPE) for each in visit.get("serviceType", []))


def _door(portal: Portal, visit: Resource) -> str:
    """A word for the visit that nobody can guess and that is always the same."""
    text = f"video {visit['id']}".encode()
    return hmac.new(portal.settings.client_secret.encode(), text, hashlib.sha256).hexdigest()[:32]
