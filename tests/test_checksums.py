"""A model of which a byte has changed is not served, and the process says so in words."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import checksums
from channels.__main__ import verify_models
from channels.emergency.learned import WEIGHTS

ROOT = Path(__file__).parent.parent


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "model.bin"
    path.write_bytes(bytes(range(256)) * 40)
    checksums.write(path)
    return path


def test_r15_what_training_wrote_passes(model: Path) -> None:
    checksums.verify(model)
    assert checksums.is_kept(model)


@pytest.mark.parametrize("place", [0, 5000, -1])
def test_r15_one_changed_byte_is_refused_by_name(model: Path, place: int) -> None:
    content = bytearray(model.read_bytes())
    content[place] ^= 1
    model.write_bytes(content)
    with pytest.raises(checksums.Changed, match=r"model\.bin is not what training wrote"):
        checksums.verify(model)


@pytest.mark.parametrize("kept", [None, b"", b"\xff\xfe", b"0" * 64])
def test_r15_a_missing_or_other_sum_is_refused(model: Path, kept: bytes | None) -> None:
    if kept is None:
        checksums.beside(model).unlink()
    else:
        checksums.beside(model).write_bytes(kept)
    with pytest.raises(checksums.Changed, match=r"model\.bin"):
        checksums.verify(model)


def test_the_sum_is_in_the_form_of_sha256sum(model: Path) -> None:
    digest = hashlib.sha256(model.read_bytes()).hexdigest()
    assert checksums.beside(model).read_text() == f"{digest}  model.bin\n"


def test_r15_the_weights_in_the_repository_are_those_that_training_wrote() -> None:
    checksums.verify(WEIGHTS)


def test_r15_the_gateway_holds_both_its_models_against_their_sums(model: Path, tmp_path: Path) -> None:
    verify_models((model, tmp_path / "not there"))
    model.write_bytes(b"changed")
    with pytest.raises(checksums.Changed):
        verify_models((tmp_path / "not there", model))


START = """
import sys
from pathlib import Path
{prepare}
process.main({arguments})
"""
PRODUCTION = {
    "CARELINE_SECRET": "0123456789abcdef0123456789abcdef",
    "PORTAL_CLIENT_SECRET": "a secret between the portal and us",
    "CARELINE_API_KEYS": "key",
    "TWILIO_AUTH_TOKEN": "a token of the carrier",
    "TWILIO_API_URL": "",
}


@pytest.mark.process
@pytest.mark.parametrize("mode", [{"CARELINE_DEMO": "1"}, PRODUCTION], ids=["demo", "production"])
@pytest.mark.parametrize("name", ["dialogue", "language", "weights"])
def test_r15_the_process_does_not_start_on_a_changed_model(name: str, mode: dict[str, str], tmp_path: Path) -> None:
    models = {"dialogue": next((ROOT / "models").glob("*.tar.gz")), "language": ROOT / "models/language.json"}
    copy = tmp_path / models.get(name, WEIGHTS).name
    shutil.copy(models.get(name, WEIGHTS), copy)
    shutil.copy(checksums.beside(models.get(name, WEIGHTS)), checksums.beside(copy))
    with copy.open("r+b") as file:
        file.seek(100)
        byte = file.read(1)
        file.seek(100)
        file.write(bytes([byte[0] ^ 1]))
    prepare, arguments = "from channels import __main__ as process", ""
    if name == "dialogue":
        prepare = "from assistant import __main__ as process\nprocess.newest_model = lambda: Path(sys.argv[1])"
        arguments = "['serve', '127.0.0.1', '0']"
    else:
        prepare += "\nprocess.verify_models.__defaults__ = ((Path(sys.argv[1]),),)"
    code = START.format(prepare=prepare, arguments=arguments)
    stores = {
        "DATABASE_URL": f"sqlite:///{tmp_path}/c.db",
        "TRACKER_STORE_URL": f"sqlite:///{tmp_path}/t.db",
        "CLOCK_FILE": f"{tmp_path}/clock",
        "CARELINE_PORT": "1",
    }
    own = {key: value for key, value in os.environ.items() if not key.startswith("CARELINE")}
    done = subprocess.run(
        [sys.executable, "-c", code, str(copy)],
        cwd=ROOT,
        env=own | stores | mode,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode != 0
    assert f"{copy.name} is not what training wrote" in done.stderr
    assert "Traceback" not in done.stderr
