"""What every benchmark prints: progress on stderr, and at the end one JSON object on stdout."""

import json
import os
import platform
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np

_ROOT = Path(__file__).resolve().parents[1]


def progress(text: str) -> None:
    """A line for whoever waits."""
    print(text, file=sys.stderr, flush=True)


def quantiles(samples: Sequence[float] | Iterable[float], digits: int = 3) -> dict[str, float]:
    """`p50`, `p90`, `p99`, `max` and the number of samples, in the samples' unit."""
    values = np.asarray(list(samples), dtype=np.float64)
    found = np.quantile(values, [0.5, 0.9, 0.99, 1.0])
    named = zip(("p50", "p90", "p99", "max"), found, strict=True)
    return {**{name: round(float(value), digits) for name, value in named}, "n": len(values)}


def median(samples: Sequence[float], digits: int = 3) -> float:
    """The middle one; a benchmark repeats itself and reports this with its samples' spread."""
    return round(float(np.median(np.asarray(samples, dtype=np.float64))), digits)


def report(bench: str, figures: Mapping[str, object]) -> None:
    """Print `{"bench", "commit", "machine", "figures"}` as the last line of stdout."""
    line = {"bench": bench, "commit": _commit(), "machine": machine(), "figures": dict(figures)}
    print(json.dumps(line, allow_nan=False), flush=True)


def machine() -> dict[str, object]:
    """Processor, cores this process may use, memory in GiB, system and Python."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "memory_gib": round(memory / 2**30, 1),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
    }


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def _commit() -> str:
    """The commit, with `+` behind it where tracked files differ; `unknown` outside a checkout."""
    try:
        commit = _git("rev-parse", "HEAD")
        return commit + ("+" if _git("status", "--porcelain", "--untracked-files=no") else "")
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def _git(*arguments: str) -> str:
    done = subprocess.run(  # noqa: S603 - fixed arguments
        ["git", *arguments],  # noqa: S607 - whichever git the user has
        cwd=_ROOT, check=True, capture_output=True, text=True,
    )  # fmt: skip
    return done.stdout.strip()
