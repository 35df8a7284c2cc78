"""Runs Rasa 3.6.21 on Python 3.12 without TensorFlow and without the connectors nobody here uses.

`install()` has to be called before `import rasa`; `assistant/__main__.py` does, and so do the tests that need Rasa.
There are five reasons for this module, each with a test in `tests/test_runtime.py`:

1. Rasa imports TensorFlow and a dozen connectors at the top of modules whose parts we never use. A finder answers for
   exactly those names with placeholders, which saves 2 GB of disk, 1.1 GB of memory and 45 s of start.
2. Two names that Rasa imports have moved in newer numpy and Sanic.
3. Rasa compiles the JSON schema of an action's answer at each action call (20 ms); one compiled validator serves all.
4. Rasa logs message texts at its default level, sends telemetry, and reports errors to a vendor.
5. Rasa goes on when an action failed, and saves a turn of which a part is missing; here the turn fails as a whole.

Figures: docs/decisions/0002-slim-rasa-on-python-3.12.md.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import logging
import os
import sys
import warnings
from collections.abc import Awaitable, Callable, Sequence
from types import ModuleType
from typing import Any

import logs

UNUSED = [
    "tensorflow",
    "keras",
    "tensorflow_hub",
    "tensorflow_text",
    "jax",
    "jaxlib",
    "aiogram",
    "fbmessenger",
    "mattermostwrapper",
    "rocketchat_API",
    "webexteamssdk",
    "slack_sdk",
    "boto3",
    "botocore",
    "pymongo",
    "cachecontrol",
    "aio_pika",
    "aiormq",
    "confluent_kafka",
    "google",
    "matplotlib",
]


class NotInstalledError(ImportError):
    """Something asked for a part of Rasa that was left out on purpose."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name} was used, but it is not part of Careline's runtime. "
            "Use a component that does without it, or install it and take its name out of assistant/runtime.py."
        )


class _PlaceholderType(type):
    """Classes that can be subclassed, subscripted and read for attributes, but never built."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _placeholder(f"{cls.__module__}.{cls.__name__}", name)

    def __getitem__(cls, _: Any) -> Any:
        return cls

    def __or__(cls, _: Any) -> Any:
        return Any

    __ror__ = __or__


class TurnFailed(BaseException):
    """A turn that is not to be saved; no Exception, because Rasa goes on after those. The message holds no words."""


def _placeholder(module: str, name: str) -> Any:
    if name.endswith(("Error", "Exception", "Failure")):
        return type(name, (Exception,), {"__module__": module})

    def decorate_or_refuse(_cls: type, *args: Any, **_kwargs: Any) -> Any:
        # `@tf.function` and the like run while Rasa's modules load; they hand back what they were given.
        if len(args) == 1 and callable(args[0]):
            return args[0]
        raise NotInstalledError(f"{module}.{name}")

    return _PlaceholderType(name, (), {"__module__": module, "__new__": decorate_or_refuse})


class _PlaceholderModule(ModuleType):
    """A module in which every name is a placeholder."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.__path__ = []

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        value = _placeholder(self.__name__, name)
        setattr(self, name, value)
        return value


class _UnusedModules(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Answers for the modules in UNUSED and for everything below them."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if not any(fullname == name or fullname.startswith(f"{name}.") for name in UNUSED):
            return None
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        return _PlaceholderModule(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Nothing to run: a placeholder has no code."""


def install() -> None:
    """Make `import rasa` possible, quiet and small; calling it again changes nothing.

    Raises:
        RuntimeError: Rasa was imported before, so the placeholders would come too late.
    """
    if any(isinstance(finder, _UnusedModules) for finder in sys.meta_path):
        return
    if "rasa" in sys.modules:
        raise RuntimeError("assistant.runtime.install() must run before rasa is imported.")
    _silence()
    # Last in line: a module that is really installed is found before its placeholder.
    sys.meta_path.append(_UnusedModules())
    _restore_moved_names()
    _reuse_action_result_validator()
    _fail_with_the_action()


def _silence() -> None:
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    # Rasa shows its progress bars unless this is set; a terminal that is a file would keep every frame of them.
    os.environ.setdefault("LOG_LEVEL", "ERROR")
    warnings.filterwarnings("ignore", message="pkg_resources is deprecated")
    # Meant for bots that were written for Rasa 2.
    warnings.filterwarnings("ignore", message="Slot auto-fill has been removed")
    os.environ.setdefault("LOG_LEVEL_LIBRARIES", "ERROR")

    logging.getLogger("rasa").setLevel(logging.WARNING)

    import structlog

    structlog.configure(
        processors=[logs.event_alone],
        wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR),
        logger_factory=lambda *_: logging.getLogger("assistant.rasa"),
    )


def _restore_moved_names() -> None:
    import numpy
    import numpy.exceptions
    import sanic.response
    from sanic.response import ResponseStream

    numpy.VisibleDeprecationWarning = numpy.exceptions.VisibleDeprecationWarning  # type: ignore[attr-defined]

    def stream(streaming_fn: Any, status: int = 200, headers: Any = None, content_type: str = "text/plain") -> Any:
        return ResponseStream(streaming_fn, status=status, headers=headers, content_type=content_type)

    sanic.response.stream = stream  # type: ignore[attr-defined]


def _reuse_action_result_validator() -> None:
    from jsonschema import Draft202012Validator
    from rasa.core.actions.action import RemoteAction
    from rasa.shared.exceptions import RasaException

    validator = Draft202012Validator(RemoteAction.action_response_format_spec())

    def validate(_self: RemoteAction, result: dict[str, Any]) -> bool:
        if validator.is_valid(result):
            return True
        # The schema's own message would quote the answer, which holds patient data.
        raise RasaException("The action server's answer does not have the form Rasa expects.")

    RemoteAction._validate_action_result = validate  # pyright: ignore[reportAttributeAccessIssue]


def _fail_with_the_action() -> None:
    from rasa.core.actions.action import ActionExecutionRejection
    from rasa.core.processor import MessageProcessor

    run_action = MessageProcessor._run_action

    def or_fail(run: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def run_or_fail(*args: Any, **kwargs: Any) -> Any:
            try:
                return await run(*args, **kwargs)
            except ActionExecutionRejection:
                # No failure: a form says so when the message is no answer to its question.
                raise
            except Exception as error:
                raise TurnFailed(logs.place_of(error)) from None

        return run_or_fail

    async def run_action_or_fail(self: MessageProcessor, action: Any, *args: Any, **kwargs: Any) -> bool:
        # Rasa builds an action anew each time it is due.
        action.run = or_fail(action.run)
        return await run_action(self, action, *args, **kwargs)

    MessageProcessor._run_action = run_action_or_fail
