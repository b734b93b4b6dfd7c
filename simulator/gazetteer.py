"""Real places that the world's people live in: facts only, and this room's own (never shared with the parser)."""

from msgspec import Struct

INDIA, UNITED_STATES = 0, 1
COUNTRIES = ("IN", "US")
CURRENCIES = ("INR", "USD")
UTC_OFFSET_MS = (19_800_000, -21_600_000)  # India; US Central for all of the US


class City(Struct, frozen=True):
    """A city as people write it. `aliases` are other names it goes by."""

    name: str
    aliases: tuple[str, ...]
    state: str
    short: str


class Metro(Struct, frozen=True):
    """A big city; `weight` follows its size.

    In India, the post offices of `districts` (of any if empty) whose PIN codes begin with the three digits `prefix`.
    """

    city: City
    weight: int
    prefix: int = 0
    districts: tuple[str, ...] = ()


def _india(
    name: str, aliases: tuple[str, ...], state: str, short: str, weight: int, prefix: int, *districts: str
) -> Metro:
    return Metro(City(name, aliases, state, short), weight, prefix, districts)


def _us(name: str, aliases: tuple[str, ...], state: str, short: str, weight: int) -> Metro:
    return Metro(City(name, aliases, state, short), weight)


METROS_IN = (
    _india("Bengaluru", ("Bangalore", "Blr"), "Karnataka", "KA", 10, 560, "BENGALURU URBAN"),
    _india("Mumbai", ("Bombay",), "Maharashtra", "MH", 12, 400, "MUMBAI", "MUMBAI SUBURBAN"),
    _india("New Delhi", ("Delhi",), "Delhi", "DL", 12, 110),
    _india("Chennai", ("Madras",), "Tamil Nadu", "TN", 8, 600, "CHENNAI"),
    _india("Hyderabad", ("Hyd",), "Telangana", "TS", 8, 500, "HYDERABAD", "MEDCHAL MALKAJGIRI", "RANGA REDDY"),
    _india("Pune", ("Poona",), "Maharashtra", "MH", 6, 411, "PUNE"),
    _india("Kolkata", ("Calcutta",), "West Bengal", "WB", 7, 700, "KOLKATA", "24 PARAGANAS NORTH"),
    _india("Ahmedabad", ("Amdavad",), "Gujarat", "GJ", 5, 380, "AHMADABAD"),
    _india("Jaipur", (), "Rajasthan", "RJ", 3, 302, "JAIPUR"),
    _india("Lucknow", (), "Uttar Pradesh", "UP", 3, 226, "LUCKNOW"),
    _india("Gurugram", ("Gurgaon",), "Haryana", "HR", 4, 122, "GURUGRAM"),
    _india("Noida", (), "Uttar Pradesh", "UP", 3, 201, "GAUTAM BUDDHA NAGAR"),
    _india("Kochi", ("Cochin",), "Kerala", "KL", 2, 682, "ERNAKULAM"),
    _india("Mysuru", ("Mysore",), "Karnataka", "KA", 2, 570, "MYSURU"),
    _india("Vadodara", ("Baroda",), "Gujarat", "GJ", 2, 390, "VADODARA"),
    _india("Indore", (), "Madhya Pradesh", "MP", 2, 452, "INDORE"),
    _india("Nagpur", (), "Maharashtra", "MH", 2, 440, "NAGPUR"),
    _india("Coimbatore", (), "Tamil Nadu", "TN", 2, 641, "COIMBATORE"),
    _india("Visakhapatnam", ("Vizag",), "Andhra Pradesh", "AP", 2, 530, "VISAKHAPATANAM"),
    _india("Thiruvananthapuram", ("Trivandrum",), "Kerala", "KL", 1, 695, "THIRUVANANTHAPURAM"),
    _india("Chandigarh", (), "Chandigarh", "CH", 1, 160, "CHANDIGARH"),
    _india("Bhopal", (), "Madhya Pradesh", "MP", 1, 462, "BHOPAL"),
)  # fmt: skip

