"""The tables: current resources, superseded versions, typed indexes, and what is deliberately not FHIR."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

# SQLAlchemy 1.4 carries no types: what comes from it is Any from here on.
METADATA = sa.MetaData()
_BODY = sa.JSON().with_variant(JSONB(), "postgresql")
# Milliseconds since 1970 in UTC: one integer compares fast and needs no time zone in either database.
_MOMENT = sa.BigInteger

RESOURCE: Any = sa.Table(
    "resource",
    METADATA,
    sa.Column("rtype", sa.String(40), primary_key=True),
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("last_updated", _MOMENT, nullable=False),
    sa.Column("patient_id", sa.String(64)),
    sa.Column("body", _BODY, nullable=False),
    # With the id, or SQLite walks all resources of the type to have them in order (measured: 28 ms instead of 6).
    sa.Index("resource_by_patient", "patient_id", "rtype", "id"),
)

RESOURCE_HISTORY: Any = sa.Table(
    "resource_history",
    METADATA,
    sa.Column("rtype", sa.String(40), primary_key=True),
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("last_updated", _MOMENT, nullable=False),
    sa.Column("patient_id", sa.String(64)),
    sa.Column("body", _BODY, nullable=False),
)


def _index_table(name: str, *columns: Any) -> sa.Table:
    """Values of one kind of search parameter, many rows per resource, written with the resource."""
    return sa.Table(
        name,
        METADATA,
        sa.Column("rtype", sa.String(40), nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("param", sa.String(40), nullable=False),
        *columns,
        # Searches start from the patient's resources and ask each for its values. An index that starts from the value
        # made SQLite walk it once per resource (measured: 400 ms instead of 5 over 5,000 slots).
        sa.Index(f"{name}_of", "rtype", "id", "param", *(column.name for column in columns)),
    )


IX_TOKEN: Any = _index_table(
    "ix_token", sa.Column("code", sa.String(255), nullable=False), sa.Column("system", sa.String(255), nullable=False)
)
IX_REFERENCE: Any = _index_table(
    "ix_reference",
    sa.Column("target_type", sa.String(40), nullable=False),
    sa.Column("target_id", sa.String(64), nullable=False),
)
IX_DATE: Any = _index_table(
    "ix_date", sa.Column("low", _MOMENT, nullable=False), sa.Column("high", _MOMENT, nullable=False)
)
IX_STRING: Any = _index_table(
    "ix_string", sa.Column("norm", sa.String(255), nullable=False), sa.Column("exact", sa.String(255), nullable=False)
)
INDEX_TABLES: dict[str, Any] = {"token": IX_TOKEN, "reference": IX_REFERENCE, "date": IX_DATE, "string": IX_STRING}
TABLE_OF = {**{kind: kind for kind in INDEX_TABLES}, "uri": "token"}
"""The index that holds the values of each kind of parameter."""

SLOT_CLAIM: Any = sa.Table(
    "slot_claim",
    METADATA,
    sa.Column("slot_id", sa.String(64), primary_key=True),
    sa.Column("appointment_id", sa.String(64), nullable=False),
    sa.Column("patient_id", sa.String(64), nullable=False),
    sa.Column("kind", sa.String(8), nullable=False),
    sa.Column("starts_at", _MOMENT, nullable=False),
    sa.Column("ends_at", _MOMENT, nullable=False),
    sa.Column("expires_at", _MOMENT),
    sa.Index("slot_claim_expiry", "kind", "expires_at"),
    sa.Index("slot_claim_appointment", "appointment_id"),
    # Nobody is in two rooms at once; a hold may overlap while somebody compares times.
    sa.Index(
        "slot_claim_one_visit_at_a_time",
        "patient_id",
        "starts_at",
        unique=True,
        sqlite_where=sa.text("kind = 'book'"),
        postgresql_where=sa.text("kind = 'book'"),
    ),
)

IDEMPOTENCY: Any = sa.Table(
    "idempotency",
    METADATA,
    sa.Column("patient_id", sa.String(64), primary_key=True),
    sa.Column("operation", sa.String(40), primary_key=True),
    sa.Column("key", sa.String(255), primary_key=True),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("rtype", sa.String(40)),
    sa.Column("id", sa.String(64)),
)

ACCESS_TOKEN: Any = sa.Table(
    "access_token",
    METADATA,
    sa.Column("digest", sa.String(64), primary_key=True),
    sa.Column("patient_id", sa.String(64)),
    sa.Column("scope", sa.String(4000), nullable=False),
    sa.Column("person", sa.String(110), nullable=False),
    sa.Column("channel", sa.String(20), nullable=False),
    sa.Column("level", sa.String(20), nullable=False),
    sa.Column("acr", sa.String(64)),
    sa.Column("auth_time", _MOMENT),
    sa.Column("expires_at", _MOMENT, nullable=False, index=True),
)

USED_ASSERTION: Any = sa.Table(
    "used_assertion",
    METADATA,
    sa.Column("jti", sa.String(255), primary_key=True),
    sa.Column("expires_at", _MOMENT, nullable=False, index=True),
)

PAYMENT_METHOD: Any = sa.Table(
    "payment_method",
    METADATA,
    sa.Column("token", sa.String(64), primary_key=True),
    sa.Column("patient_id", sa.String(64), nullable=False, index=True),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("kind", sa.String(32), nullable=False),
    sa.Column("display", sa.String(64), nullable=False),
    sa.Column("ending", sa.String(4), nullable=False),
)

CHARGE: Any = sa.Table(
    "charge",
    METADATA,
    sa.Column("task_id", sa.String(64), primary_key=True),
    sa.Column("patient_id", sa.String(64), nullable=False),
    sa.Column("account_id", sa.String(64), nullable=False, index=True),
    sa.Column("cents", sa.Integer, nullable=False),
    sa.Column("method_token", sa.String(64), nullable=False),
    sa.Column("receipt", sa.String(32), nullable=False, unique=True),
    sa.Column("at", _MOMENT, nullable=False),
)

PAYMENT_LINK: Any = sa.Table(
    "payment_link",
    METADATA,
    sa.Column("digest", sa.String(64), primary_key=True),
    sa.Column("patient_id", sa.String(64), nullable=False),
    sa.Column("account_id", sa.String(64), nullable=False),
    sa.Column("cents", sa.Integer, nullable=False),
    sa.Column("expires_at", _MOMENT, nullable=False),
    sa.Column("receipt", sa.String(32)),
)

GUEST_TRY: Any = sa.Table(
    "guest_try",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("statement", sa.String(64), nullable=False, index=True),
    sa.Column("at", _MOMENT, nullable=False),
)

INVITATION: Any = sa.Table(
    "invitation",
    METADATA,
    sa.Column("digest", sa.String(64), primary_key=True),
    sa.Column("patient_id", sa.String(64), nullable=False),
    sa.Column("consent_id", sa.String(64), nullable=False),
    sa.Column("related_id", sa.String(64), nullable=False),
    sa.Column("expires_at", _MOMENT, nullable=False),
    sa.Column("used_by", sa.String(64)),
)

SHARE: Any = sa.Table(
    "share",
    METADATA,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("digest", sa.String(64), nullable=False, unique=True),
    sa.Column("patient_id", sa.String(64), nullable=False, index=True),
    sa.Column("made_at", _MOMENT, nullable=False),
    sa.Column("expires_at", _MOMENT, nullable=False),
    sa.Column("opened_at", _MOMENT),
    sa.Column("opened_by", sa.String(100), nullable=False),
    sa.Column("revoked", sa.Boolean, nullable=False),
)

NOTIFICATION: Any = sa.Table(
    "notification",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("subscription_id", sa.String(64), nullable=False, index=True),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("focus", sa.String(110), nullable=False),
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("added_at", _MOMENT, nullable=False),
    sa.Column("due_at", _MOMENT, nullable=False, index=True),
    sa.Column("done_at", _MOMENT),
)

SEEDED: Any = sa.Table(
    "seeded",
    METADATA,
    sa.Column("only", sa.Integer, primary_key=True),
    sa.Column("edition", sa.String(64), nullable=False),
    sa.Column("on_day", sa.String(10), nullable=False),
)
