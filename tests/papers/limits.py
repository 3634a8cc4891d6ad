"""What a command took, measured from outside: a process counts the largest memory of its children only."""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

# A small process of its own between: a child begins with what its parent had in memory.
_LAUNCH = """
import json, resource, subprocess, sys
done = subprocess.run(json.loads(sys.argv[1]), stdin=sys.stdin, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps([done.returncode, used.ru_utime + used.ru_stime, used.ru_maxrss]), file=sys.stderr)
sys.stdout.buffer.write(done.stdout)
"""


@dataclass(frozen=True)
class Took:
    """`seconds`: of a processor, which others on the machine do not lengthen; `memory`: bytes at the highest."""

    output: bytes
    status: int
    seconds: float
    memory: int


def took(command: Sequence[str], data: bytes, env: Mapping[str, str]) -> Took:
    launched = [sys.executable, "-S", "-E", "-c", _LAUNCH, json.dumps(list(command))]
    done = subprocess.run(launched, input=data, capture_output=True, check=True, env=dict(env), timeout=60)
    status, seconds, kilobytes = json.loads(done.stderr)
    return Took(done.stdout, status, seconds, kilobytes * 1024)
