"""Papers in Word: who may take them, what stands in them, how many at a time."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from perfflow.core import clock
from perfflow.core.access import project_for
from perfflow.core.outgoing import PAPERS, papers_of
from perfflow.db import db
from perfflow.models.file import Attachment
from perfflow.models.finding import Finding, Suggestion
from perfflow.models.item import ItemReport, Plan
from perfflow.models.journal import EventEntry
from perfflow.pages.exports import word
from perfflow.pages.exports.word import WORD_PAPERS
from perfflow.papers.declaration import DECLARATION_FORM
from perfflow.papers.word_reader import read_word
from perfflow.process import P
from tests.make import NOW, Make, Play, context
from tests.papers.schema import faults
from tests.screen import Screen
from tests.statements import statements

CODES = [paper.code for paper in PAPERS]
OF_ITEMS = ("notice", "ledger", "rectification")
READERS = ("unit", "head", "supervisor", "auditor")


def told(screen: Screen) -> str:
    """All that can be read in a Word file: paragraphs, then rows."""
    assert screen.status == 200, screen.text
    document = read_word(screen.answer.get_data())
    rows = ["|".join(cell.text for cell in row) for grid in document.grids for _number, row in grid.rows]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *rows])


def words(play: Play, *kinds: str) -> list[str]:
    return [one.text for one in play.said if one.kind in kinds]


@pytest.fixture
def published(make: Make) -> Play:
    return make.project(P.PUBLISHED)


# ---------------------------------------------------------------- who may


@pytest.mark.parametrize("code", CODES)
def test_a_paper_is_valid_and_the_same_for_all_who_are_shown_its_data(published: Play, client_for: Any, code: str):
    people = published.people
    firm = () if code in OF_ITEMS else ("lead",)

    answers = [client_for(people[who]).get(f"/projects/{published.id}/{code}.docx") for who in (*READERS, *firm)]

    assert len({told(answer) for answer in answers}) == 1
    assert faults(answers[0].answer.get_data()) == []
    assert answers[0].answer.headers["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize("code", CODES)
def test_a_paper_is_not_there_for_strangers_nor_for_a_firm_that_is_not_shown_it(
    published: Play, client_for: Any, code: str
):
    strangers = ["unit2", "far", "stranger", "lead2", "admin", *(["lead"] if code in OF_ITEMS else [])]

    for who in strangers:
        client = client_for(published.people[who])
        assert client.get(f"/projects/{published.id}/{code}.docx").status == 404, who
        assert client.get(f"/projects/{code}.docx").status in (409, 403), who


EARLY = {
    # the last state in which the paper is not there, for each reader
    "comment_letter": ("unit", P.AWAITING_COMMENTS),
    "feedback": ("supervisor", P.SUGGESTIONS_REVIEW),
    "notice": ("unit", P.SUGGESTIONS_REVIEW),
    "ledger": ("supervisor", P.SUGGESTIONS_REVIEW),
    "rectification": ("unit", P.SUGGESTIONS_REVIEW),
    "score_sheet": ("unit", P.AWAITING_COMMENTS),
}


@pytest.mark.parametrize("code", sorted(EARLY))
def test_no_paper_before_its_time(make: Make, client_for: Any, code: str):
    who, state = EARLY[code]
    play = make.project(state)
    assert client_for(make[who]).get(f"/projects/{play.id}/{code}.docx").status == 404

    play.carry(P.COMMENTING if state == P.AWAITING_COMMENTS else P.RECTIFYING)

    assert client_for(make[who]).get(f"/projects/{play.id}/{code}.docx").status == 200


def test_a_recalled_letter_is_taken_back(make: Make, client_for: Any):
    play = make.project(P.COMMENTING)
    address = f"/projects/{play.id}/comment_letter.docx"
    assert client_for(make["unit"]).get(address).status == 200

    play.act("supervisor", "recall", reason="重写")

    for who in ("unit", "supervisor", "lead", "auditor"):
        assert client_for(make[who]).get(address).status == 404


def test_a_registered_object_has_no_declaration_nor_one_without_a_sheet_a_sheet(make: Make, client_for: Any):
    play = make.project(P.CLOSED, registered=True, table_only=True)
    supervisor = client_for(make["supervisor"])

    with context(make.app):
        there = {paper.code for paper in papers_of(project_for(make["supervisor"], play.id), make["supervisor"])}

    assert there == set(CODES) - {"declaration", "score_sheet"}
    for code in CODES:
        wanted = 200 if code in there else 404
        assert supervisor.get(f"/projects/{play.id}/{code}.docx").status == wanted, code


# ---------------------------------------------------------------- what stands in them


def test_a_declaration_holds_every_answer(make: Make, client_for: Any):
    play = make.project(P.DECLARATION_REVIEW)

    text = told(client_for(make["unit"]).get(f"/projects/{play.id}/declaration.docx"))

    # the name, seven long texts, a sub-project, two steps, three targets; what follows stands in the attachment
    assert all(one in text for one in words(play, "name", "declaration")[: 1 + 7 + 1 + 2 + 5])
    assert all(field.label in text for field in DECLARATION_FORM.fields)
    assert "2124000" in text and "≥90%" in text and "☑" in text


def test_a_score_sheet_holds_codes_rates_and_the_total(make: Make, client_for: Any):
    play = make.project(P.CLOSED)

    text = told(client_for(make["supervisor"]).get(f"/projects/{play.id}/score_sheet.docx"))

    assert "A2" in text and "40%" in text and "合计" in text and "85" in text


def test_the_comment_letter_holds_the_findings_as_they_were_sent(make: Make, client_for: Any):
    play = make.project(P.COMMENTING)
    sent = words(play, "findings")
    address = f"/projects/{play.id}/comment_letter.docx"
    before = told(client_for(make["unit"]).get(address))

    play.carry(P.CLOSED)  # a dispute was adopted on the way, and reworded the first finding

    after = told(client_for(make["unit"]).get(address))
    with context(make.app):
        now = db.session.scalars(select(Finding.text).where(Finding.project_id == play.id, Finding.number == 1)).one()
    assert now not in before and now not in after
    assert before == after
    titles_and_texts = [word for word in sent if word in before]
    assert len(titles_and_texts) == 6  # of three findings
    assert "涉及指标：A2 " in before
    assert "2026年3月9日前" in before  # five working days


def test_the_comment_letter_says_the_day_it_was_put_off_to(make: Make, client_for: Any):
    play = make.project(P.COMMENTING)
    play.act("supervisor", "extend", due_on=date(2026, 3, 20), reason="节假日")
    address = f"/projects/{play.id}/comment_letter.docx"

    assert "2026年3月20日前" in told(client_for(make["unit"]).get(address))
    play.carry(P.FINDINGS_REVIEW)
    assert "2026年3月20日前" in told(client_for(make["unit"]).get(address))


def test_the_feedback_letter_holds_the_result(make: Make, client_for: Any):
    play = make.project(P.RECTIFYING)

    text = told(client_for(make["lead"]).get(f"/projects/{play.id}/feedback.docx"))

    with context(make.app):
        suggestions = db.session.execute(select(Suggestion.title, Suggestion.text)).all()
    assert len(suggestions) == 3 and all(title in text and body in text for title, body in suggestions)
    assert "评价分值|85分" in text and "上海市预算处\n2026年3月2日" in text
    assert not any(word in text for word in words(play, "items", "comments", "rulings"))


def test_the_notice_holds_classes_days_and_findings(make: Make, client_for: Any):
    play = make.project(P.RECTIFYING)

    text = told(client_for(make["unit"]).get(f"/projects/{play.id}/notice.docx"))

    assert "整改通知第1号" in text and "2026年4月1日前" in text
    for label in ("立行立改", "分阶段整改", "持续整改"):
        assert f"|{label}|2026年12月31日" in text
    with context(make.app):
        texts = db.session.scalars(select(Finding.text).where(Finding.project_id == play.id)).all()
    assert len(texts) == 3 and all(one in text for one in texts)


def test_ledger_and_report_hold_what_was_done(make: Make, client_for: Any):
    play = make.project(P.CLOSED)
    supervisor = client_for(make["supervisor"])
    with context(make.app):
        measures = db.session.scalars(select(Plan.measure)).all()
        done = db.session.scalars(select(ItemReport.text)).all()
        sums = db.session.scalars(select(Attachment.sha256).where(Attachment.report_id.is_not(None))).all()

    ledger = told(supervisor.get(f"/projects/{play.id}/ledger.docx"))
    report = told(supervisor.get(f"/projects/{play.id}/rectification.docx"))

    assert all(one in ledger and one in report for one in measures)
    assert all(one in report for one in done)
    assert len(sums) == 2 and all(f"（SHA-256 {one[:12]}）" in report for one in sums)
    assert re.findall(r"\|(已销号|持续整改|已撤销)\|(已整改|持续整改|)\|", ledger) == [
        ("已销号", "已整改"), ("持续整改", "持续整改"), ("已撤销", ""),
    ]  # fmt: skip
    assert "整改建议共3条：已整改1条、持续整改1条、已撤销1条。" in report


def test_a_late_item_says_by_how_many_days(make: Make, client_for: Any):
    play = make.project(P.RECTIFYING, items=("phased",))

    with clock.at(NOW + timedelta(days=40)):
        text = told(client_for(make["unit"]).get(f"/projects/{play.id}/ledger.docx"))

    assert text.endswith("|已下达||10")


def test_a_letter_is_worded_as_the_administrator_stored_it(make: Make, client_for: Any):
    play = make.project(P.RECTIFYING)
    page = client_for(make["admin"]).get("/admin/letters/notice")
    page.press("/admin/letters/notice", closing="{单位}务必按时办理。", reason="强调")

    text = told(client_for(make["unit"]).get(f"/projects/{play.id}/notice.docx"))

    assert "上海市甲局务必按时办理。" in text and "特此通知" not in text


# ---------------------------------------------------------------- many


def test_a_unit_s_year_is_one_file(make: Make, client_for: Any):
    first, second = make.project(P.RECTIFYING), make.project(P.CLOSED)
    make.project(P.CLOSED, unit="unit2")
    supervisor = client_for(make["supervisor"])
    address = f"/results/{make['unit'].organisation_id}/2026"

    notices = told(supervisor.get(f"{address}/notice.docx"))
    ledger = told(supervisor.get(f"{address}/ledger.docx"))

    assert notices.count("整改通知书") == 2
    assert all(words(play, "name")[0] in notices and words(play, "name")[0] in ledger for play in (first, second))
    assert "上海市乙局" not in ledger and "上海市甲局2026年度　截至2026年3月2日" in ledger


def test_the_page_of_a_unit_s_year_leads_to_every_paper_there_is(make: Make, client_for: Any):
    make.project(P.RECTIFYING)
    make.project(P.CLOSED, registered=True, table_only=True)
    supervisor, lead = client_for(make["supervisor"]), client_for(make["lead"])
    (address,) = {link for link in supervisor.get("/results").links if re.fullmatch(r"/results/\d+/2026", link)}

    links = [link for link in supervisor.get(address).links if link.endswith((".docx", ".xlsx"))]

    wanted = {f"{code}.docx" for code in CODES} | {"2026.docx", "2026.xlsx"}
    assert {link.rpartition("/")[2] for link in links} == wanted
    assert all(supervisor.get(link).status == 200 for link in links)
    firm = {link for link in lead.get(address).links if link.endswith(".docx")}
    assert len(firm) == 4 and all(lead.get(link).status == 200 for link in firm)
    assert client_for(make["stranger"]).get(address).status == 404


def test_a_year_without_such_a_paper_says_so_to_those_who_may_see_it(make: Make, client_for: Any):
    make.project(P.DECLARATION_REVIEW)
    year = f"/results/{make['unit'].organisation_id}/2026"

    answer = client_for(make["supervisor"]).get(f"{year}/declaration.docx")
    refused = client_for(make["supervisor"]).get(f"{year}/score_sheet.docx")

    assert answer.status == 200
    assert refused.status == 404
    make.project(P.CLOSED, registered=True, table_only=True)
    refused = client_for(make["supervisor"]).get(f"{year}/score_sheet.docx")
    assert refused.status == 409 and "该单位这一年度没有指标评分表" in refused.text
    assert client_for(make["stranger"]).get(f"{year}/declaration.docx").status == 404


def test_the_filter_of_the_list_is_what_is_exported(make: Make, client_for: Any):
    rectifying, closed = make.project(P.RECTIFYING), make.project(P.CLOSED)
    make.project(P.EVALUATING)
    supervisor = client_for(make["supervisor"])

    both = told(supervisor.get("/projects/ledger.docx"))
    one = told(supervisor.get("/projects/ledger.docx?state=closed"))

    assert all(words(play, "name")[0] in both for play in (rectifying, closed))
    assert words(rectifying, "name")[0] not in one and words(closed, "name")[0] in one
    refused = supervisor.get("/projects/ledger.docx?state=evaluating")
    assert refused.status == 409 and "没有您可以导出的整改台账" in refused.text


def test_too_many_at_once_are_refused(make: Make, client_for: Any, monkeypatch: pytest.MonkeyPatch):
    for _number in range(3):
        make.project(P.RECTIFYING)
    monkeypatch.setattr("perfflow.pages.exports.routes.word.MOST", 2)

    refused = client_for(make["supervisor"]).get("/projects/notice.docx")

    assert refused.status == 409 and "一次最多导出 2 个项目" in refused.text


@pytest.mark.parametrize("one", WORD_PAPERS, ids=CODES)
def test_a_batch_takes_as_many_statements_whatever_its_number(make: Make, one: word.WordPaper):
    plays = [make.project(P.CLOSED) for _number in range(3)]

    def made_of(*ids: int) -> Callable[[], object]:
        def make_it() -> None:
            with context(make.app):
                assert "".join(one.pieces(make["supervisor"], ids, ""))

        return make_it

    assert statements(make.app, made_of(plays[0].id)) == statements(make.app, made_of(*(play.id for play in plays)))


@pytest.mark.parametrize("one", WORD_PAPERS, ids=CODES)
def test_batches_follow_each_other_in_order(make: Make, one: word.WordPaper, monkeypatch: pytest.MonkeyPatch):
    ids = [make.project(P.CLOSED).id for _number in range(3)][::-1]

    with context(make.app):
        whole = "".join(one.pieces(make["supervisor"], ids, ""))
        monkeypatch.setattr("perfflow.pages.exports.reads.BATCH", 1)
        by_ones = "".join(one.pieces(make["supervisor"], ids, ""))

    assert by_ones == whole


def test_an_export_is_noted(make: Make, client_for: Any):
    play = make.project(P.RECTIFYING)
    client_for(make["unit"]).get(f"/projects/{play.id}/notice.docx")

    with context(make.app):
        body = db.session.scalars(select(EventEntry.body).where(EventEntry.kind == "export")).one()
    assert '"paper":"notice"' in body and f'"project":{play.id}' in body
