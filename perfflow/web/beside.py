"""催办, 转办, 抄送: the buttons beside the acts of the process."""

from dataclasses import dataclass
from datetime import datetime

from perfflow.core import cooperation, form_keys
from perfflow.core.access import Actor, Reach
from perfflow.web import filters
from perfflow.web.places import cooperation_url


@dataclass(frozen=True, slots=True)
class Beside:
    """Addresses; empty where it cannot be done. `holder` is told within the holder's organisation only."""

    urge_url: str = ""
    urged: str = ""  # the time, when that was today
    hand_over_url: str = ""
    share_url: str = ""
    holder: str = ""
    mine: bool = False
    form_key: str = ""
    number: int | None = None  # of the item, where several stand on a page


def urging(reach: Reach, item_number: int, *, possible: bool, urged: datetime | None) -> Beside:
    """The button of one item among others, or when it was pressed today."""
    if not possible or urged is not None:
        return Beside(urged=filters.clock_time(urged) if possible and urged else "", number=item_number)
    return Beside(
        urge_url=cooperation_url("urge", reach.id, item_number), form_key=form_keys.new(), number=item_number
    )


def beside(reach: Reach, actor: Actor, item_number: int | None = None) -> Beside:
    """The buttons in the head of a project's page, or of one of its items."""
    found = cooperation.chances(reach, actor, item_number)
    return Beside(
        urge_url=cooperation_url("urge", reach.id, item_number) if found.urge else "",
        urged=filters.clock_time(found.urged) if found.urged else "",
        hand_over_url=cooperation_url("hand_over", reach.id, item_number) if found.hand_over else "",
        share_url=cooperation_url("share", reach.id) if found.share else "",
        holder=found.holder,
        mine=found.holds_it,
        form_key=form_keys.new() if found.urge else "",
    )