METROS_US = (
    _us("New York", ("New York City", "NYC", "Manhattan"), "New York", "NY", 12),
    _us("Brooklyn", (), "New York", "NY", 6),
    _us("Los Angeles", ("LA",), "California", "CA", 9),
    _us("Chicago", (), "Illinois", "IL", 8),
    _us("Houston", (), "Texas", "TX", 6),
    _us("Phoenix", (), "Arizona", "AZ", 4),
    _us("Philadelphia", ("Philly", "Phila"), "Pennsylvania", "PA", 4),
    _us("San Antonio", (), "Texas", "TX", 4),
    _us("San Diego", (), "California", "CA", 4),
    _us("Dallas", (), "Texas", "TX", 4),
    _us("Austin", (), "Texas", "TX", 4),
    _us("Fort Worth", ("Ft Worth", "Ft. Worth"), "Texas", "TX", 2),
    _us("Columbus", (), "Ohio", "OH", 2),
    _us("San Francisco", ("SF", "San Fran"), "California", "CA", 4),
    _us("Seattle", (), "Washington", "WA", 3),
    _us("Denver", (), "Colorado", "CO", 3),
    _us("Boston", (), "Massachusetts", "MA", 3),
    _us("Nashville", (), "Tennessee", "TN", 2),
    _us("Portland", (), "Oregon", "OR", 2),
    _us("Saint Louis", ("St Louis", "St. Louis"), "Missouri", "MO", 2),
    _us("Atlanta", (), "Georgia", "GA", 3),
    _us("Miami", (), "Florida", "FL", 3),
    _us("Tampa", (), "Florida", "FL", 2),
    _us("Minneapolis", ("Mpls",), "Minnesota", "MN", 2),
)  # fmt: skip

METROS: tuple[tuple[Metro, ...], tuple[Metro, ...]] = (METROS_IN, METROS_US)

# Ways of building that differ by region.
SOUTH, NORTH, WEST, EAST, PLANNED, MUMBAI, VILLAGE = range(7)

# As the PIN directory writes a state: its name, short form and style.
STATES_IN: dict[str, tuple[str, str, int]] = {
    "ANDAMAN AND NICOBAR ISLANDS": ("Andaman and Nicobar Islands", "AN", EAST),
    "ANDHRA PRADESH": ("Andhra Pradesh", "AP", SOUTH),
    "ARUNACHAL PRADESH": ("Arunachal Pradesh", "AR", EAST),
    "ASSAM": ("Assam", "AS", EAST),
    "BIHAR": ("Bihar", "BR", NORTH),
    "CHANDIGARH": ("Chandigarh", "CH", PLANNED),
    "CHHATTISGARH": ("Chhattisgarh", "CG", NORTH),
    "DELHI": ("Delhi", "DL", NORTH),
    "GOA": ("Goa", "GA", WEST),
    "GUJARAT": ("Gujarat", "GJ", WEST),
    "HARYANA": ("Haryana", "HR", NORTH),
    "HIMACHAL PRADESH": ("Himachal Pradesh", "HP", NORTH),
    "JAMMU AND KASHMIR": ("Jammu and Kashmir", "JK", NORTH),
    "JHARKHAND": ("Jharkhand", "JH", NORTH),
    "KARNATAKA": ("Karnataka", "KA", SOUTH),
    "KERALA": ("Kerala", "KL", SOUTH),
    "LADAKH": ("Ladakh", "LA", NORTH),
    "LAKSHADWEEP": ("Lakshadweep", "LD", SOUTH),
    "MADHYA PRADESH": ("Madhya Pradesh", "MP", NORTH),
    "MAHARASHTRA": ("Maharashtra", "MH", WEST),
    "MANIPUR": ("Manipur", "MN", EAST),
    "MEGHALAYA": ("Meghalaya", "ML", EAST),
    "MIZORAM": ("Mizoram", "MZ", EAST),
    "NAGALAND": ("Nagaland", "NL", EAST),
    "ODISHA": ("Odisha", "OD", EAST),
    "PUDUCHERRY": ("Puducherry", "PY", SOUTH),
    "PUNJAB": ("Punjab", "PB", NORTH),
    "RAJASTHAN": ("Rajasthan", "RJ", NORTH),
    "SIKKIM": ("Sikkim", "SK", EAST),
    "TAMIL NADU": ("Tamil Nadu", "TN", SOUTH),
    "TELANGANA": ("Telangana", "TS", SOUTH),
    "THE DADRA AND NAGAR HAVELI AND DAMAN AND DIU": ("Dadra and Nagar Haveli and Daman and Diu", "DN", WEST),
    "TRIPURA": ("Tripura", "TR", EAST),
    "UTTAR PRADESH": ("Uttar Pradesh", "UP", NORTH),
    "UTTARAKHAND": ("Uttarakhand", "UK", NORTH),
    "WEST BENGAL": ("West Bengal", "WB", EAST),
}
STATES_US: dict[str, str] = {
    "AL": "Alabama", "AK": "Alaska", "AZ": "Arizona", "AR": "Arkansas", "CA": "California", "CO": "Colorado",
    "CT": "Connecticut", "DE": "Delaware", "DC": "District of Columbia", "FL": "Florida", "GA": "Georgia",
    "HI": "Hawaii", "ID": "Idaho", "IL": "Illinois", "IN": "Indiana", "IA": "Iowa", "KS": "Kansas",
    "KY": "Kentucky", "LA": "Louisiana", "ME": "Maine", "MD": "Maryland", "MA": "Massachusetts", "MI": "Michigan",
    "MN": "Minnesota", "MS": "Mississippi", "MO": "Missouri", "MT": "Montana", "NE": "Nebraska", "NV": "Nevada",
    "NH": "New Hampshire", "NJ": "New Jersey", "NM": "New Mexico", "NY": "New York", "NC": "North Carolina",
    "ND": "North Dakota", "OH": "Ohio", "OK": "Oklahoma", "OR": "Oregon", "PA": "Pennsylvania",
    "RI": "Rhode Island", "SC": "South Carolina", "SD": "South Dakota", "TN": "Tennessee", "TX": "Texas",
    "UT": "Utah", "VT": "Vermont", "VA": "Virginia", "WA": "Washington", "WV": "West Virginia",
    "WI": "Wisconsin", "WY": "Wyoming",
}  # fmt: skip

