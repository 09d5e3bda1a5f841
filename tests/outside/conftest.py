"""A service for the tests: the binary that SKILLGAP_BIN names, or that of a release build, on free ports."""

import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(os.environ.get("SKILLGAP_BIN", ROOT / "target/release/skillgap")).resolve()
# Seconds for a service to start, on a busy machine.
START = 60


@dataclass
class Service:
    """A running service."""

    url: str
    admin: str
    process: subprocess.Popen


@contextmanager
def running(*arguments: str, **settings: str) -> Iterator[Service]:
    """A service with settings such as `auth__anonymous="write"`."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SKILLGAP_")}
    environment |= {f"SKILLGAP__{name.upper()}": value for name, value in settings.items()}
    environment.setdefault("SKILLGAP__ADMIN__LISTEN", "127.0.0.1:0")
    listen = [] if "--listen" in arguments else ["--listen", "127.0.0.1:0"]
    command = [BIN, "serve", *listen, *arguments]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment)
    watchdog = threading.Timer(START, process.kill)
    watchdog.start()
    said = []
    try:
        for line in process.stderr:
            said.append(line)
            if found := re.search(r"serving.*grpc=(\S+) admin=(\S+)", re.sub(r"\x1b\[[0-9;]*m", "", line)):
                break
        else:
            pytest.fail("the service did not start: " + "".join(said))
        watchdog.cancel()
        # Its log is read on, so that it never waits for a reader.
        threading.Thread(target=process.stderr.read, daemon=True).start()
        scheme = "https" if "tls__cert" in settings else "http"
        yield Service(f"{scheme}://{found[1]}", f"http://{found[2]}", process)
    finally:
        watchdog.cancel()
        process.terminate()
        process.wait(START)


@pytest.fixture(scope="session")
def service() -> Iterator[Service]:
    """A service on starter data."""
    with running() as service:
        yield service


@pytest.fixture
def start() -> Callable:
    """Starts a service with settings of its own."""
    return running


def starter_directory(folder: Path) -> str:
    """Makes a directory of the starter data, which can be changed; the program's own cannot."""
    data = str(folder / "data")
    cli("index", "--starter", "--credentials", str(ROOT / "index/starter/credentials.jsonl"), "--data-dir", data)
    return data


def cli(*arguments: str, stdin: str = "") -> str:
    """Runs a command of the binary to its end."""
    return subprocess.run([BIN, *arguments], input=stdin, capture_output=True, text=True, check=True, timeout=START).stdout
