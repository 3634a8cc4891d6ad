"""项目库: filters in the address, keyset pages, nothing masked betrayed."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from perfflow.core import clock
from perfflow.db import db, unit_of_work
from perfflow.models.project import Project
from perfflow.process import P
from tests.make import NOW, context
from tests.statements import statements


def names(screen) -> list[str]:
    """What is told of each project: the first cell is there to choose it."""
    return [row[1] for row in screen.rows[1:]]


def test_twenty_rows_a_page_and_both_ways_back(make, client_for):
    for n in range(45):
        with clock.at(NOW + timedelta(minutes=n)):
            make.project()
    client = client_for(make["unit"])

    first = client.get("/projects/")
    second = client.get(next(link for link in first.links if "after=" in link))
    third = client.get(next(link for link in second.links if "after=" in link))
    again = client.get(next(link for link in third.links if "before=" in link))

    assert [len(names(page)) for page in (first, second, third)] == [20, 20, 5]
    assert names(again) == names(second)
    assert "共 45 项" in first.text
    assert not [link for link in third.links if "after=" in link]


@pytest.mark.parametrize("sort", ["updated", "due", "year", "code"])
def test_each_sort_shows_every_project_once(make, client_for, sort):
    for n in range(23):
        with clock.at(NOW + timedelta(minutes=n)):
            make.project()
    client = client_for(make["unit"])

    first = client.get(f"/projects/?sort={sort}")
    second = client.get(next(link for link in first.links if "after=" in link))
    shown = [link for page in (first, second) for link in page.links if link.rsplit("/", 1)[-1].isdigit()]

    assert len(shown) == len(set(shown)) == 23


def test_filters_stand_in_the_address(make, client_for):
    make.project(P.DECLARATION_REVIEW)
    make.project(P.APPROVED)
    client = client_for(make["supervisor"])

    assert len(names(client.get("/projects/?state=approved"))) == 1
    assert len(names(client.get("/projects/?stage=declaration"))) == 2
    assert len(names(client.get("/projects/?stage=rectification"))) == 0
    assert len(names(client.get("/projects/?words=%E7%94%B2%E5%B1%80"))) == 2  # 甲局, the unit's name
    assert "没有符合条件的项目" in client.get("/projects/?words=%25").text  # a per cent sign is no wildcard


def test_a_grade_filters_only_where_it_is_shown(make, client_for):
    play = make.project(P.EVALUATION_REVIEW)
    with context(make.app):
        from perfflow.models.evaluation import Assignment

        grade = db.session.scalar(db.select(Assignment.grade).where(Assignment.project_id == play.id))

    assert len(names(client_for(make["supervisor"]).get(f"/projects/?grade={grade}"))) == 1
    assert len(names(client_for(make["unit"]).get(f"/projects/?grade={grade}"))) == 0


def test_overdue_projects_are_found_and_resting_ones_are_not(make, client_for):
    make.project(P.APPROVED)
    make.project(P.DECLARATION_REVIEW)
    client = client_for(make["supervisor"])

    with clock.at(datetime(2026, 6, 1, tzinfo=UTC)):
        late = client_for(make["supervisor"]).get("/projects/?overdue=y")

    assert len(names(late)) == 1
    assert "逾期" in late.text
    assert "没有符合条件的项目" in client.get("/projects/?overdue=y").text


@pytest.mark.parametrize("bad", ["after=%00", "after=W10", "before=bm9uc2Vuc2U", "year=99999999999", "unit=x&sort=y"])
def test_an_address_that_makes_no_sense_shows_the_list(make, client_for, bad):
    make.project()

    assert client_for(make["unit"]).get(f"/projects/?{bad}").status == 200


def test_the_list_takes_the_same_number_of_statements_whatever_it_shows(make, client_for):
    client = client_for(make["unit"])
    make.project()
    client.get("/projects/")
    few = statements(make.app, lambda: client.get("/projects/"))
    for _ in range(15):
        make.project()

    assert statements(make.app, lambda: client.get("/projects/")) == few


def test_an_htmx_request_gets_the_results_alone_and_they_stand_in_the_page(make, client_for):
    make.project()
    client = client_for(make["unit"])

    part = client.get("/projects/", htmx=True)
    whole = client.get("/projects/")

    assert not part.tree.xpath("//h1")
    assert part.rows == whole.rows


def test_the_count_is_capped(make, client_for):
    from perfflow.core import paging
    from perfflow.core.listing import Filter, filtered

    make.project()
    make.project()
    with context(make.app):
        query = filtered(make["unit"], Filter(), Project.id)

        assert paging.capped_count(query) == "2"
        assert paging.capped_count(query, cap=1) == "1+"


def test_a_stored_state_that_the_process_lacks_is_refused_at_start(make, instance):
    from perfflow import create_app
    from perfflow.config import StartupRefused

    play = make.project()
    with context(make.app), unit_of_work():
        db.session.execute(db.text("PRAGMA ignore_check_constraints=ON"))
        db.session.execute(update(Project).where(Project.id == play.id).values(state="of_tomorrow"))

    with pytest.raises(StartupRefused, match="of_tomorrow"):
        create_app(instance=instance)


def test_the_cursor_of_an_undeclared_evaluator_holds_no_project_code(make, client_for):
    import base64

    codes = []
    for _ in range(22):
        play = make.project(P.AWAITING_FIRM)
        play.act("supervisor", "assign", lead_id=make["lead"].id, due_on=(NOW + timedelta(days=20)).date())
        with context(make.app):
            codes.append(play.project().code)

    page = client_for(make["lead"]).get("/projects/?sort=code")
    (link,) = [one for one in page.links if "after=" in one]
    cursor = link.split("after=")[1]
    held = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()

    assert not any(code in held or code in page.text for code in codes)
