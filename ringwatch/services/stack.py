"""A stack: services run together as supervised children of this process."""

import fcntl
import os
import secrets
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from events.errors import ConflictError, CorruptError, SettingsError, UnavailableError
from ringwatch.services.endpoints import write_private
from ringwatch.services.ports import free_port, is_free
from ringwatch.services.runner import Runner, ServiceStatus
from ringwatch.services.service import Place, Progress, Service

_SECRETS = "secrets.json"
_LOCK = "lock"
_PORT_ATTEMPTS = 5
_POLL_S = 0.1


class Stack:
    """Starts services, keeps them running, ends them. Use it as a context manager, from the main thread.

    Args:
        services: with distinct names; all start at once.
        directory: everything the stack writes is in here. One stack at a time uses it; data and secrets stay for
            the next.
        ports: `service.port` -> number for those that must not be chosen freely.
        progress: told what happens, one line each.
    """

    def __init__(
        self, services: Sequence[Service], directory: Path, *, ports: Mapping[str, int], progress: Progress
    ) -> None:
        self._services = tuple(services)
        self._directory = directory.absolute()
        self._fixed = dict(ports)
        self._progress = progress
        self._runners: dict[str, Runner] = {}
        self._lock: int | None = None

    def start(self) -> Mapping[str, Place]:
        """Start all services, wait until each is ready and say where each is.

        Errors: `ConflictError` where another stack uses the directory, `SettingsError` for a fixed port in use
        or a missing installation, `UnavailableError`, with the end of its log, where a service does not become
        ready. Whatever had started is stopped then.
        """
        try:
            self._claim_directory()
            passwords = self._passwords()
            for service in self._services:
                place = self._place(service, passwords[service.name])
                self._runners[service.name] = Runner(service, place, self._progress)
            for runner in self._runners.values():
                runner.start()
            self._wait_ready()
        except BaseException:
            self.stop()
            raise
        return {name: runner.place for name, runner in self._runners.items()}

    def tend(self) -> None:
        """Look after every service once: note the ended, restart the due, probe the starting. Call it often."""
        for runner in self._runners.values():
            runner.tend()

    def status(self) -> tuple[ServiceStatus, ...]:
        """Every service, in the order given."""
        return tuple(runner.status() for runner in self._runners.values())

    def stop(self) -> None:
        """End every service, all at the same time, and leave no process behind. May be called again."""
        for runner in self._runners.values():
            runner.terminate()
        for runner in self._runners.values():
            runner.stop()
        self._runners.clear()
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _claim_directory(self) -> None:
        self._directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Descriptors of ours are not inherited, so the lock ends with this process, not with a stray child.
        self._lock = os.open(self._directory / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ConflictError(f"another stack runs in {self._directory}; stop it first") from None

    def _passwords(self) -> dict[str, str]:
        """By service name; kept, since databases store theirs at their first start."""
        path = self._directory / _SECRETS
        try:
            known = msgspec.json.decode(path.read_bytes(), type=dict[str, str])
        except FileNotFoundError:
            known = {}
        except msgspec.MsgspecError as error:
            raise CorruptError(f"{path}: {error}") from error
        missing = [service.name for service in self._services if service.name not in known]
        if missing:
            known |= {name: secrets.token_hex(16) for name in missing}
            write_private(path, msgspec.json.encode(known))
        return known

    def _place(self, service: Service, password: str) -> Place:
        directory = self._directory / service.name
        directory.mkdir(exist_ok=True, mode=0o700)
        taken = {port for runner in self._runners.values() for port in runner.place.ports.values()}
        taken.update(self._fixed.values())
        ports: dict[str, int] = {}
        for name in service.ports:
            fixed = self._fixed.get(f"{service.name}.{name}")
            if fixed is not None and not is_free(fixed):
                raise SettingsError(f"port {fixed}, given for {service.name}'s {name}, is in use")
            ports[name] = free_port(taken) if fixed is None else fixed
            taken.add(ports[name])
        return Place(directory, ports, password)

    def _wait_ready(self) -> None:
        collisions = 0
        while starting := [runner for runner in self._runners.values() if not runner.ready]:
            for runner in starting:
                fault = runner.check_start()
                if fault is None:
                    continue
                if not runner.lost_its_port() or collisions == _PORT_ATTEMPTS:
                    raise UnavailableError(f"{runner.service.name}: {fault}")
                collisions += 1
                self._progress(f"{runner.service.name}: lost a race for a port, starting over on others")
                runner.stop()
                runner.place = self._place(runner.service, runner.place.password)
                runner.start()
            time.sleep(_POLL_S)
