"""The spaCy pipeline: tokenizer -> gazetteer -> rules -> resolver -> canonical -> key -> tagger, each a component.

A labeller communicates with what follows through `doc.ents` alone (labels of `nlp.labels`), so another one can take
the place of `address_rules`, or correct its spans, without a change elsewhere. This module imports spaCy, which
takes a second or two: only `nlp.parser.load_parser` imports it.
"""

from typing import TYPE_CHECKING, Final

import spacy
from spacy.attrs import NORM  # type: ignore[import-not-found]  # compiled, ships no stub
from spacy.language import Language
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc, Span
from spacy.util import filter_spans
from spacy.vocab import Vocab

from nlp import labels as lb
from nlp.canonical import canonical
from nlp.countries import likely_country
from nlp.key import make_key
from nlp.numerals import reread
from nlp.places import places, state_codes
from nlp.reading import read
from nlp.resolve import Piece, resolve
from nlp.rules import choose_places, label
from nlp.spelling import normal_word
from nlp.text import legible

if TYPE_CHECKING:
    from nlp.fields import Canonical
    from nlp.tagger import Reader

COMPONENTS: Final = (
    "address_gazetteer",
    "address_rules",
    "address_resolver",
    "address_canonical",
    "address_key",
    "address_tagger",
)
_PLACES: Final = "places"  # the span group that the gazetteer fills
_EXTENSIONS: Final = ("address_resolved", "address_canonical", "address_key", "address_pieces")


def norms(doc: Doc) -> list[str]:
    """The norm of each token, read where it stands.

    Kept with the Doc, as its words are: making Python tokens is most of what a component would cost.
    """
    words: list[str] | None = doc.user_data.get("norms")
    if words is None:
        words = [normal_word(word) for word in doc.user_data["written"]]
        words = doc.user_data["norms"] = words if doc.user_data["country"] == "US" else reread(words)
    return words


class AddressTokenizer:
    """Text -> Doc by `nlp.reading`. A token keeps its case, its norm does not.

    A canonical text, or one of another country, has no tokens: its canonical form is known already.
    """

    def __init__(self, vocab: Vocab) -> None:
        self.vocab = vocab

    def __call__(self, text: str) -> Doc:
        reading = read(text)
        doc = Doc(self.vocab, words=reading.words)
        doc.user_data.update(
            text=legible(text), country=reading.country, written=reading.words, canonical=reading.canonical,
            generic=reading.generic,
        )  # fmt: skip
        return doc


class Gazetteer:
    """Countries, states and cities into `doc.spans["places"]`; a span's `kb_id_` is the phrase in `nlp.places`."""

    def __init__(self, nlp: Language) -> None:
        self._table = places()
        self._matcher = PhraseMatcher(nlp.vocab, attr="NORM")
        for phrase in self._table:
            nlp.vocab.strings.add(phrase)
            self._matcher.add(phrase, [Doc(nlp.vocab, words=phrase.split())])

    def __call__(self, doc: Doc) -> Doc:
        matches = filter_spans(self._matcher(doc, as_spans=True))
        words = norms(doc)
        found = [(span.start, span.end, self._table[span.label_]) for span in matches]
        doc.spans[_PLACES] = [
            Span(doc, span.start, span.end, label=kind, kb_id=span.label_)
            for span, kind in zip(matches, choose_places(words, found), strict=True)
            if kind
        ]
        return doc


class Rules:
    """Labels every token that means something, into `doc.ents`."""

    def __init__(self, nlp: Language) -> None:
        for name in lb.LABELS:
            nlp.vocab.strings.add(name)
        self._states = frozenset(state_codes())

    def __call__(self, doc: Doc) -> Doc:
        known = doc.spans[_PLACES]
        by_start = {span.start: span.kb_id_ for span in known}
        found = [(span.start, span.end, span.label_) for span in known]
        draft = label(norms(doc), found, self._states, doc.user_data["country"])
        doc.set_ents(
            [
                Span(doc, start, end, label=name, kb_id=by_start.get(start, ""))
                for start, end, name in draft.spans
            ]
        )
        return doc


