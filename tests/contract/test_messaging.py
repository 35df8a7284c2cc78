"""Messages and calls, as every server must let the client have them."""

from __future__ import annotations

from datetime import date, timedelta

from tests.contract.targets import Target, demo_only, if_capable


async def test_what_is_unread_comes_first(target: Target) -> None:
    found = await target.portal("maria").messages()

    assert [(each.subject, each.unread) for each in found][0] == ("Your cholesterol result", True)
    assert (found[0].sender, found[0].sender_id) == ("Amy Chen, MD", "chen")
    assert not any(each.unread for each in found[1:])


async def test_a_thread_holds_together(target: Target) -> None:
    thread = [each for each in await target.portal("maria").messages() if each.subject == "Blood pressure cuff"]

    assert len({each.thread_id for each in thread}) == 1
    assert [each.from_me for each in thread] == [False, True]


async def test_attachments_are_named(target: Target) -> None:
    assert (await target.portal("james").messages())[0].attachments == ("Sugar log",)


async def test_a_message_that_was_read_is_unread_no_longer(target: Target) -> None:
    maria = target.portal("maria")
    first = (await maria.messages())[0]
    await maria.mark_read(first.id, "key-1")
    await maria.mark_read(first.id, "key-2")

    assert not any(each.unread for each in await maria.messages())


@if_capable("Communication.create")
async def test_a_message_is_sent_once(target: Target) -> None:
    maria = target.portal("maria")
    sent = await maria.send_message("medical-advice", "Cough", "I still cough at night.", "key-1", recipient_id="chen")
    again = await maria.send_message("medical-advice", "Cough", "I still cough at night.", "key-1", recipient_id="chen")

    assert again.receipt.id == sent.receipt.id
    mine = [each for each in await maria.messages() if each.subject == "Cough"]
    assert [(each.body, each.from_me, each.unread) for each in mine] == [("I still cough at night.", True, False)]


@demo_only("the day by which the clinic answers")
async def test_a_message_says_by_when_it_is_answered(target: Target) -> None:
    sent = await target.portal("maria").send_message("medical-advice", "Cough", "I still cough.", "key-1", "chen")

    today = target.clock.now().date()
    assert sent.answer_by is not None
    assert today < sent.answer_by <= today + timedelta(days=5)


@if_capable("Communication.create")
async def test_an_answer_stays_in_its_thread(target: Target) -> None:
    maria = target.portal("maria")
    first = (await maria.messages())[0]
    await maria.send_message("medical-advice", first.subject, "Thank you.", "key-1", first.sender_id, reply_to=first.id)

    assert {each.thread_id for each in await maria.messages() if each.subject == first.subject} == {first.id}


async def test_calls_are_no_messages(target: Target) -> None:
    maria = target.portal("maria")

    calls = await maria.clinic_calls()
    assert [(each.topic, each.by) for each in calls] == [("Prescription question", "Nurse line")]
    assert "Prescription question" not in {each.subject for each in await maria.messages()}


async def test_somebody_without_messages_has_none(target: Target) -> None:
    assert await target.portal("wei").messages() == []
    assert await target.portal("wei").clinic_calls() == []


async def test_the_glance_counts_the_news(target: Target) -> None:
    found = await target.portal("maria").glance()

    assert found.next_visit is not None
    assert (found.unread_messages, found.owed_cents, found.refills_ready) == (1, 18450, 0)
    assert found.new_results == 2
    assert date(2026, 3, 17) <= found.next_visit.start.date()
