# ruff: noqa: E501 - a row a name
"""Names of several words that are written in other ways: one word for each."""

import re
from typing import Final

_NAMES: Final = {
    "newyork": "new york city|new york|nyc", "losangeles": "los angeles", "sanfrancisco": "san francisco",
    "saintlouis": "saint louis|st louis|st. louis", "saintpaul": "saint paul|st paul|st. paul",
    "fortworth": "fort worth|ft worth|ft. worth", "lasvegas": "las vegas", "sanktpeterburg": (
        "saint petersburg|st petersburg|st. petersburg|sankt-peterburg|sankt peterburg|sankt petersburg|spb"
    ),
    "cdmx": "ciudad de mexico|mexico city|mexico d.f.|mexico df|mexico, d.f.|cd. de mexico|cdmx",
    "buenosaires": "capital federal|ciudad autonoma de buenos aires|c.a.b.a.|caba|buenos aires",
    "denhaag": "the hague|den haag|s-gravenhage|la haye|sgravenhage",
    "hochiminh": "ho chi minh city|thanh pho ho chi minh|tp. ho chi minh|tp.hcm|tp hcm|ho chi minh|hcmc|saigon",
    "hanoi": "ha noi", "danang": "da nang", "bangkok": "krung thep maha nakhon|krung thep",
    "kualalumpur": "kuala lumpur", "georgetown": "george town|georgetown|pulau pinang|penang",
    "riodejaneiro": "rio de janeiro", "saopaulo": "sao paulo", "belohorizonte": "belo horizonte",
    "hongkong": "hong kong", "delhi": "new delhi|nai dilli", "jakarta": "dki jakarta", "bogota": "bogota d.c.|bogota, d.c.|bogota dc",
    "frankfurt": "frankfurt am main|frankfurt a.m.|frankfurt/main|frankfurt a. m.",
    "capetown": "cape town|kaapstad", "johannesburg": "joburg|jo'burg", "johorbahru": "johor bahru",
    "telaviv": "tel aviv-yafo|tel aviv yafo|tel-aviv|tel aviv", "unitedkingdom": "united kingdom|great britain",
    "kolkata": "calcutta", "gurugram": "gurgaon", "santiago": "santiago de chile",
    "bruxelles": "bruxelles-capitale|brussels capital", "rome": "roma capitale",
    "reunion": "la reunion", "uae": "united arab emirates", "usa": "united states of america|united states|u.s.a.|u.s.",
    "czechia": "czech republic|ceska republika", "newzealand": "new zealand", "southafrica": "south africa",
    "korea": "south korea|republic of korea", "china": "p.r. china|pr china|p.r.c.", "saudiarabia": "saudi arabia",
    "russia": "russian federation|rossiyskaya federatsiya|rossiiskaya federatsiya", "hk": "hong kong sar",
    "vietnam": "viet nam", "mahatmagandhi": "m.g.|mahatma gandhi|m g|mg", "martinlutherking": (
        "martin luther king jr|martin luther king junior|martin luther king|mlk jr|mlk|dr martin luther king jr"
    ),
}  # fmt: skip
_SHORT: Final = {
    "US": {"la": "losangeles", "sf": "sanfrancisco", "nyc": "newyork", "philly": "philadelphia", "phila": "philadelphia", "mpls": "minneapolis"}, "MX": {"df": "cdmx"},
    "MY": {"kl": "kualalumpur"}, "BR": {"rio": "riodejaneiro", "bh": "belohorizonte"}, "DK": {"kbh": "kobenhavn"},
    "ZA": {"jhb": "johannesburg"}, "DE": {"ffm": "frankfurt"},
}  # fmt: skip
_FORMS: Final = {form: name for name, forms in _NAMES.items() for form in forms.split("|")}
_PATTERN: Final = re.compile(
    r"(?<![^\W_])(?:"
    + "|".join(re.escape(form) for form in sorted(_FORMS, key=len, reverse=True))
    + r")(?![^\W_])"
)


def one_name(text: str, country: str) -> str:
    """The plain `text` with such names in one word.

    >>> one_name("5 main st, new york city", "US"), one_name("1 rd, LA".lower(), "US")
    ('5 main st, newyork', '1 rd, losangeles')
    """
    text = _PATTERN.sub(lambda match: _FORMS[match.group()], text)
    short = _SHORT.get(country)
    if short:
        text = re.sub(
            r"(?<![^\W_])(" + "|".join(short) + r")(?![^\W_])(?=[^a-z]*$|[, ])",
            lambda match: short[match.group(1)],
            text,
        )
    return text