# Districts that people call otherwise than the directory does: (name, other names).
DISTRICTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "24 PARAGANAS NORTH": ("North 24 Parganas", ()),
    "24 PARAGANAS SOUTH": ("South 24 Parganas", ()),
    "AHMADABAD": ("Ahmedabad", ("Amdavad",)),
    "ALAPPUZHA": ("Alappuzha", ("Alleppey",)),
    "AYODHYA": ("Ayodhya", ("Faizabad",)),
    "BALLARI": ("Ballari", ("Bellary",)),
    "BELAGAVI": ("Belagavi", ("Belgaum",)),
    "BENGALURU RURAL": ("Bengaluru Rural", ("Bangalore Rural",)),
    "BENGALURU URBAN": ("Bengaluru", ("Bangalore",)),
    "CHIKKAMAGALURU": ("Chikkamagaluru", ("Chikmagalur",)),
    "COIMBATORE": ("Coimbatore", ("Kovai",)),
    "GANGANAGAR": ("Sri Ganganagar", ("Ganganagar",)),
    "GURUGRAM": ("Gurugram", ("Gurgaon",)),
    "HOOGHLY": ("Hooghly", ("Hugli",)),
    "HOWRAH": ("Howrah", ("Haora",)),
    "JANJGIR-CHAMPA": ("Janjgir Champa", ()),
    "KAIMUR (BHABUA)": ("Kaimur", ("Bhabua",)),
    "KALABURAGI": ("Kalaburagi", ("Gulbarga",)),
    "KANNUR": ("Kannur", ("Cannanore",)),
    "KANPUR NAGAR": ("Kanpur", ("Cawnpore",)),
    "KOLLAM": ("Kollam", ("Quilon",)),
    "KOZHIKODE": ("Kozhikode", ("Calicut",)),
    "LEH LADAKH": ("Leh", ()),
    "MYSURU": ("Mysuru", ("Mysore",)),
    "PALAKKAD": ("Palakkad", ("Palghat",)),
    "PONDICHERRY": ("Puducherry", ("Pondicherry", "Pondy")),
    "PRAYAGRAJ": ("Prayagraj", ("Allahabad",)),
    "S.A.S NAGAR": ("Mohali", ("SAS Nagar",)),
    "SHIVAMOGGA": ("Shivamogga", ("Shimoga",)),
    "SPSR NELLORE": ("Nellore", ()),
    "THANJAVUR": ("Thanjavur", ("Tanjore",)),
    "THE NILGIRIS": ("Nilgiris", ("The Nilgiris",)),
    "THRISSUR": ("Thrissur", ("Trichur",)),
    "TIRUCHIRAPPALLI": ("Tiruchirappalli", ("Trichy",)),
    "TIRUNELVELI": ("Tirunelveli", ("Nellai",)),
    "TUMAKURU": ("Tumakuru", ("Tumkur",)),
    "TUTICORIN": ("Thoothukudi", ("Tuticorin",)),
    "UDAM SINGH NAGAR": ("Udham Singh Nagar", ()),
    "VARANASI": ("Varanasi", ("Banaras", "Benares")),
    "VIJAYAPURA": ("Vijayapura", ("Bijapur",)),
    "VISAKHAPATANAM": ("Visakhapatnam", ("Vizag",)),
    "Y.S.R.": ("Kadapa", ("Cuddapah",)),
}

