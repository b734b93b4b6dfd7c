"""`ringwatch address explain`: one address for people."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from events.errors import RingwatchError
from nlp.fields import FIELDS, ParsedAddress

if TYPE_CHECKING:
    from rich.console import Console

    from nlp.written import Piece
    from ringwatch.wiring import Wiring

_COLOURS = (
    "cyan", "green", "yellow", "magenta", "blue", "bright_cyan", "bright_green", "bright_yellow", "bright_magenta",
    "bright_blue", "red", "bright_red", "cyan", "green", "yellow", "magenta", "blue",
)  # fmt: skip
_SHOWN = 6  # names of a kind that the directory has


@dataclass(frozen=True)
class Explained:
    """What there is to say about an address.

    `text` is cleaned, `pieces` lie in it. `post` is what the directory says of the postcode, `place` and `why` what the
    alias map in force says of the key.
    """

    text: str
    country: str
    parsed: ParsedAddress
    pieces: "tuple[Piece, ...]"
    post: Mapping[str, str]
    place: str | None
    why: str
    tagger: str

    def told(self) -> dict[str, Any]:
        """For scripts."""
        from msgspec import to_builtins

        from nlp.canonical_text import canonical_text

        return {
            "text": self.text,
            "country": self.country,
            "fields": to_builtins(self.parsed.fields),
            "confidence": self.parsed.confidence,
            "canonical": canonical_text(self.parsed.canonical),
            "key": self.parsed.key.token if self.parsed.key else None,
            "place": self.place,
            "why": self.why,
            "postcode": dict(self.post),
            "tagger": self.tagger,
        }


def explained(parts: "Wiring", text: str, country: str | None) -> Explained:
    """All there is to say about a text."""
    from nlp.countries import country_of_text
    from nlp.text import legible

    cleaned = legible(text)
    of = country or country_of_text(cleaned)
    parser = parts.field_parser
    parsed = parser.parse(text, country)
    active = parts.registry.active()
    place, why = None, ""
    if parsed.key is not None and active is not None and active.alias_map is not None:
        token = parsed.key.token
        place = parts.alias_maps.get(active.alias_map).token(token)
        why = parts.alias_maps.evidence(active.alias_map).get(token, "") if place != token else ""
    return Explained(
        text=cleaned,
        country=of,
        parsed=parsed,
        pieces=tuple(parser.pieces(cleaned, of)),
        post=_post(parsed),
        place=place,
        why=why,
        tagger=(active.tagger if active else None) or "the package's",
    )


def shown(it: Explained, console: "Console") -> None:
    """The text in the colours of its fields, and a table of what was made of it."""
    from rich.table import Table
    from rich.text import Text

    from nlp.canonical_text import canonical_text

    colour = dict(zip(FIELDS, _COLOURS, strict=True))
    line = Text(it.text)
    for piece in it.pieces:
        line.stylize(f"bold {colour[piece.field]}", piece.start, piece.end)
    console.print(line, soft_wrap=True)
    table = Table(box=None, show_header=False, pad_edge=False)
    for field in FIELDS:
        value = getattr(it.parsed.fields, field)
        if value is not None:
            sure = it.parsed.confidence.get(field)
            table.add_row(
                Text(field, colour[field]), value, f"{sure:.0%}" if sure is not None else "", style=None
            )
    console.print(table)
    key = it.parsed.key
    facts = {
        "country": it.country or "unknown",
        "canonical": canonical_text(it.parsed.canonical),
        "building": key.building if key else "no key: it says too little to tell a place by",
        "unit": key.unit if key and key.unit else "",
        "place": f"{it.place}, with others: {it.why}" if key and it.place and it.place != key.token else "",
        **it.post,
        "read by": it.tagger,
    }
    for name, text in facts.items():
        if text:
            console.print(Text.assemble((f"{name:<12}", "dim"), text), soft_wrap=True)


def _post(parsed: ParsedAddress) -> dict[str, str]:
    """What the directory says of the postcode, in words."""
    code = parsed.canonical.postcode or parsed.fields.postcode
    if not code:
        return {}
    try:
        from nlp.directory import load_directory

        area = load_directory().postcode(code)
    except (RingwatchError, OSError) as error:
        return {"postcode": f"the directory can't be read: {error}"}
    if area is None:
        return {"postcode": f"{code} is in no directory of the package"}
    names = {"towns": area.cities, "offices": area.offices, "localities": area.localities}
    return {
        "postcode": f"{code}: {area.district.title()}, {area.state.title()} ({area.state_code})",
        **{
            name: ", ".join(each.title() for each in found[:_SHOWN])
            + (f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else "")
            for name, found in names.items()
            if found
        },
    }
