"""What makes an input the same input."""

from events.types import Input, JoinedLabel


def identity(event: Input) -> tuple[str, str]:
    """(kind, id) of an input."""
    if isinstance(event, JoinedLabel):
        return "label", event.label.id
    return type(event).__name__, event.id
