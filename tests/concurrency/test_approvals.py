"""Many at once: one decision wins, the others are told; writers queue instead of failing."""

import threading
import time
from collections import Counter
from collections.abc import Callable

from sqlalchemy import func, select

from perfflow.db import db
from perfflow.models.journal import JournalEntry
from perfflow.process import P
from tests.make import context
from tests.screen import ORIGIN, Client

SESSIONS = 50
WRITERS, SECONDS = 16, 10


def at_once(calls: list[Callable[[], object]]) -> None:
    """Run every call in a thread of its own, all let go at the same moment."""
    gate = threading.Barrier(len(calls))

    def run(call: Callable[[], object]) -> None:
        gate.wait()
        call()

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)


def test_of_fifty_approvals_one_wins_and_the_others_read_who_was_faster(make, client_for):
    play = make.project(P.DECLARATION_REVIEW)
    address = f"/projects/{play.id}/act/approve_declaration"
    # each session has drawn the form: its own form key, the same version
    forms = [client_for(make["supervisor"]).get(address) for _ in range(SESSIONS)]
    answers = []

    at_once([lambda form=form: answers.append(form.press(verdict="优")) for form in forms])

    assert Counter(answer.status for answer in answers) == {303: 1, 409: SESSIONS - 1}
    refused = [answer for answer in answers if answer.status == 409]
    assert all("预算处 经办" in answer.text or "此时不能办理" in answer.text for answer in refused)
    with context(make.app):
        entries = select(func.count()).where(
            JournalEntry.project_id == play.id, JournalEntry.action == "approve_declaration"
        )
        assert db.session.scalar(entries) == 1


def test_the_same_form_sent_twice_at_once_is_one_act_and_both_land_in_the_same_place(make, client_for):
    play = make.project(P.DECLARATION_REVIEW)
    form = client_for(make["supervisor"]).get(f"/projects/{play.id}/act/approve_declaration")
    answers = []

    at_once([lambda: answers.append(form.press(verdict="良")) for _ in range(8)])

    assert {(answer.status, answer.location) for answer in answers} == {(303, f"/projects/{play.id}")}
    assert play.state == P.APPROVED


def test_sixteen_writers_for_ten_seconds_meet_no_lock_and_no_error(make, client_for):
    clients: list[Client] = [client_for(make["unit"]) for _ in range(WRITERS)]
    answers: Counter[int] = Counter()
    until = time.monotonic() + SECONDS

    def write(client: Client, number: int) -> None:
        token = client.token()
        while time.monotonic() < until:
            typed = {"name": f"并发申报{number}", "object_kind": "project", "budget_year": "2026", "csrf_token": token}
            answer = client.http.post("/projects/new", data=typed, headers={"Origin": ORIGIN})
            answers[answer.status_code] += 1

    at_once([lambda c=client, n=n: write(c, n) for n, client in enumerate(clients)])

    assert set(answers) == {303}
    assert answers[303] >= WRITERS
