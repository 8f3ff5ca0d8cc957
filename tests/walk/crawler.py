"""Every page that an account reaches by links, and what a careful reader finds wrong with one.

The walk starts at the door and follows links inside the application. Pages of one shape – the
address with its numbers taken out, and the names of its parameters – are opened up to a limit,
because the hundredth case is drawn by the template of the first. `send_empty` presses the buttons
of the forms that the walk came by, with nothing filled in, which shows what refusals say.
"""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urldefrag, urljoin, urlsplit

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

#: Addresses that end or change the walk, or are no pages.
NOT_FOLLOWED = re.compile(r"^/(logout|lang|api)/|/static/|[?&]lang=")
CASE = "/case/N?"
#: How a list is sorted and cut says nothing new.
ALIKE = frozenset({"sort", "size", "page", "cols", "as"})
#: Inside these nothing is said to a reader; a text area holds what somebody typed.
SILENT = frozenset({"script", "style", "template", "noscript", "textarea"})
#: Attributes that are read aloud or shown.
SPOKEN = ("title", "placeholder", "aria-label", "alt", "aria-description")
VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
)


@dataclass
class Sheet(HTMLParser):
    """A page, read once: its words, links, headings, buttons, fields."""

    html: str
    title: str = ""
    words: list[str] = field(default_factory=list)
    headings: list[int] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    ids: Counter[str] = field(default_factory=Counter)
    labelled: set[str] = field(default_factory=set)
    fields: list[dict[str, str]] = field(default_factory=list)
    buttons: list[dict[str, str]] = field(default_factory=list)
    forms: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._open: list[tuple[str, dict[str, str]]] = []
        self.feed(self.html)

    @property
    def _inside(self) -> set[str]:
        return {tag for tag, _ in self._open}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self.words += [found[name].strip() for name in SPOKEN if found.get(name)]
        if found.get("id"):
            self.ids[found["id"]] += 1
        self._note(tag, found)
        if tag not in VOID:
            self._open.append((tag, found))

    def _note(self, tag: str, found: dict[str, str]) -> None:
        """Keep what a page's shape is judged by."""
        inside = {"inside": " ".join(self._inside)}
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        elif tag == "a" and "href" in found:
            self.links.append(found["href"])
        elif tag == "label":
            self.labelled.add(found.get("for", ""))
        elif tag in {"input", "select", "textarea"}:
            self.fields.append(found | inside)
        elif tag == "button":
            self.buttons.append(found | inside)
        elif tag == "form" and found.get("method", "").lower() == "post":
            self.forms.append(found.get("action", ""))

    def handle_endtag(self, tag: str) -> None:
        while self._open and tag in self._inside:
            if self._open.pop()[0] == tag:
                break

    def handle_data(self, data: str) -> None:
        text = " ".join(data.split())
        if not text or self._inside & SILENT:
            return
        if "title" in self._inside and "svg" not in self._inside:
            self.title += text
        else:
            self.words.append(text)


def shape(address: str) -> str:
    """Return an address without its numbers and the values of its parameters."""
    parts = urlsplit(address)
    asked = parse_qsl(parts.query, keep_blank_values=True)
    names = sorted({name for name, _ in asked} - ALIKE)
    # Each act that is opened on a case is a page of its own.
    acts = [value for name, value in asked if name == "do"]
    return re.sub(r"\d+", "N", parts.path) + "?" + "&".join(names + acts)


@dataclass
class Walk:
    """One account's way through the application; `shapes` may be shared with other accounts."""

    browser: FlaskClient
    shapes: Counter[str]
    each: int
    forms: dict[str, tuple[str, str]] = field(default_factory=dict)

    def pages(self, *starts: str) -> Iterator[tuple[str, int, Sheet]]:
        """Yield address, status and page of all that links lead to; a file is an empty page."""
        waiting, known = deque(starts), set(starts)
        while waiting:
            address = waiting.popleft()
            kind = shape(address)
            # No case looks like another: each stands elsewhere.
            if kind != CASE and self.shapes[kind] >= self.each:
                continue
            self.shapes[kind] += 1
            answer = self.browser.get(address, follow_redirects=True)
            sheet = sheet_of(answer)
            yield address, answer.status_code, sheet
            here = answer.request.full_path.rstrip("?")
            for action in sheet.forms:
                target = _inside(urljoin(here, action), here) or here
                self.forms.setdefault(shape(target), (target, address))
            found = {_inside(urljoin(here, link), here) for link in sheet.links}
            new = sorted({one for one in found if one} - known)
            known.update(new)
            waiting.extend(new)

    def send_empty(self, token: str) -> Iterator[tuple[str, int, Sheet]]:
        """Yield address, status and answer of each form that was seen, sent with its token."""
        for address, _ in sorted(self.forms.values()):
            answer = self.browser.post(address, data={"csrf_token": token}, follow_redirects=True)
            yield address, answer.status_code, sheet_of(answer)


def sheet_of(answer: TestResponse) -> Sheet:
    """Return the page of an answer; nothing of what is no page."""
    return Sheet(answer.get_data(as_text=True) if answer.mimetype == "text/html" else "")


def _inside(link: str, here: str) -> str | None:
    """Return the address of a link that stays in the application, without its anchor."""
    bare = urldefrag(link).url
    parts = urlsplit(bare)
    if parts.scheme or parts.netloc or NOT_FOLLOWED.search(bare):
        return None
    return urlsplit(here).path + bare if bare.startswith("?") else bare or None
