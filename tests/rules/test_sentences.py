"""Two wordings, compared as a reader compares them."""

from hypothesis import given
from hypothesis import strategies as st

from perfflow.rules.sentences import GONE, NEW, SAME, Piece, compare, sentences

TEXTS = st.text(alphabet="验收不够规范。！？；\n”（）a b", max_size=60)


def test_a_changed_sentence_stands_between_those_that_stayed() -> None:
    old = "验收不够规范。没有跟踪验收。问题不能及时发现。"
    new = "验收不够规范。已聘请第三方跟踪验收。问题不能及时发现。"

    assert compare(old, new) == [
        Piece(SAME, "验收不够规范。"),
        Piece(GONE, "没有跟踪验收。"),
        Piece(NEW, "已聘请第三方跟踪验收。"),
        Piece(SAME, "问题不能及时发现。"),
    ]


def test_a_closing_quotation_mark_belongs_to_its_sentence() -> None:
    assert sentences("他说：“可以。”然后离开。") == ["他说：“可以。”", "然后离开。"]


def test_lines_without_a_full_stop_are_sentences_too() -> None:
    assert compare("数量 100\n质量 90", "数量 100\n质量 95") == [
        Piece(SAME, "数量 100\n"), Piece(GONE, "质量 90"), Piece(NEW, "质量 95"),
    ]  # fmt: skip


@given(TEXTS, TEXTS)
def test_what_stayed_and_went_is_the_old_text_and_what_stayed_and_came_the_new(old: str, new: str) -> None:
    pieces = compare(old, new)

    assert "".join(piece.text for piece in pieces if piece.kind != NEW) == old
    assert "".join(piece.text for piece in pieces if piece.kind != GONE) == new
