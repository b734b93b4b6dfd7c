"""What the post office's lists do not say: states as they are today, codes, former and other names.

Plain facts (ISO 3166-2:IN of 2023, the company register's state codes, renamings by law), written down by hand.
"""

from typing import Final

# ISO code: name|other names|codes of the company register, of number plates and of older lists.
STATES: Final = """
AN: andaman and nicobar islands|andaman nicobar|andaman and nicobar|a and n islands|andaman nicobar islands
AP: andhra pradesh|andhra|ap
AR: arunachal pradesh|arunachal
AS: assam|asom
BR: bihar|bh
CH: chandigarh|chandigarh ut
CG: chhattisgarh|chattisgarh|chhatisgarh|chatisgarh|ct
DH: dadra and nagar haveli and daman and diu|dadra and nagar haveli|dadra nagar haveli|daman and diu|daman diu|dn|dd
DL: delhi|nct of delhi|delhi ncr|nct delhi
GA: goa
GJ: gujarat|gujrat
HP: himachal pradesh|himachal
HR: haryana|hariyana
JH: jharkhand|jharkand
JK: jammu and kashmir|jammu kashmir|j and k
KA: karnataka|karnatka|kn
KL: kerala|kerela
LA: ladakh
LD: lakshadweep|laccadive|lh
MH: maharashtra|maharastra|maharashtara
ML: meghalaya|me
MN: manipur
MP: madhya pradesh|madya pradesh
MZ: mizoram|mi
NL: nagaland
OD: odisha|orissa|or
PB: punjab|panjab|pn
PY: puducherry|pondicherry
RJ: rajasthan|rajastan
SK: sikkim
TN: tamil nadu|tamilnadu|tamil naidu|tz
TR: tripura
TS: telangana|telengana|tg
UK: uttarakhand|uttaranchal|uttrakhand|uttarkhand|ut|ua|ur|ul
UP: uttar pradesh|uttarpradesh
WB: west bengal|westbengal|paschim banga
"""

# As the sources write them -> the code; the rest is found above.
STATE_SPELLINGS: Final = {
    "andaman nicobar islands": "AN",
    "the dadra and nagar haveli and daman and diu": "DH",
    "dadra nagar haveli": "DH",
    "daman diu": "DH",
    "jammu kashmir": "JK",
}

# Today's districts whose entry is no name that people write. State code, name there: name.
DISTRICT_SPELLINGS: Final = {
    ("AN", "nicobars"): "nicobar",
    ("AN", "south andamans"): "south andaman",
    ("AP", "y s r"): "ysr kadapa",
    ("AP", "spsr nellore"): "nellore",
    ("AP", "visakhapatanam"): "visakhapatnam",
    ("AS", "kamrup metro"): "kamrup metropolitan",
    ("AS", "marigaon"): "morigaon",
    ("CG", "korea"): "koriya",
    ("CG", "gariyaband"): "gariaband",
    ("DL", "central"): "central delhi",
    ("DL", "east"): "east delhi",
    ("DL", "north"): "north delhi",
    ("DL", "north east"): "north east delhi",
    ("DL", "north west"): "north west delhi",
    ("DL", "south"): "south delhi",
    ("DL", "south east"): "south east delhi",
    ("DL", "south west"): "south west delhi",
    ("DL", "west"): "west delhi",
    ("GJ", "ahmadabad"): "ahmedabad",
    ("GJ", "banas kantha"): "banaskantha",
    ("GJ", "sabar kantha"): "sabarkantha",
    ("GJ", "chhotaudepur"): "chhota udaipur",
    ("GJ", "dohad"): "dahod",
    ("GJ", "arvalli"): "aravalli",
    ("GJ", "panch mahals"): "panchmahal",
    ("HR", "charki dadri"): "charkhi dadri",
    ("JH", "east singhbum"): "east singhbhum",
    ("JH", "saraikela kharsawan"): "seraikela kharsawan",
    ("JH", "sahebganj"): "sahibganj",
    ("LA", "leh ladakh"): "leh",
    ("LD", "lakshadweep district"): "lakshadweep",
    ("MP", "east nimar"): "khandwa",
    ("OD", "anugul"): "angul",
    ("OD", "baleshwar"): "balasore",
    ("OD", "sonepur"): "subarnapur",
    ("PB", "s a s nagar"): "sas nagar",
    ("PY", "pondicherry"): "puducherry",
    ("RJ", "ganganagar"): "sri ganganagar",
    ("SK", "east district"): "east sikkim",
    ("SK", "north district"): "north sikkim",
    ("SK", "south district"): "south sikkim",
    ("SK", "west district"): "west sikkim",
    ("TN", "the nilgiris"): "nilgiris",
    ("TN", "tuticorin"): "thoothukudi",
    ("TN", "kanniyakumari"): "kanyakumari",
    ("TN", "tirupathur"): "tirupattur",
    ("TS", "ranga reddy"): "rangareddy",
    ("TS", "jangoan"): "jangaon",
    ("TS", "mahabubnagar"): "mahbubnagar",
    ("UP", "kushi nagar"): "kushinagar",
    ("UP", "siddharth nagar"): "siddharthnagar",
    ("UP", "sant kabeer nagar"): "sant kabir nagar",
    ("UP", "kheri"): "lakhimpur kheri",
    ("UP", "rae bareli"): "raebareli",
    ("UK", "udam singh nagar"): "udham singh nagar",
    ("UK", "rudra prayag"): "rudraprayag",
    ("UK", "uttar kashi"): "uttarkashi",
    ("WB", "24 paraganas north"): "north 24 parganas",
    ("WB", "24 paraganas south"): "south 24 parganas",
    ("WB", "coochbehar"): "cooch behar",
    ("WB", "dinajpur dakshin"): "dakshin dinajpur",
    ("WB", "dinajpur uttar"): "uttar dinajpur",
    ("WB", "medinipur east"): "purba medinipur",
    ("WB", "medinipur west"): "paschim medinipur",
    ("WB", "maldah"): "malda",
}

