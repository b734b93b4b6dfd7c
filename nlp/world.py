"""Other countries' addresses in tables: names of countries, shapes of postcodes, words of streets and flats.

Shapes are those the Universal Postal Union's country sheets describe, written by hand.
"""

import re
from typing import Final, NamedTuple


class Habit(NamedTuple):
    """How a country writes addresses.

    Attributes:
        postcode: its shape, in capitals, with `(?P<code>...)`.
        leads: the postcode stands before the city (`10115 Berlin`).
        number_last: the house number stands after the street (`Hauptstr. 5`).
        states: codes that stand beside the city or postcode.
        distinct: the shape is no other country's, so that it tells the country by itself.
    """

    postcode: str
    leads: bool = False
    number_last: bool = False
    states: str = ""
    distinct: bool = False


_FIVE: Final = r"(?P<code>\d{5})"
_FOUR: Final = r"(?P<code>\d{4})"
_SIX: Final = r"(?P<code>\d{6})"

HABITS: Final[dict[str, Habit]] = {
    "GB": Habit(r"(?P<code>(?:GIR|[A-Z]{1,2}\d[A-Z\d]?) ?\d[A-Z]{2})", distinct=True),
    "CA": Habit(
        r"(?P<code>[ABCEGHJ-NPRSTVXY]\d[A-Z] ?\d[A-Z]\d)",
        states="AB BC MB NB NL NS NT NU ON PE QC SK YT", distinct=True,
    ),
    "IE": Habit(r"(?P<code>(?:[AC-FHKNPRTV-Y]\d{2}|D6W) ?[0-9AC-FHKNPRTV-Y]{4})"),
    "AU": Habit(_FOUR, states="NSW VIC QLD WA SA TAS NT ACT"),
    "NZ": Habit(_FOUR),
    "NL": Habit(r"(?P<code>[1-9]\d{3} ?[A-Z]{2})(?= )", leads=True, number_last=True, distinct=True),
    "BR": Habit(
        r"(?P<code>\d{5}-\d{3})", number_last=True, distinct=True,
        states="AC AL AP AM BA CE DF ES GO MA MT MS MG PA PB PR PE PI RJ RN RS RO RR SC SP SE TO",
    ),
    "PT": Habit(r"(?P<code>\d{4}-\d{3})", leads=True, number_last=True),
    "PL": Habit(r"(?P<code>\d{2}-\d{3})", leads=True, number_last=True),
    "JP": Habit(r"(?P<code>\d{3}-\d{4})"),
    "SG": Habit(_SIX),
    "CN": Habit(_SIX),
    "DE": Habit(r"(?:D-)?" + _FIVE, leads=True, number_last=True),
    "FR": Habit(r"(?:F-)?" + _FIVE, leads=True),
    "ES": Habit(r"(?:E-)?" + _FIVE, leads=True, number_last=True),
    "IT": Habit(r"(?:I-)?" + _FIVE, leads=True, number_last=True),
    "MX": Habit(_FIVE, leads=True, number_last=True),
    "TR": Habit(_FIVE, leads=True, number_last=True),
    "MY": Habit(_FIVE, leads=True),
    "AT": Habit(r"(?:A-)?" + _FOUR, leads=True, number_last=True),
    "CH": Habit(r"(?:CH-)?" + _FOUR, leads=True, number_last=True),
    "BE": Habit(r"(?:B-)?" + _FOUR, leads=True, number_last=True),
    "DK": Habit(r"(?:DK-)?" + _FOUR, leads=True, number_last=True),
    "NO": Habit(r"(?:N-)?" + _FOUR, leads=True, number_last=True),
    "SE": Habit(r"(?:SE?-)?(?P<code>\d{3} ?\d{2})", leads=True, number_last=True),
    "CZ": Habit(r"(?:CZ-)?(?P<code>\d{3} ?\d{2})", leads=True, number_last=True),
    "FI": Habit(r"(?:FIN?-)?" + _FIVE, leads=True, number_last=True),
    "ZA": Habit(_FOUR),
    "PH": Habit(_FOUR),
    "AE": Habit(r"(?P<code>\d{5})"),
}  # fmt: skip
ANY: Final = Habit(r"(?P<code>\d{4,6})")
"""What is read of a country without an entry, or of none."""

