"""The gazetteer: countries, states, large cities with their other names, and which postcodes lie in which state.

Plain facts (post office numbering, state codes, former names of cities), written down by hand.
"""

from dataclasses import dataclass
from typing import Final, Literal

PlaceKind = Literal["CITY", "STATE", "COUNTRY"]


@dataclass(frozen=True, slots=True)
class Place:
    """A place of the gazetteer. `name` is canonical; `state` and `country` are codes (`KA`, `IN`)."""

    kind: PlaceKind
    name: str
    state: str
    country: str


COUNTRIES: Final = {
    "IN": "india|bharat",
    "US": "usa|united states|united states of america|u s a|america",
}

STATES_IN: Final = """
AP andhra pradesh|andhra; AR arunachal pradesh; AS assam; BR bihar; CG chhattisgarh|chattisgarh; GA goa; GJ
gujarat|gujrat; HR haryana; HP himachal pradesh; JK jammu and kashmir|jammu kashmir; JH jharkhand; KA
karnataka|karnatka; KL kerala|kerela; LA ladakh; MP madhya pradesh; MH maharashtra|maharastra; MN manipur; ML
meghalaya; MZ mizoram; NL nagaland; OD odisha|orissa; PB punjab; RJ rajasthan; SK sikkim; TN tamil
nadu|tamilnadu; TS telangana|telengana; TR tripura; UP uttar pradesh; UK uttarakhand|uttaranchal; WB west
bengal; DL nct of delhi|delhi ncr; AN andaman and nicobar islands; PY puducherry|pondicherry; DN dadra and nagar
haveli; CH chandigarh ut
"""
STATES_US: Final = """
AL alabama; AK alaska; AZ arizona; AR arkansas; CA california; CO colorado; CT connecticut; DE delaware; DC
district of columbia; FL florida; GA georgia; HI hawaii; ID idaho; IL illinois; IN indiana; IA iowa; KS kansas;
KY kentucky; LA louisiana; ME maine; MD maryland; MA massachusetts; MI michigan; MN minnesota; MS mississippi;
MO missouri; MT montana; NE nebraska; NV nevada; NH new hampshire; NJ new jersey; NM new mexico; NY new york
state; NC north carolina; ND north dakota; OH ohio; OK oklahoma; OR oregon; PA pennsylvania|penna; RI rhode
island; SC south carolina; SD south dakota; TN tennessee; TX texas; UT utah; VT vermont; VA virginia; WA
washington state; WV west virginia; WI wisconsin; WY wyoming; PR puerto rico
"""

