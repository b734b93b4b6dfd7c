# ruff: noqa: E501 - a row a word
"""Words of addresses in many languages: which mean the same, and which say what the number beside them is.

In plain letters (`letters.plain`), written out by hand from everyday usage. `canonical: spelling spelling ...`.
"""

from typing import Final

from nlp import words


def _aliases(rows: str) -> dict[str, str]:
    table: dict[str, str] = {}
    for row in rows.strip().splitlines():
        canonical, _, spellings = row.strip().partition(":")
        for spelling in (canonical, *spellings.split()):
            table.setdefault(spelling, canonical)
    return table


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


STREET_TYPES: Final = _aliases("""
street: st str strt strasse straat straatje sokak sk sok sokagi strada sda stradale
road: rd jalan jl jln thanon th duong
avenue: av ave aven avn avda avd avenida avinguda aleja aleje al
prospekt: prosp prospect prospekti prkt
boulevard: blvd boul bd bld bvd bul bulvar bulvari bulwar bulevar bulevard bulevardul bdul
lane: ln
drive: drv
way: wy
court: ct crt
place: pl plc platz plein plac placa plaza pza pzza piazza piazzale ploshchad ploshtad trg namesti nam ter praca pca
square: sq
terrace: terr tce
crescent: cres cresc
close: clo
parade: pde pd
circuit: cct cir
circle: crcl
highway: hwy hiway hgwy
parkway: pkwy pky
expressway: expy expwy
freeway: fwy
alley: aly
cove: cv
trail: trl
loop:
esplanade: esp
rue: r rua
route: rte
chemin: che chem ch
chaussee: chee
allee: all allees alle
quai:
impasse: imp
cours: crs
via: v
viale: vle
corso: cso
vicolo: vic
largo: lgo
lungomare:
contrada: cda
calle: c cl cll carrer
carrera: cra kra cr krr
paseo: po pso passeig pg
camino: cno
carretera: ctra carr
transversal: transv trans
diagonal: diag dg
calzada: calz
travessa: tv trav
estrada: estr
rodovia: rod
alameda:
gasse:
weg:
ring:
damm:
ufer:
laan:
gracht:
kade:
singel:
steenweg: stwg
vej:
gade:
gata: gatan gaten
vagen: vag veien vegen
katu:
tie:
ulica: ul ulitsa ulice ulicy ulitza vulytsia vul ulici
osiedle: os
naberezhnaya: nab
pereulok:
shosse:
utca: u ut utja
korut: krt
calea:
soseaua: sos
caddesi: cad cd cadde
mahallesi: mah mh mahalle
odos:
leoforos: leof
raya:
gang: gg
lorong: lrg
pho:
soi:
marg: mrg
gali: gully galli
chowk: chauk
salai:
cesta:
""")
# Types that make one word with the name before them: Hauptstrasse, Kerkstraat, Storgatan.
SUFFIXES: Final = tuple(
    sorted(
        (
            ("strasse", "street"), ("strase", "street"), ("str", "street"), ("straat", "street"), ("weg", "weg"),
            ("platz", "place"), ("plein", "place"), ("gasse", "gasse"), ("allee", "allee"), ("damm", "damm"),
            ("ufer", "ufer"), ("laan", "laan"), ("gracht", "gracht"), ("kade", "kade"), ("singel", "singel"),
            ("steenweg", "steenweg"), ("gatan", "gata"), ("gata", "gata"), ("gaten", "gata"), ("gate", "gata"),
            ("gade", "gade"), ("vagen", "vagen"), ("veien", "vagen"), ("vegen", "vagen"), ("veg", "vagen"), ("vei", "vagen"), ("vn", "vagen"), ("gt", "gata"),
            ("vej", "vej"), ("katu", "katu"), ("tie", "tie"), ("ring", "ring"), ("markt", "markt"),
        ),
        key=lambda row: -len(row[0]),
    )
)  # fmt: skip

# The same where types are words of their own, but for a forgotten space: mackenziestreet.
GLUED: Final = tuple(
    (word, word)
    for word in (
        "crescent", "avenue", "street", "circuit", "terrace", "highway", "parade", "place", "court", "drive", "close",
    )
)  # fmt: skip

