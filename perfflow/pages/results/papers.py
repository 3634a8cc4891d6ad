"""What stands at the foot of a paper that goes out."""

from flask_babel import gettext as _

from perfflow.web.rendering import providers


def footer(*, unpublished: bool, withdrawn: bool = False) -> str:
    parts = [_("未公开")] if unpublished else []
    if withdrawn:
        parts.append(_("已撤回公开"))
    if providers().demo():
        parts.append(_("文书为公开文件，办理过程、意见与佐证均为演示虚构"))
    return " · ".join(parts)
