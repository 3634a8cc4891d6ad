"""What is put together for a reader is put together in his language; what somebody typed stays as it is."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask

from perfflow.rules.score import Row, problems
from perfflow.web import filters, language, words
from perfflow.web.problems import say
from perfflow.web.translate import labelled, noted, sentences
from perfflow.workflow.definition import Reason
from tests.make import Make


@contextmanager
def reading(app: Flask, code: str) -> Iterator[None]:
    with app.test_request_context():
        language.choose(code)
        yield


def test_a_sentence_joins_its_list_as_its_language_does(make: Make) -> None:
    (unscored,) = problems([Row("A", "甲", 9000, None), Row("B", "乙", 1000, None)])
    reason = Reason(unscored.message, unscored.params)
    kept = Reason(unscored.message, {"codes": ["A", "B"]})  # as the result of a bulk act keeps it

    with reading(make.app, "zh_Hans_CN"):
        assert say(reason) == say(kept) == "指标 A、B 还没有评分。"
    with reading(make.app, "en"):
        assert say(reason) == say(kept) == "No score yet: indicator A, B."


def test_punctuation_follows_the_language(make: Make) -> None:
    with reading(make.app, "zh_Hans_CN"):
        assert (labelled("姓名", "甲"), noted("甲", "乙局")) == ("姓名：甲", "甲（乙局）")
        assert (sentences(["一。", "", "二。"]), filters.month_name(3)) == ("一。二。", "3 月")
    with reading(make.app, "en"):
        assert (labelled("Name", "甲"), noted("甲", "乙局")) == ("Name: 甲", "甲 (乙局)")
        assert (sentences(["One.", "", "Two."]), filters.month_name(3)) == ("One. Two.", "March")


@pytest.mark.parametrize(
    ("label", "recorded", "read"),
    [
        ("整改类别与期限", "2. 分阶段整改 2027-01-30", "2. In phases 30 Jan 2027"),
        ("独立性与保密声明", "独立，并承诺保密", "Independent, and bound to confidentiality"),
        ("反馈", "1. 有异议\n无异议的部分照改。", "1. Objection\n无异议的部分照改。"),
        ("角色", "审计查阅", "Auditor"),
        ("启用", "否", "No"),
        ("条目编号", "、", "1、"),
        ("期限", "2026-03-02", "2 Mar 2026"),
        ("2026-05-01", "休", "Off"),
    ],
)
def test_recorded_words_of_ours_are_read_in_english(make: Make, label: str, recorded: str, read: str) -> None:
    with reading(make.app, "en"):
        assert words.change(label, recorded, "")[1:] == (read, "")
    with reading(make.app, "zh_Hans_CN"):
        assert words.change(label, "", recorded)[2] == ("1、" if recorded == "、" else recorded)


@pytest.mark.parametrize(
    ("label", "typed"),
    [("姓名", "审计查阅"), ("名称", "系统运行单位"), ("问题标题", "一般"), ("办理人", "严重")],
)
def test_recorded_text_that_somebody_typed_is_never_translated(make: Make, label: str, typed: str) -> None:
    with reading(make.app, "en"):
        assert words.change(label, "", typed)[2] == typed
