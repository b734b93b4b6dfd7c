"""Spans of time in ms, and the local clocks of the world's two countries."""

import numpy as np
from numpy.typing import NDArray

from simulator.gazetteer import UTC_OFFSET_MS
from simulator.spec import DAY_MS

SECOND_MS = 1_000
MINUTE_MS = 60_000
HOUR_MS = 3_600_000
OFFSETS_MS = np.array(UTC_OFFSET_MS)


def local_day(time: NDArray[np.int64], country: NDArray[np.int8]) -> NDArray[np.int64]:
    """Days since 1970 on the local calendar, int64[n], of epoch ms in each country."""
    days: NDArray[np.int64] = (time + OFFSETS_MS[country]) // DAY_MS
    return days
