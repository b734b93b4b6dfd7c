"""What columns made of other columns are worth."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from features.feature import Derived, Difference, Ratio


def derive(kind: type[Derived], parts: Sequence[NDArray[np.float64]]) -> NDArray[np.float64]:
    """Columns of one `kind` from their parts (`parts_of`): float64 of any one shape, NaN where undefined."""
    if kind is Difference:
        return parts[0] - parts[1]
    over = parts[0] if kind is Ratio else parts[0] - parts[1]
    return over / np.where(parts[-1] == 0, np.nan, parts[-1])
