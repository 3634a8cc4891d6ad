"""Drafts: one for each user and form, beside the record and never in it."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from perfflow.core import clock, drafts, form_keys, logins
from perfflow.core.drafts import Head, Written
from perfflow.core.errors import Invalid, NotFound
from perfflow.db import db, unit_of_work
from perfflow.models.draft import Draft
from perfflow.models.journal import EventEntry, JournalEntry
from perfflow.process import P
from tests.make import NOW, PASSWORD, Make

ACTION = "/projects/7/summary"


def written(text: str = "写了一半", **more: Any) -> Written:
    return Written(form_name="rectification.SummaryForm", version=3, pairs=(("text", text),), **more)


def keep(app: Flask, actor: Any, what: Written, *, action: str = ACTION, project_id: int | None = None) -> Head | None:
    with app.app_context(), unit_of_work():
        return drafts.keep(action, what, project_id=project_id, actor=actor)


def test_a_draft_is_written_over_the_one_before_of_the_same_form(app: Flask, make: Make) -> None:
    first = keep(app, make["unit"], written("一"))
    second = keep(app, make["unit"], written("二"))
    other = keep(app, make["unit"], written("三"), action="/projects/8/summary")

    assert first and second and other
    assert first.id == second.id != other.id
    with app.app_context():
        assert drafts.find(first.id, actor=make["unit"])[1] == (("text", "二"),)
        assert [head.action for head in drafts.of(make["unit"])] == ["/projects/8/summary", ACTION]


def test_nobody_reads_the_draft_of_another(app: Flask, make: Make) -> None:
    mine = keep(app, make["unit"], written())
    assert mine

    with app.app_context():
        assert drafts.of(make["head"]) == []
        with pytest.raises(NotFound):
            drafts.find(mine.id, actor=make["head"])
    with app.app_context(), unit_of_work():
        drafts.discard(mine.id, actor=make["head"])
    with app.app_context():
        assert len(drafts.of(make["unit"])) == 1


def test_a_draft_leaves_the_record_and_the_journal_as_they_are(app: Flask, make: Make) -> None:
    play = make.project(P.DECLARING)
    with app.app_context():
        before = db.session.scalars(select(JournalEntry.id)).all(), db.session.scalars(select(EventEntry.id)).all()
        version, updated = play.project().version, play.project().updated_at

    keep(app, make["unit"], written(), project_id=play.id)

    with app.app_context():
        after = db.session.scalars(select(JournalEntry.id)).all(), db.session.scalars(select(EventEntry.id)).all()
        assert after == before
        assert (play.project().version, play.project().updated_at) == (version, updated)


def test_what_comes_after_its_form_was_sent_brings_no_text_back(app: Flask, make: Make) -> None:
    with app.app_context(), unit_of_work():
        form_keys.keep("the key", "/projects/7", actor=make["unit"])

    assert keep(app, make["unit"], written(key="the key")) is None
    with app.app_context():
        assert drafts.of(make["unit"]) == []


@pytest.mark.parametrize("how", ["by its address", "by its key", "as the one that was offered"])
def test_a_form_that_was_sent_takes_its_draft_along(app: Flask, make: Make, how: str) -> None:
    head = keep(app, make["unit"], written(key="k1"))
    other = keep(app, make["unit"], written(key="k2"), action="/projects/8/summary")
    assert head and other
    given = {
        "by its address": {"action": ACTION, "key": "", "draft_id": None},
        "by its key": {"action": "/projects/7/act/approve", "key": "k1", "draft_id": None},
        "as the one that was offered": {"action": "/projects/7/act/approve", "key": "", "draft_id": head.id},
    }[how]

    with app.app_context(), unit_of_work():
        drafts.forget(**given, actor=make["unit"])  # type: ignore[arg-type]

    with app.app_context():
        assert [one.id for one in drafts.of(make["unit"])] == [other.id]


def test_a_draft_of_a_project_out_of_reach_is_not_there(app: Flask, make: Make) -> None:
    play = make.project(P.FINDINGS_WRITING, ready=True)
    head = keep(app, make["lead"], written(), project_id=play.id)
    assert head

    play.act("supervisor", "replace_firm", reason="人员变动")

    with app.app_context():
        with pytest.raises(NotFound):
            drafts.find(head.id, actor=make["lead"])
        assert drafts.project_names([head], actor=make["lead"]) == {}


def test_a_text_too_long_is_refused_and_the_draft_before_stays(app: Flask, make: Make) -> None:
    keep(app, make["unit"], written("短"))

    with pytest.raises(Invalid):
        keep(app, make["unit"], written("长" * drafts.LONGEST))

    with app.app_context():
        (head,) = drafts.of(make["unit"])
        assert drafts.find(head.id, actor=make["unit"])[1] == (("text", "短"),)


def test_the_oldest_of_too_many_gives_way(app: Flask, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drafts, "MOST", 3)

    for number in range(5):
        with clock.at(NOW + timedelta(minutes=number)):
            keep(app, make["unit"], written(), action=f"/projects/{number}/summary")

    with app.app_context():
        assert [head.action for head in drafts.of(make["unit"])] == [f"/projects/{n}/summary" for n in (4, 3, 2)]


def test_drafts_nobody_came_back_to_go_at_a_log_in(app: Flask, make: Make) -> None:
    keep(app, make["unit"], written())
    later = NOW + timedelta(days=20)
    with clock.at(later):
        keep(app, make["head"], written())

    with app.app_context(), clock.at(NOW + timedelta(days=31)):
        logins.log_in("supervisor", PASSWORD, "127.0.0.1")
        left = db.session.scalars(select(Draft.user_id)).all()

    assert left == [make["head"].id]
