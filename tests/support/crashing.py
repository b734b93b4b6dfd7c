"""Storage and log that crash by a seed: before a write, behind it, or with a part of it done."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future
from random import Random
from typing import Any

from events.errors import ConflictError, FencedError, NotFoundError
from storage import ManualClock
from streaming.log.memory import MemoryLog
from streaming.log.port import Outgoing, TopicPartition


class Crash(BaseException):
    """The process is gone. Nothing may catch it but the world around."""


class Fuse:
    """Burns by one at each write; at its end the process crashes, before, in the middle of, or behind that write."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.left: int | None = None  # None: nothing crashes

    def write(self, whole: Callable[[], None], torn: Callable[[], None]) -> None:
        if self.left is None or self.left > 0:
            self.left = None if self.left is None else self.left - 1
            whole()
            return
        self.left = None
        self.rng.choice((whole, torn, lambda: None))()
        raise Crash


class CrashingFiles:
    """`streaming.files.Files` in memory."""

    def __init__(self, fuse: Fuse) -> None:
        self._fuse = fuse
        self._data: dict[str, bytearray] = {}
        self._synced: dict[str, int] = {}

    def list(self) -> list[str]:
        return sorted(self._data)

    def read(self, name: str) -> bytes:
        if name not in self._data:
            raise NotFoundError(name)
        return bytes(self._data[name])

    def append(self, name: str, data: bytes) -> None:
        def write(taken: bytes) -> None:
            self._data.setdefault(name, bytearray()).extend(taken)

        cut = self._fuse.rng.randrange(len(data))
        zeros = bytes(self._fuse.rng.choice((0, len(data) - cut)))
        self._fuse.write(lambda: write(data), lambda: write(data[:cut] + zeros))

    def sync(self, name: str) -> None:
        def sync() -> None:
            self._synced[name] = len(self._data[name])

        self._fuse.write(sync, lambda: None)

    def truncate(self, name: str, size: int) -> None:
        def cut() -> None:
            del self._data[name][size:]
            self._synced[name] = size

        self._fuse.write(cut, lambda: None)

    def delete(self, name: str) -> None:
        self._fuse.write(lambda: self._drop(name), lambda: None)

    def close(self) -> None:
        pass

    def lose_power(self) -> None:
        """The machine dies: of what was not synced some part is left, or zeros."""
        rng = self._fuse.rng
        for name in list(self._data):
            safe, data = self._synced.get(name, 0), self._data[name]
            kept = rng.randint(safe, len(data))
            zeros = rng.choice((0, len(data) - kept))
            self._data[name] = data[:kept] + bytearray(zeros)
            if name not in self._synced and not self._data[name]:
                self._drop(name)

    def _drop(self, name: str) -> None:
        self._data.pop(name, None)
        self._synced.pop(name, None)


class CrashingBlobs:
    """`storage.blob.BlobStore` in memory; a put is there or not."""

    def __init__(self, fuse: Fuse) -> None:
        self._fuse = fuse
        self.data: dict[str, bytes] = {}

    def put(self, key: str, data: bytes, *, if_absent: bool = False) -> None:
        if if_absent and self.data.get(key, data) != data:
            raise ConflictError(key)
        self._fuse.write(lambda: self.data.__setitem__(key, data), lambda: None)

    def get(self, key: str) -> bytes:
        if key not in self.data:
            raise NotFoundError(key)
        return self.data[key]

    def exists(self, key: str) -> bool:
        return key in self.data

    def list(self, prefix: str = "") -> Iterator[str]:
        yield from sorted(key for key in self.data if key.startswith(prefix))

    def delete(self, key: str) -> None:
        self._fuse.write(lambda: self._drop(key), lambda: None)

    def _drop(self, key: str) -> None:
        self.data.pop(key, None)


class CrashingLog(MemoryLog):
    """A log whose writers of the names in `crashing` crash.

    With `silent` it is as Kafka is: an append of a fenced epoch is taken without a word, and no reader sees it.
    """

    def __init__(self, clock: ManualClock, fuse: Fuse, crashing: frozenset[str], *, silent: bool) -> None:
        super().__init__(clock)
        self._fuse = fuse
        self._crashing = crashing
        self._silent = silent

    def append(
        self, producer: str, epoch: int, runs: Iterable[tuple[TopicPartition, Sequence[Outgoing]]]
    ) -> None:
        held = [(target, list(records)) for target, records in runs]
        if producer not in self._crashing:
            self._append(producer, epoch, held)
            return
        part = [(target, records[: self._fuse.rng.randint(0, len(records))]) for target, records in held]
        self._fuse.write(
            lambda: self._append(producer, epoch, held), lambda: self._append(producer, epoch, part)
        )

    def _append(self, producer: str, epoch: int, runs: list[tuple[TopicPartition, list[Outgoing]]]) -> None:
        try:
            super().append(producer, epoch, runs)
        except FencedError:
            if not self._silent:
                raise


class _Deferred(Future[Any]):
    def __init__(self, job: Callable[[], Any]) -> None:
        super().__init__()
        self._job = job

    def run(self) -> None:
        """A `Crash` goes through: nothing is left of the process."""
        if self.done():
            return
        try:
            self.set_result(self._job())
        except Exception as error:  # noqa: BLE001 - as an executor does
            self.set_exception(error)

    def result(self, timeout: float | None = None) -> Any:
        self.run()
        return super().result(timeout)

    def exception(self, timeout: float | None = None) -> BaseException | None:
        self.run()
        return super().exception(timeout)


class DeferredExecutor(Executor):
    """One thing after the other, when `turn` is called or somebody waits for it."""

    def __init__(self) -> None:
        self._waiting: list[_Deferred] = []

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        self._waiting.append(task := _Deferred(lambda: fn(*args, **kwargs)))
        return task

    def turn(self) -> None:
        if self._waiting:
            self._waiting.pop(0).run()
