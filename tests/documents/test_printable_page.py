"""The printable page of a paper holds the words of its file."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.documents.sheet import texts
from app.models import Case, Jurisdiction, Paper
from app.security.sight import everything


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_printable_page_holds_every_word_of_the_paper_in_either_language(
    app: Any, login: Callable[[str], FlaskClient], language: str
) -> None:
    with app.app_context(), everything(app.appbuilder.session):
        query = (
            select(Paper)
            .join(Paper.case)
            .join(Case.jurisdiction)
            .where(Jurisdiction.key == "zezhou", Paper.state == "issued")
        )
        one_of_each = {p.kind: (p.id, p.content) for p in app.appbuilder.session.scalars(query)}
    office = login("zezhou-office")
    office.get(f"/lang/{language}")
    assert len(one_of_each) > 5
    for paper_id, content in one_of_each.values():
        page = office.get(f"/document/{paper_id}").get_data(as_text=True)
        sheet = page[page.index("<article") : page.index("</article>")]
        found = html.unescape(re.sub(r"<[^>]+>", "", sheet))
        for text in texts(content):
            assert text in found, (content["title"], text)
