"""A process of a parser pool whose parser does as the text says: `spin`, `sleep`, `raise`, `die`, or a key."""

import os
import signal
import time

from events.types import AddressKey
from nlp.pool_worker import main
from tests.support.fake_crew import key_of


class Stuck:
    """Hangs where it is told to."""

    def key(self, text: str) -> AddressKey | None:
        if text.startswith("spin"):
            while True:
                pass
        if text.startswith("sleep"):
            time.sleep(3_600)
        if text.startswith("raise"):
            raise ValueError(text)
        if text.startswith("die"):
            os.kill(os.getpid(), signal.SIGKILL)
        return key_of(text)


if __name__ == "__main__":
    main(lambda _: Stuck())
