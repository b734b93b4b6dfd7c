"""No preset is a toy: no single column and no small tree tells fraud, and the full model is neither lost nor perfect.

One seed each, at a bearable size (`TEST_SIZE`); `python -m bench.world --gates` runs five seeds at full size.
"""

import pytest

from bench._world_gates import TEST_SIZE, gates


@pytest.mark.timeout(1_200)
@pytest.mark.parametrize("name", TEST_SIZE)
def test_a_world_is_no_toy(name: str) -> None:
    found, facts = gates(name, TEST_SIZE[name], seed=1)
    print(f"\n{name}: {facts}")
    for gate in found:
        print(gate)
    assert facts["test_frauds"] >= 100  # fewer could not tell a gate that holds from one that does not
    assert [str(gate) for gate in found if not gate.holds] == []
