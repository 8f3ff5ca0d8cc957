"""On the pages where a superuser checks a draft, what is found is said without English."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

import pytest
from flask import Flask

from app.mechanism.folder import read_profile
from app.records import MechanismDraft
from tests.check.profiles import sown as sown_to_run
from tests.check.seeded import RUNNING, STANDING, WARNED
from tests.chinese import english_in
from tests.factories import PROFILE
from tests.mechanism.faults import FAULTS, UNREACHED
from tests.mechanism.profile import sown
from tests.publishing.test_screens import a_file, opened, save
from tests.screens.desk import Clerk

REVIEW = "/mechanism/zezhou/draft/review"
#: One of each: what only running a mechanism tells is looked for in seconds, not in moments.
RUN = next(one for one in RUNNING.values() if one[0] == "zezhou")
STOOD = next(one for one in STANDING.values() if one[0] == "zezhou")
WARNING = next(one for one in WARNED.values() if one[0] == "zezhou")


@pytest.fixture
def draft(clerk: Callable[[str], Clerk], app: Flask) -> Callable[[str], str]:
    """Give a function that makes a text the draft and returns its page."""
    admin = clerk("admin")
    assert save(admin, read_profile(PROFILE).text).status_code == 303

    def reviewed(text: str) -> str:
        with opened(app) as session:
            session.query(MechanismDraft).one().profile = text
            session.commit()
        return admin.page(REVIEW)

    return reviewed


def told(page: str) -> list[str]:
    """Return what the table of findings says of each: what was found, what mends it, the way."""
    table = page[page.index('id="check"') : page.index('id="publish"')].split("</section>")[0]
    rows = re.findall(r"</code></td>(<td>.*?</td>)</tr>", table, re.DOTALL)
    return [html.unescape(re.sub(r"<[^>]+>", " ", row)) for row in rows]


def shaped() -> dict[str, str]:
    """Return a text for each slip in the form, the words or the references of a profile."""
    texts = {name: sown(*fault[:3])[0] for name, fault in FAULTS.items()}
    return texts | {name: sown(*fault[:2])[0] for name, fault in UNREACHED.items()}


def test_the_review_tells_each_slip_of_a_profile_in_chinese(draft: Callable[[str], str]) -> None:
    foreign = {}
    for name, text in shaped().items():
        found = told(draft(text))
        foreign[name] = [word for one in found for word in english_in(one, text)]
        assert found, name
    assert {name: words for name, words in foreign.items() if words} == {}


@pytest.mark.parametrize("fault", [RUN, STOOD, WARNING], ids=["running", "standing", "warned"])
def test_the_review_tells_in_chinese_what_a_profile_means(
    draft: Callable[[str], str], fault: tuple[str, ...]
) -> None:
    text, _ = sown_to_run(fault)
    found = told(draft(text))
    assert found
    assert [word for one in found for word in english_in(one, text)] == []


@pytest.mark.parametrize("text", ["a: [1, 2\nb: 3", "a: b: c", "- a", "", "a: &x 1", "a:\n\tb: 1"])
def test_the_review_tells_in_chinese_what_is_no_yaml(
    draft: Callable[[str], str], text: str
) -> None:
    found = told(draft(text))
    assert found
    assert [word for one in found for word in english_in(one, text)] == []


def test_an_uploaded_file_that_cannot_be_read_is_refused_in_chinese(
    clerk: Callable[[str], Clerk],
) -> None:
    answer = clerk("admin").send("/mechanism/", {"profile": a_file("a: b: c")})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "这里不符合 YAML 的写法（这里不能再有键名和值，冒号多了或者缩进不对）" in page
