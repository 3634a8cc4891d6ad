"""`python -m perfflow.papers NAME [KIND] < FILE`: reads one file under limits and writes what it holds as JSON."""

import ctypes
import os
import resource
import sys

from perfflow.papers import child, reading
from perfflow.papers.package import RefusedFile
from perfflow.papers.paper import PaperKind
from perfflow.papers.zip_directory import MAX_FILE

CLONE_NEWNET, CLONE_NEWUSER = 0x40000000, 0x10000000


def main() -> int:
    name, kind = (*sys.argv[1:3], "", "")[:2]
    apart = confine()
    if name == child.CONFINED:
        sys.stdout.write("cut" if apart else "open")
        return 0
    try:
        papers = reading.read(sys.stdin.buffer.read(MAX_FILE + 1), name, PaperKind(kind) if kind else None)
        text = child.answer(papers)
    except RefusedFile as refused:
        text = child.refusal(refused)
    except (MemoryError, RecursionError):
        return child.OUT_OF_ROOM
    sys.stdout.buffer.write(text.encode())
    return 0


def confine() -> bool:
    """Limits for this process, from now on. Returns whether the network could be cut off."""
    apart = _without_network()
    for what, most in (
        (resource.RLIMIT_AS, child.MEMORY),
        (resource.RLIMIT_CPU, child.SECONDS),
        (resource.RLIMIT_FSIZE, child.ANSWER),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_NOFILE, 64),
    ):
        _, hard = resource.getrlimit(what)
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (most, most))
    return apart


def _without_network() -> bool:
    """A network of its own with nothing in it, where the system lets a plain process have one."""
    try:
        libc = ctypes.CDLL(None, use_errno=True)
        return any(libc.unshare(flags) == 0 for flags in (CLONE_NEWUSER | CLONE_NEWNET, CLONE_NEWNET))
    except (OSError, AttributeError):
        return False


if __name__ == "__main__":
    status = main()
    sys.stdout.flush()
    # libraries that clean up at the end may want memory that is no longer there
    os._exit(status)
