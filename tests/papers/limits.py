"""What a command took, measured from outside: a process counts the largest memory of its children only."""

import json
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

# A small process of its own between: a child begins with what its parent had in memory.
_LAUNCH = """
import json, resource, subprocess, sys
done = subprocess.run(json.loads(sys.argv[1]), stdin=sys.stdin, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
print(json.dumps([done.returncode, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss]), file=sys.stderr)
sys.stdout.buffer.write(done.stdout)
"""


@dataclass(frozen=True)
class Took:
    """Seconds by the clock, the largest resident memory in bytes, and how it ended."""

    output: bytes
    status: int
    seconds: float
    memory: int


def took(command: Sequence[str], data: bytes, env: Mapping[str, str]) -> Took:
    began = time.monotonic()
    launched = [sys.executable, "-S", "-E", "-c", _LAUNCH, json.dumps(list(command))]
    done = subprocess.run(launched, input=data, capture_output=True, check=True, env=dict(env), timeout=60)
    status, kilobytes = json.loads(done.stderr)
    return Took(done.stdout, status, time.monotonic() - began, kilobytes * 1024)
