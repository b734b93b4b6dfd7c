"""The life of a tagger behind its first release: corrections -> corpus -> training -> evaluation -> gate.

What is put in force, and taken back, is a release (`scoring`); here is what goes into one and why.
"""

from nlp.lifecycle.corpus import Corpus, make_corpus
from nlp.lifecycle.correcting import corrected
from nlp.lifecycle.corrections import Correction, Corrections, Sample
from nlp.lifecycle.evaluation import Evaluation, ExampleSet, Read, evaluate
from nlp.lifecycle.gate import Finding, Gate
from nlp.lifecycle.measure import Measured, measure
from nlp.lifecycle.taggers import Trainer, pack, readers_of, train_tagger, unpack

__all__ = [
    "Corpus",
    "Correction",
    "Corrections",
    "Evaluation",
    "ExampleSet",
    "Finding",
    "Gate",
    "Measured",
    "Read",
    "Sample",
    "Trainer",
    "corrected",
    "evaluate",
    "make_corpus",
    "measure",
    "pack",
    "readers_of",
    "train_tagger",
    "unpack",
]
