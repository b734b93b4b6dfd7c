"""The benchmarks' last line."""

import json

import pytest

from bench._report import median, progress, quantiles, report


def test_the_last_line_of_stdout_is_one_json_object(capsys: pytest.CaptureFixture[str]) -> None:
    progress("half-way")
    report("log", {"append_per_s": 1.5})
    printed = capsys.readouterr()
    line = json.loads(printed.out.splitlines()[-1])
    assert sorted(line) == ["bench", "commit", "figures", "machine"]
    assert (line["bench"], line["figures"]) == ("log", {"append_per_s": 1.5})
    assert line["machine"]["cores"] >= 1
    assert printed.err == "half-way\n"


def test_quantiles_and_median() -> None:
    samples = [float(number) for number in range(101)]
    assert quantiles(samples) == {"p50": 50.0, "p90": 90.0, "p99": 99.0, "max": 100.0, "n": 101}
    assert median([3.0, 1.0, 2.0]) == 2.0
