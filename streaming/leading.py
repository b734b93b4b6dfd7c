"""Who leads, where the journal is a topic: the scorer that holds the lease; every other follows, and takes over.

The lease only says when to try. What makes two leaders impossible is the log's fencing: who takes over opens the
producers, and from then on nothing that the old leader writes is part of the history.
"""

import threading
from collections.abc import Callable

from events.errors import FencedError, UnavailableError
from storage.lease import Lease
from streaming.score import ScoreTransactions
from streaming.score_parts import ScoreParts, ScoreSettings
from streaming.standby import Standby


class Lead:
    """Asks for the lease and renews it, from a thread of its own."""

    def __init__(self, lease: Lease) -> None:
        self._lease = lease
        self._stop = threading.Event()
        self._held = threading.Event()
        self._lost = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="score-lease", daemon=True)
        self._thread.start()

    @property
    def held(self) -> bool:
        return self._held.is_set()

    @property
    def lost(self) -> bool:
        """Whether it was held and is no longer: somebody else may lead."""
        return self._lost.is_set()

    def close(self) -> None:
        """Give it back, so that a standby need not wait."""
        self._stop.set()
        self._thread.join()
        try:
            self._lease.release()
        except UnavailableError:
            return

    def _beat(self) -> None:
        wait = 0.0
        while not self._stop.wait(wait):
            wait = self._lease.ttl_ms / 4_000
            try:
                if self._held.is_set():
                    self._lease.renew()
                elif self._lease.acquire() is not None:
                    self._held.set()
            except UnavailableError:
                continue
            except FencedError:
                self._lost.set()
                return


class ScoreCandidate:
    """A scorer that follows until it leads. `step` until told to stop, then `close`.

    Args:
        say: told what becomes of it, in a line for people.
    """

    def __init__(
        self, parts: ScoreParts, settings: ScoreSettings, lease: Lease, say: Callable[[str], None]
    ) -> None:
        self._parts = parts
        self._settings = settings
        self._say = say
        self._told = threading.Event()
        self._leader: ScoreTransactions | None = None
        self._standby: Standby | None = Standby(parts, settings)
        self._lead = Lead(lease)

    @property
    def leads(self) -> bool:
        return self._leader is not None

    def take_lead(self) -> None:
        """Lead from the next step on, whoever does now."""
        self._told.set()

    def step(self) -> int:
        """One micro-batch as the leader, or some of the journal as a standby; how much was folded.

        `FencedError` where another has taken the lead: the process must end.
        """
        if self._leader is None and (self._told.is_set() or self._lead.held):
            self._begin()
        if self._leader is None:
            assert self._standby is not None  # noqa: S101 - one of the two is there
            return self._standby.step()
        if self._lead.lost and not self._told.is_set():
            raise FencedError("the lease is lost: another scorer may lead")
        return self._leader.step()

    def close(self) -> None:
        if self._leader is not None:
            self._leader.close()
        if self._standby is not None:
            self._standby.close()
        self._lead.close()

    def _begin(self) -> None:
        began = self._parts.clock.perf_us()
        standby, self._standby = self._standby, None
        leader = ScoreTransactions(self._parts, self._settings)
        done = leader.recover(standby.ready() if standby is not None else None)
        self._leader = leader
        seconds = (self._parts.clock.perf_us() - began) / 1e6
        self._parts.metrics.observe("take_over_seconds", seconds, part="score")
        self._say(
            f"score: leads from seq {leader.next_seq} after {seconds:.2f} s, {done.replayed} inputs folded, "
            f"{done.sent} messages sent again"
        )