# Other names of today's districts. State: name|other|other, name|...
DISTRICT_NAMES: Final = """
AN: north and middle andaman|north middle andaman
AP: anantapur|anantapuramu|ananthapur|ananthapuram, ysr kadapa|cuddapah|kadapa|ysr district|ysr cuddapah,
  nellore|sri potti sriramulu nellore, visakhapatnam|vizag|vishakhapatnam|visakhapatanam, vizianagaram|vijayanagaram,
  alluri sitharama raju|alluri sitarama raju, konaseema|dr br ambedkar konaseema|ambedkar konaseema,
  sri sathya sai|sathya sai|puttaparthi district, ntr|ntr district
AR: papum pare|papumpare, siang|siang district
AS: kamrup metropolitan|kamrup metro|kamrup m, kamrup|kamrup rural, sivasagar|sibsagar, morigaon|marigaon,
  dima hasao|north cachar hills|nc hills, karimganj|sribhumi, nagaon|nowgong, lakhimpur|north lakhimpur
BR: purbi champaran|east champaran|purba champaran|motihari district, paschim champaran|west champaran|
  pashchim champaran|pachim champaran, purnia|purnea, kaimur|bhabua|kaimur bhabua, munger|monghyr,
  jehanabad|jahanabad, sheikhpura|shekhpura, saran|chapra district, bhojpur|arrah district
CG: koriya|korea, kabirdham|kawardha|kabeerdham, surguja|sarguja, dantewada|dakshin bastar dantewada|
  south bastar dantewada, kanker|uttar bastar kanker|north bastar kanker, janjgir champa|janjgir,
  baloda bazar|balodabazar|baloda bazar bhatapara, gaurella pendra marwahi|gaurela pendra marwahi
DL: north east delhi|northeast delhi, north west delhi|northwest delhi, south west delhi|southwest delhi,
  south east delhi|southeast delhi
DH: dadra and nagar haveli|dadra nagar haveli|silvassa district
GJ: ahmedabad|ahmadabad|amdavad, mahesana|mehsana, kachchh|kutch|kachh, dahod|dohad, dang|the dangs|dangs,
  panchmahal|panch mahals|panch mahal|panchmahals, banaskantha|banas kantha, sabarkantha|sabar kantha,
  gandhinagar|gandhi nagar, surendranagar|surendra nagar, vadodara|baroda, chhota udaipur|chhota udepur|
  chhotaudepur, gir somnath|gir, devbhumi dwarka|devbhoomi dwarka, bharuch|broach, valsad|bulsar
HP: lahul and spiti|lahaul and spiti|lahul spiti|lahaul spiti, sirmaur|sirmour, kullu|kulu, shimla|simla
HR: gurugram|gurgaon, hisar|hissar, sonipat|sonepat, yamunanagar|yamuna nagar|jagadhri district, nuh|mewat,
  mahendragarh|mohindergarh|mahendergarh, charkhi dadri|charki dadri, jhajjar|jhajhar
JH: east singhbhum|purbi singhbhum|purba singhbhum|east singhbum, west singhbhum|paschim singhbhum|
  pashchimi singhbhum|paschimi singhbhum, palamu|palamau, giridih|giridh, hazaribagh|hazaribag, koderma|kodarma,
  seraikela kharsawan|saraikela kharsawan|seraikella kharsawan|saraikela, deoghar|devghar, sahibganj|sahebganj,
  pakur|pakaur
JK: anantnag|ananthnag, bandipora|bandipur|bandipore, budgam|badgam, rajouri|rajauri, poonch|punch,
  baramulla|baramula, shopian|shupiyan, reasi|riasi
KA: bengaluru urban|bangalore urban|bangalore|bengaluru|bangalore u, bengaluru rural|bangalore rural|bangalore r,
  ballari|bellary, belagavi|belgaum, kalaburagi|gulbarga, vijayapura|bijapur, mysuru|mysore, tumakuru|tumkur,
  shivamogga|shimoga, chikkamagaluru|chikmagalur|chickmagalur|chikmagaluru, davangere|davanagere|davangeri,
  dharwad|dharwar, uttara kannada|north kanara|uttar kannada|karwar district, dakshina kannada|south kanara|
  dakshin kannada|mangalore district, ramanagara|ramanagar|ramanagaram, chamarajanagara|chamarajanagar|
  chamrajnagar, chikkaballapura|chikkaballapur|chickballapur|chikballapur, kodagu|coorg, bagalkot|bagalkote,
  yadgir|yadagiri, vijayanagara|vijaynagar, hassan|hasan
KL: alappuzha|alleppey, ernakulam|kochi district|cochin district, kannur|cannanore, kasaragod|kasargod, kollam|quilon,
  kozhikode|calicut, palakkad|palghat, thiruvananthapuram|trivandrum, thrissur|trichur, wayanad|wynad,
  pathanamthitta|pathanamthita, idukki|idduki
LA: leh|leh ladakh
MH: mumbai|mumbai city|bombay, mumbai suburban|bombay suburban|mumbai suburb, ahmednagar|ahmed nagar|ahilyanagar|
  ahmadnagar, aurangabad|chhatrapati sambhajinagar|chhatrapati sambhaji nagar, osmanabad|dharashiv|usmanabad,
  raigad|raigarh|kolaba, nashik|nasik, thane|thana, beed|bid, buldhana|buldana, gondia|gondiya, solapur|sholapur,
  amravati|amaravati, yavatmal|yeotmal, dhule|dhulia, palghar|palghar district
ML: ri bhoi|ribhoi|ri bhoi district, east jaintia hills|jaintia hills, west jaintia hills|jowai district
MN: jiribam|jaribam, ukhrul|ukhrul district
MP: khandwa|east nimar|khandwa east nimar, khargone|west nimar|khargone west nimar, hoshangabad|narmadapuram,
  ashoknagar|ashok nagar, narsinghpur|narsimhapur|narsingpur, rewa|riwa, sagar|saugor, jabalpur|jubbulpore, neemuch|
  nimach, sheopur|sheopur kalan, betul|baitul, umaria|umariya, barwani|badwani
MZ: mamit|mammit, saiha|siaha, aizawl|aijal
NL: zunheboto|zunhebotto
OD: angul|anugul, balasore|baleswar|baleshwar|balesore, balangir|bolangir, boudh|baudh|bauda, deogarh|debagarh,
  jajpur|jajapur, kendujhar|keonjhar|keonjhargarh, khordha|khorda|khurda, nabarangpur|nabarangapur|nawarangpur,
  subarnapur|sonapur|sonepur, sundargarh|sundergarh, kandhamal|phulbani district|phulabani,
  jagatsinghpur|jagatsinghapur, kendrapara|kendrapada
PB: sas nagar|mohali|s a s nagar|sahibzada ajit singh nagar|sas nagar mohali, shahid bhagat singh nagar|nawanshahr|
  sbs nagar|nawan shahr|nawanshahar, rupnagar|ropar, sri muktsar sahib|muktsar, firozepur|firozpur|ferozepur|
  ferozepore, tarn taran|taran taran, bathinda|bhatinda, jalandhar|jullundur, fatehgarh sahib|fategarh sahib,
  faridkot|faridkot district
PY: puducherry|pondicherry
RJ: sri ganganagar|ganganagar|shri ganganagar, jalore|jalor, jhunjhunu|jhujhunu|jhunjhunun, chittorgarh|chittaurgarh,
  dholpur|dhaulpur, sawai madhopur|swai madhopur, bundi|boondi
SK: east sikkim|gangtok district|east district, north sikkim|mangan district, south sikkim|namchi district,
  west sikkim|gyalshing district
TN: kanyakumari|kanniyakumari|nagercoil district, nilgiris|the nilgiris|nilgiri, thoothukudi|tuticorin|tuticorine,
  tiruvallur|thiruvallur|tiruvallore, tiruvarur|thiruvarur, kanchipuram|kancheepuram|kanjipuram, sivaganga|sivagangai,
  tiruchirappalli|trichy|tiruchirapalli|tiruchchirappalli|trichirapalli, villupuram|viluppuram|vilupuram,
  tiruppur|tirupur, tirupattur|tirupathur|tirupattur district, virudhunagar|virudunagar, chengalpattu|chengalpet|
  chingleput, tiruvannamalai|thiruvannamalai, ramanathapuram|ramnad, thanjavur|tanjore, tirunelveli|nellai,
  ranipet|ranipettai, mayiladuthurai|mayuram, nagapattinam|nagappattinam, kallakurichi|kallakkurichi
TR: sepahijala|sepahijala district|sipahijala, gomati|gomti, dhalai|dhalai district
TS: rangareddy|ranga reddy|k v rangareddy|kv rangareddy|rangareddi|r r district|rr district, karimnagar|karim nagar,
  mahbubnagar|mahabubnagar|mahabub nagar|mahaboobnagar|mehboobnagar|palamoor, jayashankar bhupalapally|jayashankar|
  bhupalpally|jayashankar bhupalpally, rajanna sircilla|rajanna siricilla, hanumakonda|hanamkonda|warangal urban,
  warangal|warangal rural, medchal malkajgiri|medchal, bhadradri kothagudem|kothagudem district, jangaon|jangoan,
  kumuram bheem asifabad|komaram bheem|asifabad district, jagitial|jagtial, yadadri bhuvanagiri|yadadri,
  jogulamba gadwal|gadwal district
UK: udham singh nagar|us nagar|u s nagar|udam singh nagar, haridwar|hardwar, pauri garhwal|garhwal|pauri,
  tehri garhwal|tehri, dehradun|dehra dun, nainital|naini tal
UP: prayagraj|allahabad, ayodhya|faizabad, amroha|jyotiba phule nagar, bhadohi|
  sant ravidas nagar|santravidas nagar|sant ravi das nagar, hathras|mahamaya nagar, kasganj|kanshiram nagar|
  kanshi ram nagar, amethi|chhatrapati shahuji maharaj nagar|csm nagar, sambhal|bhimnagar|bhim nagar,
  hapur|panchsheel nagar, shamli|prabuddh nagar, gautam buddha nagar|gautam buddh nagar|gautambudh nagar|
  gautam budh nagar|gb nagar|g b nagar|gautham buddha nagar, lakhimpur kheri|kheri|lakhimpur, raebareli|rae bareli|
  rai bareli, kushinagar|kushi nagar|padrauna district, siddharthnagar|siddharth nagar, barabanki|bara banki,
  baghpat|bagpat, budaun|badaun, bulandshahr|bulandshahar|bulandsahar, kanpur nagar|kanpur, kanpur dehat|
  ramabai nagar|rama bai nagar, maharajganj|mahrajganj, sant kabir nagar|sant kabeer nagar, shrawasti|shravasti,
  varanasi|banaras|benares, farrukhabad|farukhabad, mau|maunath bhanjan, jalaun|orai district, sonbhadra|sonebhadra,
  muzaffarnagar|muzaffar nagar|muzafarnagar, etah|eta
WB: north 24 parganas|24 parganas north|north twenty four parganas|north 24 pargana|n 24 parganas|24 pgs n|
  north 24 pgs|24 paraganas north|n 24 pgs, south 24 parganas|24 parganas south|south twenty four parganas|
  south 24 pargana|s 24 parganas|24 pgs s|south 24 pgs|24 paraganas south|s 24 pgs, hooghly|hugli, howrah|haora,
  cooch behar|coochbehar|koch bihar, darjeeling|darjiling, malda|maldah, purulia|puruliya, purba bardhaman|
  east bardhaman|purba burdwan|bardhaman|burdwan|barddhaman|east burdwan, paschim bardhaman|west bardhaman|
  paschim burdwan|west burdwan, purba medinipur|east midnapore|east medinipur|purba midnapore|medinipur east,
  paschim medinipur|west midnapore|west medinipur|medinipur|midnapore|paschim midnapore|medinipur west,
  uttar dinajpur|north dinajpur, dakshin dinajpur|south dinajpur, jalpaiguri|jalpaigudi, jhargram|jhargram district
"""
