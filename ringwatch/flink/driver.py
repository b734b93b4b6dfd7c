"""Runs in Flink's own environment, not in ringwatch's: executes the statements of a job file.

Call: `python driver.py JOB.json`; the file holds `settings` (Flink's own names), `statements` and `wait`. Printed, a
JSON value a line: `{"job": id}` once it has been accepted, and, where it is waited for, `seconds` and `cpu_seconds`:
how long it ran and what a mini-cluster's process used meanwhile.
"""

import json
import sys
from pathlib import Path

from pyflink.common import Configuration  # type: ignore[import-not-found]
from pyflink.java_gateway import get_gateway  # type: ignore[import-not-found]
from pyflink.table import (  # type: ignore[import-not-found]
    EnvironmentSettings,
    TableEnvironment,
)


def main() -> None:
    """Run the job file that the first argument names."""
    job = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    settings = Configuration()
    for name, value in job["settings"].items():
        settings.set_string(name, value)
    made = EnvironmentSettings.new_instance().in_streaming_mode().with_configuration(settings).build()
    table = TableEnvironment.create(made)
    process = get_gateway().jvm.java.lang.ProcessHandle.current()
    *prepare, insert = job["statements"]
    for statement in prepare:
        table.execute_sql(statement)
    result = table.execute_sql(insert)
    before = process.info().totalCpuDuration().get().toMillis()
    client = result.get_job_client()
    _tell({"job": str(client.get_job_id())})
    if job["wait"]:
        result.wait()
        ran = client.get_job_execution_result().result()
        used = process.info().totalCpuDuration().get().toMillis() - before
        _tell({"seconds": ran.get_net_runtime() / 1000, "cpu_seconds": used / 1000})


def _tell(value: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
