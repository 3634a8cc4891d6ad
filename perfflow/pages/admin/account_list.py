"""An Excel list of accounts: the template, and what each of its lines would do. Nothing read from it is kept."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from io import BytesIO
from typing import BinaryIO

from flask_babel import gettext as _
from sqlalchemy import select

from perfflow.core import people
from perfflow.core.people import UserValues
from perfflow.db import db
from perfflow.models.people import Organisation, User
from perfflow.pages.admin import organisations
from perfflow.papers.excel_lists import Column, ListedRow, read_list, write_list, write_template
from perfflow.papers.text import folded
from perfflow.process import N_, ROLES, OrganisationKind, Role
from perfflow.web.translate import joined, labelled

MOST = 500
NAME_LIMIT = 200
KIND = "accounts"
NEW, THERE, FAULTY = "new", "there", "faulty"
NAME_OR_POST = N_("姓名或岗位")
COLUMNS = {
    "username": N_("用户名"),
    "display_name": N_("姓名"),
    "organisation": N_("单位"),
    "role": N_("角色"),
}
_CONTROL = re.compile(r"[\x00-\x1f\x7f]|[\u202a-\u202e\u2066-\u2069]")


@dataclass
class Line:
    """One filled row of the list. `faults`: column and what is wrong with it, in words."""

    number: int
    username: str
    display_name: str
    organisation: str
    role: str
    faults: list[tuple[str, str]] = field(default_factory=list)
    there: bool = False
    organisation_id: int = 0
    values: UserValues | None = None

    @property
    def state(self) -> str:
        return FAULTY if self.faults else THERE if self.there else NEW

    @property
    def place(self) -> str:
        return _("第 %(row)d 行", row=self.number)

    @property
    def told(self) -> list[str]:
        """第 12 行 角色：…"""
        return [labelled(f"{self.place} {_(COLUMNS[column])}", why) for column, why in self.faults]


def write_account_template(out: BinaryIO) -> None:
    units = [name for _id, name in organisations.choices()]
    roles = [_(label) for label in ROLES.values()]
    widths = {"username": 18, "display_name": 22, "organisation": 40, "role": 18}
    options = {"organisation": units, "role": roles}
    columns = [Column(_(label), widths[key], choices=options.get(key, ())) for key, label in COLUMNS.items()]
    write_template(out, _("账号"), columns, choices_title=_("可选内容"))


def lines_of(data: bytes) -> list[Line]:
    """Every line with what would become of it. Raises RefusedFile."""
    labels = {key: tuple(dict.fromkeys((label, _(label)))) for key, label in COLUMNS.items()}
    labels["display_name"] = (*labels["display_name"], NAME_OR_POST, _(NAME_OR_POST))
    lines = [_line(row) for row in read_list(data, labels, most=MOST)]
    known = _organisations({line.organisation for line in lines})
    there = _usernames({line.username for line in lines})
    first: dict[str, int] = {}
    for line in lines:
        _check_username(line, there, first)
        _check_rest(line, known)
    return lines


def _line(row: ListedRow) -> Line:
    texts = row.texts
    return Line(
        row.number, texts["username"].casefold(), texts["display_name"], texts["organisation"], texts["role"]
    )


def _check_username(line: Line, there: set[str], first: dict[str, int]) -> None:
    if not people.USERNAME.fullmatch(line.username):
        line.faults.append(("username", _(people.USERNAME_RULE)))
    elif line.username in first:
        line.faults.append(("username", _("与第 %(row)d 行重复。", row=first[line.username])))
    else:
        first[line.username] = line.number
        line.there = line.username in there


def _check_rest(line: Line, known: dict[str, tuple[int, OrganisationKind]]) -> None:
    name = line.display_name
    if not name:
        line.faults.append(("display_name", _("此项还没有填写。")))
    elif len(name) > NAME_LIMIT or _CONTROL.search(name):
        line.faults.append(("display_name", _("姓名过长，或含有不能识别的字符。")))
    found = known.get(line.organisation)
    if found is None:
        told = _("没有名为“%(name)s”的在用单位。", name=line.organisation[:50])
        line.faults.append(("organisation", told if line.organisation else _("此项还没有填写。")))
    role = _role(line.role)
    if role is None:
        told = _("“%(text)s”不是可选的角色。", text=line.role[:50])
        line.faults.append(("role", told if line.role else _("此项还没有填写。")))
    elif found is not None and role not in people.roles_for(found[1]):
        allowed = joined(_(ROLES[one]) for one in people.roles_for(found[1]))
        line.faults.append(("role", _("此单位的用户只能是：%(roles)s。", roles=allowed)))
    if found is not None and role is not None:
        line.organisation_id, line.values = found[0], UserValues(display_name=name, role=role)


def _role(text: str) -> Role | None:
    for role, label in ROLES.items():
        if folded(text) in {folded(label), folded(_(label)), role.value}:
            return role
    return None


def _organisations(names: set[str]) -> dict[str, tuple[int, OrganisationKind]]:
    query = select(Organisation.name, Organisation.id, Organisation.kind).where(
        Organisation.name.in_(names), Organisation.active.is_(True)
    )
    return {name: (id_, OrganisationKind(kind)) for name, id_, kind in db.session.execute(query)}


def _usernames(names: set[str]) -> set[str]:
    return set(db.session.scalars(select(User.username).where(User.username.in_(names))))


# ---------------------------------------------------------------- what was made


@dataclass(frozen=True, slots=True)
class Made:
    """An account as the one answer shows it that knows its password."""

    username: str
    display_name: str
    organisation: str
    role_label: str
    password: str


def password_list(made: Sequence[Made]) -> bytes:
    """The same as an Excel file."""
    out = BytesIO()
    columns = [
        Column(_("用户名"), 18), Column(_("姓名"), 22), Column(_("单位"), 40), Column(_("角色"), 18),
        Column(_("一次性口令"), 28),
    ]  # fmt: skip
    rows = ((one.username, one.display_name, one.organisation, one.role_label, one.password) for one in made)
    write_list(out, _("一次性口令"), columns, rows, note=_("首次登录须修改口令；交付后请删除本文件。"))
    return out.getvalue()
