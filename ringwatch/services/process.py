"""Child processes that never outlive their parent, and the identity by which a process is safely ended."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_WRAPPER = Path(__file__).with_name("child.py")
_ROTATE_AT = 8_000_000
_POLL_S = 0.02
# No more than this reaches a service: options for the Java or the loader of other programs change nothing here.
_ENVIRONMENT = ("HOME", "JAVA_HOME", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "PATH", "TZ")


@dataclass(frozen=True)
class ProcessIdentity:
    """A process by number and start time, so that a number that was given out again is never mistaken for it.

    Args:
        started: boot id and clock ticks since boot.
    """

    pid: int
    started: str


def identity_of(pid: int) -> ProcessIdentity | None:
    """The identity of a live process; None where there is none, or only its unreaped remains."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_bytes()
    except OSError:
        return None
    # The second field is the name in parentheses, which may itself hold blanks and parentheses.
    fields = stat[stat.rindex(b")") + 2 :].split()
    state, ticks = fields[0], fields[19]
    if state in {b"Z", b"X"}:
        return None
    boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    return ProcessIdentity(pid, f"{boot}/{ticks.decode()}")


def is_alive(process: ProcessIdentity) -> bool:
    return identity_of(process.pid) == process


def send_signal(process: ProcessIdentity, number: signal.Signals) -> bool:
    """Signal exactly this process; False where it is gone. The descriptor pins it, so no other can be hit."""
    try:
        descriptor = os.pidfd_open(process.pid)
    except ProcessLookupError:
        return False
    try:
        if not is_alive(process):
            return False
        signal.pidfd_send_signal(descriptor, number)
    except ProcessLookupError:
        return False
    finally:
        os.close(descriptor)
    return True


def wait_gone(process: ProcessIdentity, timeout_s: float) -> bool:
    """Wait until the process is gone; False where it still lives after `timeout_s`."""
    deadline = time.monotonic() + timeout_s
    while is_alive(process):
        if time.monotonic() >= deadline:
            return False
        time.sleep(_POLL_S)
    return True


class Child:
    """One running child process in its own process group, its output in a log file.

    It is killed by the kernel when the thread that started it ends, so children are started by the main thread
    alone.
    """

    def __init__(self, command: Sequence[str], *, cwd: Path, log: Path) -> None:
        if threading.current_thread() is not threading.main_thread():
            raise RuntimeError(
                "services are started by the main thread: they die with the thread that starts them"
            )
        self._log = log
        if log.exists() and log.stat().st_size > _ROTATE_AT:
            log.replace(log.with_name(log.name + ".1"))
        with log.open("ab") as output:
            self._offset = output.tell()
            self._process = subprocess.Popen(  # noqa: S603 - a command of ours, as a list
                [sys.executable, "-I", "-S", str(_WRAPPER), str(os.getpid()), *command],
                cwd=cwd,
                env={name: os.environ[name] for name in _ENVIRONMENT if name in os.environ},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        identity = identity_of(self._process.pid)
        # Unreaped, it has a start time even when it has ended already; then nothing is left to be told apart.
        self.identity = identity or ProcessIdentity(self._process.pid, "ended")

    def ended(self) -> bool:
        """True where the process has ended. It is not reaped, so that its number still is its group's."""
        if self._process.returncode is not None:
            return True
        return os.waitid(os.P_PID, self._process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None

    def log_tail(self, lines: int = 30) -> str:
        """The last lines this run of the process wrote."""
        with self._log.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(self._offset, size - 16_000))
            return "\n".join(file.read().decode("utf-8", "replace").splitlines()[-lines:])

    def terminate(self) -> None:
        """Ask it to end; `stop` waits for it."""
        if not self.ended():
            self._process.terminate()

    def stop(self, grace_s: float = 10.0) -> None:
        """End the process and whatever it started, by force after `grace_s`. May be called again."""
        if self._process.returncode is not None:
            return
        self.terminate()
        deadline = time.monotonic() + grace_s
        while not self.ended() and time.monotonic() < deadline:
            time.sleep(_POLL_S)
        os.killpg(self._process.pid, signal.SIGKILL)  # the leader too, where it would not go
        self._process.wait()
