"""Which country's tagger reads a text that says nothing about it."""

from nlp.countries import likely_country
from nlp.joins import country_of
from nlp.text import TOKEN


def country_of_text(text: str) -> str:
    """ISO 3166 alpha-2 of a legible text, by its postcode or the places it names; "" where neither tells."""
    words = TOKEN.findall(text)
    return country_of(words) or likely_country(words)
