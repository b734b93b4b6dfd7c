"""The models in the package: `nlp/data/tagger-IN.bin` and `tagger-US.bin`, made by `nlp.tagger.build`."""

from pathlib import Path
from typing import Final

from nlp.directory import load_directory
from nlp.tagger.model import TaggerModel, read
from nlp.tagger.reader import Reader

COUNTRIES: Final = ("IN", "US")
MODELS: Final = Path(__file__).parents[1] / "data"


def shipped_bytes(country: str) -> bytes:
    """The model of a country (one of `COUNTRIES`) as it lies in the package."""
    return (MODELS / f"tagger-{country}.bin").read_bytes()


def shipped_models() -> dict[str, TaggerModel]:
    """The models by country."""
    return {country: read(shipped_bytes(country)) for country in COUNTRIES}


def shipped_reader() -> Reader:
    """A reader by the shipped models."""
    return Reader(shipped_models(), load_directory())
