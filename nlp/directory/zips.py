"""The ZIP codes of an American town, read from the compiled tables as they are: few texts come without their code."""

import numpy as np

from nlp.directory.artefact import Section


def zips_of(sections: dict[str, Section], town: str, state: str) -> tuple[str, ...]:
    """The ZIP codes of `town` (lower case) in `state` (its code), rising; none where the state has no such town."""
    lines = f"\n{sections['us_names']}\n"
    at = lines.find(f"\n{town}\n") if town else -1
    codes = str(sections["us_states"]).split("\n")
    if at < 0 or state not in codes:
        return ()
    towns, states, zips = (np.asarray(sections[name]) for name in ("zip_names", "zip_states", "zips"))
    rows = np.flatnonzero((towns == lines.count("\n", 0, at)) & (states == codes.index(state)))
    return tuple(f"{code:05d}" for code in np.sort(zips[rows]).tolist())
