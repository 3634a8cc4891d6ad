"""催办, 转办, 抄送: the buttons beside the acts of the process."""

from dataclasses import dataclass

from perfflow.core import cooperation, form_keys
from perfflow.core.access import Actor, Reach
from perfflow.web.places import cooperation_url


@dataclass(frozen=True, slots=True)
class Beside:
    """Addresses; empty where it cannot be done. `holder` is told within the holder's organisation only."""

    urge_url: str = ""
    hand_over_url: str = ""
    share_url: str = ""
    holder: str = ""
    mine: bool = False
    form_key: str = ""


def beside(reach: Reach, actor: Actor, item_number: int | None = None) -> Beside:
    """The buttons in the head of a project's page, or of one of its items."""
    found = cooperation.chances(reach, actor, item_number)
    return Beside(
        urge_url=cooperation_url("urge", reach.id, item_number) if found.urge else "",
        hand_over_url=cooperation_url("hand_over", reach.id, item_number) if found.hand_over else "",
        share_url=cooperation_url("share", reach.id) if found.share else "",
        holder=found.holder,
        mine=found.holds_it,
        form_key=form_keys.new() if found.urge else "",
    )
