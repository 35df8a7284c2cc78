"""Documents on file, and the health library."""

from __future__ import annotations

import pytest

from actions.portal_client import Refused
from tests.contract.targets import Target, demo_only, if_capable

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 100


async def test_letters_are_listed_and_opened(target: Target) -> None:
    maria = target.portal("maria")
    (letter,) = await maria.letters()
    assert (letter.title, letter.author, letter.content_type) == ("Work excuse", "Amy Chen, MD", "application/pdf")

    body = await maria.document_body(letter.id)
    assert body.content.startswith(b"%PDF-")
    assert len(body.content) < 15_000


async def test_two_letters_come_newest_first(target: Target) -> None:
    assert [each.title for each in await target.portal("harold").letters()] == ["Referral letter", "Work excuse"]


async def test_statements_and_letters_are_both_documents(target: Target) -> None:
    assert {"letter", "statement"} <= {each.kind for each in await target.portal("maria").documents()}


async def test_a_document_of_somebody_else_cannot_be_opened(target: Target) -> None:
    (letter,) = await target.portal("maria").letters()

    with pytest.raises(Exception, match="refused|somebody else"):
        await target.portal("james").document_body(letter.id)


async def test_directives_and_agents_are_told(target: Target) -> None:
    dorothy = target.portal("dorothy")

    assert [each.title for each in await dorothy.directives()] == ["Advance directive"]
    agents = await dorothy.health_care_agents()
    assert [(each.name, each.rank) for each in agents] == [("Susan Adams", "first"), ("Peter Adams", "alternate")]


async def test_somebody_without_documents_has_none(target: Target) -> None:
    wei = target.portal("wei")

    assert (await wei.documents(), await wei.directives(), await wei.health_care_agents()) == ([], [], [])


@if_capable("DocumentReference.create", "Binary.create")
async def test_a_paper_of_ones_own_is_put_on_file(target: Target) -> None:
    maria = target.portal("maria")
    receipt = await maria.add_document("Insurance card", "image/png", PNG, "key-1")
    assert (await maria.add_document("Insurance card", "image/png", PNG, "key-1")).id == receipt.id

    body = await maria.document_body(receipt.id)
    assert (body.title, body.content) == ("Insurance card", PNG)


@pytest.mark.parametrize(("content_type", "content"), [("text/html", b"<p>"), ("image/png", b"0" * 600_000)])
@if_capable("DocumentReference.create", "Binary.create")
async def test_what_is_no_paper_or_too_large_is_refused(target: Target, content_type: str, content: bytes) -> None:
    with pytest.raises(Refused):
        await target.portal("maria").add_document("Card", content_type, content, "key-1")


@demo_only("the portal looks into the file")
async def test_a_file_that_is_not_what_it_says_is_refused(target: Target) -> None:
    with pytest.raises(Refused) as caught:
        await target.portal("maria").add_document("Card", "image/png", b"<script>", "key-1")
    assert caught.value.detail == "unknown-content-type"


@if_capable("Task.create")
async def test_another_agent_is_asked_for(target: Target) -> None:
    receipt = await target.portal("dorothy").request_agent_change("Ruth Adams", "+15415550155", "first", "key-1")

    assert receipt.grade == "request"
