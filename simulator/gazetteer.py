"""Real places that the world's people live in: facts only, and this room's own (never shared with the parser)."""

from dataclasses import dataclass

INDIA, UNITED_STATES = 0, 1
COUNTRIES = ("IN", "US")
CURRENCIES = ("INR", "USD")
UTC_OFFSET_MS = (19_800_000, -21_600_000)  # India; US Central for all of the US


@dataclass(frozen=True, slots=True)
class City:
    """`areas`: (locality, postcode); the locality is empty in the US. `weight` follows the city's size."""

    name: str
    aliases: tuple[str, ...]
    state: str
    state_short: str
    areas: tuple[tuple[str, str], ...]
    weight: float = 1.0


def _india(name: str, aliases: tuple[str, ...], state: str, short: str, weight: float, **areas: str) -> City:
    return City(
        name, aliases, state, short, tuple((k.replace("_", " "), v) for k, v in areas.items()), weight
    )


def _us(name: str, aliases: tuple[str, ...], state: str, short: str, weight: float, *zips: str) -> City:
    return City(name, aliases, state, short, tuple(("", code) for code in zips), weight)


_CITIES_IN = (
    _india("Bengaluru", ("Bangalore",), "Karnataka", "KA", 10, Koramangala="560034", Indiranagar="560038",
           Jayanagar="560041", Whitefield="560066", HSR_Layout="560102", Malleshwaram="560003"),
    _india("Mumbai", ("Bombay",), "Maharashtra", "MH", 12, Andheri_West="400058", Bandra_West="400050",
           Powai="400076", Malad_West="400064", Dadar_East="400014", Chembur="400071", Borivali_West="400092"),
    _india("New Delhi", ("Delhi",), "Delhi", "DL", 12, Lajpat_Nagar="110024", Karol_Bagh="110005",
           Dwarka="110075", Rohini="110085", Saket="110017", Vasant_Kunj="110070", Janakpuri="110058"),
    _india("Chennai", ("Madras",), "Tamil Nadu", "TN", 8, T_Nagar="600017", Adyar="600020", Anna_Nagar="600040",
           Velachery="600042", Mylapore="600004"),
    _india("Hyderabad", (), "Telangana", "TS", 8, Banjara_Hills="500034", Madhapur="500081",
           Kukatpally="500072", Gachibowli="500032", Ameerpet="500016"),
    _india("Pune", ("Poona",), "Maharashtra", "MH", 6, Kothrud="411038", Hadapsar="411028", Baner="411045",
           Viman_Nagar="411014", Aundh="411007"),
    _india("Kolkata", ("Calcutta",), "West Bengal", "WB", 7, Salt_Lake="700064", Ballygunge="700019",
           Behala="700034", New_Town="700156"),
    _india("Ahmedabad", (), "Gujarat", "GJ", 5, Navrangpura="380009", Satellite="380015", Maninagar="380008"),
    _india("Jaipur", (), "Rajasthan", "RJ", 3, Malviya_Nagar="302017", Vaishali_Nagar="302021"),
    _india("Lucknow", (), "Uttar Pradesh", "UP", 3, Gomti_Nagar="226010", Aliganj="226024"),
    _india("Gurugram", ("Gurgaon",), "Haryana", "HR", 4, DLF_Phase_3="122002", Sector_14="122001"),
    _india("Noida", (), "Uttar Pradesh", "UP", 3, Sector_62="201309", Sector_18="201301"),
    _india("Kochi", ("Cochin",), "Kerala", "KL", 2, Kakkanad="682030", Edappally="682024"),
    _india("Mysuru", ("Mysore",), "Karnataka", "KA", 2, Vijayanagar="570017", Kuvempunagar="570023"),
    _india("Vadodara", ("Baroda",), "Gujarat", "GJ", 2, Alkapuri="390007", Manjalpur="390011"),
    _india("Indore", (), "Madhya Pradesh", "MP", 2, Vijay_Nagar="452010", Palasia="452001"),
    _india("Nagpur", (), "Maharashtra", "MH", 2, Dharampeth="440010", Sitabuldi="440012"),
    _india("Coimbatore", (), "Tamil Nadu", "TN", 2, RS_Puram="641002", Peelamedu="641004"),
    _india("Visakhapatnam", ("Vizag",), "Andhra Pradesh", "AP", 2, MVP_Colony="530017", Gajuwaka="530026"),
    _india("Thiruvananthapuram", ("Trivandrum",), "Kerala", "KL", 1, Kowdiar="695003", Pattom="695004"),
    _india("Chandigarh", (), "Chandigarh", "CH", 1, Sector_22="160022", Sector_35="160035"),
    _india("Bhopal", (), "Madhya Pradesh", "MP", 1, Arera_Colony="462016", MP_Nagar="462011"),
)  # fmt: skip

