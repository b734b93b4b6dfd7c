"""How Indian states are written, and which regional rules their addresses follow."""

from typing import Final

# code: region: other spellings of the name, codes and short forms people write.
_ROWS: Final = """
AN: tamil: Andaman and Nicobar Islands|Andaman & Nicobar|A & N Islands|A&N|Andaman & Nicobar Islands|AN
AP: telugu: Andhra Pradesh|AP|A.P.|A.P|Andhrapradesh|Andhra|A P|Andra Pradesh
AR: assam: Arunachal Pradesh|AR|Arunachal|A.P.|Arunachalpradesh
AS: assam: Assam|AS|Asom|ASM
BR: bihar: Bihar|BR|BIH|Bihar.
CH: punjab: Chandigarh|CH|Chandigarh (UT)|Chandigarh U.T.|CHD
CG: hindi: Chhattisgarh|CG|C.G.|Chattisgarh|Chhatisgarh|CT|C G|Chhattishgarh
DD: gujarat: Daman and Diu|DD|Daman & Diu|U.T. of Daman & Diu|Daman (U.T)
DN: gujarat: Dadra and Nagar Haveli|DN|D & N.H.|Dadra & Nagar Haveli|DNH|U.T. of D & NH
DH: gujarat: Dadra and Nagar Haveli and Daman and Diu|DN|DD|Dadra & Nagar Haveli|Daman & Diu|DNH
DL: delhi: Delhi|DL|New Delhi|NCT of Delhi|Delhi NCR|N.C.T. of Delhi
GA: maharashtra: Goa|GA|Goa.|GOA
GJ: gujarat: Gujarat|GJ|Gujrat|Guj|GUJ.|Gujarath
HP: hills: Himachal Pradesh|HP|H.P.|H.P|Himachal|H P|Himachalpradesh
HR: punjab: Haryana|HR|Hariyana|HRY|Har.|Haryana.
JH: bihar: Jharkhand|JH|Jharkand|J.H.|JHR
JK: hills: Jammu and Kashmir|JK|J&K|J & K|Jammu & Kashmir|J & K State|J&K (UT)|Jammu Kashmir
KA: kannada: Karnataka|KA|Karnatka|KAR|Karnataka State|KTK|KN
KL: kerala: Kerala|KL|Kerela|KER|Kerala State|Kerala.
LA: hills: Ladakh|LA|Ladakh (UT)|J&K
LD: kerala: Lakshadweep|LD|U.T. of Lakshadweep
MH: maharashtra: Maharashtra|MH|Maharastra|MAH|M.S.|Maharashtra State|Mah.|M.H.
ML: assam: Meghalaya|ML|Meghalya|MEG
MN: assam: Manipur|MN|Manipur.
MP: hindi: Madhya Pradesh|MP|M.P.|M.P|M P|Madhyapradesh|Madya Pradesh|MADHYA PRADESH.
MZ: assam: Mizoram|MZ|Mizoram.
NL: assam: Nagaland|NL|Nagaland.
OD: odisha: Odisha|OR|Orissa|OD|ODISHA.|ORS
PB: punjab: Punjab|PB|Panjab|PUN|Pb.|Punjab.
PY: tamil: Puducherry|PY|Pondicherry|Pondy|U.T. of Puducherry|Pudhucherry
RJ: hindi: Rajasthan|RJ|Raj|Raj.|Rajastan|RAJ|Rajsthan
SK: assam: Sikkim|SK|East Sikkim|Sikkim.
TN: tamil: Tamil Nadu|TN|Tamilnadu|T.N.|T.N|TamilNadu|Tamil Naidu|T N|Tamil Nadu.
TR: assam: Tripura|TR|West Tripura|Tripura.
TS: telugu: Telangana|TG|TS|Telengana|T.S.|Telangana State|AP|Andhra Pradesh|A.P.
UK: hills: Uttarakhand|UK|UR|Uttaranchal|Uttrakhand|U.K.|UA|UTTRANCHAL|Uttarkhand
UP: hindi: Uttar Pradesh|UP|U.P.|U.P|U P|Uttarpradesh|Utter Pradesh|UTTAR PRADESH.
WB: bengal: West Bengal|WB|W.B.|W.B|Westbengal|W B|WEST BENGAL.|Bengal|Paschim Banga
"""
_SELDOM: Final = frozenset(
    {"East Sikkim", "West Tripura", "New Delhi"}
)  # districts and cities, taken for states


def _table() -> dict[str, tuple[str, tuple[str, ...]]]:
    table = {}
    for row in _ROWS.strip().splitlines():
        code, region, names = (part.strip() for part in row.split(":", 2))
        table[code] = region, tuple(name for name in names.split("|") if name not in _SELDOM)
    return table


STATES: Final = _table()
REGISTER_CODES: Final = {"OD": "OR", "TS": "TG", "CG": "CT", "UK": "UR", "DH": "DN"}
"""Where the company register's code is not the one used here."""

