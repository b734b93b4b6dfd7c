import hashlib
import hmac
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.errors import InvalidFieldError, SettingsError
from events.tokens import Tokeniser, is_token, kind_of, merchant_token, token_hash
from events.types import ENTITY_KINDS, EntityKind

KEY = bytes(range(32))
TOKENISER = Tokeniser({1: KEY}, 1)
KINDS = st.sampled_from(ENTITY_KINDS)


def test_a_token_is_hmac_sha256_cut_to_128_bits() -> None:
    expected = hmac.new(KEY, b"card\0c-1", hashlib.sha256).hexdigest()[:32]
    assert TOKENISER.token("card", "c-1") == f"card.1.{expected}"


@given(
    KINDS, st.text(min_size=1, max_size=20).map(lambda text: text.encode("utf-8", "ignore").decode() or "x")
)
def test_tokens_are_well_formed_and_name_their_kind(kind: EntityKind, raw: str) -> None:
    if kind == "merchant":
        raw = raw[:6]
    token = TOKENISER.token(kind, raw)
    assert is_token(token, kind)
    assert kind_of(token) == kind
    assert 0 < token_hash(token) < 2**64


def test_kinds_keys_and_identifiers_tell_tokens_apart() -> None:
    two = Tokeniser({1: KEY, 2: KEY[::-1]}, 2)
    tokens = {
        TOKENISER.token("card", "x"),
        TOKENISER.token("card", "y"),
        TOKENISER.token("account", "x"),
        two.token("card", "x"),
    }
    assert len(tokens) == len({token_hash(token) for token in tokens}) == 4
    assert two.token("card", "x", version=1) == TOKENISER.token("card", "x")
    assert two.token("card", "x").startswith("card.2.")


@pytest.mark.parametrize(
    ("keys", "current", "fault"),
    [
        ({}, 1, "token key 1 is the current one"),
        ({1: b"short"}, 1, "5 bytes are too few"),
        ({0: KEY}, 0, "versions begin at 1"),
        ({1: KEY}, 2, "token key 2 is the current one"),
    ],
)
def test_bad_keys_are_refused(keys: dict[int, bytes], current: int, fault: str) -> None:
    with pytest.raises(SettingsError, match=fault):
        Tokeniser(keys, current)


def test_every_fault_of_the_keys_is_said_at_once() -> None:
    with pytest.raises(SettingsError) as refused:
        Tokeniser({0: b"a", 1: b"b"}, 3)
    assert len(str(refused.value).splitlines()) == 4


def test_merchants_are_public() -> None:
    assert merchant_token("shop-7") == "merchant.0.shop-7"
    assert merchant_token("Kub & Söhne 5%") == "merchant.0.Kub%20&%20S%C3%B6hne%205%25"
    assert merchant_token("x" * 80) == f"merchant.0.{'x' * 80}"
    with pytest.raises(InvalidFieldError, match=r"^merchant: is empty"):
        merchant_token("")


@given(st.lists(st.text(min_size=1), unique=True, max_size=5))
def test_merchant_tokens_are_one_to_one(merchants: list[str]) -> None:
    tokens = [
        merchant_token(merchant) for merchant in [*merchants, *(f"{'x' * 90}{one}" for one in merchants)]
    ]
    assert len(set(tokens)) == len(tokens)
    assert all(is_token(token, "merchant") and len(token) <= 96 for token in tokens)


@pytest.mark.parametrize(
    "text", ["", "card", "card.1.xyz", "card.0." + "a" * 32, "car.1." + "a" * 32, "merchant.0."]
)
def test_what_is_no_token_has_no_kind(text: str) -> None:
    with pytest.raises(InvalidFieldError):
        kind_of(text)
    assert not any(is_token(text, kind) for kind in ENTITY_KINDS)


def test_hashes_are_the_same_everywhere() -> None:
    # Windows in checkpoints are keyed by these: they may never change.
    assert token_hash("card.1.0123456789abcdef0123456789abcdef") == 15_038_180_050_256_392_389
    assert token_hash("merchant.0.shop-7") == 11_935_875_222_318_392_655
    program = "from events.tokens import token_hash; print(token_hash('merchant.0.shop-7'))"
    command = [sys.executable, "-c", program]
    printed = subprocess.run(command, capture_output=True, check=True, text=True)  # noqa: S603 - our own program
    assert int(printed.stdout) == token_hash("merchant.0.shop-7")


def test_merchants_whose_ids_end_alike_do_not_collide() -> None:
    # Time-based UUIDs of one machine share their last 64 bits.
    ends = [f"merchant.0.{number:016x}8f3a00155d012345" for number in range(1000)]
    assert len({token_hash(token) for token in ends}) == 1000


@given(st.integers(min_value=1, max_value=10**6))
def test_a_hash_is_never_zero(number: int) -> None:
    assert token_hash(f"device.{number}.{'0' * 32}") != 0
    assert token_hash(f"device.1.{number:032x}") != 0
