"""How much one conversation, caller, address or key may send; whom an address belongs to; counts over Redis."""

from __future__ import annotations

import asyncio
import logging
import shutil
import socket
import subprocess
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from redis.asyncio import Redis

from channels.clients import networks
from channels.limits import Limits, MemoryCounts, Rate, RedisCounts
from tests.gateway_fakes import NOON, Kit, gateway

NOW = int(NOON.timestamp() * 1000)
PROXY = "127.0.0.1"


@pytest.fixture
async def kit(tmp_path: Path) -> AsyncIterator[Kit]:
    async with gateway(tmp_path) as ready:
        yield ready


def few(tmp_path: Path, **changes: Any) -> Any:
    """A gateway that lets through three of everything."""
    rates: Any = dict.fromkeys(("caller", "address", "key", "new_conversations"), 100_000)
    rates.update(changes.pop("rates"))
    return gateway(tmp_path, limits=Limits(rates), **changes)


@pytest.mark.parametrize(
    ("subject", "body"), [("caller", {"channel": "sms", "from": "+15415550101"}), ("address", {}), ("key", {})]
)
async def test_r14_after_its_burst_a_caller_an_address_and_a_key_have_to_wait(
    tmp_path: Path, subject: str, body: dict[str, Any]
) -> None:
    async with few(tmp_path, rates={subject: 9}) as kit:
        for _ in range(3):
            await kit.say("good morning", **body)
        refused = await kit.post(text="good morning", **body)
        assert refused.status_code == 429
        assert 1 <= int(refused.headers["retry-after"]) <= 7
        assert "911" in refused.json()["detail"]
        kit.clock.advance(timedelta(seconds=7))
        await kit.say("good morning", **body)


async def test_r14_an_address_opens_only_so_many_conversations_but_goes_on_with_those_it_has(tmp_path: Path) -> None:
    async with few(tmp_path, rates={"new_conversations": 6}) as kit:
        token = (await kit.say("good morning"))["conversation"]
        await kit.say("good morning", conversation="invented")
        assert (await kit.post(text="good morning")).status_code == 429
        assert (await kit.post(text="good morning", conversation="invented")).status_code == 429
        await kit.say("good morning", conversation=token)


@pytest.mark.parametrize("subject", ["caller", "address", "key", "new_conversations", "conversation"])
async def test_r14_an_emergency_is_always_answered(tmp_path: Path, subject: str) -> None:
    async with few(tmp_path, rates={subject: 1}) as kit:
        said = {"channel": "sms", "from": "+15415550101"}
        token = (await kit.say("good morning", **said))["conversation"]
        for conversation in (token, "invented"):
            answer = await kit.say("chest pain", conversation=conversation, **said)
            assert "911" in answer["replies"][0]["text"]


def test_no_rate_can_be_switched_off() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        Rate(0)


async def test_the_longest_unseen_subject_is_forgotten_when_there_are_too_many() -> None:
    counts, rate = MemoryCounts(most=2), Rate(3)
    for key in ("one", "two", "three"):
        assert await counts.take(key, rate, NOW) is None
    assert await counts.take("three", rate, NOW) is not None
    assert await counts.take("one", rate, NOW) is None


async def test_a_clock_that_was_moved_back_holds_nobody_up() -> None:
    counts, rate = MemoryCounts(), Rate(60)
    await counts.take("one", rate, NOW + 86_400_000)
    assert [await counts.take("one", rate, NOW) for _ in range(20)] == [None] * 20
    assert await counts.take("one", rate, NOW) == rate.every_ms


def client_key(kit: Kit, token: str) -> str | None:
    found = kit.identity.by_sender(kit.sender(token))
    assert found is not None
    return found.client_key


async def opened_by(kit: Kit, forwarded: str | None, **body: Any) -> str | None:
    headers = {"X-Forwarded-For": forwarded} if forwarded else None
    answer = await kit.post(headers, text="good morning", **body)
    return client_key(kit, answer.json()["conversation"])


async def test_v08_guesses_over_the_web_are_counted_by_address(kit: Kit) -> None:
    first, second = await opened_by(kit, None), await opened_by(kit, None)
    assert first is not None
    assert first == second


async def test_v08_what_a_stranger_says_about_their_address_changes_nothing(kit: Kit) -> None:
    assert await opened_by(kit, "203.0.113.5") == await opened_by(kit, "203.0.113.6") == await opened_by(kit, None)


