"""The console as a process: it says where it is, answers over a socket, and stops when told to."""

import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from console import make_app, serve
from events import topics
from events.errors import FencedError, SettingsError
from storage import FolderBlobs
from tests.support.console_world import PAYMENT, TOKEN, make_parts

ROOT = Path(__file__).parents[2]
PROCESS = """
import sys
from pathlib import Path
from console import make_app, serve
from storage import FolderBlobs
from tests.support.console_world import FakeScorer, make_parts
parts = make_parts(FolderBlobs(Path(sys.argv[1])))
with FakeScorer(parts.log):
    serve(make_app(parts), "127.0.0.1", 0)
print("closed in order")
"""


@contextmanager
def process(folder: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A console in a process of its own, and its URL."""
    child = subprocess.Popen(  # noqa: S603 - this interpreter and the text above
        [sys.executable, "-c", PROCESS, str(folder)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert child.stderr is not None
        line = child.stderr.readline()
        assert line.startswith("console: running on http://127.0.0.1:"), line + child.stderr.read()
        yield child, line.split()[-1]
    finally:
        child.kill()
        child.communicate()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_in_order_when_told_to(tmp_path: Path, number: signal.Signals) -> None:
    with process(tmp_path) as (child, url):
        with httpx.Client(base_url=url, headers={"Authorization": f"Bearer {TOKEN}"}) as client:
            assert client.get("/healthz").json() == {"status": "ok"}
            first = client.post("/v1/score", json=dict(PAYMENT))
            assert first.status_code == 200
            assert "server" not in first.headers
            assert client.post("/v1/score", json=dict(PAYMENT)).json() == first.json()
        child.send_signal(number)
        out, errors = child.communicate(timeout=60)
    assert child.returncode == 0
    assert out == "closed in order\n"
    assert errors == ""


def test_a_port_in_use_is_a_setting_to_mend(tmp_path: Path) -> None:
    app = make_app(make_parts(FolderBlobs(tmp_path)))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SettingsError, match=rf"can't listen on 127.0.0.1 port {port}"):
            serve(app, "127.0.0.1", port)


def test_it_ends_when_a_newer_console_has_taken_over(tmp_path: Path) -> None:
    parts = make_parts(FolderBlobs(tmp_path))
    urls: list[str] = []
    running = threading.Event()
    errors: list[Exception] = []

    def run() -> None:
        def ready(url: str) -> None:
            urls.append(url)
            running.set()

        try:
            serve(make_app(parts), "127.0.0.1", 0, ready=ready)
        except FencedError as error:
            errors.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    running.wait()
    with httpx.Client(base_url=urls[0], headers={"Authorization": f"Bearer {TOKEN}"}) as client:
        # Its producer is open once a payment went through to the log.
        waiting = threading.Thread(target=client.post, args=("/v1/score",), kwargs={"json": dict(PAYMENT)})
        waiting.start()
        while not any(parts.log.end(topics.TRANSACTIONS.name).values()):
            pass
        parts.log.open_producer("console", [topics.TRANSACTIONS.name])
        refused = client.post("/v1/score", json={**PAYMENT, "id": "t-2"})
        assert refused.status_code == 503
        waiting.join()
    thread.join()
    assert len(errors) == 1
