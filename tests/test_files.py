"""Files that people bring: told by their content, kept whole under their hash."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import zipfile

import pytest

from app import filekinds, files
from app.errors import NotFound, Refused, TooLarge

MB = 1024 * 1024
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 16
JPG = b"\xff\xd8\xff\xe0\x00\x10JFIF\0" + b"\0" * 16
MP3 = b"ID3\x04\0\0\0\0\0\0" + b"\xff\xfb\x90\x00" * 8
WAV = b"RIFF\x24\0\0\0WAVEfmt " + b"\0" * 16
M4A = b"\0\0\0\x20ftypM4A \0\0\0\0" + b"\0" * 16
MP4 = b"\0\0\0\x20ftypisom\0\0\2\0" + b"\0" * 16
MOV = b"\0\0\0\x14ftypqt  \0\0\0\0" + b"\0" * 16
AVI = b"RIFF\x24\0\0\0AVI LIST" + b"\0" * 16
MPG = b"\0\0\x01\xba\x44" + b"\0" * 16
AAC = b"\xff\xf1\x50\x80" + b"\0" * 16
AMR = b"#!AMR\n" + b"\0" * 16
HEIC = b"\0\0\0\x18ftypheic\0\0\0\0" + b"\0" * 16
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512


def a_zip(*names, text=b"<x/>"):
    """Return the bytes of a zip with these parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name in names:
            # A fixed date, or the bytes (and the names of tests) change with the second.
            package.writestr(zipfile.ZipInfo(name, (2024, 11, 4, 9, 0, 0)), text)
    return out.getvalue()


DOCX = a_zip("[Content_Types].xml", "word/document.xml")
XLSX = a_zip("docProps/app.xml", "xl/workbook.xml", "[Content_Types].xml")
OFD = a_zip("Doc_0/Document.xml", "OFD.xml")
DOC = OLE + "WordDocument".encode("utf-16-le")
XLS = OLE + "Workbook".encode("utf-16-le")


def take(folder, content, name, limit=MB):
    return files.take(folder, io.BytesIO(content), name, files.Limits(limit, limit))


def kept(folder):
    """Return every file below the folder."""
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    ("name", "content", "media_type"),
    [
        ("材料.pdf", PDF, "application/pdf"),
        ("照片.JPG", JPG, "image/jpeg"),
        ("照片.jpeg", JPG, "image/jpeg"),
        ("截图.png", PNG, "image/png"),
        ("申请.docx", DOCX, filekinds.DOCX),
        ("明细.xlsx", XLSX, filekinds.XLSX),
        ("公文.ofd", OFD, "application/ofd"),
        ("申请.doc", DOC, "application/msword"),
        ("申请.wps", DOC, "application/msword"),
        ("明细.xls", XLS, "application/vnd.ms-excel"),
        ("说明.txt", "缴费基数有异议\r\n".encode(), "text/plain"),
        ("说明.txt", "缴费基数有异议".encode("gb18030"), "text/plain"),
        ("明细.csv", "\ufeff月份,金额\n2024-03,1.00\n".encode(), "text/csv"),
        ("录音.mp3", MP3, "audio/mpeg"),
        ("录音.wav", WAV, "audio/wav"),
        ("录音.m4a", M4A, "audio/mp4"),
        ("录像.mp4", MP4, "video/mp4"),
        ("录像.mp4", M4A, "video/mp4"),
        ("手机录像.mov", MOV, "video/quicktime"),
        ("执法记录.avi", AVI, "video/x-msvideo"),
        ("执法记录.mpg", MPG, "video/mpeg"),
        ("录音.aac", AAC, "audio/aac"),
        ("录音.amr", AMR, "audio/amr"),
        ("扫描件.tif", b"II*\0" + b"\0" * 16, "image/tiff"),
        ("扫描件.TIFF", b"MM\0*" + b"\0" * 16, "image/tiff"),
    ],
)
def test_each_kind_is_told_by_content_and_ending(tmp_path, name, content, media_type):
    taken = take(tmp_path, content, name)
    assert (taken.media_type, taken.name, taken.size) == (media_type, name, len(content))
    assert taken.sha256 == hashlib.sha256(content).hexdigest()
    assert taken.sm3 == hashlib.new("sm3", content).hexdigest()
    assert files.path_of(tmp_path, taken.sha256).read_bytes() == content


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("程序.exe", b"MZ\x90\0" + b"\0" * 60),
        ("材料.pdf", b"MZ\x90\0" + b"\0" * 60),
        ("材料.pdf", b"\x7fELF" + b"\0" * 60),
        ("材料.pdf", PNG),
        ("材料.pdf", b"<html><script>alert(1)</script></html>"),
        ("照片.png", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
        ("图.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("页.html", b"<!DOCTYPE html><p>x"),
        ("说明.txt", b"<!DOCTYPE html><p>x"),
        ("说明.txt", b"\xef\xbb\xbf <ScRiPt>alert(1)</sCrIpT>"),
        ("运行.txt", b"#!/bin/sh\nrm -rf /\n"),
        ("运行.sh", b"echo 1\n"),
        ("运行.bat", b"@echo off\r\n"),
        ("运行.js", b"alert(1)"),
        ("说明.txt", b"a\0b"),
        ("说明.txt", b"\xff\xff\xff"),
        ("说明.txt", b"x" * 200_000 + b"\0"),
        ("申请.docx", a_zip("a.txt")),
        ("申请.docx", XLSX),
        ("申请.docx", a_zip("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin")),
        ("申请.docx", DOCX[:60]),
        ("申请.docx", b"PK\x03\x04" + b"\0" * 60),
        ("压缩.zip", a_zip("a.txt")),
        ("申请.doc", OLE),
        ("安装.msi", OLE),
        ("明细.xls", DOC),
        ("无名", b"just words"),
        ("录像.mp4", HEIC),
        ("录像.mp4", MOV),
        ("录像.mov", MP4),
        ("录像.avi", WAV),
        ("录音.wav", AVI),
        ("录音.amr", b"#!/bin/sh\n"),
        ("录音.mp3", b"MZ\x90\0" + b"\0" * 60),
        ("录像.mp4", b"<html><script>alert(1)</script></html>"),
    ],
)
def test_other_kinds_and_false_names_are_refused_and_nothing_is_kept(tmp_path, name, content):
    with pytest.raises(Refused) as refusal:
        take(tmp_path, content, name)
    (reason,) = refusal.value.errors["file"]
    assert reason.say()
    assert kept(tmp_path) == []