async def test_v08_a_number_that_anybody_can_name_does_not_hide_an_address(kit: Kit) -> None:
    one = await opened_by(kit, None, channel="sms", **{"from": "+15415550101"})
    assert one == await opened_by(kit, None, channel="sms", **{"from": "+15415550102"})


async def test_v08_behind_a_proxy_of_ours_the_last_hop_that_is_not_ours_counts(tmp_path: Path) -> None:
    async with gateway(tmp_path, trusted_proxies=networks(f"{PROXY}, 10.0.0.0/8")) as kit:
        alone = await opened_by(kit, "203.0.113.5")
        assert await opened_by(kit, "198.51.100.9, 203.0.113.5") == alone
        assert await opened_by(kit, "203.0.113.5, 10.1.2.3") == alone
        assert await opened_by(kit, "203.0.113.6") != alone
        assert await opened_by(kit, None) is None


async def test_v08_one_household_is_one_client_on_ipv6(tmp_path: Path) -> None:
    async with gateway(tmp_path, trusted_proxies=networks(PROXY)) as kit:
        one = await opened_by(kit, "2001:db8:1:2::1")
        assert await opened_by(kit, "2001:db8:1:2:ffff::9") == one
        assert await opened_by(kit, "2001:db8:1:3::1") != one


async def test_a_redis_that_is_not_there_is_logged_once_and_counted_without(caplog: pytest.LogCaptureFixture) -> None:
    with socket.socket() as closed:
        closed.bind((PROXY, 0))
        counts, rate = RedisCounts.at(f"redis://{PROXY}:{closed.getsockname()[1]}/0"), Rate(9)
        with caplog.at_level(logging.INFO):
            waits = [await counts.take("one", rate, NOW) for _ in range(4)]
        await counts.close()
    assert waits[:3] == [None] * 3
    assert waits[3] is not None
    assert [record.getMessage() for record in caplog.records if record.name == "channels.limits"] == [
        "event=limits_not_shared error=ConnectionError"
    ]


@pytest.fixture(scope="module")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Redis of the tests' own on a free loopback port."""
    program = shutil.which("redis-server")
    assert program, "These tests need redis-server; `deploy/bootstrap.sh redis` brings it."
    with socket.socket() as free:
        free.bind((PROXY, 0))
        port = free.getsockname()[1]
    folder = tmp_path_factory.mktemp("redis")
    server = subprocess.Popen(
        [program, "--port", str(port), "--bind", PROXY, "--save", "", "--dir", str(folder)],
        stdout=subprocess.DEVNULL,
    )
    for _ in range(100):
        with socket.socket() as probe:
            if probe.connect_ex((PROXY, port)) == 0:
                break
        import time

        time.sleep(0.05)
    yield f"redis://{PROXY}:{port}/0"
    server.terminate()
    server.wait(10)


@pytest.mark.redis
async def test_two_gateways_count_together_over_redis(redis_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # Forty connections at once on a busy machine may take longer than a gateway would wait.
    monkeypatch.setattr("channels.limits._SLOWEST", 10.0)
    one, other, rate = RedisCounts.at(redis_url), RedisCounts.at(redis_url), Rate(60)
    waits = await asyncio.gather(*(counts.take("shared", rate, NOW) for counts in (one, other) for _ in range(20)))
    assert sum(wait is None for wait in waits) == 20
    assert await one.take("shared", rate, NOW + 1000) is None
    assert await other.take("shared", rate, NOW + 1000) is not None
    await one.close()
    await other.close()


@pytest.mark.redis
async def test_redis_keeps_no_count_for_longer_than_it_is_needed_and_nobodys_number(redis_url: str) -> None:
    limits, counts = Limits, RedisCounts.at(redis_url)
    taken = limits({"caller": 3}, counts)
    for _ in range(3):
        await taken.take("caller", "a-fingerprint", NOON)
    async with Redis.from_url(redis_url) as redis:
        keys = [key.decode() async for key in redis.scan_iter("careline:*")]
        lives = [await redis.pttl(key) for key in keys]
    await counts.close()
    assert "careline:rate:caller:a-fingerprint" in keys
    assert all(0 < life <= 60_000 for life in lives)


@pytest.mark.redis
async def test_limits_hold_through_the_whole_gateway_over_redis(redis_url: str, tmp_path: Path) -> None:
    counts = RedisCounts.at(redis_url)
    async with gateway(tmp_path, limits=Limits({"key": 9}, counts)) as kit:
        answers: list[httpx.Response] = [await kit.post(text="good morning") for _ in range(4)]
    await counts.close()
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
