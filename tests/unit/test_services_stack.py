import socket
import stat
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import msgspec
import psutil
import pytest

from events.errors import ConflictError, CorruptError, NotFoundError, SettingsError, UnavailableError
from ringwatch.services import Endpoints, services_of
from ringwatch.services.ports import HOST, free_port
from ringwatch.services.runner import restart_delay_s
from ringwatch.services.service import Place, Plan, Progress, Service
from ringwatch.services.stack import Stack

# Answers every connection with its password until it is killed.
SERVER = """
import socket, sys
server = socket.create_server(("127.0.0.1", int(sys.argv[1])))
print("listening", flush=True)
while True:
    connection, _ = server.accept()
    connection.sendall(open("password", "rb").read())
    connection.close()
"""


def _ask(place: Place) -> str | None:
    try:
        with socket.create_connection((HOST, place.ports["main"]), timeout=2) as connection:
            answer = connection.recv(100)
    except OSError as error:
        return str(error)
    return None if answer == place.password.encode() else "somebody else"


def _serve(code: str, place: Place, _progress: Progress) -> Plan:
    (place.directory / "password").write_text(place.password)
    return Plan((sys.executable, "-c", code, str(place.ports["main"])), partial(_ask, place))


def _service(name: str, code: str = SERVER, deadline_s: float = 30) -> Service:
    return Service(name, ("main",), deadline_s, partial(_serve, code))


def _stack(directory: Path, *services: Service, **ports: int) -> Stack:
    fixed = {f"{name}.main": port for name, port in ports.items()}
    return Stack(services or (_service("one"),), directory, ports=fixed, progress=print)


def _tend_until(stack: Stack, condition: Callable[[], bool]) -> None:
    while not condition():
        stack.tend()
        time.sleep(0.02)


def test_services_are_ready_once_started_and_gone_once_stopped(tmp_path: Path) -> None:
    with _stack(tmp_path, _service("one"), _service("two")) as stack:
        places = stack.start()
        assert [_ask(place) for place in places.values()] == [None, None]
        assert places["one"].password != places["two"].password
        assert places["one"].directory == tmp_path / "one"
        processes = [status.process for status in stack.status()]
        assert [status.state for status in stack.status()] == ["ready", "ready"]
    assert all(process and not psutil.pid_exists(process.pid) for process in processes)


def test_a_crashed_service_comes_back_at_the_same_place(tmp_path: Path) -> None:
    with _stack(tmp_path) as stack:
        place = stack.start()["one"]
        (before,) = stack.status()
        assert before.process is not None
        psutil.Process(before.process.pid).kill()
        _tend_until(stack, lambda: stack.status()[0].state == "down")
        assert "ended unexpectedly" in stack.status()[0].reason
        assert "listening" in stack.status()[0].reason
        _tend_until(stack, lambda: stack.status()[0].state == "ready")
        (after,) = stack.status()
        assert _ask(place) is None
        assert (after.restarts, after.ports, after.reason) == (1, before.ports, "")


def test_restarts_wait_longer_and_longer_but_not_for_ever() -> None:
    delays = [restart_delay_s(failures) for failures in range(1, 12)]
    assert delays == [0.5, 1, 2, 4, 8, 16, 30, 30, 30, 30, 30]
    assert restart_delay_s(10**6) == 30


def test_a_service_that_ends_while_starting_is_named_with_the_end_of_its_log(tmp_path: Path) -> None:
    stack = _stack(tmp_path, _service("good"), _service("bad", "raise SystemExit('no such luck')"))
    with pytest.raises(UnavailableError, match=r"(?s)bad: ended while starting.*no such luck"):
        stack.start()
    assert stack.status() == ()


def test_a_service_that_never_answers_is_given_up_at_its_deadline(tmp_path: Path) -> None:
    silent = "import time; print('thinking', flush=True); time.sleep(600)"
    with pytest.raises(UnavailableError, match=r"(?s)not ready after.*refused.*thinking"):
        _stack(tmp_path, _service("slow", silent, deadline_s=0.5)).start()


