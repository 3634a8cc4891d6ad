"""元 or 万元?"""

import pytest

from perfflow.rules.money import exceeds, slipped


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (29_880_000, 298_800_000_000, True),  # seed 1: 2,988,000.00万元 for 298.80万元
        (298_800_000_000, 28_862_000, True),
        (100, 1_000_000, True),
        (100, 199_000, False),
        (100, 5_000_000, True),
        (100, 5_100_000, False),
        (0, 1_000_000, False),
        (None, 1_000_000, False),
    ],
)
def test_about_ten_thousand_times_either_way_is_a_slip(one: int | None, other: int, expected: bool) -> None:
    assert slipped(one, other) is expected
    assert slipped(other, one) is expected


def test_a_part_may_be_small_but_not_ten_thousand_times_its_whole() -> None:
    assert exceeds(1_000_000, 100)
    assert not exceeds(100, 1_000_000)
