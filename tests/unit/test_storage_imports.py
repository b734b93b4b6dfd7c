import subprocess
import sys

SLOW = ("redis", "obstore", "prometheus_client", "phonenumbers", "numpy")


def test_rooms_stay_cheap_to_import() -> None:
    program = (
        "import sys, storage, storage.metrics, events.codec, events.door, events.dead_letter\n"
        f"print(*[name for name in {SLOW} if name in sys.modules])"
    )
    command = [sys.executable, "-c", program]
    printed = subprocess.run(command, capture_output=True, check=True, text=True)  # noqa: S603 - our own program
    assert printed.stdout.split() == []


def test_every_exported_name_is_there() -> None:
    import storage

    assert all(hasattr(storage, name) for name in storage.__all__)
