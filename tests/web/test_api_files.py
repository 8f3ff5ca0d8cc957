"""Files over REST: bringing them, reading them again, and who may."""

from __future__ import annotations

import hashlib
import io
import zipfile

import pytest

from tests.web.bodies import PDF, act, an_upload, inputs_of, registered

CASES = "/api/v1/case/"


@pytest.fixture
def tax(rest):
    return rest("zezhou-tax")


@pytest.fixture
def case_id(tax):
    return registered(tax)["id"]


@pytest.fixture
def path(case_id):
    return f"{CASES}{case_id}/attachment/"


def test_a_file_is_kept_whole_under_its_chinese_name(tax, case_id, path):
    answer = tax.post(path, data=an_upload(name="社保费争议 登记表“副本”.pdf"))
    assert answer.status_code == 201
    assert answer.json["size"] == len(PDF)
    assert answer.json["sha256"] == hashlib.sha256(PDF).hexdigest()
    assert answer.json["name"] == "社保费争议 登记表“副本”.pdf"
    listed = tax.get(path).json
    assert listed == {"count": 1, "result": [answer.json]}
    file = tax.get(f"/api/v1/attachment/{answer.json['id']}/file")
    assert file.data == PDF
    assert file.mimetype == "application/pdf"
    disposition = file.headers["Content-Disposition"]
    assert disposition.startswith("attachment")
    assert "filename*=UTF-8''%E7%A4%BE%E4%BF%9D" in disposition
    assert file.headers["X-Content-Type-Options"] == "nosniff"
    assert file.headers["Cache-Control"] == "no-store"
    file.close()


def test_a_file_is_no_act(tax, case_id, path):
    tax.post(path, data=an_upload())
    assert tax.get(f"{CASES}{case_id}").json["result"]["version"] == 1
    assert tax.get(f"{CASES}{case_id}/event/").json["count"] == 1


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"MZ\x90\0", "程序.exe"),
        (b"MZ\x90\0", "材料.pdf"),
        (b"<html><script>alert(1)</script>", "材料.pdf"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "图.svg"),
        (b"", "空.pdf"),
    ],
)
def test_other_kinds_are_refused_beside_the_file(tax, path, content, name):
    answer = tax.post(path, data=an_upload(content, name))
    assert answer.status_code == 422
    assert set(answer.json["errors"]) == {"file"}
    assert tax.get(path).json["count"] == 0


