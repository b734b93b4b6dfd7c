# ruff: noqa: E501 - a row a kind
"""Places that many share without knowing each other: malls, hotels, forwarders, boxes, offices."""

from collections.abc import Sequence
from typing import Final

from nlp.identity.letters import plain
from nlp.identity.view import ParsedText

_KINDS: Final = {
    "po box": "pobox postfach casilla apartado postbus postboks",
    "locker": "locker lockers lkr packstation paczkomat parcelshop",
    "forwarder": "forwarder forwarding freight pmb mailbox mailboxes shipito aramex dhl fedex ups cargo logistics parcel courier",
    "mall": "mall malls plaza galleria galeria outlet shopping einkaufszentrum",
    "hotel": "hotel hotels hostel motel inn resort guesthouse pension lodge airbnb",
    "office": "office offices suite coworking wework regus business corporate techpark",
    "institution": "hospital university college school airport station barracks",
}  # fmt: skip
_WORDS: Final = {word: kind for kind, words in _KINDS.items() for word in words.split()}
_SHARED_UNITS: Final = 20  # units of one building that are known, from which on it is a hub by itself
_LEAST_SHARE: Final = 0.5  # of a place's texts that say so


def hub_reason(texts: Sequence[ParsedText], units: int = 0, people: int = 0) -> str:
    """Why a place is a hub, `""` where it is none.

    By words that at least half of its texts have, by a box, by the number of units, or of people (0: not known).
    """
    if not texts:
        return ""
    said: dict[str, int] = {}
    for text in texts:
        kinds = {
            _WORDS[word]
            for word in plain(text.text).replace(",", " ").replace(".", " ").split()
            if word in _WORDS
        }
        if text.of("box"):
            kinds.add("po box")
        for kind in kinds:
            said[kind] = said.get(kind, 0) + 1
    best = max(said.items(), key=lambda row: (row[1], row[0]), default=("", 0))
    if best[1] >= _LEAST_SHARE * len(texts):
        return f"{best[0]}: said by {best[1]} of {len(texts)} texts"
    if units >= _SHARED_UNITS:
        return f"many units: {units}"
    if people >= _SHARED_UNITS:
        return f"many people: {people}"
    return ""
