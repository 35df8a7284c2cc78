"""However many ask at once, nobody waits for ever for a connection to the store."""

from __future__ import annotations

from contextlib import ExitStack

import anyio.to_thread

from tests.demo_portal_case import Demo, demo, seeded_file, settings

__all__ = ["demo", "seeded_file", "settings"]


async def test_while_every_thread_has_a_connection_there_is_one_more(demo: Demo) -> None:
    database = demo.app.state.portal.database
    threads = int(anyio.to_thread.current_default_thread_limiter().total_tokens)
    with ExitStack() as held:
        for _ in range(threads):
            held.enter_context(database.reading())
        with database.writing() as conn:
            assert conn.dialect.name in ("sqlite", "postgresql")