def test_a_wrong_ending_is_told_apart_from_a_kind_that_is_not_taken(tmp_path):
    with pytest.raises(Refused) as wrong:
        take(tmp_path, PNG, "材料.pdf")
    with pytest.raises(Refused) as strange:
        take(tmp_path, b"MZ", "程序.exe")
    assert ".pdf" in str(wrong.value)
    assert "docx" in str(strange.value)


def test_a_name_without_ending_gets_one_from_the_content(tmp_path):
    assert take(tmp_path, PDF, "扫描件").media_type == "application/pdf"
    assert take(tmp_path, PDF, "\u202e").name == "file.pdf"


def test_a_zip_that_unpacks_to_far_more_is_refused(tmp_path):
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", b"")
        with package.open("word/document.xml", "w", force_zip64=True) as part:
            for _ in range(600):
                part.write(b"\0" * MB)
    with pytest.raises(Refused):
        take(tmp_path, bomb.getvalue(), "申请.docx", limit=20 * MB)


def test_a_zip_with_endless_parts_is_refused_before_it_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr(filekinds, "MOST_PARTS_BYTES", 100)
    with pytest.raises(Refused):
        take(tmp_path, DOCX, "申请.docx")


def test_a_file_above_the_limit_is_refused_and_nothing_is_kept(tmp_path):
    with pytest.raises(TooLarge) as refusal:
        take(tmp_path, PDF + b"\0" * MB, "材料.pdf", limit=MB)
    assert refusal.value.status == 413
    assert "1 MB" in str(refusal.value)
    assert kept(tmp_path) == []


def test_a_file_of_exactly_the_limit_is_kept(tmp_path):
    content = PDF.ljust(MB, b"\0")
    assert take(tmp_path, content, "材料.pdf", limit=MB).size == MB


def test_an_empty_file_is_refused(tmp_path):
    with pytest.raises(Refused) as refusal:
        take(tmp_path, b"", "材料.pdf")
    assert "empty" in str(refusal.value)


def test_the_same_content_is_kept_once(tmp_path):
    first, second = take(tmp_path, PDF, "一.pdf"), take(tmp_path, PDF, "二.pdf")
    assert first.sha256 == second.sha256
    assert len(kept(tmp_path)) == 1


def test_a_full_disk_is_said_in_words_and_leaves_nothing(tmp_path, monkeypatch):
    def full(_descriptor):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(files.StorageFull) as refusal:
        take(tmp_path, PDF, "材料.pdf")
    assert refusal.value.status == 507
    assert kept(tmp_path) == []


def test_files_can_be_read_by_the_server_alone(tmp_path):
    taken = take(tmp_path, PDF, "材料.pdf")
    path = files.path_of(tmp_path, taken.sha256)
    assert path.stat().st_mode & 0o077 == 0
    assert path.parent.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("sha256", ["", "../../etc/passwd", "a" * 64, "A" * 64, "a" * 63])
def test_what_is_not_kept_is_not_found(tmp_path, sha256):
    with pytest.raises(NotFound):
        files.path_of(tmp_path, sha256)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("社保费争议登记表.docx", "社保费争议登记表.docx"),
        ("../../x.pdf", "x.pdf"),
        ("C:\\夹\\证据.pdf", "证据.pdf"),
        ("/etc/passwd", "passwd"),
        ("a\x00b\r\nc.pdf", "abc.pdf"),
        ("证据\u202efdp.exe", "证据fdp.exe"),
        ("\udcff证据.pdf", "证据.pdf"),
        ("证据 .pdf", "证据.pdf"),
        (".pdf", "pdf"),
        ("...", ""),
        ("CON", "CON"),
        ("长" * 300 + ".pdf", "长" * 196 + ".pdf"),
        ("长" * 300, "长" * 200),
    ],
)
def test_names_are_shown_without_folders_and_invisibles(name, shown):
    assert files.clean_name(name) == shown


def test_a_text_cut_inside_a_character_is_still_text():
    assert filekinds.sniff("字".encode()[:2], "说明.txt") == "text/plain"