# Streets. {n} and {m} are drawn numbers, {nth} and {mth} ordinals, {letter} a letter, {route} a number up to 999.
_ANYWHERE = (
    "MG Road", "Station Road", "Nehru Road", "Gandhi Road", "Ambedkar Road", "College Road", "Hospital Road",
    "Ring Road", "Market Road", "Church Road", "Bypass Road", "Old Post Office Road", "Mill Road", "Canal Road",
)  # fmt: skip
STREETS_IN: dict[int, tuple[tuple[int, tuple[str, ...]], ...]] = {  # a style's groups of streets, each with a weight
    SOUTH: (
        (30, ("{nth} Cross", "{nth} Main Road", "{nth} Street", "{nth} A Cross", "{nth} Avenue")),
        (12, ("{nth} Cross, {mth} Main", "{nth} Main, {mth} Cross")),
        (34, ("80 Feet Road", "100 Feet Road", "Temple Street", "Rajaji Street", "Kamaraj Salai", "Car Street",
              "Sannidhi Street", "Bazaar Street", "Pillaiyar Koil Street", "Mariamman Koil Street", "Kutcheri Road",
              "Lake View Road", "Tank Bund Road", "Netaji Road", "Bharathi Street", "Thiru Vi Ka Street",
              "Vinayaka Temple Road", "Palace Road", "Kasturba Road", "Double Road", "Service Road", "Jail Road",
              "Rythu Bazar Road", "Ayyappan Kovil Road", "Chapel Road", "Bull Temple Road", "East Mada Street")),
        (24, _ANYWHERE),
    ),
    NORTH: (
        (26, ("Gali No {n}", "Street No {n}")),
        (12, ("Block {letter}", "Pocket {n}")),
        (40, ("Subhash Marg", "Shivaji Marg", "Tilak Marg", "Mall Road", "Sadar Bazar Road", "Ghanta Ghar Road",
              "Lajpat Rai Marg", "Gurudwara Road", "Mandir Marg", "Hanuman Mandir Road", "Vikas Marg", "Rajpur Road",
              "Kacheri Road", "Shastri Marg", "Maharana Pratap Marg", "Azad Marg", "Kotwali Road", "Cantt Road",
              "Hazratganj Chauraha Road", "Bara Bazar Road", "Circular Road", "Thana Road", "Dharamshala Road",
              "Patel Marg", "Bhagat Singh Marg", "Civil Lines Road", "Jama Masjid Road", "Moti Chowk Road")),
        (22, _ANYWHERE),
    ),
    WEST: (
        (14, ("Lane No {n}",)),
        (60, ("Tilak Road", "Laxmi Road", "Karve Road", "Jawahar Road", "Ashram Road", "Relief Road", "Peth Road",
              "Swami Vivekanand Marg", "Lokmanya Tilak Marg", "Shivaji Chowk Road", "Mahatma Phule Marg",
              "Bhavani Peth Road", "Sardar Patel Road", "Gandhi Chowk Road", "Ganesh Mandir Road", "Datta Mandir Road",
              "Vitthal Mandir Road", "Chitale Road", "Ghole Road", "Nagar Road", "Satara Road", "Drive In Road",
              "Rajmahal Road", "Kasba Road", "Bajirao Road", "Savarkar Marg")),
        (26, _ANYWHERE),
    ),
    EAST: (
        (10, ("{nth} Lane", "Road No {n}")),
        (64, ("Park Street", "College Street", "Rabindra Sarani", "Netaji Subhas Road", "Vivekananda Road",
              "Jessore Road", "Bidhan Sarani", "Strand Road", "Kalibari Road", "Kalibari Lane", "Mission Road",
              "Cuttack Road", "Janpath Road", "Rash Behari Avenue", "Deshapriya Road", "Motijheel Avenue",
              "Harish Mukherjee Road", "Bose Pukur Road", "Sarat Bose Road", "Rani Rashmoni Road", "Sahid Nagar Road",
              "Zoo Road", "Police Bazar Road", "Jagannath Road", "Vivekananda Sarani", "Club Road")),
        (26, _ANYWHERE),
    ),
    PLANNED: (
        (50, ("Block {letter}", "Pocket {n}", "Phase {n}", "Sector {n}")),
        (20, ("Phase {n}, Block {letter}", "Sector {n}, Block {letter}", "Sector {n}, Pocket {m}")),
        (30, ("Madhya Marg", "Dakshin Marg", "Udyog Marg", "Jan Marg", "Golf Course Road", "Sohna Road", "Main Road",
              "Udyog Path", "Himalaya Marg", "Service Road", "Old Delhi Road", "Expressway Road")),
    ),
    MUMBAI: (
        (14, ("{nth} Road", "Lane No {n}", "{nth} Cross Lane")),
        (62, ("S V Road", "Linking Road", "L B S Marg", "Link Road", "Carter Road", "Hill Road", "Turner Road",
              "Veer Savarkar Marg", "Senapati Bapat Marg", "Jawahar Nagar Road", "Ranade Road", "Gokhale Road",
              "Telang Road", "Bhandarkar Road", "Kings Circle Road", "Saki Vihar Road", "Chakala Road", "Marve Road",
              "Mahakali Caves Road", "Aarey Road", "Dr Ambedkar Marg", "N S Road", "Sahar Road", "Military Road",
              "Ghodbunder Road", "Film City Road", "Nehru Road")),
        (24, _ANYWHERE),
    ),
    VILLAGE: (
        (30, ("Ward No {n}", "Gali No {n}")),
        (70, ("Main Road", "Main Bazar", "Temple Street", "Mandir Gali", "Panchayat Road", "School Road",
              "Station Road", "Masjid Gali", "Bus Stand Road", "Gram Panchayat Road", "Church Street", "Tank Street",
              "Haat Road", "Purana Bazar Road", "Chaupal Gali", "Naya Tola", "Harijan Street", "Agraharam Street",
              "North Street", "South Street", "East Street", "West Street", "Bazar Road", "Middle School Road")),
    ),
}  # fmt: skip

