"""Where everything lies.

Everything is one array of 64-bit words, since compiled code pays for each array it hands on: numbers about the whole,
hash tables, the plan (which the catalogue asks for), scratch, then blocks. A *record* is what is kept of one key; it
has a *series* for each stream of its kind. A series of up to `CHUNK` rows is one block of rows. A longer one is a
*large* series: a header block, chunks of rows, and a directory with one entry a chunk.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

NONE = -1
Words = NDArray[np.int64]
Int = int | np.int64

# --- about the whole ----------------------------------------------------------------------------------------

WORDS = 0  # in use, up to the highest
SINCE = 1  # time of the first event folded
HORIZON = 2  # events before it are no longer expected (watermark less the allowed lateness)
TICK = 3  # marks what one scan has already counted
RECORDS, ROWS = 4, 5  # held
SWEEP_TABLE, SWEEP_PLACE = 6, 7  # where the search for dead records goes on
FREE_WORDS = 8  # in free blocks
FIRST_KIND, END_KIND = 9, 10  # where the plan's kinds are
DISTINCT_LIMIT, EPOCH_MS = 11, 12
CURSORS, MET, MET_MASK, LATER = 13, 14, 15, 16  # scratch of distinct counts
FREE = 17  # + class: the first free block of that size, 0 where there is none
CLASSES = 64

# Hash tables by the top bits of the hash, so that none is ever large to grow; three words each.
TABLES_AT = FREE + CLASSES
TABLES = 2048
TABLE_SHIFT = 53
TABLE, MASK, USED, TABLE_WORDS = 0, 1, 2, 3

# --- plan ---------------------------------------------------------------------------------------------------

PLAN_AT = TABLES_AT + TABLES * TABLE_WORDS
# A kind of key: the columns of `Batch.keys` it is made of (OTHER NONE: one alone), its streams, the longest reach of
# any (window plus delay), the size class of its records; then, of the event at hand, its key (0: none), the key's hash
# and record.
ONE, OTHER, FIRST_STREAM, END_STREAM, REACH, RECORD_CLASS, KEY, SPREAD, RECORD = 0, 1, 2, 3, 4, 5, 6, 7, 8
KIND = 9
# A stream: its filter (bit sets of event kinds and channels, amount bounds), the longest reach, what rows hold, words a
# row, windows, words a directory entry, its series' place in a record; whether the event at hand was added; from
# PARTNER on, the kinds counted as partners. Their length differs from plan to plan: NEXT_STREAM is where the next is.
EVENT_KINDS, CHANNELS, AMOUNT_FROM, AMOUNT_BELOW = 0, 1, 2, 3
LONGEST, HAS_SUM, HAS_SQUARE, HAS_EXTREME = 4, 5, 6, 7
STRIDE, FIRST_WINDOW, END_WINDOW, ENTRY = 8, 9, 10, 11
IN_RECORD, ADDED, NEXT_STREAM, PARTNERS, PARTNER = 12, 13, 14, 15, 16
# A window, in order of stream, delay, length.
LENGTH, DELAY, FIRST_OUT, END_OUT, WINDOW = 0, 1, 2, 3, 4
# An output: which aggregate goes to which column of the result, and of which partner.
WHAT, COLUMN, WHOSE, OUT = 0, 1, 2, 3
COUNT, SUM, MEAN, STD, MIN, MAX, LAST, FIRST, SINCE_LAST, SINCE_FIRST, DISTINCT = range(11)

# --- blocks -------------------------------------------------------------------------------------------------

FIRST_ROOM = 8
# A table's entry: where the record is (in pairs of words), bits of the hash, and when the key may be dead.
TAG_SHIFT, TAG_BITS, EPOCH_SHIFT = 32, 0xFFFFFF, 56
EPOCHS = 256
SWEPT = 6  # entries looked at for each record made

# A record; then two words a series: its block (0: none), and rows, size class and whether it is large.
R_KEY, R_KIND, R_LAST, R_SERIES = 0, 1, 2, 3
S_BLOCK, S_INFO, SERIES = 0, 1, 2
SIZE_BITS, CLASS_SHIFT, CLASS_BITS, LARGE = 0xFFFFFFFF, 32, 0xFF, 1 << 40
# The header of a large series; then a list a partner, then a hint a window: entry and row of its edge when last read.
B_DIRECTORY, B_CLASS, B_HEAD, B_END, B_LISTS = 0, 1, 2, 3, 4
HINT_SHIFT, HINT_BITS = 7, 127
# A partners' list: its block (columns of times, keys, times before and first times), the first item, the end, room for
# items (0: no block), size class, whether any has dropped out.
L_BLOCK, L_FIRST, L_END, L_ROOM, L_CLASS, L_DROPPED, LIST = 0, 1, 2, 3, 4, 5, 6
I_KEY, I_BEFORE, I_FIRST, ITEM = 1, 2, 3, 4  # columns behind that of times
FIRST_ITEMS = 8
SPARE = 16  # items more than the distinct limit needs: for windows that end before so many were seen
# An entry of its directory: the chunk, its rows, the time of the first; what came before it: rows, then sum and square
# where rows hold them; last, where the stream asks for extremes, lowest and highest amount in it.
E_CHUNK, E_ROWS, E_TIME, E_BEFORE, E_SUM, E_SQUARE = 0, 1, 2, 3, 4, 5
CHUNK = 64
FIRST_ENTRIES = 4


def room_of(size_class: int) -> int:
    """Words in a block of a size class: 4, 6, 8, 12, 16, 24 ... (`features.engine.memory` has it compiled)."""
    return (4 + 2 * (size_class & 1)) << (size_class >> 1)


NEVER = -(1 << 62)  # before all time, and far enough from the edge of int64 to subtract a window
UNSET = 1 << 62

# Helpers are called from compiled code alone, so numba need not make them callable from Python. Its annotations do
# not know these options, hence the mapping.
HELPER: dict[str, Any] = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True, "error_model": "numpy"}
ENTRY_POINT: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy"}
