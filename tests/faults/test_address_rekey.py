"""The life cycle of addresses on real services: learnt, deployed, re-keyed while payments flow, undone; with kills.

At full size as `make -s bench-address_rekey` runs it: 50,000 addresses, 500 payments a second (REKEY_ADDRESSES and
REKEY_RATE change that).
"""

import os
from pathlib import Path

import pytest

from bench.address_rekey import Scale, course

pytestmark = [pytest.mark.faults, pytest.mark.timeout(3_600)]


def test_a_rekey_and_its_undoing_lose_nothing(tmp_path: Path) -> None:
    scale = Scale(
        addresses=int(os.environ.get("REKEY_ADDRESSES", "50000")),
        rate=int(os.environ.get("REKEY_RATE", "500")),
    )
    figures, faults = course(tmp_path, scale)
    for name, value in figures.items():
        print(f"{name}: {value}")
    assert faults == []
    assert figures["plan"]["addresses"] > scale.addresses // 5
