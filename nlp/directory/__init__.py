"""The place directory: post offices, localities and towns of India by PIN, towns of the United States by ZIP code.

Compiled from open data by `python -m nlp.directory.compile` into one file of nlp/data. See docs/addresses-directory.md.
"""

from nlp.directory.areas import Near, PlaceKind, PostArea, Span, Vouched
from nlp.directory.runtime import Directory, load_directory

__all__ = ["Directory", "Near", "PlaceKind", "PostArea", "Span", "Vouched", "load_directory"]