_NAMES: Final = """
GB: united kingdom|great britain|england|scotland|wales|northern ireland|u k|uk|gb
CA: canada
IE: ireland|eire
AU: australia
NZ: new zealand|nz
NL: netherlands|the netherlands|nederland|holland
BR: brazil|brasil
PT: portugal
PL: poland|polska
JP: japan
SG: singapore
CN: china
DE: germany|deutschland|allemagne
FR: france
ES: spain|espana
IT: italy|italia
MX: mexico
TR: turkey|turkiye
MY: malaysia
AT: austria|osterreich
CH: switzerland|schweiz|suisse|svizzera
BE: belgium|belgie|belgique
DK: denmark|danmark
NO: norway|norge
SE: sweden|sverige
CZ: czech republic|czechia|ceska republika
FI: finland|suomi
ZA: south africa
PH: philippines
AE: united arab emirates|uae|u a e
HK: hong kong
IN: india|bharat
US: usa|u s a|united states|united states of america
"""
COUNTRIES: Final = {
    name: row.split(":")[0]
    for row in _NAMES.strip().splitlines()
    for name in row.partition(": ")[2].split("|")
}
"""A country's name in lower case -> its ISO code."""

CITY_STATES: Final = frozenset({"SG", "HK"})  # the country's name is the city's, too

# One word for each kind of street, over the languages; most stand for themselves.
_TYPES: Final = """
street: st str
road: rd
avenue: ave av avenida avda avd avenue
lane: ln
drive: dr drv
close: cl
court: ct crt
crescent: cres cr cresc
circuit: cct cirt
parade: pde
place: pl
square: sq
terrace: tce ter terr
grove: gr gve
way: wy
highway: hwy
boulevard: blvd bd boul bvd
esplanade: esp
gardens: gdns
mews:
hill:
rise:
view:
walk:
row:
green:
park:
strasse: strasze
weg:
platz:
allee:
gasse:
ring:
damm:
ufer:
rue: r
place:
chemin: ch
impasse: imp
quai:
cours:
route: rte
calle: c cl
plaza: plza pza
paseo: po pso
carrer:
camino: cno
via:
viale: vle
piazza: pza pzza
corso: cso
vicolo:
largo:
straat: str
laan:
plein:
gracht:
kade:
rua:
travessa: tv
praca: pca
alameda: al
rodovia: rod
estrada: estr
ulica: ul
aleja:
jalan: jln
lorong: lor
"""
STREET_WORDS: Final = {
    spelling: kind
    for row in reversed(_TYPES.strip().splitlines())
    for kind, _, spellings in [row.partition(":")]
    for spelling in (kind, *spellings.split())
}
"""Spelling -> kind; where two languages share a short form, the English one, then the one named first."""

GLUED_TYPES: Final = (
    "strasse", "str", "straat", "weg", "platz", "allee", "gasse", "laan", "plein", "gracht", "kade", "gatan", "vagen",
    "gade", "vej", "veien", "katu", "tie",
)  # fmt: skip
"""Ends of words that are streets: `Hauptstrasse`, `Keizersgracht`."""

UNIT: Final = re.compile(
    r"""
    \b(?:flat|flt|unit|apartment|apartamento|apartement|appartement|apt|apto|appt|suite|ste|room|shop|lot|studio|piso|
       interno|int|wohnung|whg|top|bus|etage)\b
    [ .]{0,2}(?:no|nr|number)?[ .:]{0,2}\#?(\d{1,5}[a-z]?|[a-z]\d{0,4})\b
    | \#\s?(\d{1,3}-\d{1,4}[a-z]?|\d{1,5}[a-z]?)\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
BOX: Final = re.compile(
    r"""
    \b(?:p\.?[ ]?o\.?[ ]?box|gpo[ ]box|postfach|boite[ ]postale|bp|apartado|casella[ ]postale|caixa[ ]postal|postbus)\b
    [ .:]{0,2}(?:no|nr)?[ .:]{0,2}(\d{1,7})\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