OTHER_NAMES: Final = {
    "Bangalore": ("Bengaluru", "Bangalore", "Bangalore", "B'lore", "Blore", "Bengalore", "Banglore"),
    "Bengaluru": ("Bengaluru", "Bangalore", "Bangalore", "Banglore"),
    "Mumbai": ("Mumbai", "Mumbai", "Bombay", "Mumbai City", "Greater Mumbai", "Greater Bombay"),
    "Chennai": ("Chennai", "Chennai", "Madras"),
    "Kolkata": ("Kolkata", "Kolkata", "Calcutta"), "Mysore": ("Mysore", "Mysuru"),
    "Mangalore": ("Mangalore", "Mangaluru"), "Hubli": ("Hubli", "Hubballi"), "Belgaum": ("Belgaum", "Belagavi"),
    "Gulbarga": ("Gulbarga", "Kalaburagi"), "Bellary": ("Bellary", "Ballari"), "Shimoga": ("Shimoga", "Shivamogga"),
    "Tumkur": ("Tumkur", "Tumakuru"), "Bijapur": ("Bijapur", "Vijayapura"),
    "Gurgaon": ("Gurgaon", "Gurugram", "Gurgoan"), "Gurugram": ("Gurgaon", "Gurugram"),
    "Allahabad": ("Allahabad", "Prayagraj"), "Faizabad": ("Faizabad", "Ayodhya"),
    "Vadodara": ("Vadodara", "Baroda"), "Pune": ("Pune", "Pune", "Poona"),
    "Thiruvananthapuram": ("Thiruvananthapuram", "Trivandrum"), "Kozhikode": ("Kozhikode", "Calicut"),
    "Kollam": ("Kollam", "Quilon"), "Alappuzha": ("Alappuzha", "Alleppey"), "Thrissur": ("Thrissur", "Trichur"),
    "Palakkad": ("Palakkad", "Palghat"), "Kannur": ("Kannur", "Cannanore"),
    "Ernakulam": ("Ernakulam", "Cochin", "Kochi"), "Tiruchirappalli": ("Tiruchirappalli", "Trichy", "Tiruchy"),
    "Thoothukudi": ("Thoothukudi", "Tuticorin"), "Tuticorin": ("Thoothukudi", "Tuticorin"),
    "Visakhapatnam": ("Visakhapatnam", "Vizag", "Vishakhapatnam"), "Vijayawada": ("Vijayawada", "Bezawada"),
    "Varanasi": ("Varanasi", "Varanasi", "Banaras"), "Kanpur Nagar": ("Kanpur", "Kanpur Nagar", "Cawnpore"),
    "Guwahati": ("Guwahati", "Guwahati", "Gauhati"), "Bhubaneswar": ("Bhubaneswar", "Bhubaneshwar", "BBSR"),
    "Panaji": ("Panaji", "Panjim"), "Puducherry": ("Puducherry", "Pondicherry"),
    "Coimbatore": ("Coimbatore", "Kovai", "CBE"), "Hyderabad": ("Hyderabad", "Hyderabad", "Hyd", "Secunderabad"),
    "Ahmedabad": ("Ahmedabad", "Ahmadabad", "A'bad"), "Ahmadabad": ("Ahmedabad", "Ahmadabad"),
    "Aurangabad": ("Aurangabad", "Chhatrapati Sambhajinagar"), "Osmanabad": ("Osmanabad", "Dharashiv"),
    "Cuddapah": ("Cuddapah", "Kadapa"), "Kadapa": ("Cuddapah", "Kadapa"),
    "Mahbubnagar": ("Mahbubnagar", "Mahabubnagar"), "Mehsana": ("Mehsana", "Mahesana"),
    "Mahesana": ("Mehsana", "Mahesana"), "Sabarkantha": ("Sabarkantha", "Sabar Kantha"),
    "Banaskantha": ("Banaskantha", "Banas Kantha"), "Hooghly": ("Hooghly", "Hugli"), "Howrah": ("Howrah", "Haora"),
    "Kamrup": ("Kamrup", "Kamrup Metro", "Kamrup Metropolitan"),
    "Sri Ganganagar": ("Sri Ganganagar", "Ganganagar", "Sriganganagar"),
    "Ganganagar": ("Sri Ganganagar", "Ganganagar"), "Raigarh(Mh)": ("Raigad", "Raigarh"),
    "Raigarh": ("Raigarh", "Raigad"), "Buldhana": ("Buldhana", "Buldana"),
    "North 24 Parganas": (
        "North 24 Parganas", "24 Parganas North", "24 PGS (N)", "N 24 PGS", "24 Parganas (North)", "Parganas North",
    ),
    "South 24 Parganas": ("South 24 Parganas", "24 Parganas South", "24 PGS (S)", "S 24 PGS", "24 Parganas (South)"),
    "East Midnapore": ("East Midnapore", "Purba Medinipur", "Purba Midnapore"),
    "West Midnapore": ("West Midnapore", "Paschim Medinipur", "Paschim Midnapore"),
    "Purba Bardhaman": ("Purba Bardhaman", "Burdwan", "Bardhaman"), "Cooch Behar": ("Cooch Behar", "Coochbehar"),
    "Dakshina Kannada": ("Dakshina Kannada", "South Canara", "D.K.", "DK"),
    "Uttara Kannada": ("Uttara Kannada", "North Canara", "U.K."), "Kanchipuram": ("Kanchipuram", "Kancheepuram"),
    "Tirunelveli": ("Tirunelveli", "Nellai"), "Nilgiris": ("Nilgiris", "The Nilgiris"),
    "Gautam Buddha Nagar": ("Gautam Buddha Nagar", "G.B. Nagar", "Gautam Budh Nagar", "GB Nagar"),
    "K.V.Rangareddy": ("Rangareddy", "Ranga Reddy", "R.R.", "K.V.Rangareddy", "RR"),
    "Rangareddy": ("Rangareddy", "Ranga Reddy", "RR"),
    "Medchal Malkajgiri": ("Medchal Malkajgiri", "Medchal", "Medchal-Malkajgiri", "Rangareddy"),
    "Jyotiba Phule Nagar": ("Jyotiba Phule Nagar", "J P Nagar", "Amroha"),
    "Nawanshahr": ("Nawanshahr", "SBS Nagar"), "Ropar": ("Ropar", "Rupnagar"),
    "Mohali": ("Mohali", "SAS Nagar", "S.A.S. Nagar"), "Bangalore Rural": ("Bangalore Rural", "Bengaluru Rural"),
}  # fmt: skip
