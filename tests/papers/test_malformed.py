"""Every malformed file of the table: refused with its sentence, or read, within the limits of the reading process."""

import contextlib
import json
import sys
import time

import pytest

from perfflow.papers import child
from perfflow.papers.package import FileKind, RefusedFile, identify, open_checked
from tests.papers.limits import Took, took
from tests.papers.malformed import AT_THE_GATE, HEAVY, IN_READING, TAKEN, Case

SECONDS, MEMORY = 10, 300 * 1024 * 1024


def refusal_at_the_gate(case: Case) -> str:
    data = case.make()
    try:
        if identify(case.name, data) in (FileKind.DOCX, FileKind.XLSX):
            open_checked(data)
    except RefusedFile as refused:
        return str(refused)
    return ""


def read_apart(case: Case) -> tuple[Took, str]:
    """What the process that reads uploads took, and the sentence it gave; empty where it read the file."""
    command = [sys.executable, "-s", "-E", "-m", "perfflow.papers", case.name, ""]
    one = took(command, case.make(), child._ENVIRONMENT)
    if one.status:
        return one, child.TOO_HARD if one.status in (child.OUT_OF_ROOM, -9, -24) else f"ended with {one.status}"
    try:
        child.received(json.loads(one.output))
    except RefusedFile as refused:
        return one, str(refused)
    return one, ""


def names(cases: list[Case]) -> list[str]:
    return [f"{case.title}-{case.name.rpartition('.')[2]}" for case in cases]


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("case", AT_THE_GATE, ids=names(AT_THE_GATE))
def test_it_is_refused_before_anything_is_opened(case: Case) -> None:
    sentence = refusal_at_the_gate(case)

    assert case.sentence in sentence
    assert sentence.endswith("。")


@pytest.mark.parametrize("case", [*IN_READING, *HEAVY, *TAKEN], ids=names([*IN_READING, *HEAVY, *TAKEN]))
def test_it_may_be_kept_as_an_attachment(case: Case) -> None:
    assert refusal_at_the_gate(case) == ""


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("case", [*AT_THE_GATE, *IN_READING], ids=names([*AT_THE_GATE, *IN_READING]))
def test_the_process_that_reads_says_its_sentence(case: Case) -> None:
    one, sentence = read_apart(case)

    assert case.sentence in sentence
    assert sentence.endswith("。")
    assert one.seconds <= SECONDS and one.memory <= MEMORY


@pytest.mark.parametrize("case", [*HEAVY, *TAKEN], ids=names([*HEAVY, *TAKEN]))
def test_what_can_be_read_is_read_within_the_limits(case: Case) -> None:
    one, sentence = read_apart(case)

    assert sentence == "" or sentence.endswith("。")
    assert one.seconds <= SECONDS and one.memory <= MEMORY


def test_the_clock_ends_what_takes_too_long() -> None:
    """On a busy machine too: its processor's time alone would let it wait."""
    slow = next(case for case in HEAVY if case.title.startswith("the same label"))
    data, began = slow.make(), time.monotonic()

    with contextlib.suppress(RefusedFile):
        child.read_apart(data, slow.name)

    assert time.monotonic() - began <= SECONDS