_CITIES_US = (
    _us("New York", ("New York City", "NYC"), "New York", "NY", 12, "10002", "10011", "10025", "10128"),
    _us("Brooklyn", (), "New York", "NY", 6, "11201", "11215", "11226"),
    _us("Los Angeles", ("LA",), "California", "CA", 9, "90012", "90026", "90034", "90046"),
    _us("Chicago", (), "Illinois", "IL", 8, "60614", "60622", "60640", "60657"),
    _us("Houston", (), "Texas", "TX", 6, "77004", "77019", "77057"),
    _us("Phoenix", (), "Arizona", "AZ", 4, "85014", "85018", "85044"),
    _us("Philadelphia", ("Philly",), "Pennsylvania", "PA", 4, "19103", "19123", "19147"),
    _us("San Antonio", (), "Texas", "TX", 4, "78209", "78230"),
    _us("San Diego", (), "California", "CA", 4, "92103", "92115", "92122"),
    _us("Dallas", (), "Texas", "TX", 4, "75204", "75206", "75219"),
    _us("Austin", (), "Texas", "TX", 4, "78701", "78704", "78745"),
    _us("Fort Worth", ("Ft Worth",), "Texas", "TX", 2, "76107", "76116"),
    _us("Columbus", (), "Ohio", "OH", 2, "43201", "43215"),
    _us("San Francisco", ("SF",), "California", "CA", 4, "94103", "94110", "94117"),
    _us("Seattle", (), "Washington", "WA", 3, "98103", "98109", "98122"),
    _us("Denver", (), "Colorado", "CO", 3, "80203", "80211", "80218"),
    _us("Boston", (), "Massachusetts", "MA", 3, "02115", "02118", "02130"),
    _us("Nashville", (), "Tennessee", "TN", 2, "37203", "37211"),
    _us("Portland", (), "Oregon", "OR", 2, "97202", "97214"),
    _us("Saint Louis", ("St Louis", "St. Louis"), "Missouri", "MO", 2, "63104", "63118"),
    _us("Atlanta", (), "Georgia", "GA", 3, "30306", "30312", "30318"),
    _us("Miami", (), "Florida", "FL", 3, "33125", "33133"),
    _us("Tampa", (), "Florida", "FL", 2, "33606", "33611"),
    _us("Minneapolis", (), "Minnesota", "MN", 2, "55407", "55414"),
)  # fmt: skip

CITIES: tuple[tuple[City, ...], tuple[City, ...]] = (_CITIES_IN, _CITIES_US)

STREETS_IN = (
    "80 Feet Road", "100 Feet Road", "MG Road", "Station Road", "Nehru Road", "Gandhi Road", "Temple Road",
    "Tilak Road", "Ring Road", "Market Road", "College Road", "Church Road", "Lake View Road", "Park Street",
    "Club Road", "Hospital Road", "Old Post Office Street", "Subhash Marg", "Shivaji Marg", "Ambedkar Road",
    "Patel Street", "Rajaji Street", "Canal Road", "Mill Road", "Garden Street",
)  # fmt: skip
# Numbered streets are the rule in southern planned suburbs.
NUMBERED_IN = ("Main Road", "Cross", "Cross Street", "Street")

STREET_NAMES_US = (
    "Oak", "Maple", "Cedar", "Pine", "Elm", "Walnut", "Washington", "Lake", "Hill", "Lincoln", "Jefferson",
    "Jackson", "Madison", "Franklin", "Spring", "River", "Highland", "Sunset", "Park", "Church", "Willow",
    "Chestnut", "Meadow", "Forest", "Ridge", "Magnolia", "Juniper", "Prospect", "Monroe", "Harrison",
)  # fmt: skip
STREET_TYPES_US = (
    ("Street", "St"), ("Avenue", "Ave"), ("Boulevard", "Blvd"), ("Drive", "Dr"), ("Lane", "Ln"), ("Road", "Rd"),
    ("Court", "Ct"), ("Place", "Pl"), ("Terrace", "Ter"),
)  # fmt: skip
DIRECTIONS_US = (("North", "N"), ("South", "S"), ("East", "E"), ("West", "W"))

BUILDING_WORDS_IN = (
    "Sai", "Shanti", "Lotus", "Green Meadows", "Silver Oak", "Sunrise", "Ganga", "Kaveri", "Lakshmi", "Orchid",
    "Palm Grove", "Ashoka", "Vasant", "Anand", "Raj", "Skyline", "Pearl", "Harmony", "Gokul", "Emerald",
)  # fmt: skip
BUILDING_TYPES_IN = (
    ("Apartments", "Apts"), ("Residency", "Residency"), ("Towers", "Twrs"), ("Heights", "Hts"),
    ("Enclave", "Encl"), ("Complex", "Cplx"),
)  # fmt: skip
OFFICE_WORDS = ("Prestige", "Titanium", "Corporate", "Trade", "Commerce", "Millennium", "Gateway", "Summit")
LANDMARKS_IN = (
    "near Metro Station", "opp SBI Bank", "behind City Hospital", "next to Ganesh Temple", "near Bus Stand",
    "opp Reliance Fresh", "near Government School", "beside HP Petrol Pump",
)  # fmt: skip
LANDMARKS_US = ("near the fire station", "across from the library", "next to the gas station")
