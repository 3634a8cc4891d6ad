"""What a block of three is made of: texts with their tags, notes and links."""

from dataclasses import dataclass, field

from perfflow.web.origins import Origin


@dataclass(frozen=True, slots=True)
class Tag:
    kind: str
    label: str


@dataclass(frozen=True, slots=True)
class Link:
    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Part:
    """`after`: what follows the files; `more`: where there is more of it; `anchor`: the id under which it is found;
    `origin`: the file it was taken in from."""

    text: str
    tag: Tag | None = None
    note: str = ""
    files: list[Link] = field(default_factory=list)
    after: str = ""
    more: Link | None = None
    anchor: str = ""
    origin: Origin | None = None
