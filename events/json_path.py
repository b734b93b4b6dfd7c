"""Where in a JSON text a byte lies, as a dotted path: what names the field when the text does not parse."""

import re

_SCANNER = re.compile(rb'"(?:[^"\\]|\\.)*"?|[{}\[\],:]|[^\s{}\[\],:"]+', re.DOTALL)
_MAX_DEPTH = 64
_MAX_KEY = 64


def path_at(data: bytes, position: int) -> str:
    """The dotted path (`amount.minor`, `addresses.0.role`) of the value that byte `position` belongs to.

    Reads only what stands before `position`, so that it works on texts that are broken from there on; `""` is
    the text as a whole.
    """
    # One frame a nesting level: the key (object) or the index (array) that is being read.
    frames: list[str | int | None] = []
    in_object: list[bool] = []
    last: bytes | None = None
    for match in _SCANNER.finditer(data, 0, max(0, position)):
        token = match.group()
        match token:
            case b"{" | b"[":
                if len(frames) == _MAX_DEPTH:
                    break
                in_object.append(token == b"{")
                frames.append(None if token == b"{" else 0)
            case b"}" | b"]":
                if frames:
                    frames.pop()
                    in_object.pop()
            case b":":
                if frames and in_object[-1] and last is not None:
                    frames[-1] = _key(last)
            case b",":
                if frames:
                    index = frames[-1]
                    frames[-1] = None if in_object[-1] else (index + 1 if isinstance(index, int) else 0)
        last = token if token.startswith(b'"') else None
    return ".".join(str(frame) for frame in frames if frame is not None)


def _key(token: bytes) -> str:
    return token[1:-1].decode("utf-8", "replace")[:_MAX_KEY]
