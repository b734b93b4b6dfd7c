"""`address.train`: corrections to a corpus, a tagger trained on it, measured beside the present one."""

from pathlib import Path
from typing import Any

from graph.address_texts import some_texts
from nlp.lifecycle.course import Course, doubtful, run_course
from nlp.lifecycle.taggers import shipped, unpack
from nlp.tagger.build import public_examples
from scoring import Registry
from workers.parts import Clients
from workers.turns import turn

ROLE = "address training"


def train_addresses(
    clients: Clients, *, seed: int, base: int, public: str = "", samples: int = 2_000
) -> dict[str, Any]:
    """Train on all corrections there are. The same corrections, base and seed give the same tagger.

    `base` below 0 and `public` (a folder on the worker) as `nlp.lifecycle.course.run_course` has them.

    Returns `trained` with the tagger, its corpus and what stops it (nothing: it may be deployed). Nothing is put in
    force. `TakenError` while another training runs, `NotFoundError` where nothing was corrected.
    """
    parts = clients.parts
    with turn(clients, ROLE) as fence:
        registry = Registry(clients.blobs, parts.clock)
        active = registry.active()
        current = active.tagger if active else None
        texts = some_texts(clients.graph, clients.addresses.version, samples, seed)
        course = Course(
            blobs=clients.blobs,
            current=current or "",
            models=shipped() if current is None else unpack(registry.get(current)),
            put=lambda data, facts: registry.put("tagger", data, facts),
            clock=parts.clock,
            beside={"US": public_examples(Path(public))} if public else {},
        )
        doubtful(course, texts)
        done = run_course(course, seed=seed, base=None if base < 0 else base, fence=fence)
    return {"result": "trained", **done}
