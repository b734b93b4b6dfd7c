"""Commands over `control`: a release is put in force between two batches, and acknowledged."""

from collections import deque
from collections.abc import Callable, Sequence

from events import codec, topics
from events.errors import RingwatchError
from events.types import Control, ControlAck
from scoring import ACTIVATE, Scorer, release_of
from streaming.log.port import Outgoing, TopicPartition
from streaming.score_parts import PART, ScoreParts
from streaming.switching import Switch
from streaming.working import Working


class Commands:
    """Obeys one command after the other. One that needs other windows is obeyed once they are made.

    A switch is noted (`note`: in the journal) before it is acknowledged with `send`. A crash in between makes the
    command be met, and acknowledged, once more.
    """

    def __init__(
        self,
        parts: ScoreParts,
        working: Working,
        note: Callable[[], None],
        send: Callable[[Sequence[Outgoing]], None],
    ) -> None:
        self._parts = parts
        self._working = working
        self._note = note
        self._send = send
        self._waiting: deque[tuple[Control, dict[TopicPartition, int]]] = deque()
        self._switch: Switch | None = None

    @property
    def waiting(self) -> bool:
        """Whether a command is not obeyed yet."""
        return bool(self._waiting)

    @property
    def switching(self) -> bool:
        """Whether windows are being made: no checkpoint may begin."""
        return self._switch is not None

    @property
    def held(self) -> dict[TopicPartition, int]:
        """Where a restart must read `control` from, to meet what is not obeyed yet."""
        return self._waiting[0][1] if self._waiting else {}

    def take(self, control: Control, positions: dict[TopicPartition, int]) -> None:
        """Take a command that was met at `positions`."""
        at = {source: offset for source, offset in positions.items() if source.topic == topics.CONTROL.name}
        self._waiting.append((control, at))

    def turn(self, *, busy: bool) -> None:
        """Obey what can be obeyed now, between two batches; `busy`: a checkpoint is under way."""
        if self._switch is not None:
            if not self._switch.done():
                return
            self._finish(self._switch)
        while self._waiting and self._switch is None and self._obey(self._waiting[0][0], busy=busy):
            self._waiting.popleft()

    def cancel(self) -> None:
        """Give up windows that are being made; a restart meets the command again."""
        if self._switch is not None:
            self._switch.cancel()
            self._switch = None

    def _obey(self, control: Control, *, busy: bool) -> bool:
        """Whether that is done with."""
        if control.command != ACTIVATE:
            return True
        try:
            scorer = self._parts.load_scorer(release_of(control))
            if not self._working.fits(scorer):
                if not busy:
                    self._begin(control, scorer)
                return False
        except RingwatchError as error:
            self._answer(control, ok=False, detail=str(error))
            return True
        self._working.scorer = scorer
        self._note()
        self._answer(control, ok=True, detail=self._now())
        return True

    def _begin(self, control: Control, scorer: Scorer) -> None:
        parts = self._parts
        catalogue, places = parts.catalogue_of(scorer.columns.version), parts.places_of(scorer.alias_map)
        self._switch = Switch(parts, self._working, control, scorer, catalogue, places)

    def _finish(self, switch: Switch) -> None:
        self._switch = None
        try:
            switch.finish()
        except RingwatchError as error:
            self._answer(switch.control, ok=False, detail=str(error))
        else:
            self._note()
            detail = f"{self._now()}, with catalogue {switch.catalogue.version}"
            if switch.places.name:
                detail += f" and {switch.places.name}"
            self._answer(switch.control, ok=True, detail=detail)
        self._waiting.popleft()

    def _now(self) -> str:
        return f"release {self._working.scorer.release} from seq {self._working.fold.next_seq}"

    def _answer(self, control: Control, *, ok: bool, detail: str) -> None:
        ack = ControlAck(
            control=control.id, part=PART, time=self._parts.clock.now_ms(), ok=ok, detail=detail[:512]
        )
        self._send([Outgoing(topics.CONTROL_ACKS.name, control.id.encode(), codec.encode(ack))])
