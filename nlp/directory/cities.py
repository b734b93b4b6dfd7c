"""Cities: which PINs are theirs, and their other names.

Plain facts (post office numbering, renamings by law), written down by hand.
"""

from typing import Final

# Head offices at a city's first PIN that carry another name than the city's.
FIRST_OFFICES: Final = {
    110001: "new delhi", 121001: "faridabad", 133001: "ambala", 395001: "surat", 470001: "sagar", 474001: "gwalior",
    490001: "bhilai", 495001: "bilaspur", 760001: "berhampur", 764001: "jeypore", 765001: "rayagada",
    846001: "darbhanga", 431001: "aurangabad", 174001: "bilaspur", 827001: "bokaro",
}  # fmt: skip

# Cities that a PIN names beyond the rule (`compile.city_pins`): first PIN, last PIN, cities.
CITY_RANGES: Final = (
    (110001, 110099, "delhi|new delhi"),
    (121001, 121015, "faridabad"),
    (140301, 140308, "mohali"),
    (140603, 140604, "zirakpur"),
    (160001, 160047, "chandigarh"),
    (160055, 160071, "mohali"),
    (160101, 160104, "chandigarh"),
    (134101, 134118, "panchkula"),
    (201301, 201318, "noida|greater noida"),
    (203207, 203207, "greater noida"),
    (201001, 201019, "ghaziabad"),
    (380001, 380063, "ahmedabad"),
    (382330, 382499, "ahmedabad"),
    (382007, 382030, "gandhinagar"),
    (400001, 400104, "mumbai"),
    (400601, 400615, "thane"),
    (400614, 400614, "navi mumbai"),
    (400701, 400710, "navi mumbai"),
    (410206, 410210, "navi mumbai|panvel"),
    (410218, 410218, "navi mumbai"),
    (401101, 401107, "mira bhayandar|bhayandar"),
    (421301, 421306, "kalyan"),
    (411001, 411062, "pune"),
    (411017, 411044, "pimpri chinchwad"),
    (412105, 412308, "pune"),
    (500001, 500117, "hyderabad"),
    (500003, 500026, "secunderabad"),
    (500060, 500103, "secunderabad"),
    (501101, 501512, "hyderabad"),
    (522001, 522007, "guntur"),
    (530001, 530053, "visakhapatnam"),
    (560001, 560117, "bengaluru"),
    (580020, 580032, "hubballi"),
    (562106, 562162, "bengaluru"),
    (600001, 600134, "chennai"),
    (603103, 603103, "chennai"),
    (682001, 682042, "kochi"),
    (682001, 682042, "ernakulam"),
    (700001, 700163, "kolkata"),
    (711101, 711114, "howrah"),
    (834001, 834013, "ranchi"),
    (831001, 831021, "jamshedpur"),
    (751001, 751034, "bhubaneswar"),
    (737101, 737103, "gangtok"),
    (791111, 791113, "itanagar"),
    (799001, 799015, "agartala"),
    (244001, 244001, "moradabad"),
    (248001, 248197, "dehradun"),
    (605001, 605014, "puducherry"),
)

# City: other names, beside those of `nlp.places`.
CITY_NAMES: Final = """
bengaluru|bangalore city|bangalore north|bangalore south|bangalore east|bangalore west, mumbai|bombay city,
kolkata|calcutta city, chennai|madras city, kalaburagi|gulbarga, vijayapura, shivamogga|shimoga, tumakuru|tumkur,
chikkamagaluru|chikmagalur, davangere|davanagere, hosapete|hospet, ballari|bellary, belagavi|belgaum, hubballi|hubli,
thoothukudi|tuticorin, thanjavur|tanjore, udhagamandalam|ooty|ootacamund|udagamandalam, palakkad|palghat,
kanchipuram|kancheepuram|conjeevaram, nagapattinam|nagappattinam, kumbakonam|kumbakonum, chidambaram,
kadapa|cuddapah, rajahmundry|rajamahendravaram|rajamundry, machilipatnam|masulipatnam|bandar, anakapalle|anakapalli,
narasaraopet|narasaraopeta, tirupati|tirupathi, nellore|nellur, srikakulam|chicacole, mahbubnagar|mahabubnagar,
bharuch|broach, mahesana|mehsana, valsad|bulsar, surendranagar|surendra nagar, gandhinagar|gandhi nagar, navsari,
hisar|hissar, sonipat|sonepat, yamunanagar|yamuna nagar, firozpur|ferozepur|ferozepore|firozepur, rupnagar|ropar,
hazaribagh|hazaribag, daltonganj|medininagar, deoghar|devghar, purnia|purnea, munger|monghyr, chapra|chhapra,
arrah|ara, hajipur|hazipur, motihari|motihari town, bardhaman|burdwan, medinipur|midnapore, cooch behar|coochbehar,
darjeeling|darjiling, barrackpore|barrackpur, serampore|srirampur, chandannagar|chandernagore,
balasore|baleswar|baleshwar, berhampur|brahmapur, sambalpur, jajpur|jajapur, sivasagar|sibsagar, nagaon|nowgong,
ayodhya|faizabad, raebareli|rae bareli|rai bareli, bulandshahr|bulandshahar, budaun|badaun, fatehgarh|farrukhabad,
saharanpur|saharanpur city, ahmednagar|ahmadnagar|ahilyanagar, osmanabad|dharashiv, beed|bid, amravati|amaravati,
latur, parbhani, sangli|sangli miraj, chittorgarh|chittaurgarh, sri ganganagar|ganganagar|shri ganganagar,
jhunjhunu|jhujhunu, hoshangabad|narmadapuram, sagar|saugor, khandwa|east nimar, baramulla|baramula,
anantnag|ananthnag, leh|leh ladakh, pimpri chinchwad|pimpri|chinchwad, mira bhayandar|mira road, imphal, itanagar,
port blair|portblair|sri vijaya puram
"""
