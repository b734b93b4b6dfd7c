"""Icons of the kinds of entity, 20 by 20 around the origin, and the discs that carry them."""

from markupsafe import Markup

from console.report.svg import element

KINDS = {
    "account": "account",
    "card": "card",
    "device": "device",
    "address": "address",
    "email": "e-mail",
    "phone": "phone",
    "ip": "IP address",
    "merchant": "merchant",
}
_PATHS = {
    "account": "M0-8.5a4 4 0 1 0 .01 0zM-7.5 8.5v-1.5a7.5 6 0 0 1 15 0v1.5z",
    "card": "M-9-6.5h18v13h-18zM-9-2.5h18M-6 3h4",
    "device": "M-9-7.5h18v11.5h-18zM-4.5 8.5h9M0 4v4.5",
    "address": "M-9 0L0-8.5L9 0M-6.5-1.5v9.5h13v-9.5M-2 8v-5.5h4v5.5",
    "email": "M-9-6.5h18v13h-18zM-9-6l9 7l9-7",
    "phone": "M-5-9h10v18h-10zM-1.5 5.8h3",
    "ip": "M0-8.5a8.5 8.5 0 1 0 .01 0zM-8.5 0h17M0-8.5a4 8.5 0 1 0 .01 0z",
    "merchant": "M-8-1v9h16v-9M-9.5-3l2-5h15l2 5zM-2.5 8v-5h5v5",
}
_OTHER = "M0-8L8 0L0 8L-8 0z"


def node(kind: str, x: float, y: float, radius: float, *, shared: bool, fraud: bool) -> Markup:
    """A disc with the kind's icon: filled and larger where shared, an octagon where fraud is known."""
    class_ = " ".join(["node", *(["shared"] if shared else []), *(["known"] if fraud else [])])
    scale = radius / 15.5
    return element(
        "g",
        _octagon(radius) if fraud else element("circle", r=radius, class_="disc"),
        element("path", d=_PATHS.get(kind, _OTHER), class_="icon", transform=f"scale({scale:.2f})"),
        class_=class_,
        transform=f"translate({x:.1f} {y:.1f})",
    )


def legend_icon(kind: str = "", *, shared: bool = False, fraud: bool = False) -> Markup:
    """A node for the legend; without a kind only the disc."""
    return element(
        "svg",
        node(kind, 13, 13, 11, shared=shared, fraud=fraud) if kind else _bare(shared=shared, fraud=fraud),
        viewBox="0 0 26 26",
        width=26,
        height=26,
        class_="key",
        aria_hidden="true",
        focusable="false",
    )


def _bare(*, shared: bool, fraud: bool) -> Markup:
    class_ = " ".join(["node", *(["shared"] if shared else []), *(["known"] if fraud else [])])
    disc = _octagon(10) if fraud else element("circle", r=10, class_="disc")
    return element("g", disc, class_=class_, transform="translate(13 13)")


def _octagon(radius: float) -> Markup:
    far, near = radius * 1.08, radius * 0.447
    corners = (
        (near, -far), (far, -near), (far, near), (near, far), (-near, far), (-far, near), (-far, -near), (-near, -far),
    )  # fmt: skip
    return element("path", d="M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in corners) + "z", class_="disc")
