"""元 or 万元? Amounts that differ by about ten thousand times (domain M1, M3)."""

SLIP = 10_000
WIDTH = 5
"""Amounts that belong together differ by some times themselves: a fifth to five times of the factor counts."""


def slipped(fen: int | None, other: int | None) -> bool:
    """Whether one of two amounts that should be alike was probably written in the other's unit."""
    return exceeds(fen, other) or exceeds(other, fen)


def exceeds(part: int | None, whole: int | None) -> bool:
    """Whether an amount is so far above what it is a part of that its unit is in doubt."""
    if not part or not whole:
        return False
    return SLIP * whole <= part * WIDTH and part <= SLIP * whole * WIDTH