# What a number is, by the word before it (or after it, for floors).
UNIT_WORDS: Final = (
    _words("""
flat flt fl apt apartment apartments appt appartement apto apart aptmt unit suite ste room rm shop office off locker
pmb villa quarter qtr cabin stall bureau apartado depto dpto departamento dep oficina of ofic local loc int interno
interior piece wohnung whg top bus bte boite kv kvartira office ofis oficina kontor lgh asunto as lok lokal lokaal m
mieszkanie byt daire kapi app leil lejl ajto tur dvere sala salas cj conj conjunto loja lojas bloco-ap aptos kiosk
kios kiosco stand box-no puerta pta pt porta lt lote lot hab unidad pod podezd ap apart. cabinet wing-no
""")
    | words.UNIT_WORDS
)
FLOOR_WORDS: Final = _words("""
floor flr flrs fl floors storey level lvl lv etage etg et og stock obergeschoss piso planta andar verdieping etaj
etazh emelet em kat krs patro poschodi pietro piano f lantai tang basement ground
""")
FLOOR_NAMES: Final = {
    "gf": "0", "g/f": "0", "ground": "0", "eg": "0", "rdc": "0", "parterre": "0", "ff": "1", "f/f": "1", "basement": "b",
    "ug": "b",
}  # fmt: skip
# Parts of an area or a building that have a number or a letter: of one kind, told apart by their first letters.
AREA_WORDS: Final = _aliases("""
block: blk bl blok bloc bloque bloco wing wg tower twr torre building bldg korpus korp stroenie str-e edif
sector: sec sect sctr
phase: ph phs etapa
stage: stg
pocket: pkt
ward: wrd
zone:
manzana: mz mza supermanzana
quadra: qd
km: kilometer kilometre kilometro
khasra: survey sy khata gat
arrondissement: arr
chome:
gali: galli gully
cross: crs x
main: mn
soi: sois
hem: ngo ngach
lorong: lor
district: quan q
""")
PART_WORDS: Final = frozenset({"block", "sector", "phase", "stage", "pocket", "zone", "gali"})
"""Kinds of parts that also go by a letter or a roman numeral: `Block B`, `Phase II`."""
ROMAN: Final = {"i": "1", "ii": "2", "iii": "3", "iv": "4", "v": "5", "vi": "6", "vii": "7", "viii": "8"}
BOX_WORDS: Final = _words("""
pobox box postfach bp cp apartado casilla postbus postboks
""")
HOUSE_WORDS: Final = _words("""
no nr num number numero nro n house hno door plot plt dno premises h d dom d- haus hausnr huis shop-no bungalow hse
civico snc esq nos so bud budynok hao number
""")
ROUTE_WORDS: Final = _words("""
highway hwy route rte nh sh ss sp sr us cr fm interstate i rn carretera ruta rodovia br sp- mg- autopista strada-
statale county state
""")
# Words that are no part of where a place is.
NOISE: Final = _words("""
the of and at in on off de la le les du des del della dello dei degli di da do dos das el los las al a y e i et und
der die das den dem zu zum zur am im an auf van het een op aan bei von och og and dr shri sri st-no near nr opp
opposite behind beside next to c/o co attn care above facing between corner call before delivery please pls leave
with guard ring bell twice deliver after urgent handle do not address addr tel phone fax email www com l d s n post
po dist distt district tehsil tal taluk taluka village vill ps via-no p.o pin pincode zip cedex obl oblast kraj
province provincia prov municipality kommune city gorod g shi gun county co. region area locality state township
""") - {"n", "s", "i", "e", "a"}

DIRECTIONS: Final = _aliases("""
north: n norte nord nor
south: s sur sud sul
east: e este est leste
west: w oeste ouest
northeast: ne
northwest: nw
southeast: se
southwest: sw
""")

NAME_WORDS: Final = _aliases("""
saint: st ste sankt st. sint sveti szt san santa santo sao sta
mount: mt
fort: ft
doctor: dr
general: gen gral gal
president: pres pdte
professor: prof
nagar: ngr nagr nager
colony: col clny
extension: extn ext
market: mkt mrkt
garden: gdn
industrial: indl ind industriale industriel industrie
center: centre ctr centro zentrum centrum
international: intl
building: bldg bldng edificio edif ed
station: stn bahnhof bhf
university: univ
hospital: hosp
shopping: shpg
park: pk
garden: gdn gardens gdns
heights: hts hgts
house: hse
tower: twr towers twrs
apartment: apts apt appt apartments aptmts
main: mn
zone: zona zi zac
""")