# state: city|other name|other name, city, ...;
CITIES_IN: Final = """
AP: visakhapatnam|vizag|vishakhapatnam, vijayawada|bezawada, guntur, nellore, tirupati, kurnool, rajahmundry,
  kakinada, anantapur;
AS: guwahati|gauhati, dibrugarh, silchar;
BR: patna, gaya, bhagalpur, muzaffarpur, darbhanga;
CG: raipur, bhilai, bilaspur;
CH: chandigarh;
DL: delhi|new delhi|south delhi|north delhi|east delhi|west delhi|central delhi|south east delhi|south west
  delhi|north west delhi|north east delhi|outer delhi;
GA: panaji|panjim, margao|madgaon, vasco da gama;
GJ: ahmedabad|amdavad|ahmadabad, surat, vadodara|baroda, rajkot, gandhinagar, bhavnagar, jamnagar, vapi;
HP: shimla|simla, solan, dharamshala|dharamsala;
HR: gurugram|gurgaon, faridabad, panipat, karnal, ambala, hisar, rohtak, sonipat;
JH: ranchi, jamshedpur|tatanagar, dhanbad, bokaro;
JK: srinagar, jammu;
KA: bengaluru|bangalore|bengalooru|banglore|bangaluru|blr|bengaluru urban|bangalore urban, mysuru|mysore,
  mangaluru|mangalore, hubballi|hubli, belagavi|belgaum, dharwad, udupi, ballari|bellary;
KL: kochi|cochin, ernakulam, thiruvananthapuram|trivandrum, kozhikode|calicut, thrissur|trichur, kollam|quilon,
  kannur|cannanore, kottayam, alappuzha|alleppey;
MH: mumbai|bombay|greater mumbai|mumbai suburban, navi mumbai|new bombay, pune|poona, thane|thana, nagpur,
  nashik|nasik, aurangabad|chhatrapati sambhajinagar, solapur|sholapur, kolhapur, kalyan, vasai, panvel;
ML: shillong;
MP: indore, bhopal, jabalpur|jubbulpore, gwalior, ujjain;
OD: bhubaneswar|bhubaneshwar, cuttack, rourkela, puri;
PB: ludhiana, amritsar, jalandhar|jullundur, patiala, mohali, bathinda|bhatinda;
PY: puducherry|pondicherry;
RJ: jaipur, jodhpur, udaipur, kota, ajmer, bikaner, alwar;
SK: gangtok;
TN: chennai|madras, coimbatore|kovai, madurai, tiruchirappalli|trichy|tiruchy|tiruchirapalli, salem,
  tirunelveli, vellore, erode, tiruppur|tirupur, kanyakumari;
TR: agartala;
TS: hyderabad|hyd, secunderabad, warangal, karimnagar, nizamabad;
UK: dehradun|dehra dun, haridwar|hardwar, roorkee;
UP: lucknow, kanpur|cawnpore, noida, greater noida, ghaziabad, agra, varanasi|banaras|benares|kashi,
  prayagraj|allahabad, meerut, bareilly, aligarh, moradabad, gorakhpur, mathura;
WB: kolkata|calcutta, howrah, north 24 parganas|24 parganas north, south 24 parganas|24 parganas south, siliguri,
  durgapur, asansol
"""
CITIES_US: Final = """
AK: anchorage, juneau;
AL: birmingham, montgomery, huntsville;
AR: little rock;
AZ: phoenix, tucson, mesa, scottsdale, tempe, chandler, glendale, gilbert;
CA: los angeles, san francisco|san fran, south san francisco|s san francisco|south san fran|s san fran,
  san diego, san jose, oakland, sacramento, fresno, long beach, anaheim,
  santa ana, irvine, berkeley, pasadena, santa monica, palo alto, sunnyvale, mountain view, fremont,
  bakersfield, riverside, stockton, hollywood, north hollywood;
CO: denver, colorado springs, aurora, boulder;
CT: hartford, new haven, stamford, bridgeport;
DC: washington|washington dc;
DE: wilmington, dover;
FL: miami, orlando, tampa, jacksonville, fort lauderdale|ft lauderdale, tallahassee, st petersburg|saint
  petersburg, hialeah, miami beach;
GA: atlanta, savannah, augusta;
HI: honolulu;
IA: des moines, cedar rapids;
ID: boise;
IL: chicago, evanston, naperville, springfield, peoria;
IN: indianapolis, fort wayne, bloomington;
KS: wichita, topeka, overland park;
KY: louisville, lexington;
LA: new orleans, baton rouge;
MA: boston, cambridge, worcester, somerville, brookline;
MD: baltimore, bethesda, rockville, silver spring, annapolis;
ME: portland;
MI: detroit, ann arbor, grand rapids, lansing;
MN: minneapolis, saint paul|st paul, duluth;
MO: st louis|saint louis, kansas city;
MS: jackson;
MT: billings;
NC: charlotte, raleigh, durham, greensboro;
ND: fargo;
NE: omaha, lincoln;
NH: manchester, nashua;
NJ: newark, jersey city, hoboken, trenton, edison, princeton;
NM: albuquerque, santa fe;
NV: las vegas, reno, henderson;
NY: new york|new york city|nyc|manhattan, brooklyn, bronx|the bronx, queens, staten island, buffalo, rochester,
  albany, yonkers, syracuse, long island city;
OH: columbus, cleveland, cincinnati, toledo, akron, dayton;
OK: oklahoma city, tulsa;
OR: portland, eugene, beaverton;
PA: philadelphia|phila|philly, pittsburgh, allentown, harrisburg;
PR: san juan;
RI: providence;
SC: charleston, columbia, greenville;
SD: sioux falls;
TN: nashville, memphis, knoxville, chattanooga;
TX: houston, dallas, austin, san antonio, fort worth|ft worth, el paso, arlington, plano, irving, corpus
  christi, frisco;
UT: salt lake city;
VA: richmond, virginia beach, norfolk, alexandria, arlington, reston;
VT: burlington;
WA: seattle, spokane, tacoma, bellevue, redmond, kirkland;
WI: milwaukee, madison;
WV: charleston;
WY: cheyenne
"""

