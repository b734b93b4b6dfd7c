"""Words of any address that are names of places as well, and words that say what a name is."""

from typing import Final


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Names that are words of any address: they are tagged only as a part of a longer name.
ORDINARY: Final = _words("""
a an and at by for from in of on or the to with behind beside between near new old upper lower middle main
north south east west central inner outer front back big small great little chota chhota bada bara kalan khurd
dist distt zila zilla tal taluk taluka tq teh tehsil tahsil mandal ps po post vpo vill mouza state pin pincode
no first second third fourth fifth one two three four five six seven eight nine ten account agency airport all
area army arts avenue bagh bank bar base bazar bazaar bhavan bhawan block board bridge building bus bypass
camp campus canal cantt cantonment care cattle centre center chak chauraha chawl chowk church cinema circle
city civillines clinic club coal collectorate college colliery colony commercial company complex compound
cooperative corner corporation cotton court cross dairy dam delivery depot dharamshala district distillery
division dock door dispensary electric engineering enclave estate extension extn factory farm fatak field
filter flat floor fort foundry gali ganj garden gate ghat girls gram grain ground gurudwara hall harbour head
health high highway hill hills hindu home hospital hostel hotel house housing india indian industrial
industries institute jail junction kothi kutchery lake land lane late launch layout lib library light limited
line lines lodge madrasa mahal mall mandi mandir market marg masjid medical mela mill mills mine mines mission
mohalla mosque motor museum nagar naka nala number office officers oil opposite palace paper para park path
pahar peth pet petrol phase plant plaza plot pocket point police pol poly polytechnic port power press private
project pump pur pura puram puri quarter quarters quarry rail railway ram range refinery regional road room
sadan sadar sahib sangh school science secretariat section sector service shop shri singh society sri staff
stage stand station steel stop store street sub sugar tank tea temple textile thana theatre tola tower town
township training university unit urban village vihar villa wadi ward water weekly wing workshop works yard
zone unclassified marine metro global international national world kumar lal devi prasad sharma das gupta khan
ali
""")

# A name that ends so is a street's as often as a post office's on it.
STREET_ENDS: Final = frozenset(
    {"road", "street", "marg", "lane", "path", "avenue", "cross", "salai", "gali", "rd", "st"}
)

# The word before a name may say what it is the name of.
DISTRICT_CUES: Final = frozenset({"dist", "distt", "district", "dt", "dst", "zila", "zilla", "jila"})
SUB_DISTRICT_CUES: Final = frozenset(
    {
        "tal",
        "taluk",
        "taluka",
        "tq",
        "tehsil",
        "teh",
        "tahsil",
        "mandal",
        "block",
        "thana",
        "ps",
        "subdivision",
    }
)
LOC_CUES: Final = frozenset({"vill", "village", "vpo", "po", "post", "at", "gram", "mouza", "moh", "mohalla"})