STREET_NAMES_US = (
    "Oak", "Maple", "Cedar", "Pine", "Elm", "Walnut", "Washington", "Lake", "Hill", "Lincoln", "Jefferson",
    "Jackson", "Madison", "Franklin", "Spring", "River", "Highland", "Sunset", "Park", "Church", "Willow",
    "Chestnut", "Meadow", "Forest", "Ridge", "Magnolia", "Juniper", "Prospect", "Monroe", "Harrison", "Main",
    "Center", "Mill", "Cherry", "Dogwood", "Hickory", "Locust", "Poplar", "Sycamore", "Birch", "Laurel",
    "Adams", "Wilson", "Grant", "Cleveland", "Roosevelt", "Kennedy", "Martin Luther King", "Valley View",
    "Mountain View", "Fox Run", "Deer Creek", "Quail Hollow", "Eagle Point", "Stone Bridge", "Country Club",
    "Old Mill", "Rolling Hills", "Cypress", "Pecan", "San Pedro", "El Camino", "Santa Fe", "Mission", "Liberty",
    "Union", "Commerce", "Railroad", "Depot", "Orchard", "Vine", "Colonial", "Heritage", "Windsor", "Oxford",
    "Cambridge", "Bay", "Ocean", "Harbor", "Shore", "Summit", "Clark", "Douglas", "Sherman", "Webster",
)  # fmt: skip
STREET_TYPES_US = (
    ("", ""), ("Street", "St"), ("Avenue", "Ave"), ("Boulevard", "Blvd"), ("Drive", "Dr"), ("Lane", "Ln"),
    ("Road", "Rd"), ("Court", "Ct"), ("Place", "Pl"), ("Terrace", "Ter"), ("Way", "Way"), ("Circle", "Cir"),
    ("Parkway", "Pkwy"), ("Trail", "Trl"),
)  # fmt: skip
ROUTES_US = (
    "County Road {route}", "State Highway {route}", "US Highway {route}", "State Route {route}", "Route {route}",
    "Farm to Market Road {route}", "Old Highway {route}",
)  # fmt: skip
DIRECTIONS_US = (("", ""), ("North", "N"), ("South", "S"), ("East", "E"), ("West", "W"), ("Northeast", "NE"),
                 ("Southwest", "SW"))  # fmt: skip

