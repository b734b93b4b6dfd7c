"""Run as a script: becomes the command it is given, having asked the kernel to be killed with its parent.

`python -I -S child.py PARENT_PID COMMAND...`. A wrapper and not subprocess's preexec_fn, which may deadlock in
a process with threads. Imports stay few: this is start-up time of every service.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def main() -> None:
    parent, command = int(sys.argv[1]), sys.argv[2:]
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG)")
    if os.getppid() != parent:  # it died before the request was in place
        sys.exit("the parent is gone")
    os.execv(command[0], command)  # noqa: S606 - the whole point: no shell, and the same process


if __name__ == "__main__":
    main()
