"""One service as a supervised child: started, probed, restarted with a bounded back-off, ended."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from events.errors import RingwatchError
from ringwatch.services.process import Child, ProcessIdentity
from ringwatch.services.service import Place, Progress, Service

State = Literal["starting", "ready", "down"]
_FIRST_DELAY_S = 0.5
_LONGEST_DELAY_S = 30.0
_STEADY_S = 60.0
_BIND_FAULTS = ("Address already in use", "BindException")


@dataclass(frozen=True)
class ServiceStatus:
    """One service as its supervisor sees it.

    Args:
        ports: by name.
        process: None while it is down.
        restarts: since the stack started.
        reason: why it is not ready; `""` when it is.
    """

    name: str
    state: State
    ports: Mapping[str, int]
    process: ProcessIdentity | None
    restarts: int
    reason: str


def restart_delay_s(failures: int) -> float:
    """Seconds to wait before the start after so many failures in a row: doubling from 0.5, at most 30."""
    return min(_LONGEST_DELAY_S, _FIRST_DELAY_S * 2.0 ** min(max(failures - 1, 0), 10))


class Runner:
    """Runs one service in its place. `place` may be replaced while it is stopped."""

    def __init__(self, service: Service, place: Place, progress: Progress) -> None:
        self.service = service
        self.place = place
        self.ready = False
        self._progress = progress
        self._child: Child | None = None
        self._probe: Callable[[], str | None] = lambda: "not started"
        self._since = 0.0  # start of the present child or, while down, the end of the last
        self._failures = 0  # in a row
        self._restarts = 0
        self._reason = "not started"

    def start(self) -> None:
        """Start the process, without waiting for it."""
        self._progress(f"{self.service.name}: starting")
        plan = self.service.plan(self.place, self._progress)
        self._probe = plan.probe
        log = self.place.directory / f"{self.service.name}.log"
        self._child = Child(plan.command, cwd=self.place.directory, log=log)
        self.ready, self._since, self._reason = False, time.monotonic(), "starting"

    def check_start(self) -> str | None:
        """Look once whether it has become ready (`self.ready`). Returns a fault once there is no hope left."""
        if self._child is None:
            return "not running"
        if self._child.ended():
            return f"ended while starting. The end of its log:\n{self._child.log_tail()}"
        missing = self._probe()
        if missing is None and not self._child.ended():  # else it was somebody else on our port who answered
            took = time.monotonic() - self._since
            self.ready, self._reason = True, ""
            self._progress(f"{self.service.name}: ready after {took:.1f} s")
            return None
        self._reason = missing or "ended"
        if time.monotonic() - self._since > self.service.deadline_s or self.lost_its_port():
            return (
                f"not ready after {time.monotonic() - self._since:.0f} s ({missing}). "
                f"The end of its log:\n{self._child.log_tail()}"
            )
        return None

    def lost_its_port(self) -> bool:
        """True where its log says that somebody else listens on a port of its."""
        if self._child is None:
            return False
        tail = self._child.log_tail(200)
        return any(fault in tail for fault in _BIND_FAULTS)

    def tend(self) -> None:
        """Restart it where it is due, note that it has ended or has become ready."""
        if self._child is None:
            if time.monotonic() - self._since >= restart_delay_s(self._failures):
                self._restarts += 1
                self._start_again()
        elif not self.ready:
            fault = self.check_start()
            if fault is not None:
                self._put_down(fault)
        elif self._child.ended():
            self._put_down(f"ended unexpectedly. The end of its log:\n{self._child.log_tail()}")

    def status(self) -> ServiceStatus:
        state: State = "ready" if self.ready else "down" if self._child is None else "starting"
        process = self._child.identity if self._child else None
        return ServiceStatus(
            self.service.name, state, self.place.ports, process, self._restarts, self._reason
        )

    def terminate(self) -> None:
        """Ask it to end; `stop` waits."""
        if self._child:
            self._child.terminate()

    def stop(self) -> None:
        """End it. May be called again."""
        if self._child:
            self._child.stop()
        self._child, self.ready = None, False

    def _start_again(self) -> None:
        try:
            self.start()
        except (RingwatchError, OSError) as error:  # an installation that was removed meanwhile, a full disk
            self._put_down(f"could not be started: {error}")

    def _put_down(self, reason: str) -> None:
        steady = self.ready and time.monotonic() - self._since > _STEADY_S
        self._failures = 1 if steady else self._failures + 1
        self.stop()
        self._since, self._reason = time.monotonic(), reason
        self._progress(f"{self.service.name}: {reason}")
