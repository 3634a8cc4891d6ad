"""Lists that wait a day to be confirmed."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest

from perfflow.core import clock, files, uploads
from perfflow.core.access import project_for
from perfflow.core.errors import NotFound, RefusedUpload
from perfflow.db import unit_of_work
from perfflow.process import AttachmentPurpose, P
from tests.make import NOW, PDF, Make


@pytest.fixture
def make(make: Make) -> Any:
    with make.app.app_context():
        yield make


def kept(make: Make, who: str = "admin", note: bytes = b"x") -> int:
    received = files.receive("名单.pdf", BytesIO(PDF % note))
    with unit_of_work():
        return uploads.keep(received, "accounts", actor=make[who])


def test_the_same_bytes_are_read_again(make: Make):
    upload = uploads.find(kept(make), "accounts", actor=make["admin"])

    assert uploads.content(upload) == PDF % b"x"


@pytest.mark.parametrize(("who", "kind"), [("auditor", "accounts"), ("admin", "other")])
def test_an_upload_is_its_owner_s_and_of_its_kind(make: Make, who: str, kind: str):
    with pytest.raises(NotFound):
        uploads.find(kept(make), kind, actor=make[who])


@pytest.mark.parametrize("number", [0, 999, 2**60])
def test_what_is_not_there_is_not_found(make: Make, number: int):
    with pytest.raises(NotFound):
        uploads.find(number, "accounts", actor=make["admin"])


def test_the_number_of_an_upload_is_never_given_to_another(make: Make):
    first = kept(make)
    with unit_of_work():
        uploads.drop(first)

    assert kept(make, note=b"y") != first


def test_after_a_day_it_is_gone_and_its_bytes_may_go(make: Make):
    old = kept(make)
    with clock.at(NOW + timedelta(hours=24, minutes=1)):
        with pytest.raises(NotFound):
            uploads.find(old, "accounts", actor=make["admin"])
        with unit_of_work():
            digests = uploads.drop(0)

    assert len(digests) == 1


def test_bytes_that_something_else_names_stay(make: Make):
    play = make.project(P.DECLARING)
    first, second = kept(make), kept(make, "auditor")
    with unit_of_work():
        assert uploads.drop(first) == []

    received = files.receive("附件.pdf", BytesIO(PDF % b"x"))
    with unit_of_work():
        reach = project_for(make["unit"], play.id)
        files.attach(received, AttachmentPurpose.DECLARATION, reach=reach, actor=make["unit"])
        assert uploads.drop(second) == []






def test_bytes_that_are_gone_are_told(make: Make):
    upload = uploads.find(kept(make), "accounts", actor=make["admin"])
    files.discard(upload.sha256)

    with pytest.raises(RefusedUpload, match="重新上传"):
        uploads.content(upload)