def test_kind_and_file_are_refused_together(tax, path):
    answer = tax.post(path, data={"kind": "secret"}, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert set(answer.json["errors"]) == {"kind", "file"}


def test_two_files_at_once_are_refused(tax, path):
    both = [(io.BytesIO(PDF), "一.pdf"), (io.BytesIO(PDF), "二.pdf")]
    answer = tax.post(path, data={"kind": "other", "file": both})
    assert answer.status_code == 422


def test_a_file_that_is_no_form_is_refused(tax, path):
    assert tax.post(path, {"file": "x"}).status_code == 400
    raw = {"Content-Type": "multipart/form-data; boundary=x"}
    assert tax.post(path, data=b"no boundary at all", headers=raw).status_code == 422


def test_a_file_above_the_limit_is_refused(app, tax, path):
    limit = app.config["UPLOAD_LIMIT"]
    answer = tax.post(path, data=an_upload(PDF.ljust(limit + 1, b"\0")))
    answer.request.environ["wsgi.input"].close()  # the test client leaves its file open
    assert answer.status_code == 413
    assert "20 MB" in answer.json["message"]


def test_a_body_above_every_limit_is_refused(app, tax, path):
    announced = {"CONTENT_LENGTH": str(app.config["MAX_UPLOAD_LENGTH"] + 1)}
    answer = tax.post(path, data=an_upload(), environ_overrides=announced)
    assert answer.status_code == 413
    assert answer.json["message"]


@pytest.mark.parametrize("name", ["../../x.pdf", "C:\\x.pdf", "a\x00b.pdf", "\u202ex.pdf"])
def test_a_name_never_leads_anywhere(tax, path, name):
    answer = tax.post(path, data=an_upload(name=name))
    assert answer.status_code == 201
    assert not set(answer.json["name"]) & set("/\\\x00\u202e")


def test_posts_and_strangers_bring_no_files(rest, path):
    assert rest("zezhou-auditor").post(path, data=an_upload()).status_code == 403
    assert rest("zezhou-court").post(path, data=an_upload()).status_code == 404


def test_a_strangers_request_for_a_file_finds_nothing(rest, tax, path):
    kept = tax.post(path, data=an_upload()).json["id"]
    court = rest("zezhou-court")
    unknown = court.get("/api/v1/attachment/999999/file")
    answer = court.get(f"/api/v1/attachment/{kept}/file")
    assert (answer.status_code, answer.data) == (unknown.status_code, unknown.data)
    assert answer.status_code == 404


def test_who_handed_the_case_on_sees_no_later_file(rest):
    petition, medical = rest("zezhou-petition"), rest("zezhou-medical")
    case_id = registered(petition, category=8, insurance=["medical"])["id"]
    mine = petition.post(f"{CASES}{case_id}/attachment/", data=an_upload(name="先.pdf")).json
    inputs = inputs_of(petition, case_id, "transfer", unit="medical")
    assert act(petition, case_id, "transfer", inputs).status_code == 200
    later = medical.post(f"{CASES}{case_id}/attachment/", data=an_upload(name="后.pdf")).json
    seen = petition.get(f"{CASES}{case_id}/attachment/").json["result"]
    assert [one["name"] for one in seen] == ["先.pdf"]
    with petition.get(f"/api/v1/attachment/{mine['id']}/file") as file:
        assert file.status_code == 200
    assert petition.get(f"/api/v1/attachment/{later['id']}/file").status_code == 404
    assert medical.get(f"{CASES}{case_id}/attachment/").json["count"] == 2
    refused = petition.post(f"{CASES}{case_id}/attachment/", data=an_upload())
    assert refused.status_code == 403


def test_a_document_comes_as_docx_under_its_title(tax, case_id):
    document = tax.get(f"{CASES}{case_id}/document/").json["result"][0]
    file = tax.get(f"/api/v1/document/{document['id']}/file?format=docx")
    assert file.status_code == 200
    assert zipfile.ZipFile(io.BytesIO(file.data)).testzip() is None
    assert "filename*=UTF-8''" in file.headers["Content-Disposition"]
    assert file.headers["X-Content-Type-Options"] == "nosniff"
    assert tax.get(f"/api/v1/document/{document['id']}/file").data == file.data


def test_a_document_comes_as_pdf_too_and_under_the_same_name(tax, case_id):
    document = tax.get(f"{CASES}{case_id}/document/").json["result"][0]
    file = tax.get(f"/api/v1/document/{document['id']}/file?format=pdf")
    assert file.status_code == 200
    assert file.mimetype == "application/pdf"
    assert file.data.startswith(b"%PDF-")
    assert tax.get(f"/api/v1/document/{document['id']}/file?format=pdf").data == file.data


@pytest.mark.parametrize("form", ["exe", "../docx", "PDF", ""])
def test_another_format_is_refused_in_words(tax, case_id, form):
    document = tax.get(f"{CASES}{case_id}/document/").json["result"][0]
    answer = tax.get(f"/api/v1/document/{document['id']}/file?format={form}")
    assert answer.status_code == 422
    assert "docx" in answer.json["message"]


def test_a_strangers_request_for_a_document_finds_nothing(rest, tax, case_id):
    document = tax.get(f"{CASES}{case_id}/document/").json["result"][0]
    answer = rest("zezhou-court").get(f"/api/v1/document/{document['id']}/file?format=pdf")
    assert answer.status_code == 404