class Resolver:
    """One value a field, from `doc.ents`, into `doc._.address_resolved`."""

    def __call__(self, doc: Doc) -> Doc:
        written, words = doc.user_data["written"], norms(doc)
        pieces = []
        for span in doc.ents:
            start, end = span.start, span.end
            text = " ".join(written[start:end])
            pieces.append(Piece(span.label_, start, end, text, tuple(words[start:end]), span.kb_id_))
        doc._.address_resolved = resolve(pieces)
        return doc


class Canonicaliser:
    """`doc._.address_resolved` into `doc._.address_canonical`."""

    def __init__(self) -> None:
        self._table = places()

    def __call__(self, doc: Doc) -> Doc:
        known: Canonical | None = doc.user_data["canonical"]
        doc._.address_canonical = known or canonical(doc._.address_resolved, self._table)
        return doc


class Keyer:
    """`doc._.address_canonical` into `doc._.address_key`."""

    def __init__(self, version: str) -> None:
        self._version = version

    def __call__(self, doc: Doc) -> Doc:
        doc._.address_key = make_key(doc._.address_canonical, self._version)
        return doc


class Tagger:
    """The pieces of the fields, by the trained model of the text's country, into `doc._.address_pieces`.

    The models are read with the first text: whoever wants keys alone does without them, and without numba.
    """

    def __init__(self) -> None:
        self._reader: Reader | None = None

    def __call__(self, doc: Doc) -> Doc:
        if self._reader is None:
            from nlp.tagger import shipped_reader

            self._reader = shipped_reader()
        country = doc.user_data["country"] or likely_country(doc.user_data["written"])
        doc._.address_pieces = self._reader.read(doc.user_data["text"], country)
        return doc


@Language.factory("address_gazetteer", assigns=["doc.spans"])
def _gazetteer(nlp: Language, name: str) -> Gazetteer:  # noqa: ARG001 - the signature spaCy calls
    return Gazetteer(nlp)


@Language.factory("address_rules", requires=["doc.spans"], assigns=["doc.ents"])
def _rules(nlp: Language, name: str) -> Rules:  # noqa: ARG001 - the signature spaCy calls
    return Rules(nlp)


@Language.factory("address_resolver", requires=["doc.ents"], assigns=["doc._.address_resolved"])
def _resolver(nlp: Language, name: str) -> Resolver:  # noqa: ARG001 - the signature spaCy calls
    return Resolver()


@Language.factory(
    "address_canonical", requires=["doc._.address_resolved"], assigns=["doc._.address_canonical"]
)
def _canonical(nlp: Language, name: str) -> Canonicaliser:  # noqa: ARG001 - the signature spaCy calls
    return Canonicaliser()


@Language.factory("address_key", requires=["doc._.address_canonical"], assigns=["doc._.address_key"])
def _key(nlp: Language, name: str, version: str) -> Keyer:  # noqa: ARG001 - the signature spaCy calls
    return Keyer(version)


@Language.factory("address_tagger", assigns=["doc._.address_pieces"])
def _tagger(nlp: Language, name: str) -> Tagger:  # noqa: ARG001 - the signature spaCy calls
    return Tagger()


def build(version: str) -> Language:
    """The pipeline whose keys carry `version`."""
    for name in _EXTENSIONS:
        if not Doc.has_extension(name):
            Doc.set_extension(name, default=None)
    nlp = spacy.blank("xx")
    # Worked out once a distinct word; of all that spaCy would work out, only the norm is read (by the gazetteer).
    nlp.vocab.lex_attr_getters = {NORM: normal_word}  # type: ignore[attr-defined]  # missing in spaCy's stub
    nlp.tokenizer = AddressTokenizer(nlp.vocab)
    for component in COMPONENTS:
        config = {"version": version} if component == "address_key" else {}
        nlp.add_pipe(component, config=config)
    return nlp