def test_a_service_that_loses_the_race_for_its_port_gets_another(tmp_path: Path) -> None:
    with socket.socket() as winner:

        def plan(place: Place, progress: Progress) -> Plan:
            if winner.getsockname()[1] == 0:  # somebody is faster, once
                winner.bind((HOST, place.ports["main"]))
                winner.listen()
            return _serve(SERVER, place, progress)

        with _stack(tmp_path, Service("one", ("main",), 30, plan)) as stack:
            place = stack.start()["one"]
            assert place.ports["main"] != winner.getsockname()[1]
            assert _ask(place) is None


def test_ports_can_be_given_and_a_taken_one_is_refused_by_name(tmp_path: Path) -> None:
    port = free_port()
    with _stack(tmp_path, one=port) as stack:
        assert stack.start()["one"].ports == {"main": port}
        with pytest.raises(SettingsError, match=f"port {port}, given for two's main, is in use"):
            _stack(tmp_path / "other", _service("two"), two=port).start()


def test_one_directory_serves_one_stack_at_a_time_and_keeps_its_secrets(tmp_path: Path) -> None:
    with _stack(tmp_path) as first:
        password = first.start()["one"].password
        with pytest.raises(ConflictError, match="another stack runs"):
            _stack(tmp_path).start()
    with _stack(tmp_path) as second:
        assert second.start()["one"].password == password
    assert stat.S_IMODE((tmp_path / "secrets.json").stat().st_mode) == 0o600
    assert password not in str(Place(tmp_path, {}, password))


def test_damaged_secrets_are_an_error_and_not_a_new_password(tmp_path: Path) -> None:
    (tmp_path / "secrets.json").write_text("{")
    with pytest.raises(CorruptError):
        _stack(tmp_path).start()


def test_a_service_that_can_not_be_started_again_stays_down_and_says_why(tmp_path: Path) -> None:
    plans: list[int] = []

    def plan(place: Place, progress: Progress) -> Plan:
        plans.append(1)
        if len(plans) == 2:
            raise SettingsError("uninstalled")
        return _serve(SERVER, place, progress)

    with _stack(tmp_path, Service("one", ("main",), 30, plan)) as stack:
        stack.start()
        process = stack.status()[0].process
        assert process is not None
        psutil.Process(process.pid).kill()
        _tend_until(stack, lambda: "uninstalled" in stack.status()[0].reason)
        assert stack.status()[0].state == "down"
        _tend_until(stack, lambda: stack.status()[0].state == "ready")


def test_endpoints_are_kept_for_their_owner_alone(tmp_path: Path) -> None:
    endpoints = Endpoints(
        "redis://:hidden@127.0.0.1:1/0",
        "redis://:hidden@127.0.0.1:2/0",
        "",
        "bolt://x",
        "neo4j",
        "me",
        "hidden",
    )
    endpoints.save(tmp_path)
    endpoints.save(tmp_path)
    path = tmp_path / "endpoints.json"
    assert Endpoints.load(tmp_path) == endpoints
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [entry.name for entry in tmp_path.iterdir()] == ["endpoints.json"]
    assert "hidden" not in repr(endpoints)
    assert msgspec.json.decode(path.read_bytes())["graph_dialect"] == "neo4j"
    Endpoints.withdraw(tmp_path)
    with pytest.raises(NotFoundError, match="no stack runs"):
        Endpoints.load(tmp_path)
    path.write_text('{"graph_dialect": "gremlin"}')
    with pytest.raises(CorruptError, match="gremlin"):
        Endpoints.load(tmp_path)


def test_unknown_services_are_refused_with_the_names_there_are() -> None:
    assert [service.name for service in services_of("jvm", {"kafka"})] == ["kafka"]
    with pytest.raises(
        SettingsError, match=r"no service kafka in the embedded stack; it has arcadedb, redis"
    ):
        services_of("embedded", {"kafka"})
