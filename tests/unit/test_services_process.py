import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest

from ringwatch.services.ports import free_port, is_free
from ringwatch.services.process import (
    Child,
    ProcessIdentity,
    identity_of,
    is_alive,
    send_signal,
    wait_gone,
)

# Starts a child of its own, tells both numbers, and takes no hint.
STUBBORN = """
import os, signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
other = subprocess.Popen(["sleep", "600"])
print(os.getpid(), other.pid, flush=True)
time.sleep(600)
"""
PARENT = """
import sys, time
from pathlib import Path
from ringwatch.services.process import Child
here = Path(sys.argv[1])
child = Child([sys.executable, "-c", "import time; time.sleep(600)"], cwd=here, log=here / "log")
print(child.identity.pid, child.identity.started, flush=True)
time.sleep(600)
"""


def _child(directory: Path, code: str) -> Child:
    return Child([sys.executable, "-c", code], cwd=directory, log=directory / "log")


def _wait_for_lines(log: Path, count: int) -> list[str]:
    while log.read_text().count("\n") < count:
        time.sleep(0.01)
    return log.read_text().splitlines()


def test_stop_ends_the_process_and_all_it_started_even_against_its_will(tmp_path: Path) -> None:
    child = _child(tmp_path, STUBBORN)
    own, other = (int(part) for part in _wait_for_lines(tmp_path / "log", 1)[0].split())
    assert own == child.identity.pid
    assert not child.ended()
    child.stop(grace_s=0.05)
    assert child.ended()
    assert not psutil.pid_exists(own)
    assert wait_gone(ProcessIdentity(other, "whatever"), 5)
    child.stop()


def test_children_die_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    parent = subprocess.Popen(  # noqa: S603 - this very Python
        [sys.executable, "-c", PARENT, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    with parent:
        assert parent.stdout is not None
        pid, started = parent.stdout.readline().split()
        child = ProcessIdentity(int(pid), started)
        assert is_alive(child)
        parent.kill()
    assert wait_gone(child, 10)


def test_the_end_is_noticed_and_the_log_tells_only_of_this_run(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("of an earlier run\n")
    child = _child(tmp_path, "print('one'); print('two'); raise SystemExit(3)")
    while not child.ended():
        time.sleep(0.01)
    assert child.log_tail() == "one\ntwo"
    assert child.log_tail(1) == "two"
    child.stop()


def test_children_are_refused_to_other_threads_which_would_take_them_along(tmp_path: Path) -> None:
    faults: list[str] = []

    def start() -> None:
        try:
            _child(tmp_path, "pass")
        except RuntimeError as error:
            faults.append(str(error))

    thread = threading.Thread(target=start)
    thread.start()
    thread.join()
    assert len(faults) == 1


def test_a_number_given_out_again_is_not_the_process_it_was() -> None:
    own = identity_of(os.getpid())
    assert own is not None
    assert is_alive(own)
    earlier = ProcessIdentity(own.pid, "another boot/1")
    assert not is_alive(earlier)
    assert not send_signal(earlier, signal.SIGKILL)  # else this line would be the last


def test_a_dead_but_unreaped_process_counts_as_gone() -> None:
    with subprocess.Popen(["/bin/true"]) as process:
        identity = None
        while os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
            identity = identity_of(process.pid)
        assert identity_of(process.pid) is None
        assert identity is None or wait_gone(identity, 0)
        assert not send_signal(ProcessIdentity(process.pid, "x"), signal.SIGTERM)


def test_free_ports_are_free_and_not_the_taken_ones() -> None:
    import socket

    ports = {free_port() for _ in range(20)}
    assert all(is_free(port) for port in ports)
    assert free_port(taken=ports) not in ports
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        assert not is_free(server.getsockname()[1])


def test_a_process_is_waited_for_no_longer_than_asked(tmp_path: Path) -> None:
    child = _child(tmp_path, "import time; time.sleep(600)")
    assert not wait_gone(child.identity, 0.01)
    with pytest.raises(ProcessLookupError):
        os.kill(2**22 + 1, 0)
    child.stop()
