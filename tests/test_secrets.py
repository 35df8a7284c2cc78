"""No key, token or password lies in the repository; what looks like one is the demo's, which everybody may read."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable
from pathlib import Path

import pytest
from detect_secrets.core.secrets_collection import SecretsCollection
from detect_secrets.settings import transient_settings

ROOT = Path(__file__).parent.parent

# The two detectors by randomness alone are left out: checksums, ids and sealed examples are as random as any key.
DETECTORS = (
    "ArtifactoryDetector",
    "AWSKeyDetector",
    "AzureStorageKeyDetector",
    "BasicAuthDetector",
    "CloudantDetector",
    "DiscordBotTokenDetector",
    "GitHubTokenDetector",
    "GitLabTokenDetector",
    "IbmCloudIamDetector",
    "JwtTokenDetector",
    "KeywordDetector",
    "MailchimpDetector",
    "NpmDetector",
    "OpenAIDetector",
    "PrivateKeyDetector",
    "PypiTokenDetector",
    "SendGridDetector",
    "SlackDetector",
    "SquareOAuthDetector",
    "StripeDetector",
    "TelegramBotTokenDetector",
    "TwilioKeyDetector",
)
# Written by programs, the last from sentences that are searched themselves; the detectors take 20 s for it alone.
GENERATED = ("uv.lock", "package-lock.json", ".sha256", "emergency/weights.json")

ALLOWED = {
    ("actions/server.py", "Secret Keyword"): "name of the header",
    ("assistant/input_channel.py", "Secret Keyword"): "name of the header",
    ("channels/dialogue.py", "Secret Keyword"): "name of the header",
    ("demo_portal/settings.py", "Secret Keyword"): "the demo's secret, refused outside demo mode",
    ("settings.py", "Secret Keyword"): "the demo's secret, refused outside demo mode",
    ("settings.py", "Twilio API Key"): "the demo's account, of zeros",
    ("docs/settings.md", "Twilio API Key"): "the demo's account, of zeros",
}


def found(root: Path, files: Iterable[str]) -> set[tuple[str, str, int]]:
    """File, kind and line of whatever looks like a secret."""
    wanted = {"plugins_used": [{"name": name} for name in DETECTORS]}
    secrets = SecretsCollection(root=str(root))
    with transient_settings(wanted):
        for file in files:
            secrets.scan_file(file)
    return {(file, secret.type, secret.line_number) for file, secret in secrets}


def tracked() -> list[str]:
    """The files that git knows, as they lie here."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [file for file in listed.stdout.splitlines() if not file.endswith(GENERATED) and (ROOT / file).is_file()]


def test_d10_no_secret_lies_in_the_repository() -> None:
    # A test's secrets are invented there, and their names say "secret"; a token of a real kind is found all the same.
    own = {each for each in found(ROOT, tracked()) if not (each[0].startswith("tests/") and each[1] in INVENTED)}
    unknown = {each for each in own if each[:2] not in ALLOWED}
    assert unknown == set(), "Take the secret out, make a new one, and let it come from the environment or a file."


INVENTED = ("Secret Keyword", "Twilio API Key", "Basic Auth Credentials")


def test_d10_what_is_allowed_is_still_there() -> None:
    there = {each[:2] for each in found(ROOT, {file for file, _ in ALLOWED})}
    assert set(ALLOWED) - there == set()


@pytest.mark.parametrize(
    "line",
    [
        "-----BEGIN RSA " + "PRIVATE KEY-----",
        'aws = "AKIA' + 'IOSFODNN7EXAMPLE"',
        'token = "ghp_' + "a1B2" * 9 + '"',
        'key = "SK' + "0123456789abcdef" * 2 + '"',
        'CARELINE_SECRET = "' + "4f9c" * 16 + '"',
        'url = "postgresql://careline:' + 'hunter2hunter2@db/careline"',
    ],
)
def test_d10_the_scanner_finds_what_it_is_for(line: str, tmp_path: Path) -> None:
    (tmp_path / "planted.py").write_text(line + "\n", encoding="utf-8")
    assert found(tmp_path, ["planted.py"])
