"""Where the postcode stands in a text, by the country's form of it and by what is around it."""

import re
from functools import cache
from typing import Final

from nlp.identity.lexicon import BOX_WORDS, FLOOR_WORDS, HOUSE_WORDS, STREET_TYPES, SUFFIXES, UNIT_WORDS

# Forms in plain letters. A country that is not named here has four to six digits, if any.
_FORMS: Final = {
    "US": r"\d{5}(?:-\d{4})?", "PR": r"\d{5}(?:-\d{4})?", "IN": r"[1-9]\d{2}\s?\d{3}",
    "GB": r"[a-z]{1,2}\d[a-z\d]?\s*\d[a-z]{2}", "IE": r"[a-z]\d[\dw]\s?[a-z\d]{4}",
    "CA": r"[a-z]\d[a-z]\s?-?\d[a-z]\d", "NL": r"\d{4}\s?[a-z]{2}(?![a-z])|\d{4}", "JP": r"\d{3}-\d{4}|\d{7}",
    "PL": r"\d{2}-\d{3}|\d{5}", "PT": r"\d{4}(?:-\s?\d{3})?", "BR": r"\d{2}\.?\d{3}-?\d{3}",
    "SE": r"\d{3}\s?\d{2}", "CZ": r"\d{3}\s?\d{2}", "SK": r"\d{3}\s?\d{2}", "GR": r"\d{3}\s?\d{2}",
    "IR": r"\d{5}-?\d{5}", "TW": r"\d{5,6}|\d{3}", "IL": r"\d{7}|\d{5}", "VN": r"\d{5,6}",
    "CL": r"\d{7}|\d{3}-?\d{4}", "AR": r"[a-z]\d{4}[a-z]{3}|[a-z]?\d{4}", "HK": r"(?!)", "AE": r"(?!)", "QA": r"(?!)",
    "IS": r"\d{3}", "FO": r"\d{3}", "MT": r"[a-z]{3}\s?\d{4}", "AD": r"\d{3}",
}  # fmt: skip
_DIGITS: Final = {
    4: "AT CH BE LU DK NO AU NZ HU BG SI CY ZA PH TN GE MD AM LI PY VE BD LV",
    5: "DE FR IT ES FI EE TR GR UA HR RS BA ME TH MY ID MX KR SA EG MA PK LK KE PE UY CR KW MC SM LT",
    6: "RO RU CN SG KZ BY CO EC NG KG UZ",
}
_PREFIX: Final = (
    r"(?P<prefix>\b(?:d|a|ch|f|b|l|i|e|p|s|n|h|m|nl|dk|fin|fi|se|no|pl|cz|sk|hu|ro|bg|si|hr|gr|lv|lt|ee|md|mc|cy|ru|ua|at|de"
    r"|fr|it|es|be|fl|ad|fo|is|li|lu|pt|mt|tr)-\s?)?"
)
_ANY: Final = r"\d{4,6}"
_SURE: Final = frozenset({"GB", "IE", "CA", "PL", "BR", "IN", "JP"})  # whose form is no house number's
_WORD: Final = re.compile(r"[^\W\d_]+")
_SEPARATOR: Final = re.compile(r"[,;|()\n]|\s-\s")
_LAST_WORD: Final = re.compile(r"([^\W\d_]+|#)[.:/ ]*$")
_SAYS: Final = UNIT_WORDS | FLOOR_WORDS | BOX_WORDS | (HOUSE_WORDS - {"n", "d", "h"})
NUMBER_FIRST: Final = frozenset(
    [
        "US",
        "CA",
        "GB",
        "IE",
        "AU",
        "NZ",
        "ZA",
        "FR",
        "IN",
        "PK",
        "BD",
        "LK",
        "SG",
        "MY",
        "PH",
        "TH",
        "LU",
        "MC",
        "KE",
        "NG",
        "HK",
        "IL",
        "EG",
        "MA",
        "TN",
        "VN",
        "JP",
        "CN",
        "KR",
    ]
)
"""Countries whose house numbers stand before the street."""
_WORDS_OF_STREET: Final = 3
_LONG: Final = 4


@cache
def _form(country: str) -> re.Pattern[str]:
    form = _FORMS.get(country) or next(
        (rf"\d{{{size}}}" for size, countries in _DIGITS.items() if country in countries.split()), _ANY
    )
    prefix = r"(?P<prefix>\b[a-z]{2}-\s?|\bpin-?)?" if country == "IN" else _PREFIX
    return re.compile(rf"(?<![\w/.])(?<!\d-){prefix}(?P<code>{form})(?![\w/]|-\d)")


def postcode(text: str, country: str) -> tuple[int, int, str]:
    """Bounds in the plain `text` and the postcode without spaces; (0, 0, "") where there is none.

    >>> postcode("hauptstr. 12, d-10115 berlin", "DE"), postcode("9053 dunedin, 1408 victoria st", "NZ")
    ((14, 21, '10115'), (0, 4, '9053'))
    """
    found = [match for match in _form(country).finditer(text) if match["code"]]
    if not found:
        return 0, 0, ""
    if len(found) > 1 or country not in _SURE:
        scored = [(_likely(text, match, country), match.start(), match) for match in found]
        best = max(scored, key=lambda row: row[:2])
        if best[0] < 0:
            return 0, 0, ""
        found = [best[2]]
    match = found[0]
    return match.start(), match.end(), re.sub(r"[\s.-]", "", match["code"])


def _likely(text: str, match: re.Match[str], country: str) -> int:
    """How much a number looks like a postcode where it stands; below 0 it is none."""
    score = 5 if match["prefix"] else 0
    before, after = text[: match.start()], text[match.end() :]
    head, tail = _SEPARATOR.split(before)[-1], _SEPARATOR.split(after)[0]
    first = len(_SEPARATOR.split(before)) == 1
    words_before, words_after = _WORD.findall(head), _WORD.findall(tail)
    last = _LAST_WORD.search(head)
    if last and (last[1] == "#" or last[1] in _SAYS or (len(last[1]) == 1 and "." in last.group())):
        score -= 4
    if first and words_after and not words_before and country in NUMBER_FIRST:
        score -= 2
    if not head.strip() and not (first and not tail.strip()):
        score += 2  # alone, or before a city
    if not any(char.isdigit() for char in after):
        score += 1
    if any(_is_street(word) for word in words_after[:_WORDS_OF_STREET]) and not words_before:
        score -= 3  # 1408 Victoria St
    if words_before and not any(char.isdigit() for char in head) and country not in NUMBER_FIRST:
        if any(_is_street(word) for word in words_before) or (first and not words_after):
            score -= 3  # Skolevej 1363
        elif first and any(char.isdigit() for char in after):
            score -= 2
    if country in _BEHIND and words_after and not words_before:
        score -= 3  # 12354 W Broadway
    return score


_BEHIND: Final = frozenset({"US", "AU", "NZ", "ZA", "IN", "CA"})  # whose postcodes never come first


@cache
def _is_street(word: str) -> bool:
    if len(word) <= _LONG // 2:
        return word in {"st", "rd", "av", "dr", "ln", "ul"}
    return word in STREET_TYPES or any(
        word.endswith(end) and len(word) > len(end) + 2 for end, _ in SUFFIXES if len(end) >= _LONG - 1
    )
