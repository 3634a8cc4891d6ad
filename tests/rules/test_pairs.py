"""Character pairs: whatever stands in a text is a candidate, and is found where it stands."""

from itertools import pairwise

from hypothesis import assume, given
from hypothesis import strategies as st

from perfflow.rules import pairs

TEXT = st.text(alphabet="合同管理验收AaＡé①㎡ 　\n，“1", min_size=2, max_size=40)


@given(TEXT, st.integers(0, 38), st.integers(2, 12))
def test_every_piece_of_a_text_is_found_in_it(text: str, first: int, length: int) -> None:
    words = pairs.words_of(text[first : first + length])
    assume(words)

    assert pairs.pairs_of(words) <= pairs.pairs(text)
    assert pairs.holds(text, words)


@given(TEXT, TEXT)
def test_a_text_without_all_pairs_does_not_hold_the_words(text: str, query: str) -> None:
    words = pairs.words_of(query)

    if not pairs.pairs_of(words) <= pairs.pairs(text):
        assert not pairs.holds(text, words)


@given(TEXT, st.integers(0, 38), st.integers(2, 12))
def test_the_places_found_are_the_words_and_do_not_overlap(text: str, first: int, length: int) -> None:
    whole = pairs.composed(text)
    words = pairs.words_of(whole[first : first + length])
    assume(words)

    found = pairs.spans(whole, words)

    assert found
    assert all(one[1] < other[0] for one, other in pairwise(found))
    assert all(any(word in pairs.folded(whole[a:b]) for word in words) for a, b in found)


def test_width_capitals_and_accents_make_no_difference() -> None:
    assert pairs.folded("ＵＰＳ电源①") == "ups电源1"
    assert pairs.words_of("Ups") == pairs.words_of("ｕｐｓ")
    assert pairs.holds("Cafe\N{COMBINING ACUTE ACCENT}", pairs.words_of("café"))


def test_a_pair_never_reaches_over_a_space_or_a_line() -> None:
    assert pairs.pairs("合同 管理\n验收") == {"合同", "管理", "验收"}


def test_codes_are_known_by_threes_and_fours_too() -> None:
    assert pairs.pairs("XM-2026，1元") == {"2026", "202", "026", "xm", "m-", "-2", "20", "02", "26", "6,", ",1", "1元"}


def test_one_character_is_no_query_but_may_stand_beside_a_word() -> None:
    assert pairs.words_of(" 合 ") == ()
    assert pairs.words_of("") == ()
    assert pairs.words_of("合 同") == ()
    assert pairs.words_of("合同 收 合同") == ("合同", "收")


def test_an_excerpt_begins_before_the_word_and_says_where_it_was_cut() -> None:
    text = "前" * 200 + "验收措施" + "后" * 200

    parts = pairs.excerpt(text, ("验收",))

    assert [word for word, found in parts if found] == ["验收"]
    assert parts[0] == ("…", False) and parts[-1][0].endswith("…")
    assert len("".join(word for word, _found in parts)) < 150


def test_a_short_text_is_shown_whole() -> None:
    assert pairs.excerpt("项目\n验收。", ("验收",)) == [("项目 ", False), ("验收", True), ("。", False)]
