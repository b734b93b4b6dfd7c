"""Characters made plain: letters of other scripts that look like Latin ones, styled letters, digits, invisible marks.

The tables are written by hand from how the letters look. A letter stands for the same Latin one in both cases, except
where the two cases look like different letters (Greek nu): there the look decides, for it is what deceives.
"""

import unicodedata
from functools import cache, lru_cache
from typing import Final

# Rows of `letters of the script|what they look like`, one Latin character each.
_LOOKALIKES: Final = (
    # Cyrillic
    "АВЕКМНОРСТУХЅІЈавекмнорстухѕіј|ABEKMHOPCTYXSIJabekmhopctyxsij",
    "ЁёГгПпЗзЬьЙйЇїҐґҮүҺһӀӏԁԀԌԍԚԛԜԝѴѵѠѡЄєҒғҚқҢңҲҳҪҫҶҷӨөӘә|EeRrNn33bbUuIiRrYyHhIldDGgQqWwVvWwEeFfKkHhXxCcYyOoEe",
    # Greek
    "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧΥαβεζηικμνορτυχγσςωΩϲϹϳϜϝ|ABEZHIKMNOPTYXYabeznikmvoptuxyocwWcCjFf",
    # Armenian
    "ՕօՏտՍսԼլՈոՀհՁձԶզՑցՔքՅյՌռԱաԳգՒւԻիՋջ|OoSsUuLlUnHhJdQqGgPfJjNnUwGqLiHhQg",
    # Cherokee
    "ᎠᎡᎢᎥᎩᎪᎫᎬᎳᎻᎷᎽᎾᏀᏃᏎᏏᏒᏔᏕᏙᏚᏞᏟᏢᏦᏧᏂᏴᏻᏭᏆ|DRTiYAJEWHMYOGZ4bRWSVSLCPKdhBGPI",
    # Lisu
    "ꓐꓑꓓꓔꓖꓗꓙꓚꓜꓝꓟꓠꓡꓢꓣꓤꓥꓦꓧꓨꓪꓫꓬꓮꓰꓲꓳꓴ|BPDTGKJCZFMNLSRRAVHGWXYAEIOU",
    # Coptic
    "ⲀⲁⲂⲃⲈⲉⲎⲏⲒⲓⲔⲕⲘⲙⲚⲛⲞⲟⲢⲣⲤⲥⲦⲧⲨⲩⲬⲭⲌⲍⲰⲱ|AaBbEeHhIiKkMmNnOoPpCcTtYyXxZzWw",
    # Georgian, Tifinagh, Canadian syllabics, Runic, Ol Chiki and the rest
    "ჿⵔⵏⵣⵊⵡⵅ|oOINIUX",
    "ᑌᑎᑭᑯᑲᒍᒪᕼᗅᗞᗪᗰᗷᐯ|UnPdbJLHADDMBV",
    "ᛕᚷᚻ|KXH",
    # Latin: small capitals, strokes, hooks, letters of phonetics and turned ones
    "ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘꞯʀꜱᴛᴜᴠᴡʏᴢ|ABCDEFGHIJKLMNOPQRSTUVWYZ",
    "øØđĐłŁħĦŧŦƀɃɨƗɉɈɍɌɏɎƶƵⱥȺȼȻǥǤɇɆ|oOdDlLhHtTbBiIjJrRyYzZaAcCgGeE",
    "ıɩɑɡɐɒǝəɛɜɔɟɥɯɱɹʇʌʍʎʞʃʋɲŋɓɗɠɦɭɾʂʈʐƙƥƭƴȷꭰꭱꭲ|iiagaaeeeecfhmmrtvwykfvnnbdghlrstzkptyjDRT",
    "ƁƉƊƑƓƘƝƤƬƲƳƏƐƖƗƠơƯư|BDDFGKNPTVYEEIIOoUu",
    # Marks that look like letters or digits
    "\u01c0\u2223\u2113\u212e\u01bc\u01bd\u01a7\u01a8\u01b7\u0292\u021c\u021d\u211e|llle55223333R",
)
_OTHERS: Final = {
    "ß": "ss", "ẞ": "SS", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "þ": "th", "Þ": "TH", "ð": "d", "Ð": "D",
    "\u2044": "/", "\u2215": "/", "\u29f8": "/", "\u2212": "-", "\u2043": "-", "\u2116": "No", "\u2105": "c/o",
}  # fmt: skip
# Letters and fillers that show nothing.
_UNSEEN: Final = "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"
_LINE_ENDS: Final = "\u0085\u2028\u2029"
# First letters of the styled alphabets that have no compatibility form: negative circled and squared ones.
_NEGATIVE: Final = (0x1F150, 0x1F170)
_ALPHABET: Final = 26
_PARENTHESISED: Final = (0x2474, 0x24B5)  # `⑴`, `⒈`, `⒜`: without their brackets and points
_BY_CATEGORY: Final = {"Cf": "", "Pd": "-", "Z": " ", "C": " "}
_KNOWN: Final = 16_384  # characters remembered


