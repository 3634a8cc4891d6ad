"""The pages of the stage 建议, as somebody without script uses them."""

from pathlib import Path

from perfflow.process import P
from tests.stages.standing import served


def test_suggestions_are_written_and_the_notice_is_issued(tmp_path: Path) -> None:
    with served(tmp_path) as (one, browser):
        with one.app.app_context():
            one.approve_findings("甲", "乙")
        here = f"/projects/{one.project_id}"
        firm = browser(one.lead).open(f"{here}/suggestions")
        # one row for each finding, already linked
        assert firm.tree.xpath("//input[@name='suggestions-1-finding_ids' and @checked]/@value") == ["2"]

        firm.send(f"{here}/suggestions", **{"suggestions-0-text": "改甲", "suggestions-1-title": "没有内容"})
        assert firm.status == 422 and "没有内容" in firm.answer.text
        firm.send(f"{here}/suggestions", **{"suggestions-1-title": ""})
        assert firm.status == 303
        # saved with a gap: the finding still without a suggestion has its row again
        firm.open(f"{here}/suggestions")
        assert firm.tree.xpath("//input[@name='suggestions-1-finding_ids' and @checked]/@value") == ["2"]
        firm.send(f"{here}/suggestions", **{"suggestions-1-text": "改乙", "add_row": "suggestions"})
        assert firm.tree.get_element_by_id("suggestions-2-number").value == "3"
        firm.send(f"{here}/suggestions")
        assert firm.status == 303, firm.text
        firm.open(f"{here}/act/submit_suggestions").send(f"{here}/act/submit_suggestions")

        office = browser(one.supervisor).open(f"{here}/notice")
        office.send(f"{here}/notice", **{"rows-0-due_on": "2026-01-01"})
        assert office.status == 422 and "期限已经过去" in office.text
        office.send(
            f"{here}/notice",
            **{
                "rows-0-rect_class": "immediate",
                "rows-0-due_on": "2026-06-30",
                "rows-1-rect_class": "phased",
                "rows-1-due_on": "2026-12-31",
            },
        )
        assert office.status == 303, office.text
        office.open(f"{here}/act/issue_notice").send(f"{here}/act/issue_notice")

        with one.app.app_context():
            assert one.project().state == P.RECTIFYING
            assert [one.item(n).rect_class for n in (1, 2)] == ["immediate", "phased"]
        for person, page, status in (
            (one.unit, "suggestions", 403),
            (one.supervisor, "suggestions", 403),
            (one.lead, "notice", 403),
            (one.lead, "suggestions", 303),
            (one.supervisor, "notice", 303),
        ):
            assert browser(person).open(f"{here}/{page}").status == status