# First two digits of a PIN -> the state most of its offices lie in (India Post numbers regions, not states).
PIN_STATES: Final = {
    **dict.fromkeys(("11",), "DL"), **dict.fromkeys(("12", "13"), "HR"), **dict.fromkeys(("14", "15"), "PB"),
    "16": "CH", "17": "HP", **dict.fromkeys(("18", "19"), "JK"),
    **dict.fromkeys(("20", "21", "22", "23", "25", "26", "27", "28"), "UP"), "24": "UP",
    **dict.fromkeys(("30", "31", "32", "33", "34"), "RJ"), **dict.fromkeys(("36", "37", "38", "39"), "GJ"),
    **dict.fromkeys(("40", "41", "42", "43", "44"), "MH"),
    **dict.fromkeys(("45", "46", "47", "48"), "MP"), "49": "CG", "50": "TS",
    **dict.fromkeys(("51", "52", "53"), "AP"), **dict.fromkeys(("56", "57", "58", "59"), "KA"),
    **dict.fromkeys(("60", "61", "62", "63", "64", "65", "66"), "TN"), **dict.fromkeys(("67", "68", "69"), "KL"),
    **dict.fromkeys(("70", "71", "72", "73", "74"), "WB"), **dict.fromkeys(("75", "76", "77"), "OD"),
    "78": "AS", "79": "AR", **dict.fromkeys(("80", "81", "82", "84", "85"), "BR"), "83": "JH",
}  # fmt: skip

# Ranges of the first three digits of a ZIP code.
ZIP_STATES: Final = """
MA 010-027; RI 028-029; NH 030-038; ME 039-049; VT 050-059; CT 060-069; NJ 070-089; NY 100-149; PA 150-196; DE
197-199; DC 200-205; MD 206-219; VA 201-201; VA 220-246; WV 247-268; NC 270-289; SC 290-299; GA 300-319; FL
320-349; AL 350-369; TN 370-385; MS 386-397; GA 398-399; KY 400-427; OH 430-459; IN 460-479; MI 480-499; IA
500-528; WI 530-549; MN 550-567; SD 570-577; ND 580-588; MT 590-599; IL 600-629; MO 630-658; KS 660-679; NE
680-693; LA 700-714; AR 716-729; OK 730-749; TX 750-799; CO 800-816; WY 820-831; ID 832-838; UT 840-847; AZ
850-865; NM 870-884; TX 885-885; NV 889-898; CA 900-961; HI 967-968; OR 970-979; WA 980-994; AK 995-999; PR
006-009; NY 005-005
"""


def zip_states() -> dict[str, str]:
    """Three digits -> state code."""
    table: dict[str, str] = {}
    for entry in ZIP_STATES.replace("\n", " ").split(";"):
        state, _, span = entry.strip().partition(" ")
        first, _, last = span.partition("-")
        table.update((f"{number:03d}", state) for number in range(int(first), int(last) + 1))
    return table


def _states(rows: str, country: str) -> list[tuple[str, Place]]:
    found = []
    for row in rows.replace("\n", " ").split(";"):
        code, _, names = row.strip().partition(" ")
        found += [(name.strip(), Place("STATE", code, code, country)) for name in names.split("|")]
    return found


def _cities(rows: str, country: str) -> list[tuple[str, Place]]:
    found = []
    for row in rows.split(";"):
        state, _, cities = row.strip().partition(":")
        for names in cities.split(","):
            aliases = [" ".join(alias.split()) for alias in names.split("|")]
            found += [(alias, Place("CITY", aliases[0], state, country)) for alias in aliases]
    return found


def places() -> dict[str, tuple[Place, ...]]:
    """Lower-case phrase -> what it may name (`portland`: a city of Oregon and one of Maine)."""
    rows = [
        *((name, Place("COUNTRY", code, "", code)) for code, names in COUNTRIES.items() for name in names.split("|")),
        *_states(STATES_IN, "IN"), *_states(STATES_US, "US"), *_cities(CITIES_IN, "IN"), *_cities(CITIES_US, "US"),
    ]  # fmt: skip
    table: dict[str, tuple[Place, ...]] = {}
    for phrase, place in rows:
        table[phrase] = (*table.get(phrase, ()), place)
    # Also the name of a state: which of both is decided where it stands.
    for phrase, code in (("new york", "NY"), ("washington", "WA")):
        table[phrase] = (*table[phrase], Place("STATE", code, code, "US"))
    return table


def state_codes() -> dict[str, tuple[str, ...]]:
    """Two letters -> the countries that have such a state (`in`: none of India's, one of the US)."""
    codes: dict[str, tuple[str, ...]] = {}
    for _, place in (*_states(STATES_IN, "IN"), *_states(STATES_US, "US")):
        if place.country not in codes.get(place.name.lower(), ()):
            codes[place.name.lower()] = (*codes.get(place.name.lower(), ()), place.country)
    return codes
