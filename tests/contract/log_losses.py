"""Ways to lose an answer: a proxy before Redis, a client for Kafka. Both are told when."""

import contextlib
import socket
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import confluent_kafka


class MuteProxy:
    """A TCP proxy for one server. While `mute`, it passes requests on and closes instead of passing answers."""

    def __init__(self, host: str, port: int) -> None:
        self._server = (host, port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.mute = False
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):  # closed
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(self._server)
                for source, sink, answers in ((client, server, False), (server, client, True)):
                    threading.Thread(target=self._pump, args=(source, sink, answers), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket, answers: bool) -> None:
        with contextlib.suppress(OSError):
            while (data := source.recv(65536)) and not (answers and self.mute):
                sink.sendall(data)
        for it in (source, sink):
            with contextlib.suppress(OSError):  # the other direction was first
                it.shutdown(socket.SHUT_RDWR)
            it.close()

    def close(self) -> None:
        self._listener.close()


class LosingProducer(confluent_kafka.Producer):
    """By `mode`: ok; `answers` arrives and is reported as timed out; `second half` as well, but every record of the
    second half of the partitions is lost; `late` is reported as timed out and arrives at `release`."""

    def __init__(self, config: dict[str, Any], mode: Callable[[], str]) -> None:
        super().__init__(config)
        self._mode = mode
        self._late: list[tuple[tuple[Any, ...], dict[str, Any]]] = []

    def produce(self, *args: Any, **kwargs: Any) -> None:
        mode = self._mode()
        if mode == "ok":
            super().produce(*args, **kwargs)
            return
        report = kwargs.pop("on_delivery")
        if mode == "late":
            self._late.append((args, kwargs))
        elif mode == "answers" or args[3] < 2:
            super().produce(*args, **kwargs)
            self.flush(10)
        report(confluent_kafka.KafkaError(confluent_kafka.KafkaError._MSG_TIMED_OUT), None)

    def purge(self, *_: Any, **__: Any) -> None:
        """What is under way stays so: that is what the tests are about."""

    def release(self) -> None:
        for args, kwargs in self._late:
            super().produce(*args, **kwargs)
        assert self.flush(10) == 0


class LosingClients:
    """Makes clients for `KafkaLog`, all in the same mode, and keeps them at hand."""

    def __init__(self) -> None:
        self.mode = "ok"
        self.made: list[LosingProducer] = []

    def __call__(self, config: Mapping[str, Any]) -> LosingProducer:
        self.made.append(LosingProducer(dict(config), lambda: self.mode))
        return self.made[-1]


def release(clients: Sequence[LosingProducer]) -> None:
    for client in clients:
        client.release()
