"""A log line of ours is what we wrote; one of a library is where it came from and what kind of error, and no more."""

from __future__ import annotations

import io
import logging
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import uvicorn

import logs
from actions import __main__ as actions_process
from actions import bootstrap
from channels import __main__ as gateway_process

CANARY = "quokkacanary"
ROOT = Path(__file__).parent.parent


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What a process would write, with its loggers put back as they were afterwards."""
    root, kept = logging.getLogger(), logging.getLogger().handlers[:]
    level, levels = root.level, {name: logging.getLogger(name).level for name in logs.QUIET}
    out = io.StringIO()
    logs.configure()
    for handler in root.handlers:
        assert isinstance(handler, logging.StreamHandler)
        handler.setStream(out)
    yield out
    logging.captureWarnings(False)
    root.handlers[:] = kept
    root.setLevel(level)
    for name, before in levels.items():
        logging.getLogger(name).setLevel(before)


def failing() -> None:
    raise ValueError(CANARY)


PLACE = f"test_logs.py:{failing.__code__.co_firstlineno + 1}"


def test_a_line_of_ours_is_written_as_it_is(written: io.StringIO) -> None:
    logging.getLogger("channels.turns").info("event=turn channel=%s", "web")
    assert written.getvalue().endswith("INFO channels.turns: event=turn channel=web\n")


def test_d01_an_exception_in_a_line_of_ours_says_its_kind_and_place_alone(written: io.StringIO) -> None:
    try:
        failing()
    except ValueError:
        logging.getLogger("actions.turn").exception("event=broken")
    assert written.getvalue().endswith(f"event=broken error=ValueError at {PLACE}\n")


@pytest.mark.parametrize(
    "library", ["rasa.core.processor", "sanic.error", "sqlalchemy.engine", "aiohttp.client", "new"]
)
def test_d01_a_line_of_a_library_holds_none_of_its_words(written: io.StringIO, library: str) -> None:
    logger = logging.getLogger(library)
    logger.error("could not answer %s", CANARY)
    logger.error(f"could not answer {CANARY}")  # noqa: G004 - as Rasa does
    try:
        failing()
    except ValueError:
        logger.exception(f"Encountered an exception while running {CANARY}.")  # noqa: G004
    lines = written.getvalue().splitlines()
    assert len(lines) == 3
    assert all("event=library" in line for line in lines)
    assert "error=ValueError" in lines[2]
    assert CANARY not in written.getvalue()


def test_d01_a_traceback_that_another_handler_has_left_in_a_record_is_not_written(written: io.StringIO) -> None:
    error = ValueError(CANARY)
    record = logging.LogRecord("rasa", 40, "x.py", 1, "text", None, (ValueError, error, None))
    logging.Formatter().format(record)
    assert CANARY in str(record.exc_text)
    logging.getLogger("rasa").handle(record)
    assert CANARY not in written.getvalue()


def test_d01_a_warning_of_python_holds_no_words(written: io.StringIO) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(True)
        warnings.warn(f"Invalid entities: {CANARY}", UserWarning, stacklevel=1)
    assert "event=library" in written.getvalue()
    assert CANARY not in written.getvalue()


def test_d05_nobody_writes_a_line_of_their_own_into_the_log(written: io.StringIO) -> None:
    logging.getLogger("channels.turns").info("event=turn sender=%s", "x\nERROR audit: event=forged\r\n")
    assert len(written.getvalue().splitlines()) == 1


def test_libraries_are_quiet_below_a_warning(written: io.StringIO) -> None:
    logging.getLogger("httpx").info("GET https://portal/Patient?name=%s", CANARY)
    assert written.getvalue() == ""


def test_how_a_server_starts_and_ends_is_said_in_its_words(written: io.StringIO) -> None:
    logging.getLogger("uvicorn.error").error("[Errno 98] error while attempting to bind on address")
    assert "attempting to bind" in written.getvalue()


def test_d01_a_server_that_reports_an_exception_says_its_kind_and_place_alone(written: io.StringIO) -> None:
    try:
        failing()
    except ValueError as error:
        # As uvicorn does when an application lets one through.
        logging.getLogger("uvicorn.error").error("Exception in ASGI application\n", exc_info=error)
    assert written.getvalue().endswith(f"Exception in ASGI application  error=ValueError at {PLACE}\n")


@pytest.mark.parametrize("main", [gateway_process.main, actions_process.main], ids=["gateway", "actions"])
def test_d01_no_server_brings_its_own_form_of_a_line(
    main: Callable[[], None], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    served: list[dict[str, object]] = []
    monkeypatch.setattr(uvicorn, "run", lambda *_, **how: served.append(how))
    monkeypatch.setattr(gateway_process, "build_gateway", lambda _: None)
    monkeypatch.setattr(gateway_process, "create_app", lambda _: None)
    monkeypatch.setattr(gateway_process, "verify_models", lambda: None)
    monkeypatch.setattr(actions_process, "create_app", lambda *_: None)
    monkeypatch.setattr(logs, "configure", lambda: None)
    monkeypatch.setattr(sys, "argv", ["actions", "127.0.0.1", "1"])
    for name, value in (("CARELINE_DEMO", "1"), ("DATABASE_URL", f"sqlite:///{tmp_path}/c.db")):
        monkeypatch.setenv(name, value)
    bootstrap.services.cache_clear()
    main()
    bootstrap.services.cache_clear()
    assert [(how["log_config"], how["access_log"]) for how in served] == [(None, False)]


@pytest.mark.parametrize(
    ("event", "said"),
    [
        ({"event": "processor.message.parse", "text": CANARY}, "event=processor.message.parse"),
        ({"event": f"could not parse {CANARY}"}, "event=library"),
        ({"event": "a.b", "exc_info": ValueError(CANARY)}, "event=a.b error=ValueError at ?"),
        ({"event": "a.b", "exc_info": (ValueError, ValueError(CANARY), None)}, "event=a.b error=ValueError at ?"),
        ({}, "event=library"),
    ],
)
def test_d01_of_what_rasa_logs_by_fields_only_the_name_is_kept(event: dict[str, object], said: str) -> None:
    assert logs.event_alone(None, "error", event) == said


def test_d01_of_an_exception_being_handled_only_its_kind_is_kept() -> None:
    said = ""
    try:
        failing()
    except ValueError:
        said = logs.event_alone(None, "error", {"event": "a.b", "exc_info": True})
    assert said == f"event=a.b error=ValueError at {PLACE}"


@pytest.mark.rasa
def test_r12_what_rasa_logs_as_an_error_goes_through_it_in_the_real_process() -> None:
    code = (
        "from assistant import __main__\nimport structlog\n"
        f"structlog.get_logger('rasa').error('rest.message.received.failure', text='{CANARY}')\n"
        f"structlog.get_logger('rasa').error('failed on {CANARY}')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    assert "event=rest.message.received.failure" in done.stderr
    assert CANARY not in done.stdout + done.stderr
