# ruff: noqa: INP001 - run by its path, on a machine that may have nothing but Python
"""Make the secrets docker-compose.yml mounts: `python3 deploy/make_secrets.py [DIRECTORY]`, by default var/compose.

Existing files stay as they are, so it may be run again. The directory is for its owner alone; the files in it
are readable to all, since a container's user, whose number the host does not know, must read them through the
mount.
"""

import secrets
import sys
from pathlib import Path


def make_secrets(directory: Path) -> list[str]:
    """Write what is missing. Returns the names of the files written.

    Files that hold the same password are written together or not at all: they must agree.
    """
    directory.mkdir(parents=True, exist_ok=True)
    directory.chmod(0o700)
    redis, neo4j = secrets.token_hex(24), secrets.token_hex(24)
    agreeing = {
        "redis.conf": f"requirepass {redis}\n",
        "neo4j-auth": f"neo4j/{neo4j}",
        "ringwatch.toml": (
            f'[cache]\nurl = "redis://:{redis}@redis-cache:6379/0"\n\n'
            f'[broker]\nurl = "redis://:{redis}@redis-broker:6379/0"\n\n'
            f'[graph]\nuser = "neo4j"\npassword = "{neo4j}"\n'
        ),
    }
    single = {
        "token-keys": f"1 {secrets.token_hex(32)}\n",
        "api-token": f"{secrets.token_urlsafe(32)}\n",
    }
    there = [name for name in agreeing if (directory / name).exists()]
    if there and len(there) < len(agreeing):
        missing = ", ".join(sorted(set(agreeing) - set(there)))
        raise SystemExit(f"{directory}: {missing} missing beside {', '.join(there)}; they belong together")
    wanted = {**({} if there else agreeing), **single}
    written = [name for name in wanted if not (directory / name).exists()]
    for name in written:
        (directory / name).write_text(wanted[name], encoding="ascii")
        (directory / name).chmod(0o444)
    return written


if __name__ == "__main__":
    place = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[1] / "var" / "compose"
    sys.stdout.write("".join(f"{place / name}\n" for name in make_secrets(place)))
