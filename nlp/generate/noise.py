"""What happens to an address between a head and a form: spelling, glue, lost and doubled parts, case."""

from typing import Final

from nlp.generate.draw import Draw
from nlp.generate.grammar import Piece, Segment

_PLEASE: Final = ("pls", "please", "kindly", "plz", "", "", "", "always", "do not", "dont")
_DO: Final = (
    "call", "ring bell", "ring the bell", "knock", "leave parcel", "leave", "deliver", "hand over", "contact",
    "whatsapp", "message", "wait", "come", "send", "give a missed call", "give", "call me", "call on", "drop",
    "keep", "inform",
)  # fmt: skip
_HOW: Final = (
    "twice", "before coming", "before delivery", "at gate", "at the gate", "to security", "with the guard",
    "after 5 pm", "after 6pm", "on arrival", "to neighbour", "only in morning", "fast", "today", "urgent", "9",
    "on 9", "at 9", "same day", "in evening", "to watchman", "at reception", "once you reach", "if not at home",
    "by cash", "loudly", "on sunday",
)  # fmt: skip
_REMARKS: Final = (
    "Mob 9", "Ph. 9", "phone 9", "mobile no. 9", "9", "contact 9", "urgent", "handle with care", "lift not working",
    "M- 9", "take the second gate", "TEL: 9", "PH NO 9", "not available on sunday", "cash on delivery",
    "Contact No. 9", "fragile", "no parking", "gate is green", "blue gate", "prepaid", "gift", "cod order",
    "attn security", "ask for ram", "mo. 9",
)  # fmt: skip
_VOWELS: Final = frozenset("aeiou")
_TRANSLITERATED: Final = (
    ("aa", "a"), ("ee", "i"), ("oo", "u"), ("v", "w"), ("w", "v"), ("sh", "s"), ("th", "t"), ("dh", "d"),
    ("ph", "f"), ("z", "j"), ("j", "z"), ("y", "i"), ("i", "ee"), ("u", "oo"), ("kh", "k"), ("bh", "b"),
    ("gh", "g"), ("chh", "ch"), ("ch", "chh"), ("ks", "x"), ("x", "ksh"), ("q", "k"), ("ck", "k"), ("ai", "ay"),
    ("au", "ow"), ("t", "th"), ("s", "sh"), ("a", "aa"), ("e", "i"), ("r", "d"), ("zh", "l"), ("l", "ll"),
    ("tt", "t"), ("nn", "n"), ("ll", "l"), ("pp", "p"),
)  # fmt: skip
_SHORT: Final = {
    "road": ("rd", "rd.", "raod", "road."), "street": ("st", "st.", "str", "strt"),
    "nagar": ("ngr", "nagr", "nagar.", "ngr."), "colony": ("col", "col.", "cly", "coloney"),
    "apartment": ("apt", "appt", "apts", "appartment"), "building": ("bldg", "bldg.", "bldng"),
    "apartments": ("apts", "appts", "apt."), "complex": ("cmplx", "complx", "compl"),
    "society": ("soc", "soc.", "socy"), "market": ("mkt", "mkt.", "mrkt"), "sector": ("sec", "sec.", "sect"),
    "extension": ("extn", "ext", "extn.", "ext."), "district": ("dist", "distt", "dt"),
    "hospital": ("hosp", "hosp.", "hsptl"), "school": ("schl", "sch", "school."), "station": ("stn", "stn.", "sta"),
    "railway": ("rly", "rly.", "rlwy"), "industrial": ("indl", "ind.", "indl.", "ind"),
    "estate": ("est", "est.", "estt"), "near": ("nr", "nr."), "opposite": ("opp", "opp."),
    "floor": ("flr", "fl", "fl."), "ground": ("grd", "gr.", "gnd"), "first": ("1st", "ist"),
    "second": ("2nd", "iind"), "third": ("3rd", "iiird"), "house": ("hse", "h"), "temple": ("tmpl", "temple."),
    "garden": ("gdn", "grdn"), "phase": ("ph", "ph.", "phs"), "block": ("blk", "blk.", "bl"),
    "shopping": ("shpg", "shoping"), "centre": ("ctr", "center", "cntr"), "office": ("off", "off."),
    "village": ("vill", "vill.", "vlg"), "post": ("po", "post."), "cross": ("crs", "crs.", "x", "cr"),
    "main": ("mn", "main."), "highway": ("hwy", "high way"), "government": ("govt", "govt."),
    "junction": ("jn", "jn.", "jnc"), "layout": ("lyt", "lay out"), "towers": ("twrs", "tower"),
    "bazar": ("bazaar", "bzr", "bazzar"), "bhavan": ("bhawan", "bhavn"), "bhawan": ("bhavan", "bhwn"),
    "mandir": ("mandhir", "mndr"), "marg": ("mrg", "marg."), "enclave": ("encl", "enclv"), "society.": ("soc",),
    "vihar": ("vhr", "bihar"),
}  # fmt: skip
_KEYS: Final = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_NEXT_KEY: Final = {key: row[i - 1 if i else 1] for row in _KEYS for i, key in enumerate(row)}
_LONG: Final = 5


