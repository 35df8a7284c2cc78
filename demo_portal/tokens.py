"""Gives out access tokens: the assistant's own, and one patient's after the assistant vouched for who it is."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import jwt
import sqlalchemy as sa

from demo_portal import proxies
from demo_portal.codes import digest
from demo_portal.outcomes import NotSignedIn
from demo_portal.portal import Access, Portal
from demo_portal.registry import SHARED_TYPES, TYPES
from demo_portal.store.engine import Transaction
from demo_portal.store.moments import milliseconds
from demo_portal.store.resources import WHOLE, Resources
from demo_portal.store.tables import ACCESS_TOKEN, USED_ASSERTION

CLIENT_CREDENTIALS = "client_credentials"
TOKEN_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
JWT_TYPE = "urn:ietf:params:oauth:token-type:jwt"
ACCESS_TYPE = "urn:ietf:params:oauth:token-type:access_token"
MATCH_SCOPE = "system/Patient.match"
PATIENT_SCOPES = (
    "patient/*.rs",
    *(f"patient/{served.rtype}.{served.writes}" for served in TYPES if served.writes),
)
OWN_SCOPES = (
    MATCH_SCOPE,
    *(f"system/{rtype}.rs" for rtype in SHARED_TYPES),
    "system/Task.c",
    "system/Subscription.crus",
    "system/Invoice.guest",
)
"""What the assistant may do while nobody is signed in: see what belongs to nobody, and file a few kinds of request."""
LIFETIME = timedelta(minutes=10)
# RFC 8693 leaves it open; two minutes are enough for one hop and too short to be worth stealing.
LONGEST_ASSERTION = timedelta(minutes=2)
SKEW = timedelta(seconds=5)
CLAIMS = ["iss", "aud", "sub", "exp", "jti", "auth_time"]


class TokenRefused(Exception):
    """A token request that is answered with an error of RFC 6749, section 5.2."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(description)
        self.error = error
        self.description = description
        self.status = status


def grant(portal: Portal, form: Mapping[str, str], token_url: str) -> dict[str, Any]:
    """Answer a token request.

    Raises:
        TokenRefused: wrong client, grant, scope or subject token.
    """
    _check_client(portal, form)
    if form.get("grant_type") == CLIENT_CREDENTIALS:
        return _own_token(portal, form)
    if form.get("grant_type") == TOKEN_EXCHANGE:
        return _patient_token(portal, form, token_url)
    raise TokenRefused("unsupported_grant_type", "Use client_credentials or token exchange.")


def authenticate(portal: Portal, authorization: str | None) -> Access:
    """What the bearer token of a request allows.

    Raises:
        NotSignedIn: there is none, or it is unknown or has lapsed.
    """
    kind, _, token = (authorization or "").partition(" ")
    if kind.lower() != "bearer" or not token:
        raise NotSignedIn("A bearer token is needed: get one at /oauth/token.")
    now = milliseconds(portal.clock.now())
    query = sa.select(ACCESS_TOKEN).where(ACCESS_TOKEN.c.digest == digest(token.strip()))
    with portal.database.reading() as conn:
        row = conn.execute(query).mappings().one_or_none()
    if row is None or row["expires_at"] <= now:
        raise NotSignedIn("The token is not known or has lapsed: get a new one at /oauth/token.")
    return Access(row["patient_id"], tuple(row["scope"].split()), row["person"], row["level"], channel=row["channel"])


def _check_client(portal: Portal, form: Mapping[str, str]) -> None:
    known = hmac.compare_digest(form.get("client_id", "").encode(), portal.settings.client_id.encode())
    secret = hmac.compare_digest(form.get("client_secret", "").encode(), portal.settings.client_secret.encode())
    if not (known and secret):
        raise TokenRefused("invalid_client", "The client is not known or its secret is wrong.", 401)


def _own_token(portal: Portal, form: Mapping[str, str]) -> dict[str, Any]:
    asked = form.get("scope", "").split() or OWN_SCOPES
    if not set(asked) <= set(OWN_SCOPES):
        raise TokenRefused("invalid_scope", f"The assistant itself may only ask for: {' '.join(OWN_SCOPES)}.")
    with portal.database.writing() as conn:
        return _issue(conn, portal.clock.now(), " ".join(asked), {})


def _patient_token(portal: Portal, form: Mapping[str, str], token_url: str) -> dict[str, Any]:
    if form.get("subject_token_type") != JWT_TYPE:
        raise TokenRefused("invalid_request", f"subject_token_type must be {JWT_TYPE}.")
    now = portal.clock.now()
    claims = _claims(portal, form.get("subject_token", ""), token_url)
    _check_times(claims, now)
    with portal.database.writing() as conn:
        _use_once(conn, claims, now)
        stands = _standing(portal.resources(conn, WHOLE), claims["sub"], form.get("patient") or claims["sub"])
        scope = _granted(form.get("scope", ""), stands.scopes)
        return {**_issue(conn, now, scope, claims, stands), "fhirUser": stands.person, "patient": stands.patient}


