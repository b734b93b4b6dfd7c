"""The compiled directory as a file: named sections of text or of whole numbers, compressed one by one.

Numbers that rise are written as differences, and all of them byte by byte (first the lowest bytes of all, then the
next), which halves what zlib leaves. The same tables give the same bytes.
"""

import json
import zlib
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

MAGIC: Final = b"ringwatch places 1\n"
_LEVEL: Final = 9

Section = str | npt.NDArray[np.uint32]


def write(path: Path, sections: dict[str, Section]) -> int:
    """Write `sections` to `path`; the size of the file in bytes."""
    parts: list[bytes] = []
    index: list[dict[str, Any]] = []
    for name, section in sections.items():
        packed = zlib.compress(section.encode() if isinstance(section, str) else _pack(section), _LEVEL)
        kind = "text" if isinstance(section, str) else "numbers"
        index.append({"name": name, "kind": kind, "bytes": len(packed)})
        parts.append(packed)
    header = json.dumps(index, separators=(",", ":")).encode() + b"\n"
    content = b"".join((MAGIC, header, *parts))
    path.write_bytes(content)
    return len(content)


def read(path: Path) -> dict[str, Section]:
    """The sections of `path`. Raises ValueError where it is no compiled directory."""
    content = path.read_bytes()
    if not content.startswith(MAGIC):
        raise ValueError(f"{path} is no compiled directory of this version: compile it anew")
    end = content.index(b"\n", len(MAGIC))
    at = end + 1
    sections: dict[str, Section] = {}
    for entry in json.loads(content[len(MAGIC) : end]):
        raw = zlib.decompress(content[at : at + entry["bytes"]])
        sections[entry["name"]] = raw.decode() if entry["kind"] == "text" else _unpack(raw)
        at += entry["bytes"]
    return sections


def _pack(numbers: npt.NDArray[np.uint32]) -> bytes:
    wide = numbers.astype(np.int64)
    steps = wide - np.concatenate((np.zeros(1, np.int64), wide[:-1]))
    folded = (steps << 1) ^ (steps >> 63)  # small steps down are small numbers too
    return np.ascontiguousarray(folded.astype("<u4").view(np.uint8).reshape(-1, 4).T).tobytes()


def _unpack(raw: bytes) -> npt.NDArray[np.uint32]:
    folded = (
        np.ascontiguousarray(np.frombuffer(raw, np.uint8).reshape(4, -1).T)
        .view("<u4")
        .ravel()
        .astype(np.int64)
    )
    return np.cumsum((folded >> 1) ^ -(folded & 1)).astype(np.uint32)
