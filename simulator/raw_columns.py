"""Raw identifiers as Arrow columns, many at once: what `Book` says of one number, for millions of them."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from simulator import people
from simulator.book import BINS, US_OCTETS, Book
from simulator.columns import Index
from simulator.gazetteer import COUNTRIES
from simulator.seeds import many_names

Numbers = NDArray[np.uint64]

_LAST4 = tuple(f"{n:04d}" for n in range(10_000))


def named(prefix: str, numbers: Numbers, valid: NDArray[np.bool_] | None = None) -> Any:
    """`prefix-letters` of uint64[n] as a string array; null where not `valid`."""
    text = many_names(prefix, numbers)
    n, width = text.shape
    ends = np.arange(0, (n + 1) * width, width, dtype=np.int32)
    return pa.StringArray.from_buffers(n, pa.py_buffer(ends), pa.py_buffer(text), _bits(valid))


def coded(index: NDArray[np.integer], values: Sequence[str], valid: NDArray[np.bool_] | None = None) -> Any:
    """`values[index]` as a dictionary array; null where not `valid`."""
    # A dictionary that names a value twice is written with bytes of nobody's behind it.
    once = {value: code for code, value in enumerate(dict.fromkeys(values))}
    code = np.array([once[value] for value in values], np.int32)
    at = index if valid is None else np.where(valid, index, 0)
    codes = pa.array(code[at], mask=None if valid is None else ~valid)
    return pa.DictionaryArray.from_arrays(codes, pa.array(list(once), pa.string()))


def money(minor: NDArray[np.int64]) -> Any:
    """Minor units of a hundredth as decimal128(18, 2)."""
    words = np.stack([minor, minor >> 63], axis=1).astype("<i8")
    return pa.Array.from_buffers(pa.decimal128(18, 2), len(minor), [None, pa.py_buffer(words)])


def moments(ms: NDArray[np.int64], valid: NDArray[np.bool_] | None = None) -> Any:
    """Epoch ms as timestamps with zone UTC; null where not `valid`."""
    mask = None if valid is None else ~valid
    return pa.array(ms, pa.timestamp("ms", tz="UTC"), mask=mask)


class RawColumns:
    """Columns for int32[n] numbers of a book; null where a number is negative."""

    def __init__(self, book: Book) -> None:
        self._book = book

    def cards(self, index: Index) -> dict[str, Any]:
        """Columns `card_reference`, `card_bin`, `card_last4`."""
        at, valid = _there(index)
        rows = self._book.cards.values[at]
        return {
            "card_reference": named("card", rows["name"], valid),
            "card_bin": coded(rows["bin"], BINS, valid),
            "card_last4": coded(rows["last4"], _LAST4, valid),
        }

    def accounts(self, index: Index) -> Any:
        at, valid = _there(index)
        return named("acct", self._book.accounts.values[at], valid)

    def devices(self, index: Index) -> Any:
        at, valid = _there(index)
        return named("dev", self._book.devices.values[at], valid)

    def emails(self, index: Index) -> Any:
        at, valid = _there(index)
        rows = self._book.emails.values[at]
        digits = pc.cast(pa.array(rows["number"]), pa.string())
        digits = pc.if_else(pa.array(rows["number"] >= 0), digits, pa.scalar(""))
        between = pa.array(people.BETWEEN).take(pa.array(rows["style"]))
        parts = (_of_country(names, rows["country"], rows[column]) for names, column in (
            (people.FIRST, "first"), (people.LAST, "last"), (people.DOMAINS, "domain"),
        ))  # fmt: skip
        first, last, domain = parts
        text = pc.binary_join_element_wise(first, between, last, digits, "@", domain, "")
        return pc.if_else(pa.array(valid), text, pa.scalar(None, pa.string()))

    def phones(self, index: Index) -> Any:
        at, valid = _there(index)
        digits = pc.cast(pa.array(self._book.phones.values[at], mask=~valid), pa.string())
        return pc.binary_join_element_wise("+", digits, "")

    def ips(self, index: Index) -> dict[str, Any]:
        """Columns `ip`, `ip_country`."""
        at, valid = _there(index)
        packed = self._book.ips.values[at]
        octets = [
            pc.cast(pa.array((packed >> np.uint32(shift)) & np.uint32(255), mask=~valid), pa.string())
            for shift in (24, 16, 8, 0)
        ]
        abroad = np.isin(packed >> np.uint32(24), list(US_OCTETS)).astype(np.int8)
        return {
            "ip": pc.binary_join_element_wise(*octets, "."),
            "ip_country": coded(abroad, COUNTRIES, valid),
        }

    def texts(self, *columns: Index) -> tuple[list[Any], Any]:
        """The texts of each of the columns, and the country of the first that is there in each row."""
        numbers, where = np.unique(np.concatenate(columns), return_inverse=True)
        written = [self._book.texts.written(n) if n >= 0 else None for n in numbers.tolist()]
        texts = pa.array([w.text if w else None for w in written], pa.string())
        country = pa.array([w.country if w else None for w in written], pa.string())
        at = np.split(where, len(columns))
        found = [pa.array(part) for part in at]
        countries = pc.coalesce(*(country.take(part) for part in found))
        return [texts.take(part) for part in found], countries.dictionary_encode()


def _there(index: Index) -> tuple[Index, NDArray[np.bool_]]:
    """Numbers to look up, and where there is one."""
    return np.maximum(index, 0), index >= 0


def _bits(valid: NDArray[np.bool_] | None) -> Any:
    return None if valid is None else pa.py_buffer(np.packbits(valid, bitorder="little"))


def _of_country(
    names: tuple[tuple[str, ...], tuple[str, ...]], country: NDArray[np.int8], at: NDArray[np.int8]
) -> Any:
    flat = pa.array([*names[0], *names[1]])
    return flat.take(pa.array(np.where(country == 0, at, len(names[0]) + at.astype(np.int32))))
