"""A report holds findings and suggestions beside its score sheet: they are drafts until their own turn comes."""

from collections.abc import Callable

import pytest

from perfflow.core.access import Actor, project_for
from perfflow.core.errors import Refused
from perfflow.process import P
from perfflow.stages.findings import commands
from perfflow.stages.findings import queries as findings
from perfflow.stages.suggestions import queries as suggestions
from tests.make import Make, Play
from tests.screen import Client

ClientFor = Callable[[Actor | None], Client]


def written_early(make: Make) -> Play:
    play = make.project(P.EVALUATING, ready=True, items=("immediate", "phased"))
    play.find()
    play.suggest()
    return play


def test_the_evaluator_writes_findings_and_suggestions_beside_the_sheet(make: Make, client_for: ClientFor) -> None:
    play = written_early(make)

    page = client_for(make["lead"]).get(f"/projects/{play.id}")

    assert {"编写问题", "编写建议"} <= set(page.buttons)
    assert client_for(make["lead"]).get(f"/projects/{play.id}/findings").heading
    assert "第 2 条建议" in client_for(make["lead"]).get(f"/projects/{play.id}/suggestions").labels


@pytest.mark.parametrize("who", ["unit", "supervisor", "auditor"])
def test_nobody_else_is_shown_them_before_they_are_submitted(make: Make, who: str) -> None:
    play = written_early(make)
    play.act("lead", "submit_evaluation")

    with make.app.app_context():
        reach = project_for(make[who], play.id)

        assert findings.findings(reach) == []
        assert suggestions.suggestions(reach) == []


def test_the_supervisor_is_shown_findings_without_the_suggestions_drafted_for_them(make: Make) -> None:
    play = written_early(make)
    play.act("lead", "submit_evaluation")
    play.act("supervisor", "approve_evaluation")
    play.act("lead", "submit_findings")

    with make.app.app_context():
        reach = project_for(make["supervisor"], play.id)

        assert len(findings.findings(reach)) == 2
        assert suggestions.suggestions(reach) == []


def test_they_are_nobodys_to_write_while_the_evaluation_is_reviewed(make: Make) -> None:
    play = written_early(make)
    play.act("lead", "submit_evaluation")

    with pytest.raises(Refused):
        play.suggest()


def test_suggestions_drafted_for_findings_that_all_fell_are_gone(make: Make) -> None:
    play = written_early(make)
    play.act("lead", "submit_evaluation")
    play.act("supervisor", "approve_evaluation")
    none = commands.FindingsValues(no_findings="经核实，未发现问题。", explanations=(("A2", "计算口径不同。"),))
    play.save(commands.save_findings, none, who="lead")
    play.act("lead", "submit_findings")
    play.act("supervisor", "approve_findings")

    assert play.state == P.CLOSING
    with make.app.app_context():
        assert suggestions.suggestions(project_for(make["unit"], play.id)) == []