def _table() -> dict[str, str]:
    table = dict(_OTHERS) | dict.fromkeys(_UNSEEN, "") | dict.fromkeys(_LINE_ENDS, "\n")
    for row in _LOOKALIKES:
        letters, _, latin = row.partition("|")
        table.update(zip(letters, latin, strict=True))
    for first in _NEGATIVE:
        table.update((chr(first + i), chr(ord("A") + i)) for i in range(_ALPHABET))
    return table


TABLE: Final = _table()


@cache
def _controls() -> dict[int, str | None]:
    """ASCII's control characters: ends of lines are one, the rest but tabs is nothing."""
    gone = dict.fromkeys((*range(ord(" ")), 0x7F))
    return gone | {ord("\t"): "\t"} | dict.fromkeys(map(ord, "\n\v\f\r"), "\n")


def plain(text: str) -> str:
    """`text` with every character that stands for an ASCII one replaced by it, and what shows nothing removed.

    Letters without a Latin look stay (composed: NFKC); marks are removed from Latin letters and digits alone.
    """
    if not text.isprintable():
        text = text.translate(_controls())
    if text.isascii():
        return text
    text = "".join(map(_plain, text))
    if text.isascii():
        return text
    kept: list[str] = []
    latin = True
    for char in text:
        if char.isascii():
            latin = True
        elif unicodedata.category(char)[0] == "M":
            if latin:
                continue
        else:
            latin = False
        kept.append(char)
    return unicodedata.normalize("NFC", "".join(kept))


@lru_cache(maxsize=_KNOWN)
def _plain(char: str) -> str:
    known = (
        char if char.isascii() else TABLE.get(char, TABLE.get(char.upper()))
    )  # the small letters of Cherokee
    if known is not None:
        return known
    category = unicodedata.category(char)
    by_category = _BY_CATEGORY.get(category, _BY_CATEGORY.get(category[0]))
    if by_category is not None:
        return by_category
    if category[0] == "N":
        return _number(char)
    return "" if unicodedata.name(char, "").startswith("VARIATION SELECTOR") else _parts(char)


def _parts(char: str) -> str:
    """The compatibility form without marks, where that is ASCII; else the composed one."""
    parts = unicodedata.normalize("NFKD", char)
    if _PARENTHESISED[0] <= ord(char) <= _PARENTHESISED[1]:
        parts = parts.strip("().")
    plain_parts = "".join(TABLE.get(part, part) for part in parts if unicodedata.category(part)[0] != "M")
    return plain_parts if plain_parts and plain_parts.isascii() else unicodedata.normalize("NFKC", char)


def _number(char: str) -> str:
    """Digits of any script and circled numbers; `½` with a space before it, for `12½` is twelve and a half."""
    value = unicodedata.numeric(char)
    if unicodedata.category(char) == "Nd" or (value == int(value) and value >= 0):
        parts = unicodedata.normalize("NFKD", char)
        roman = parts.isalpha() and parts.isascii()
        return parts if roman else str(int(value))
    return " " + unicodedata.normalize("NFKD", char).replace("\u2044", "/")
