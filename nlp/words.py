"""The words addresses are made of: what the rules know beside place names.

Everything here is lower case, written out by hand from everyday usage in India and the United States.
A change to any table changes the parser's version (`nlp.version`), and with it every key.
"""

from typing import Final


def _aliases(rows: str) -> dict[str, str]:
    """`canonical: spelling spelling ...`, one a line, into spelling -> canonical (each maps itself too)."""
    table: dict[str, str] = {}
    for row in rows.strip().splitlines():
        canonical, _, spellings = row.strip().partition(":")
        for spelling in (canonical, *spellings.split()):
            table[spelling] = canonical
    return table


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


STREET_TYPES: Final = _aliases("""
alley: aly
avenue: av ave aven avn
boulevard: blvd boul bvd blv
bypass: byp
circle: cir circ
close:
court: ct crt
cove: cv
crescent: cres
cross: crs
crossing: xing
drive: dr drv
expressway: expy expwy
freeway: fwy
gali: galli gully gulli gaali
highway: hwy hiway hgwy
lane: ln
loop:
main: mn
marg: mrg
parkway: pkwy pky pkway
path:
pike:
place: pl
plaza: plz
road: rd
row:
salai:
square: sq
street: st str strt
terrace: ter terr
trail: trl
turnpike: tpke
walk:
way: wy
bazar: bazaar bzr bajar
chowk: chauk chouk chawk
mohalla: muhalla mohala moh
sarani: saroni
tola: tolla
""")

# As the last word of a name these name a building as often as a street: a street only after a house number.
SHARED_TYPES: Final = frozenset({"court", "plaza", "place", "square", "terrace", "close", "cove", "row"})

# Quarters that give their name to the street through them: a street only where no other is named.
LOCALITY_TYPES: Final = frozenset({"bazar", "chowk", "mohalla", "tola"})

# Streets named by a number that follows: Road No. 36, Highway 50, Gali 5.
NUMBERED_TYPES: Final = frozenset({"highway", "gali", "lane", "road", "street", "avenue", "cross", "main"})
# Whole names of streets that carry no type.
TYPELESS_STREETS: Final = frozenset({"broadway", "bowery", "embarcadero", "jvlr"})

BUILDING_TYPES: Final = _aliases("""
apartments: apts appts apartment apt aptmts
arcade:
bhavan: bhawan bhuvan bhavana
building: bldg bldng
castle:
center: centre ctr
chambers:
complex: cplx complx cmplx
condominium: condo condos condominiums
court:
estate: estates
flats:
greens:
heights: hts hgts hights
homes:
house: hse
kunj:
mansion: mansions
manor:
meadows:
nilaya: nilayam
niwas: nivas
palace:
plaza:
regency:
residency: residencies residences residence resi
sadan:
society: soc chs
square:
tower: towers twr twrs
villa: villas
terrace:
place:
""")

# Words of a housing society's legal name, which people write or leave out.
SOCIETY_WORDS: Final = frozenset(
    {"society", "housing", "cooperative", "coop", "co", "op", "ltd", "limited", "chsl"}
)

UNIT_WORDS: Final = frozenset({
    "flat", "flt", "apt", "apartment", "appt", "unit", "suite", "ste", "room", "rm", "shop", "office",
    "quarter", "qtr", "cabin", "stall", "aptmt", "locker", "lkr", "pmb",
    "godown", "gala", "warehouse", "booth", "kiosk", "karkhana", "cubicle", "counter",
})  # fmt: skip
APARTMENT_WORDS: Final = frozenset({"apartment", "apt", "appt", "aptmt"})  # a unit's word, and a building's
HOUSE_WORDS: Final = frozenset(
    {"house", "hse", "hno", "door", "plot", "plt", "bungalow", "kothi", "villa", "dno", "premises"}
)
# `H No 5`, `P. No. 5`, `D.No 5`: one letter and `no`; `f` is a flat, the others name the house.
NO_LETTERS: Final = frozenset({"h", "p", "d", "f"})
NO_WORDS: Final = frozenset({"no", "nos", "num", "number", "nr", "#"})
BLOCK_WORDS: Final = _aliases("""
block: blk bl blok
wing: wg
tower: twr
building: bldg bldng
""")
FLOOR_WORDS: Final = frozenset({"floor", "flr", "fl", "flooor", "storey"})
FLOOR_NAMES: Final = {
    "g/f": "0", "gf": "0", "f/f": "1", "ff": "1", "s/f": "2", "sf": "2", "t/f": "3", "tf": "3",
    "basement": "b", "ground": "0", "lower": "l", "upper": "u",
}  # fmt: skip
SECTOR_WORDS: Final = _aliases("""
sector: sec sect sctr
phase: ph phs
stage: stg
pocket: pkt
ward: wrd
zone:
block: blk bl blok
""")
# Land registers and superseded numbers: they tell buildings apart for nobody else.
LOT_WORDS: Final = frozenset({"khasra", "kh", "survey", "sy", "cts", "khata", "old"})
# Post offices and districts: said or left out at will, never what tells two houses apart.
ADMIN_WORDS: Final = frozenset(
    {"po", "dist", "distt", "district", "tehsil", "taluka", "taluk", "tal", "mandal", "ps"}
)
LANDMARK_WORDS: Final = frozenset({
    "near", "nr", "opp", "opposite", "behind", "bhd", "beside", "besides", "adjacent", "adj", "landmark", "facing",
    "across", "nearby", "backside", "above", "next", "front",
})  # fmt: skip
LANDMARK_NOUNS: Final = frozenset({
    "bank", "atm", "temple", "mandir", "masjid", "mosque", "church", "gurudwara", "gurdwara", "school", "college",
    "hospital", "clinic", "station", "stn", "metro", "mall", "market", "bazaar", "bazar", "park", "garden", "stop",
    "stand", "pump", "cinema", "theatre", "theater", "hotel", "office", "store", "stores", "bakery", "pharmacy",
    "library", "depot", "gate", "signal", "flyover", "circle", "chowk", "ground", "lake", "bridge", "gym", "mart",
    "salon", "dairy", "tank", "university", "stadium", "airport", "deli", "diner", "cafe", "laundromat", "walmart",
    "target", "costco", "starbucks", "supermarket", "restaurant", "playground",
})  # fmt: skip
CARE_WORDS: Final = frozenset({"c/o", "s/o", "w/o", "d/o", "h/o", "attn", "attention"})