@dataclass(frozen=True)
class _Stands:
    """On which record somebody stands, as whom, and for how long at most."""

    patient: str
    person: str
    level: str
    scopes: tuple[str, ...]
    until: datetime | None = None


def _standing(whole: Resources, actor: str, patient: str) -> _Stands:
    """What the person who signed in may do on a record, their own or somebody else's.

    Raises:
        TokenRefused: nothing. Why, is never told: it could say that there is something to hide.
    """
    if whole.find("Patient", actor) is None:
        raise TokenRefused("invalid_grant", "The subject is not known.")
    if patient == actor:
        return _Stands(actor, f"Patient/{actor}", "self", PATIENT_SCOPES)
    found = proxies.standing(whole, actor, patient)
    if found is None:
        raise TokenRefused("invalid_grant", "There is no access to this record.")
    return _Stands(patient, found.person, found.level, found.scopes, found.until)


def _granted(asked: str, offered: tuple[str, ...]) -> str:
    """All scopes that are on offer, or those of them that were asked for."""
    access = Access("", offered)
    granted = [scope for scope in asked.split() if _covered(access, scope)]
    if asked and not granted:
        raise TokenRefused("invalid_scope", f"On offer are: {' '.join(offered)}.")
    return " ".join(granted or offered)


def _covered(offered: Access, scope: str) -> bool:
    rtype, _, letters = scope.removeprefix("patient/").partition(".")
    return scope.startswith("patient/") and bool(letters) and all(offered.allows(rtype, c) for c in letters)


def _claims(portal: Portal, token: str, token_url: str) -> dict[str, Any]:
    # Times are compared in _check_times: the library only knows the machine's clock, not the demo's.
    options: Any = {"require": CLAIMS, "verify_exp": False, "verify_iat": False, "verify_nbf": False}
    try:
        claims = jwt.decode(
            token,
            portal.settings.client_secret,
            algorithms=["HS256"],
            audience=[token_url, f"{portal.settings.origin}/oauth/token", "demo_portal"],
            issuer=portal.settings.client_id,
            options=options,
        )
    except jwt.PyJWTError:
        raise TokenRefused("invalid_grant", "The subject token cannot be trusted.") from None
    if not all(isinstance(claims[name], str) and claims[name] for name in ("sub", "jti")):
        raise TokenRefused("invalid_grant", "The subject token cannot be trusted.")
    return claims


def _check_times(claims: Mapping[str, Any], now: datetime) -> None:
    try:
        expires, signed_in = float(claims["exp"]), float(claims["auth_time"])
    except (TypeError, ValueError):
        raise TokenRefused("invalid_grant", "The times in the subject token are not numbers.") from None
    present = now.timestamp()
    if expires <= present:
        raise TokenRefused("invalid_grant", "The subject token has expired.")
    if expires > present + (LONGEST_ASSERTION + SKEW).total_seconds():
        raise TokenRefused("invalid_grant", "The subject token lives longer than two minutes.")
    if signed_in > present + SKEW.total_seconds():
        raise TokenRefused("invalid_grant", "The subject token was signed in the future.")


def _use_once(conn: Transaction, claims: Mapping[str, Any], now: datetime) -> None:
    conn.execute(sa.delete(USED_ASSERTION).where(USED_ASSERTION.c.expires_at <= milliseconds(now)))
    statement = sa.text(
        "INSERT INTO used_assertion (jti, expires_at) VALUES (:jti, :expires_at) ON CONFLICT (jti) DO NOTHING"
    )
    row = {"jti": digest(claims["jti"]), "expires_at": int(float(claims["exp"]) * 1000)}
    if conn.execute(statement, row).rowcount != 1:
        raise TokenRefused("invalid_grant", "The subject token has been used before.")


def _issue(
    conn: Transaction, now: datetime, scope: str, claims: Mapping[str, Any], stands: _Stands | None = None
) -> dict[str, Any]:
    conn.execute(sa.delete(ACCESS_TOKEN).where(ACCESS_TOKEN.c.expires_at <= milliseconds(now)))
    token = secrets.token_urlsafe(32)
    # A birthday or the end of a grant ends the token as well.
    until = min(now + LIFETIME, stands.until) if stands and stands.until else now + LIFETIME
    row = {
        "digest": digest(token),
        "patient_id": stands.patient if stands else None,
        "scope": scope,
        "person": stands.person if stands else "",
        "level": stands.level if stands else "",
        "channel": str(claims.get("channel", ""))[:20],
        "acr": str(claims["acr"])[:64] if "acr" in claims else None,
        "auth_time": int(float(claims["auth_time"]) * 1000) if claims else None,
        "expires_at": milliseconds(until),
    }
    conn.execute(sa.insert(ACCESS_TOKEN), row)
    return {
        "access_token": token,
        "issued_token_type": ACCESS_TYPE,
        "token_type": "Bearer",
        "expires_in": int((until - now).total_seconds()),
        "scope": scope,
    }
