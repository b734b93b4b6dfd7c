"""The HTTP API: decisions on request, rings.

`make_app(parts)` makes the application, `serve` runs it.
"""

from console.app import make_app
from console.parts import ConsoleParts, ConsoleSettings
from console.server import serve

__all__ = ["ConsoleParts", "ConsoleSettings", "make_app", "serve"]
