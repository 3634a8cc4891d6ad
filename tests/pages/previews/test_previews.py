"""Looking at a file in the page: alone in its sandbox, and only by whom it is shown to."""

from collections.abc import Callable
from io import BytesIO

import pytest
from sqlalchemy import select

from perfflow.core import files
from perfflow.core.access import Actor, project_for
from perfflow.db import db, unit_of_work
from perfflow.models.file import Attachment
from perfflow.process import AttachmentPurpose, P
from tests.make import PDF, Make, Play, context
from tests.screen import Client

ClientFor = Callable[[Actor | None], Client]
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8ffff3f0005fe02fe"
    "0def46b80000000049454e44ae426082"
)


def attached(play: Play, name: str, data: bytes) -> int:
    """The number of a file attached to a declaration."""
    received = files.receive(name, BytesIO(data))
    with context(play.app), unit_of_work():
        reach = project_for(play.people["unit"], play.id)
        files.attach(received, AttachmentPurpose.DECLARATION, reach=reach, actor=play.people["unit"])
        return int(db.session.scalars(select(Attachment.id).where(Attachment.project_id == play.id)).all()[-1])


@pytest.mark.parametrize(("name", "data", "kind"), [("依据.pdf", PDF % b"x", "application/pdf"),
                                                    ("照片.png", PNG, "image/png")])  # fmt: skip
def test_a_pdf_or_picture_is_shown_in_a_frame_that_may_do_nothing(
    make: Make, client_for: ClientFor, name: str, data: bytes, kind: str
) -> None:
    play = make.project(P.DECLARING)
    address = f"/projects/{play.id}/files/{attached(play, name, data)}"
    client = client_for(make["unit"])

    screen = client.get(f"{address}/preview")
    content = client.http.get(screen.tree.xpath("//iframe/@src")[0])

    assert screen.tree.xpath("//a[@href=$there]", there=address)
    assert (content.data, content.mimetype) == (data, kind)
    policy = content.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox; default-src 'none'") and "frame-ancestors 'self'" in policy
    assert content.headers["X-Content-Type-Options"] == "nosniff"


def test_the_list_of_files_leads_there(make: Make, client_for: ClientFor) -> None:
    play = make.project(P.DECLARING)
    number = attached(play, "依据.pdf", PDF % b"x")

    links = client_for(make["unit"]).get(f"/projects/{play.id}/files").links

    assert f"/projects/{play.id}/files/{number}/preview" in links


def test_a_word_file_is_downloaded_not_shown(make: Make, client_for: ClientFor) -> None:
    play = make.project(P.DECLARING)
    number = attached(play, "依据.docx", files_docx())

    assert client_for(make["unit"]).get(f"/projects/{play.id}/files/{number}/preview").status == 404


@pytest.mark.parametrize("page", ["preview", "content"])
def test_a_file_that_is_not_shown_to_somebody_has_no_preview_for_him(
    make: Make, client_for: ClientFor, page: str
) -> None:
    play = make.project(P.DECLARING)
    number = attached(play, "依据.pdf", PDF % b"x")

    assert client_for(make["unit2"]).get(f"/projects/{play.id}/files/{number}/{page}").status == 404
    assert client_for(make["supervisor"]).get(f"/projects/{play.id}/files/{number}/{page}").status == 404


def files_docx() -> bytes:
    from docx import Document

    buffer = BytesIO()
    Document().save(buffer)
    return buffer.getvalue()
