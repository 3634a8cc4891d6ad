"""Each kind reads what people write, and refuses the rest with a sentence."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfflow.papers.kinds import MAX_FEN, Choice, Day, Money, Score, Text, Unreadable, Whole


@pytest.mark.parametrize(
    ("filed", "fen"),
    [
        ("1,374.74万元", 1_374_740_000),
        ("13747400元", 1_374_740_000),
        ("１３７４．７４ 万元", 1_374_740_000),
        ("0.13亿元", 1_300_000_000),
        ("1，430万元", 1_430_000_000),
        ("2,886,200.00元", 288_620_000),
        ("100万", 100_000_000),
        ("人民币 5 元整", 500),
        ("￥0.01元", 1),
        ("1,374.74 万元整", 1_374_740_000),
        ("1374.74（万元）", 1_374_740_000),
        ("100万元。", 100_000_000),
        ("0", 0),
    ],
)
def test_money_becomes_whole_fen(filed: str, fen: int) -> None:
    assert Money().read(filed) == fen


@pytest.mark.parametrize(
    "filed",
    ["12,5万元", "1374.74", "0.001元", "约100万元", "-1元", "1.2.3元", "99999999999亿元", "", "万元",
     "人民币壹佰万元", "100-120万元", "100万元（其中财政80万元）", "100（"],
)  # fmt: skip
def test_what_is_no_clear_amount_is_refused_with_a_sentence(filed: str) -> None:
    with pytest.raises(Unreadable, match=r"。$"):
        Money().read(filed)


def test_a_bare_number_is_money_only_where_the_form_names_the_unit() -> None:
    assert Money(bare="元").read("2124000") == 212_400_000


@given(st.integers(0, MAX_FEN), st.sampled_from(["元", "万元", "亿元"]), st.booleans())
def test_money_is_written_without_losing_a_fen(fen: int, unit: str, trim: bool) -> None:
    kind = Money(unit=unit, trim=trim)  # type: ignore[arg-type]

    assert kind.read(kind.write(fen)) == fen


@pytest.mark.parametrize(
    "filed", ["91.8分", "91.8", "９１．８ 分", "91.80分", "91.8/100", "91.8分（满分100分）", "91.8（分）"]
)
def test_a_score_is_exact_with_or_without_its_suffix(filed: str) -> None:
    assert Score().read(filed) == Decimal("91.8")


@pytest.mark.parametrize("filed", ["100.01", "91.855", "-1", "九十一", "91分8", "91。8分", "9" * 30])
def test_what_is_no_score_is_refused(filed: str) -> None:
    with pytest.raises(Unreadable):
        Score().read(filed)


@given(st.integers(0, 10_000), st.booleans())
def test_scores_read_back(hundredths: int, suffix: bool) -> None:
    kind = Score(suffix=suffix)

    assert kind.read(kind.write(Decimal(hundredths) / 100)) * 100 == hundredths


@given(st.dates(min_value=date(1000, 1, 1)))
def test_days_read_back(day: date) -> None:
    assert Day().read(Day().write(day)) == day


@pytest.mark.parametrize(
    "filed",
    ["2019-1-1", "2019年1月1日", "2019.01.01", "２０１９/1/1", "20190101", "2019-01-01 00:00:00", "二〇一九年一月一日",
     "2019年1月1日（星期二）"],
)  # fmt: skip
def test_days_come_in_many_dresses(filed: str) -> None:
    assert Day().read(filed) == date(2019, 1, 1)


@pytest.mark.parametrize("filed", ["2019-2-29", "2019", "合同签订后1个月内", "2019年1月", "20191301", "43466"])
def test_what_is_no_day_is_refused(filed: str) -> None:
    with pytest.raises(Unreadable):
        Day().read(filed)


@given(st.integers(0, 2**31 - 1))
def test_whole_numbers_read_back(number: int) -> None:
    assert Whole().read(Whole().write(number)) == number


def test_a_whole_number_is_bounded() -> None:
    with pytest.raises(Unreadable):
        Whole().read("9" * 20)


def test_a_choice_is_found_whatever_its_width_and_blanks() -> None:
    assert Choice(("其他一次性项目", "结转项目")).read(" 结转 项目 ") == "结转项目"
    with pytest.raises(Unreadable, match="结转项目"):
        Choice(("结转项目",)).read("别的")


def test_text_stays_as_filed() -> None:
    assert Text().read(" a　“b” ") == " a　“b” "
