"""axe-core (MPL-2.0) from npm, into a cache that is never committed."""

import shutil
import subprocess
from pathlib import Path

VERSION = "4.14.1"
_SECONDS = 120


def axe_source(cache: Path) -> str | None:
    """The script, installed with npm when first asked for; None where npm is missing or can't get it."""
    script = cache / "node_modules" / "axe-core" / "axe.min.js"
    npm = shutil.which("npm")
    if not script.exists() and npm is not None:
        command = [npm, "install", "--prefix", str(cache), "--ignore-scripts", "--no-audit", "--no-fund"]
        try:
            subprocess.run(  # noqa: S603 - npm, on a fixed package
                [*command, f"axe-core@{VERSION}"], check=True, capture_output=True, timeout=_SECONDS
            )
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
            return None
    return script.read_text(encoding="utf-8") if script.exists() else None