def slip(word: str, draw: Draw) -> str:
    """One slip of the hand: a letter left out, doubled, swapped with the next or hit beside."""
    at = draw.number(1, len(word) - 2)
    match draw.number(0, 3):
        case 0:
            return word[:at] + word[at + 1 :]
        case 1:
            return word[:at] + word[at] + word[at:]
        case 2:
            return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
        case _:
            other = _NEXT_KEY.get(word[at].lower(), "e")
            return word[:at] + (other.upper() if word[at].isupper() else other) + word[at + 1 :]


def respelt(word: str, draw: Draw) -> str:
    """An Indian word in another spelling of its sounds, or as it is."""
    low = word.lower()
    for _ in range(4):
        old, new = draw.pick(_TRANSLITERATED)
        at = low.find(old, 1)
        if 0 < at < len(low) - 1:
            fresh = word[:at] + new + word[at + len(old) :]
            return fresh.upper() if word.isupper() else fresh
    if low[-1] == "a" and len(word) > _LONG:
        return word[:-1]
    if low[-1] not in _VOWELS and draw.chance(0.3):
        return word + ("A" if word.isupper() else "a")
    return word


def shortened(word: str, draw: Draw) -> str:
    """A common word in a short form, or as it is."""
    forms = _SHORT.get(word.lower())
    if not forms:
        return word
    short = draw.pick(forms)
    return short.upper() if word.isupper() else short.capitalize() if word[0].isupper() else short


def spelling(segments: list[Segment], draw: Draw) -> list[Segment]:
    """Slips, other spellings and short forms in some words."""
    slips = 0.04 if draw.chance(0.25) else 0.0
    sounds = 0.12 if draw.chance(0.25) else 0.0
    shorter = 0.3 if draw.chance(0.3) else 0.0
    if not slips + sounds + shorter:
        return segments
    out = []
    for segment in segments:
        fresh: Segment = []
        for piece in segment:
            words = piece.text.split(" ")
            for i, word in enumerate(words):
                if len(word) < 4 or not word.isalpha():  # noqa: PLR2004 - too short to be misspelt and known
                    continue
                if draw.random() < shorter:
                    words[i] = shortened(word, draw)
                elif len(word) >= _LONG and draw.random() < sounds:
                    words[i] = respelt(word, draw)
                elif len(word) >= _LONG and draw.random() < slips:
                    words[i] = slip(word, draw)
            fresh.append(Piece(" ".join(words), piece.field, piece.glued))
        out.append(fresh)
    return out


def stuffing(draw: Draw) -> str:
    """What is said to the courier, not of the place."""
    if draw.chance(0.5):
        said = f"{draw.pick(_PLEASE)} {draw.pick(_DO)} {draw.pick(_HOW)}".strip()
    else:
        said = draw.pick(_REMARKS)
    return said.replace("9", f"{draw.pick('6789')}{draw.number(0, 999_999_999):09d}")