BUILDING_WORDS_IN = (
    "Sai", "Shanti", "Lotus", "Green Meadows", "Silver Oak", "Sunrise", "Ganga", "Kaveri", "Lakshmi", "Orchid",
    "Palm Grove", "Ashoka", "Vasant", "Anand", "Raj", "Skyline", "Pearl", "Harmony", "Gokul", "Emerald",
    "Shree Ganesh", "Om Sai", "Krishna", "Vrindavan", "Tulsi", "Akshaya", "Brindavan", "Godavari", "Narmada",
    "Saraswati", "Surya", "Chandra", "Mahalaxmi", "Balaji", "Venkateshwara", "Parijat", "Jasmine", "Maple",
    "Whispering Palms", "Royal", "Golden", "Diamond", "Crystal", "Galaxy", "Orion", "Zenith", "Heritage",
)  # fmt: skip
BUILDING_WORDS_US = (
    "Oakwood", "Riverbend", "The Pines", "Lakeside", "Willow Creek", "Parkview", "Stonegate", "Cedar Ridge",
    "Fairfield", "The Summit", "Westgate", "Harbor Point", "Brookside", "Magnolia Court", "Sunset Ridge",
)  # fmt: skip
OFFICE_WORDS = (
    "Prestige", "Titanium", "Corporate", "Trade", "Commerce", "Millennium", "Gateway", "Summit", "Signature",
    "Pinnacle", "Meridian", "Sterling", "Capital", "Cyber", "Infinity", "Regency", "Platinum", "Horizon",
)  # fmt: skip
# (long, short) in groups that `streets` numbers: flats in India, in Mumbai, houses with a name, offices, the US.
TOWERS_IN = (("Apartments", "Apts"), ("Residency", "Residency"), ("Towers", "Twrs"), ("Heights", "Hts"),
             ("Enclave", "Encl"), ("Complex", "Cplx"), ("Apartment", "Apt"))  # fmt: skip
TOWERS_MUMBAI = (("Chawl", "Chawl"), ("Co-op Housing Society", "CHS"), ("CHS Ltd", "CHS"), ("Wadi", "Wadi"),
                 ("Sadan", "Sadan"))  # fmt: skip
HOUSES_IN = (("Villa", "Villa"), ("Niwas", "Niwas"), ("Bhavan", "Bhavan"), ("Kunj", "Kunj"), ("Nilaya", "Nilaya"),
             ("House", "Hse"))  # fmt: skip
OFFICES_IN = (("Centre", "Ctr"), ("Tech Park", "Tech Pk"), ("Business Park", "Biz Park"), ("Plaza", "Plz"),
              ("Tower", "Twr"), ("Chambers", "Chmbrs"))  # fmt: skip
OFFICES_US = (("Center", "Ctr"), ("Plaza", "Plz"), ("Tower", "Twr"), ("Business Park", "Bus Park"))
TOWERS_US = (
    ("Apartments", "Apts"),
    ("Lofts", "Lofts"),
    ("Condominiums", "Condos"),
    ("Residences", "Residences"),
)
BUILDING_TYPES = (TOWERS_IN, TOWERS_MUMBAI, HOUSES_IN, OFFICES_IN, OFFICES_US, TOWERS_US)
BUILDING_WORDS = (BUILDING_WORDS_IN, BUILDING_WORDS_IN, BUILDING_WORDS_IN, OFFICE_WORDS, OFFICE_WORDS,
                  BUILDING_WORDS_US)  # fmt: skip

LANDMARKS_IN = (
    "near Metro Station", "opp SBI Bank", "behind City Hospital", "next to Ganesh Temple", "near Bus Stand",
    "opp Reliance Fresh", "near Government School", "beside HP Petrol Pump", "Near Hanuman Mandir", "Opp. Post Office",
    "Behind Police Station", "nr Railway Station", "near Water Tank", "opposite Big Bazaar", "Nr. Axis Bank ATM",
    "above Cafe Coffee Day", "near Jama Masjid", "Opp Vegetable Market", "backside of Apollo Pharmacy", "near Park",
)  # fmt: skip
LANDMARKS_US = (
    "near the fire station", "across from the library", "next to the gas station", "behind the elementary school",
    "corner house", "near Walmart", "opposite the post office",
)  # fmt: skip
