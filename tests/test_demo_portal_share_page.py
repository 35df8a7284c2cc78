"""The page on which a provider opens a shared record: once, with the right code, and not by guessing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import sqlalchemy as sa

from tests.demo_portal_case import Demo, Session, demo, matches, seeded_file, settings

__all__ = ["demo", "seeded_file", "settings"]
BORN = "1984-03-12"


async def shared(maria: Session) -> dict[str, Any]:
    answer = await maria.post("Patient/maria/$share", {"resourceType": "Parameters"})
    return {each["name"]: each for each in answer.json()["parameter"]}


async def opened(demo: Demo, code: str, born: str = BORN, who: str = "Dr. Wu, Portland") -> httpx.Response:
    return await demo.http.post("/share", data={"code": code, "born": born, "who": who})


async def test_the_summary_is_shown_once_and_who_opened_it_is_told(demo: Demo) -> None:
    maria = await demo.sign_in("maria")
    made = await shared(maria)

    first = await opened(demo, made["code"]["valueString"].lower())
    again = await opened(demo, made["code"]["valueString"])

    assert (first.status_code, again.status_code) == (200, 404)
    assert "penicillin" in first.text
    assert "lisinopril" in first.text
    (listed,) = (await maria.get("Patient/maria/$shares")).json()["parameter"]
    assert {"name": "opened-by", "valueString": "Dr. Wu, Portland"} in listed["part"]
    events = matches((await maria.get("AuditEvent", _count=200)).json())
    assert any(event["agent"][0]["who"] == {"display": "Dr. Wu, Portland"} for event in events)


async def test_a_wrong_birth_date_or_code_looks_the_same(demo: Demo) -> None:
    made = await shared(await demo.sign_in("maria"))

    wrong_day = await opened(demo, made["code"]["valueString"], born="1984-03-13")
    wrong_code = await opened(demo, "AAAAAAAAAA")

    assert wrong_day.status_code == wrong_code.status_code == 404
    assert wrong_day.text == wrong_code.text
    assert "Maria" not in wrong_day.text


async def test_a_code_cannot_be_guessed_at_for_long(demo: Demo) -> None:
    made = await shared(await demo.sign_in("maria"))
    for day in range(1, 6):
        await opened(demo, made["code"]["valueString"], born=f"1984-04-0{day}")

    assert (await opened(demo, made["code"]["valueString"])).status_code == 404


async def test_a_code_lapses_and_can_be_revoked(demo: Demo) -> None:
    maria = await demo.sign_in("maria")
    made, other = await shared(maria), await shared(maria)
    given = [{"name": "id", "valueString": other["id"]["valueString"]}]
    await maria.post("Patient/maria/$revoke-share", {"resourceType": "Parameters", "parameter": given})
    assert (await opened(demo, other["code"]["valueString"])).status_code == 404
    demo.clock.advance(timedelta(minutes=61))

    assert (await opened(demo, made["code"]["valueString"])).status_code == 404


async def test_the_code_is_not_kept(demo: Demo) -> None:
    made = await shared(await demo.sign_in("maria"))
    with demo.app.state.portal.database.reading() as conn:
        rows = [str(row) for row in conn.execute(sa.text("SELECT * FROM share"))]

    assert rows
    assert not any(made["code"]["valueString"] in row for row in rows)


async def test_the_pages_run_nothing_and_are_not_kept(demo: Demo) -> None:
    page = await demo.http.get("/share")

    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert page.headers["cache-control"] == "no-store"
    assert "<script" not in page.text


async def test_hostile_words_are_shown_as_words(demo: Demo) -> None:
    maria = await demo.sign_in("maria")
    found = await maria.get("Patient/maria")
    usual = [*found.json()["name"], {"use": "usual", "given": ["<script>alert(1)</script>"]}]
    await maria.put("Patient/maria", {**found.json(), "name": usual}, If_Match=found.headers["etag"])
    made = await shared(maria)

    page = await opened(demo, made["code"]["valueString"], who="<b>Dr</b>")
    assert "<script>" not in page.text