# Names of one city in English and at home, and usual short forms.
CITIES: Final = _aliases("""
roma: rome
milano: milan mailand
firenze: florence florenz
venezia: venice venedig
torino: turin
napoli: naples
genova: genoa
padova: padua
wien: vienna
munchen: munich muenchen monaco-di-baviera
koln: cologne koeln
nurnberg: nuremberg nuernberg
hannover: hanover
frankfurt: ffm
zurich: zuerich zurigo
geneve: geneva genf ginevra
basel: basle bale
bern: berne
luzern: lucerne
praha: prague prag
warszawa: warsaw warschau
krakow: cracow krakau
wroclaw: breslau
gdansk: danzig
bruxelles: brussels brussel brussels-capital
antwerpen: antwerp anvers
gent: ghent gand
brugge: bruges
liege: luik
kobenhavn: copenhagen koebenhavn
goteborg: gothenburg
helsinki: helsingfors
turku: abo
tampere: tammerfors
moskva: moscow moskau
sanktpeterburg: petersburg peterburg spb
kyiv: kiev kiew
lviv: lvov
odesa: odessa
athina: athens athinai
thessaloniki: salonica salonika
lisboa: lisbon lissabon
porto: oporto
sevilla: seville
zaragoza: saragossa
lahaye: hague denhaag haag gravenhage
bucuresti: bucharest
beograd: belgrade
istanbul: ist
lyon: lyons
marseille: marseilles
strasbourg: strassburg
nice: nizza
mexico: cdmx df
habana: havana
tokyo: tokio
beijing: peking
guangzhou: canton
hochiminh: saigon hcmc hcm
mumbai: bombay
bengaluru: bangalore blr
kolkata: calcutta
chennai: madras
pune: poona
gurugram: gurgaon
kochi: cochin
mysuru: mysore
vadodara: baroda
ahmedabad: amdavad ahmadabad
thiruvananthapuram: trivandrum tvm
visakhapatnam: vizag
prayagraj: allahabad
varanasi: banaras benares
puducherry: pondicherry
hyderabad: hyd
philadelphia: philly phila
minneapolis: mpls
newyork: nyc
losangeles: la-ca
jakarta: dki
makkah: mecca
riyadh: riad
dubai: dxb
cairo: qahirah
quebec:
""")

# Countries by code: names and codes that are written behind an address and add nothing to it.
COUNTRIES: Final = _words("""
usa uae korea newzealand southafrica saudiarabia unitedkingdom germany deutschland de deu allemagne austria
osterreich oesterreich at aut switzerland schweiz suisse svizzera ch che france fr fra frankreich francia italy
italia it ita italien spain espana es esp spanien portugal pt prt belgium belgie belgique belgien be bel netherlands
nederland nl nld holland luxembourg luxemburg lu denmark danmark dk dnk sweden sverige se swe norway norge no nor
finland suomi fi fin poland polska pl pol czechia cesko ceska republika czech republic cz cze slovakia slovensko sk
svk hungary magyarorszag hu hun romania ro rou bulgaria balgariya bg bgr greece ellada gr grc turkey turkiye turkei
tr tur russia rossiya rossiiskaya federatsiya russian federation ru rus ukraine ukraina ua ukr ireland eire ie irl
kingdom united uk gb gbr england scotland wales brazil brasil br bra mexico mx mex argentina ar arg chile cl chl
colombia co col peru pe per india in ind bharat usa us america states canada ca can australia au aus zealand new-
zealand nz nzl japan nippon jp jpn china cn chn korea kr kor thailand th tha vietnam vn indonesia id idn malaysia my
mys singapore sg sgp philippines ph phl emirates uae ae are arabia saudi sa sau israel il isr africa za zaf croatia
hrvatska hr hrv slovenia slovenija si svn serbia srbija rs srb estonia eesti ee latvia latvija lv lithuania lietuva
lt iceland island is egypt eg morocco maroc ma nigeria ng kenya ke pakistan pk bangladesh bd
""")

# Frequent in names of streets everywhere: they tell little by themselves.
COMMON: Final = _words("""
main church high park station school mill haupt bahnhof kirch schul garten dorf markt berg wald linden gare eglise
ecole republique mairie roma garibaldi mazzini cavour dante mayor iglesia constitucion independencia libertad juarez
hidalgo kerk molen school stor kyrk kungs drottning church victoria queen king george new old market north south
east west first second third oak maple washington lincoln park gandhi nehru nagar mg station road ring temple bazar
bazaar sadar lenina mira sovetskaya dlugi krotka polna lesna szkolna ataturk cumhuriyet central centro center mall
plaza shopping business industrial zone building tower house
""")
