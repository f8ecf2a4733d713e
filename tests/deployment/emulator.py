"""The stand-in of AWS: ministack, in a process group of its own on a free port of loopback, gone when the test is over.

`AUTH=true` makes it check every request's signature and policies, so that a function can do what its role allows and
nothing else. Whoever knows the keys below is the account's root user.
"""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import urllib.error
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Any

import boto3
from botocore.config import Config

from expect import Failed, until

REGION = "eu-central-1"
ACCOUNT = "000000000000"
ROOT_KEYS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
START_SECONDS = 60.0
STOP_SECONDS = 15.0
CONNECT_SECONDS = 5
# Longer than any function takes here.
ANSWER_SECONDS = 60


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def executable(name: str) -> str:
    """A tool: where the variable of its name says (MINISTACK, SAM), else on the PATH."""
    found = os.environ.get(name.upper()) or shutil.which(name)
    if not found:
        raise Failed(f"{name} is neither on the PATH nor named by {name.upper()}")
    return found


class Emulator:
    """ministack while it runs; a context manager."""

    def __init__(self, folder: Path, surroundings: dict[str, str]) -> None:
        self.port = free_port()
        self.endpoint = f"http://127.0.0.1:{self.port}"
        self.log = folder / "ministack.log"
        self._folder = folder
        self._surroundings = surroundings
        self._process: subprocess.Popen[bytes] | None = None
        self._clients: dict[str, Any] = {}
        self._clients_lock = threading.Lock()

    def environment(self) -> dict[str, str]:
        """The variables of whoever works with this stand-in: keys, region, endpoint; no profile of this machine."""
        own = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        return own | ROOT_KEYS | {
            "AWS_DEFAULT_REGION": REGION,
            "AWS_REGION": REGION,
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def client(self, service: str) -> Any:
        """The SDK's client of a service, as the account's root user. One for all threads: making one is not safe."""
        with self._clients_lock:
            if service not in self._clients:
                self._clients[service] = boto3.client(
                    service,
                    endpoint_url=self.endpoint,
                    region_name=REGION,
                    aws_access_key_id=ROOT_KEYS["AWS_ACCESS_KEY_ID"],
                    aws_secret_access_key=ROOT_KEYS["AWS_SECRET_ACCESS_KEY"],
                    config=Config(
                        connect_timeout=CONNECT_SECONDS, read_timeout=ANSWER_SECONDS, retries={"max_attempts": 1}
                    ),
                )
            return self._clients[service]

    def __enter__(self) -> "Emulator":
        scratch = tempfile.mkdtemp(dir=self._folder, prefix="ministack-")
        environment = self.environment() | self._surroundings | {
            "AUTH": "true",
            "BIND_HOST": "127.0.0.1",
            "GATEWAY_PORT": str(self.port),
            "MINISTACK_REGION": REGION,
            "TMPDIR": scratch,
            "IOT_MTLS_ENABLED": "0",  # it would listen on ports of its own
            "SFTP_ENABLED": "0",
        }
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                [executable("ministack")],
                cwd=scratch,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # a process group of its own, which can be ended without naming anyone
            )
        try:
            until("ministack answers", self._healthy, START_SECONDS)
        except Failed as failure:
            self.stop()
            raise Failed(f"{failure}\nThe end of its log:\n{self.tail()}") from None
        except BaseException:
            self.stop()
            raise
        return self

    def _healthy(self) -> None:
        assert self._process
        if self._process.poll() is not None:
            raise SystemExit(f"ministack ended with {self._process.returncode}:\n{self.tail()}")
        try:
            with urllib.request.urlopen(f"{self.endpoint}/_ministack/health", timeout=5) as answer:
                answer.read()
        except (urllib.error.URLError, OSError) as error:
            raise Failed(str(error)) from None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Ends ministack and the functions that it runs."""
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            pass
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        process.wait()

    def tail(self, lines: int = 25) -> str:
        """The end of ministack's own log."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])
