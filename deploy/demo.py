"""The demo on this machine: starts everything, says where to look and what to try, ends all of it on Control-C."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

from deploy.processes import ROOT, Ports, Processes, StartError, demo_environment

WELCOME = """
Careline is ready.

  Chat, phone and clock   http://127.0.0.1:{port}/
  The same by HTTP        POST http://127.0.0.1:{port}/v1/turns   (Authorization: Bearer demo)
  In another terminal     make chat

Try: "book me with Dr. Chen next week in the morning for a physical", as Maria Lopez (541-555-0101, born March 12, 1984).
Or:  "necesito resurtir mi losartán", como Rosa Martínez (541-555-0104, 20 de julio de 1951).
The code that is texted to them shows on the page, and at http://127.0.0.1:{port}/simulator/sms?to=%2B15415550101

Everything stays on this machine. Control-C ends it.
"""


def main() -> None:
    ports, var = Ports(), ROOT / "var"
    # The demo people live around today: yesterday's portal would offer times that have passed.
    for file in var.glob("portal.db*"):
        file.unlink()
    processes = Processes(ports, demo_environment(ports, var), var / "log")
    for end in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(end, lambda *_: sys.exit(0))
    print("Starting the four processes:", flush=True)
    try:
        processes.start(lambda name, seconds: print(f"  {name:<10} ready after {seconds:4.1f} s", flush=True))
        print(WELCOME.format(port=ports.gateway), flush=True)
        ended = processes.wait()
        print(
            f"The {ended} process ended by itself, so the rest is stopped too. Its log: {_short(processes.log_of(ended))}"
        )
        sys.exit(1)
    except StartError as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        print("\nStopping.")
    finally:
        # A second Control-C, or make's own signal after ours, must not leave half of them running.
        for end in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(end, signal.SIG_IGN)
        processes.stop()


def _short(path: Path) -> str:
    return str(path.relative_to(ROOT))


if __name__ == "__main__":
    main()
