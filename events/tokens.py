"""Keyed tokens: what stands for a raw identifier everywhere behind the door.

A token is `<kind>.<key version>.<32 hex>`: HMAC-SHA256 (RFC 2104) over kind and identifier, cut to 128 bits.
Equal identifiers of one kind give equal tokens under one key; without the key nothing leads back. Merchants are
public: `merchant.0.<id>`. Address tokens, `address.<parser version>.<32 hex>`, are made by the parser.
"""

import hmac
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from hashlib import blake2b
from types import MappingProxyType
from urllib.parse import quote

from events.errors import InvalidFieldError, SettingsError
from events.identity import content_hash
from events.types import ENTITY_KINDS, EntityKind

MIN_KEY_BYTES = 16
MAX_MERCHANT_ID = 80
_HEX = 32
_KEPT = 40
_PLAIN = "".join(chr(code) for code in range(0x21, 0x7F) if chr(code) != "%")
_REST = dict.fromkeys(ENTITY_KINDS, r"[1-9][0-9]{0,8}\.[0-9a-f]{32}") | {
    "address": r"[A-Za-z0-9_-]{1,40}\.[0-9a-f]{32}",
    "merchant": rf"0\.[!-~]{{1,{MAX_MERCHANT_ID}}}",
}
MATCHERS: Mapping[str, Callable[[str], object | None]] = MappingProxyType(
    {kind: re.compile(rf"{kind}\.{rest}").fullmatch for kind, rest in _REST.items()}
)
"""By kind of entity: a function that gives None for a text that is no token of that kind."""


class Tokeniser:
    """Makes tokens under versioned keys.

    Args:
        keys: secret bytes (at least 16) by version (1 and up). Old versions stay so that old tokens can be remade.
        current: the version new tokens carry.

    Raises `SettingsError` for keys that are missing, too short or numbered below 1.
    """

    def __init__(self, keys: Mapping[int, bytes], current: int) -> None:
        faults = [f"token key {version}: versions begin at 1" for version in sorted(keys) if version < 1]
        faults += [
            f"token key {version}: {len(key)} bytes are too few, at least {MIN_KEY_BYTES} are needed"
            for version, key in sorted(keys.items())
            if len(key) < MIN_KEY_BYTES
        ]
        if current not in keys:
            faults.append(f"token key {current} is the current one, but is not given")
        if faults:
            raise SettingsError("\n".join(faults))
        self._keys = dict(keys)
        self.current = current

    def token(self, kind: EntityKind, raw: str, *, version: int | None = None) -> str:
        """The token of identifier `raw`, under the current key or the key `version`."""
        if kind == "merchant":
            return merchant_token(raw)
        number = self.current if version is None else version
        digest = hmac.digest(self._keys[number], f"{kind}\0{raw}".encode(), "sha256")
        return f"{kind}.{number}.{digest[: _HEX // 2].hex()}"


def merchant_token(merchant: str) -> str:
    """`merchant.0.<id>`; what is not printable ASCII in the id, and `%`, is percent-encoded (RFC 3986).

    An id of more than 80 characters so encoded keeps its first 40, then `~` and a hash of the whole. Raises
    `InvalidFieldError` for an empty id.
    """
    plain = quote(merchant, safe=_PLAIN, errors="surrogatepass")
    if not plain:
        raise InvalidFieldError("merchant", "is empty")
    if len(plain) > MAX_MERCHANT_ID:
        plain = f"{plain[:_KEPT]}~{content_hash(merchant.encode('utf-8', 'surrogatepass'))}"
    return f"merchant.0.{plain}"


def is_token(token: str, kind: str) -> bool:
    """Whether `token` is a well-formed token of `kind`; False for kinds there are not."""
    match = MATCHERS.get(kind)
    return match is not None and match(token) is not None


def kind_of(token: str) -> EntityKind:
    """The kind of entity `token` stands for; `InvalidFieldError` where it is no token."""
    head = token.partition(".")[0]
    for kind in ENTITY_KINDS:
        if head == kind and is_token(token, kind):
            return kind
    raise InvalidFieldError("token", "is not of the form <kind>.<key version>.<32 hex digits>")


def token_hash(token: str) -> int:
    """The engine's key of `token`: 64 bits, never 0 (which means absent), the same in every process and release.

    Keyed tokens are uniform already, so their last 64 bits are taken and salted with kind and key version;
    anything else (merchants) is hashed in full.
    """
    if token[-_HEX - 1 : -_HEX] == "." and not token.startswith("merchant."):
        try:
            return (int(token[-16:], 16) ^ token_salt(token[: -_HEX - 1])) or 1
        except ValueError:  # not hexadecimal, so not a keyed token
            pass
    return token_salt(token) or 1


@lru_cache(maxsize=65_536)
def token_salt(text: str) -> int:
    """The 64 bits that `token_hash` mixes into the digits behind `<kind>.<key version>`."""
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "little")
