"""A process that sends until it is killed: `python log_writer.py URL TOPIC BATCH`.

Record n has value "n" and goes to partition n % 4. After each batch the log has acknowledged, the next n is
printed, so that whoever kills this knows what must be there.
"""

import sys

from streaming.log import Outgoing, open_log


def main() -> None:
    url, topic, batch = sys.argv[1], sys.argv[2], int(sys.argv[3])
    log = open_log(url)
    producer = log.open_producer("writer", [topic])
    at = 0
    while True:
        producer.send(
            [Outgoing(topic, b"k", str(n).encode(), partition=n % 4) for n in range(at, at + batch)]
        )
        at += batch
        sys.stdout.write(f"{at}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