def structure(segments: list[Segment], draw: Draw) -> list[Segment]:
    """Parts lost, doubled, moved; empty ones; words that say nothing of the place."""
    out = segments
    if draw.chance(0.06):
        at = draw.number(0, len(out) - 1)
        to = at + draw.weighted((1, 2, 3), (0.7, 0.92, 1.0))
        out = [*out[:to], *out[at:to], *out[to:]]
    if draw.chance(0.03):
        at = len(out) if draw.chance(0.7) else draw.number(0, len(out))
        out = [*out[:at], [Piece(stuffing(draw), "")], *out[at:]]
    if draw.chance(0.03):
        at = draw.number(0, len(out) - 1)
        to = draw.number(0, len(out) - 1)
        out = list(out)
        out.insert(to, out.pop(at))
    if draw.chance(0.04):
        at = draw.number(0, len(out))
        out = [*out[:at], [], *out[at:]]
    if len(out) > 3 and draw.chance(0.04):  # noqa: PLR2004 - something must be left
        at = draw.number(0, len(out) - 2)
        out = [*out[:at], *out[at + 1 :]]
    if draw.chance(0.03):
        at = draw.number(0, len(out))
        out = [
            *out[:at],
            [Piece(draw.pick(("NA", "N.A.", ".", "-", "N.A", "NIL", "--", "null", "na")), "")],
            *out[at:],
        ]
    return out


def glue(segments: list[Segment], draw: Draw) -> list[Segment]:
    """Some spaces lost: between a word and its number, or between two parts."""
    share = 0.25 if draw.chance(0.12) else 0.02 if draw.chance(0.3) else 0.0
    if not share:
        return segments
    out = []
    for segment in segments:
        fresh: Segment = []
        for piece in segment:
            text = piece.text
            if " " in text and draw.random() < share:
                at = text.index(" ")
                text = text[:at] + text[at + 1 :]
            glued = piece.glued or (bool(fresh) and draw.random() < share)
            fresh.append(Piece(text, piece.field, glued))
        out.append(fresh)
    return out


_CASES: Final = ("upper", "front", "title", "lower", "as is")
INDIAN_CASES: Final = (0.5, 0.67, 0.85, 0.92, 1.0)
_TAIL_FIELDS: Final = frozenset({"city", "district", "state", "country"})


def slips(segments: list[Segment], draw: Draw, share: float) -> list[Segment]:
    """One slip of the hand in a long word, in `share` of the addresses."""
    if not segments or not draw.chance(share):
        return segments
    at = draw.number(0, len(segments) - 1)
    fresh = []
    for piece in segments[at]:
        words = [
            slip(word, draw) if len(word) >= _LONG and word.isalpha() else word
            for word in piece.text.split(" ")
        ]
        fresh.append(Piece(" ".join(words), piece.field, piece.glued))
    return [*segments[:at], fresh, *segments[at + 1 :]]


def case(segments: list[Segment], draw: Draw, shares: tuple[float, ...] = INDIAN_CASES) -> list[Segment]:
    """One of the cases people write in, by cumulative shares: capitals, capitals but the city, titles, small, as is."""
    style = draw.weighted(_CASES, shares)
    if style == "as is":
        return segments
    out = []
    for segment in segments:
        fresh: Segment = []
        for piece in segment:
            text = piece.text
            if style == "upper" or (style == "front" and piece.field not in _TAIL_FIELDS):
                text = text.upper()
            elif style == "lower":
                text = text.lower()
            elif len(text) > 3:  # noqa: PLR2004 - codes and initials stay capitals
                text = " ".join(_titled(word) for word in text.split(" "))
            fresh.append(Piece(text, piece.field, piece.glued))
        out.append(fresh)
    return out


def _titled(word: str) -> str:
    return word.capitalize() if len(word) > 3 and word.isalpha() else word  # noqa: PLR2004 - see above
