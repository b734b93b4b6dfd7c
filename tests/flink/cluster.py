"""A standalone Flink cluster of one worker, its two processes as children of the test's."""

import json
import os
import signal
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ringwatch.flink.environment import FlinkEnvironment
from ringwatch.services.ports import free_port

PATIENCE_S = 120.0
_CONFIG = """
env.java.opts.all: {java}
jobmanager.rpc.address: 127.0.0.1
jobmanager.bind-host: 127.0.0.1
jobmanager.rpc.port: {rpc}
jobmanager.memory.process.size: 1000m
rest.address: 127.0.0.1
rest.bind-address: 127.0.0.1
rest.port: {rest}
taskmanager.host: 127.0.0.1
taskmanager.bind-host: 127.0.0.1
taskmanager.memory.process.size: 1400m
taskmanager.numberOfTaskSlots: 2
"""


@contextmanager
def cluster(flink: FlinkEnvironment, directory: Path) -> Iterator[str]:
    """`host:port` of its REST address."""
    conf = directory / "conf"
    conf.mkdir(parents=True)
    shipped = flink.home / "conf"
    for file in shipped.glob("log*"):
        (conf / file.name).write_bytes(file.read_bytes())
    java = next(line for line in (shipped / "config.yaml").read_text().splitlines() if "all: --add" in line)
    rpc = free_port()
    rest = free_port({rpc})
    config = _CONFIG.format(java=java.split("all: ", 1)[1], rpc=rpc, rest=rest)
    (conf / "config.yaml").write_text(config)
    variables = flink.variables(directory, "700m") | {"FLINK_CONF_DIR": str(conf)}
    del variables["JVM_ARGS"]  # each kind of process is given its own memory above
    started = []
    try:
        for script in ("jobmanager.sh", "taskmanager.sh"):
            with (directory / f"{script}.log").open("wb") as log:
                process = subprocess.Popen(  # noqa: S603 - Flink's own script
                    [flink.home / "bin" / script, "start-foreground"],
                    env=variables, stdout=log, stderr=log, start_new_session=True,
                )  # fmt: skip
            started.append(process)
        address = f"127.0.0.1:{rest}"
        wait_until(lambda: int(ask(address, "overview").get("slots-total", 0)) == 2)
        yield address
    finally:
        for process in started:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def ask(address: str, path: str) -> dict[str, Any]:
    """What the cluster's REST interface says; nothing while it does not answer."""
    try:
        with urllib.request.urlopen(f"http://{address}/{path}", timeout=5) as answer:
            said: dict[str, Any] = json.load(answer)
            return said
    except OSError:
        return {}


def wait_until(ready: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not ready():
        assert time.monotonic() < deadline, "not in time"
        time.sleep(0.3)