AREA_TYPES: Final = _aliases("""
nagar: ngr nagr nager
colony: col clny colny
layout: lyt lyout
extension: extn ext extension
vihar:
puram:
puri:
enclave: encl
garden: gardens gdn gdns
bagh:
gram:
ganj: gunj
pur:
market: mkt mrkt
township: twp
village: vill
town:
park:
hills: hill
heights: hts
east:
west:
north:
south:
cantonment: cantt
junction: jn jct
industrial: indl
society: soc
""")

DIRECTIONS: Final = _aliases("""
n: north
s: south
e: east
w: west
ne: northeast
nw: northwest
se: southeast
sw: southwest
""")

# Spellings inside a name that mean the same; None: said or left out at will.
NAME_WORDS: Final[dict[str, str]] = _aliases("""
market: mkt mrkt
mount: mt
fort: ft
saint: st
feet: foot
nagar: ngr nagr nager
colony: col clny
center: centre ctr
junior: jr
mountain: mntain mntn mountin mtin mtn
creek: crk
point: pt
bridge: brg brdge
valley: vly vally
temple: koil kovil koyil
""")
# Whole names with a usual short form, by the names' words run together.
SHORT_NAMES: Final = {
    "mahatmagandhi": "mg", "jawaharlalnehru": "jln", "swamivivekananda": "sv", "lalbahadurshastri": "lbs",
    "sardarvallabhbhaipatel": "svp", "martinlutherking": "mlk", "mlking": "mlk", "mlkjunior": "mlk",
    "martinlutherkingjunior": "mlk", "mlkingjunior": "mlk", "drmlk": "mlk", "drmartinlutherking": "mlk",
    "johnfkennedy": "jfk",
}  # fmt: skip
HONORIFICS: Final = frozenset({"dr", "doctor"})  # first in a name; last, `dr` is a drive
DROPPED_WORDS: Final = frozenset({
    "the", "of", "and", "shri", "sri", "shree", "smt", "late", "mr", "mrs", "ms", "no", "number",
    "off",
})  # fmt: skip

# Words of their own that look like a slip in another.
NEVER_MENDED: Final = _words("""
adas agali amin bahar baja baker bhind bhuban canton chau colon dept forrest home india indora indra koti line male
mandi mandor mandur mani mian mohal naga nahar parel pate pura puran roda sadat sand saram sarai sarain sarda sarna
saron sasan site sone tempe tila tilla tree
""")

NUMBER_WORDS: Final[dict[str, str]] = {
    word: str(value)
    for value, words in enumerate(
        (
            "one first i", "two second ii", "three third iii", "four fourth iv", "five fifth v", "six sixth vi",
            "seven seventh vii", "eight eighth viii", "nine ninth ix", "ten tenth x", "eleven eleventh xi",
            "twelve twelfth xii",
        ),
        start=1,
    )
    for word in words.split()
}  # fmt: skip
ROMAN: Final = frozenset({"i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii"})
# Numerals a street name may begin with (Fifth Avenue, First Cross); roman ones only follow sectors and phases.
SPELT_NUMBERS: Final = {word: value for word, value in NUMBER_WORDS.items() if word not in ROMAN}
# Two-letter prefixes of Delhi's house numbers, often written apart: RZ 132, WZ-241.
HOUSE_PREFIXES: Final = frozenset({"rz", "wz"})

# Short English words that differ in a vowel alone: never folded as Indian names are.
PLAIN_NAMES: Final = _words(
    "hill hall mill mall mint fort ferry lake lock link port gate ghat new old north south east west bull bell"
)

# Frequent words of street names in both countries, whose misspellings `nlp.spelling` mends.
COMMON_NAMES: Final = _words("""
ambedkar azad bazaar bose gandhi indira jawahar lakshmi mahatma nehru patel rajaji rajendra rajiv sadar sardar saran
sarojini shastri shivaji subhash tagore tilak vivekananda vallabhbhai
airport canal church circular civil college court factory garden gardens green hospital industrial
library lines
market office palace police railway ring school station temple university village
chestnut cherry cypress dogwood hickory juniper laurel linden locust magnolia maple mulberry poplar spruce sycamore
walnut willow
adams cleveland clinton franklin hamilton harrison jackson jefferson johnson kennedy lexington liberty lincoln madison
marshall martin monroe roosevelt sheridan sherman washington wilson
broadway center central delaware division eastern forest fountain frontage grand heritage highland hillside holly lake
lakeview meadow mission mountain northern orange orchard pleasant prairie prospect quail ridge river riverside rolling
southern spring sunrise sunset union valley western windsor winter woodland
academy alder aspen beech birch cedar hazel pecan bluff bridge canyon clark colonial commerce cottage country creek
crystal cambridge camino douglas eagle fairview falcon garfield glenwood grant grove harbor hawthorne hollow hunter
lafayette lawrence livingston luther martin meadowbrook mountain oakwood ocean overlook oxford paradise pioneer point
plymouth railroad rosewood shady shore silver stone stratford summit timber vernon victoria webster wildwood woodlawn
states united
""")
