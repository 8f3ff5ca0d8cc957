"""How much is taken: by kind, told before the disk is touched."""

from __future__ import annotations

import io

import pytest
from waitress.adjustments import Adjustments

import config
from app import files
from app.errors import Refused, TooLarge
from app.serve import _channel
from tests.web.bodies import an_upload, registered

MB = 1024 * 1024
SOUND = b"ID3\x04\0\0\0\0\0\0" + b"\1" * 2 * MB
FILM = b"\0\0\0\x20ftypisom\0\0\x02\0" + b"\1" * 2 * MB
PDF = b"%PDF-1.4\n".ljust(2 * MB, b"\0")
LIMITS = files.Limits(recording=3 * MB, other=MB)
FIVE_GB = 5 * 1024 * MB


class Announced(io.RawIOBase):
    """A body that must not be read further than its beginning."""

    def __init__(self, head: bytes) -> None:
        self.head = head

    def read(self, size: int = -1) -> bytes:
        """Return the beginning once; a second read is a fault."""
        assert self.head, "what follows the beginning was read"
        head, self.head = self.head, b""
        return head


@pytest.mark.parametrize(("name", "content"), [("录音.mp3", SOUND), ("录像.mp4", FILM)])
def test_recordings_have_a_limit_of_their_own(tmp_path, name, content):
    assert files.take(tmp_path, io.BytesIO(content), name, LIMITS).size == len(content)
    with pytest.raises(TooLarge) as refusal:
        files.take(tmp_path / "less", io.BytesIO(content), name, files.Limits(MB, 9 * MB))
    assert "1 MB" in str(refusal.value)


def test_another_file_does_not_pass_under_the_limit_of_recordings(tmp_path):
    with pytest.raises(TooLarge):
        files.take(tmp_path, io.BytesIO(PDF), "材料.pdf", LIMITS)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    ("name", "head"),
    [("程序.exe", b"MZ\x90\0"), ("录像.mp4", b"MZ\x90\0"), ("录音.mp3", b"%PDF-1.4\n")],
)
def test_a_wrong_kind_is_refused_by_its_beginning_before_anything_is_written(tmp_path, name, head):
    with pytest.raises(Refused):
        files.take(tmp_path / "files", Announced(head), name, LIMITS)
    assert not (tmp_path / "files").exists()


def test_a_gigantic_text_that_turns_out_to_be_none_leaves_nothing(tmp_path):
    text = "缴费基数\n".encode() * 20_000 + b"\0"
    with pytest.raises(Refused):
        files.take(tmp_path, io.BytesIO(text), "说明.txt", LIMITS)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


# --- at the door of the server


def parsed(head: str):
    """Return what Waitress makes of a request's head: its parser."""
    parser = _channel(505 * MB).parser_class(Adjustments(max_request_body_size=30 * MB))
    parser.received(head.replace("\n", "\r\n").encode())
    return parser


def post(path: str, size: int) -> str:
    """Return the head of a request with a body of this size."""
    return f"POST {path} HTTP/1.1\nHost: x\nContent-Length: {size}\n\n"


@pytest.mark.parametrize("path", ["/case/1/attachment", "/api/v1/case/1/attachment/"])
def test_five_gigabytes_are_refused_by_what_they_announce(path):
    parser = parsed(post(path, FIVE_GB))
    assert parser.completed
    assert parser.error.code == 413


@pytest.mark.parametrize("path", ["/case/1/attachment", "/api/v1/case/1/attachment/"])
def test_a_recording_comes_in_where_files_are_brought(path):
    assert parsed(post(path, 400 * MB)).error is None


@pytest.mark.parametrize("path", ["/login/", "/register/", "/case/1/do/accept"])
def test_nothing_else_may_be_as_long_as_a_recording(path):
    assert parsed(post(path, 400 * MB)).error.code == 413
    assert parsed(post(path, 4 * MB)).error is None


def test_a_body_without_announced_end_is_cut_off_at_the_limit():
    parser = _channel(2 * MB).parser_class(Adjustments(max_request_body_size=MB))
    head = b"POST /case/1/attachment HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    parser.received(head)
    piece = b"%x\r\n" % (MB // 2) + b"\0" * (MB // 2) + b"\r\n"
    pieces = 0
    while not parser.completed and pieces < 100:
        parser.received(piece)
        pieces += 1
    assert parser.error.code == 413
    assert pieces <= 5
    parser.close()


def test_the_application_refuses_by_what_is_announced_too(app, rest):
    tax = rest("zezhou-tax")
    case_id = registered(tax)["id"]
    for path, size in (
        (f"/api/v1/case/{case_id}/attachment/", FIVE_GB),
        (f"/api/v1/case/{case_id}/attachment/", app.config["MAX_UPLOAD_LENGTH"] + 1),
    ):
        announced = {"CONTENT_LENGTH": str(size)}
        answer = tax.post(path, data=an_upload(), environ_overrides=announced)
        assert answer.status_code == 413
        assert answer.json["message"]
    assert tax.get(f"/api/v1/case/{case_id}/attachment/").json["count"] == 0


# --- the settings


def test_limits_come_from_the_environment(tmp_path):
    found = config.load(
        environ={"INSTANCE_DIR": str(tmp_path), "UPLOAD_MB": "30", "RECORDING_MB": "900"}
    )
    assert (found["UPLOAD_LIMIT"], found["RECORDING_LIMIT"]) == (30 * MB, 900 * MB)
    assert found["MAX_CONTENT_LENGTH"] == 35 * MB
    assert found["MAX_UPLOAD_LENGTH"] == 905 * MB


@pytest.mark.parametrize(
    ("name", "value"), [("UPLOAD_MB", "0"), ("RECORDING_MB", "2001"), ("RECORDING_MB", "a lot")]
)
def test_a_limit_that_cannot_be_is_refused_at_the_start(tmp_path, name, value):
    with pytest.raises(config.StartError) as refusal:
        config.load(environ={"INSTANCE_DIR": str(tmp_path), name: value})
    assert name in str(refusal.value)
