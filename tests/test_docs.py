"""The documents tell what the program has: nothing missing, nothing that is gone."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from flask import Flask

import config
from app.mechanism import vocabulary
from app.mechanism.loader import load
from app.models import Model

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
HEADINGS = ("## Context", "## Options", "## Decision", "## Consequences")
#: Tables of the framework; ours are told in the architecture.
FOREIGN_TABLE = re.compile(r"ab_")
REGISTER = "register"


def documents(root: Path) -> list[Path]:
    """Return every page of documentation."""
    return [root / "README.md", root / "CHANGELOG.md", *sorted((root / "docs").rglob("*.md"))]


def text_of(path: Path) -> str:
    """Return a page."""
    return path.read_text(encoding="utf-8")


def section(text: str, title: str) -> str:
    """Return what stands under a heading, up to the next one of its level or above."""
    level, _, _ = title.partition(" ")
    found = re.search(rf"(?ms)^{re.escape(title)}$\n(.*?)(?=^#{{1,{len(level)}}} |\Z)", text)
    assert found, f"there is no heading {title!r}"
    return found.group(1)


def rows(text: str) -> Iterator[list[str]]:
    """Yield the cells of each row of the tables in a text, without heads and rules."""
    lines = text.splitlines()
    for place, line in enumerate(lines):
        below = lines[place + 1] if place + 1 < len(lines) else ""
        is_head = below.startswith("|") and set(below) <= set("|- ")
        if line.startswith("|") and not set(line) <= set("|- ") and not is_head:
            yield [cell.strip() for cell in line.strip().strip("|").split(" | ")]


def codes(text: str) -> list[str]:
    """Return what stands between backquotes."""
    return re.findall(r"`([^`\n]+)`", text)


# --- settings and commands


def test_every_setting_is_in_the_readme_and_no_other(root):
    told = {codes(row[0])[0] for row in rows(section(text_of(root / "README.md"), "## Settings"))}
    assert told == set(config._READ)


def commands(group: click.Group, before: str = "") -> Iterator[str]:
    """Yield the full names of our commands."""
    for name, one in group.commands.items():
        if isinstance(one, click.Group):
            yield from commands(one, f"{before}{name} ")
        else:
            yield f"{before}{name}"


def name_of(told: str, ours: dict[str, click.Command]) -> str:
    """Return the name of a command as the README tells it: with its group, where it has one."""
    group, name = told.split()[:2]
    return f"{group} {name}" if isinstance(ours.get(group), click.Group) else group


def test_every_command_is_in_the_readme_with_its_options(app: Flask, root):
    ours = {
        name: one
        for name, one in app.cli.commands.items()
        if one.callback is None or one.callback.__module__.startswith("app.")
        if name not in {"fab", "routes", "run", "shell"}
    }
    known = set(commands(click.Group(commands=dict(ours))))
    told = [
        codes(row[0])[0] for row in rows(section(text_of(root / "README.md"), "## Command line"))
    ]
    assert {name_of(one, ours) for one in told} == known
    for one in told:
        group, _, name = name_of(one, ours).partition(" ")
        command = ours[group].commands[name] if name else ours[group]  # type: ignore[attr-defined]
        options = {opt for param in command.params for opt in param.opts if opt.startswith("--")}
        assert set(re.findall(r"--[a-z-]+", one)) <= options


def test_every_command_of_the_documents_is_in_the_makefile(root):
    targets = set(re.findall(r"(?m)^([a-z-]+):", text_of(root / "Makefile")))
    named = {
        name
        for page in documents(root)
        for code in re.findall(r"(?s)```.*?```|`[^`\n]+`", text_of(page))
        for name in re.findall(r"\bmake ([a-z]+)\b", code)
    }
    assert {"run", "test", "check", "bench"} <= named <= targets


# --- links


def anchor_of(heading: str) -> str:
    """Return the anchor that a heading gets."""
    words = re.sub(r"[`*]", "", heading).strip().lower()
    return re.sub(r"[^\w\- ]", "", words).replace(" ", "-")


def has_anchor(page: Path, anchor: str) -> bool:
    """Return whether a page has the heading of an anchor; no anchor is its top."""
    if not anchor:
        return True
    headings = re.findall(r"(?m)^#+ (.+)$", text_of(page))
    return anchor in {anchor_of(one) for one in headings}


def test_every_link_leads_somewhere(root):
    dead = []
    for page in documents(root):
        for target in LINK.findall(text_of(page)):
            if "://" in target:
                continue
            name, _, anchor = target.partition("#")
            path = (page.parent / name).resolve() if name else page
            if not path.exists() or not has_anchor(path, anchor):
                dead.append(f"{page.name}: {target}")
    assert dead == []


def test_every_page_is_reached_from_the_readme(root):
    reached: set[Path] = set()
    open_pages = [root / "README.md"]
    while open_pages:
        page = open_pages.pop()
        reached.add(page)
        for target in LINK.findall(text_of(page)):
            path = (page.parent / target.partition("#")[0]).resolve()
            if path.suffix == ".md" and path not in reached and path.exists():
                open_pages.append(path)
    decisions = set((root / "docs" / "adr").glob("*.md"))
    assert set(documents(root)) - reached - decisions == set()


def test_the_documents_name_no_machine(root):
    """Neither a folder of somebody's machine nor a registry belongs into the repository."""
    bad = re.compile(r"/home/|/root/|/work/|/tmp/|pypi|index-url", re.IGNORECASE)
    assert [page.name for page in documents(root) if bad.search(text_of(page))] == []


# --- the vocabulary, the tables, the files


def test_every_part_of_a_profile_is_told(root):
    part = section(text_of(root / "docs" / "architecture.md"), "### Parts of a profile")
    profile = text_of(root / "mechanisms" / "zezhou" / "mechanism.yaml")
    parts = set(re.findall(r"(?m)^([a-z_]+):", profile))
    assert parts <= {code.rstrip(":") for code in codes(part)}


def test_every_table_is_told(root):
    told = set(codes(text_of(root / "docs" / "architecture.md")))
    ours = {name for name in Model.metadata.tables if not FOREIGN_TABLE.match(name)}
    assert {name for name in ours if name not in told} == set()


def source_files(root: Path) -> set[str]:
    """Return every module of the program that holds anything."""
    found = [config.__file__, *(root / "app").rglob("*.py"), *(root / "tools").glob("*.*")]
    paths = [Path(one) for one in found]
    return {
        one.relative_to(root).as_posix()
        for one in paths
        if one.suffix in {".py", ".sh"} and len(text_of(one).strip().splitlines()) > 5
    }


def test_every_file_has_its_line_and_no_other(root):
    part = section(text_of(root / "docs" / "architecture.md"), "## Files")
    told = [codes(row[0])[0] for row in rows(part)]
    assert len(told) == len(set(told))
    assert set(told) == source_files(root)


# --- glossary


def glossary(root: Path) -> list[list[str]]:
    """Return the rows of the glossary: term, Chinese, clause, meaning."""
    return list(rows(text_of(root / "docs" / "glossary.md")))


def test_the_glossary_tells_each_term_once_and_whole(root):
    found = glossary(root)
    assert all(len(row) == 4 and all(row) for row in found)
    assert all(re.search(r"[\u4e00-\u9fff]", row[1]) for row in found)
    terms = [row[0] for row in found]
    assert len(terms) == len(set(terms))


def test_the_glossary_cites_clauses_of_the_documents(root):
    profiles = (root / "mechanisms").glob("*/mechanism.yaml")
    known = {clause for path in profiles for clause in load(path).clauses}
    assert {row[2] for row in glossary(root)} - {"—"} <= known


def test_every_thing_that_has_a_table_is_in_the_glossary(root):
    terms = {row[0] for row in glossary(root)}
    named = {
        "case_file": "case",
        "case_access": "access",
        "calendar_day": "calendar day",
        "mechanism_version": "mechanism version",
        "number_series": "number series",
        "paper_copy": "paper copy",
        "idempotency_key": "idempotency key",
        "account_state": "account state",
        "case_look": "case look",
        "case_search": "case search",
        "kept_list": "kept list",
        "mechanism_draft": "mechanism draft",
    }
    ours = {name for name in Model.metadata.tables if not FOREIGN_TABLE.match(name)}
    assert {named.get(name, name.replace("_", " ")) for name in ours} <= terms


def test_every_relation_and_role_is_in_the_glossary(root):
    terms = {row[0] for row in glossary(root)}
    relations = {"registrar", "holder", "acceptor", "lead", "office", "applicant", "actor"}
    assert relations <= set(vocabulary.WHO)
    assert relations <= terms
    assert {"stage", "tier", "task", "paper", "event", "party", "round"} <= terms
    assert {"full", "bundle", "progress"} <= terms


# --- decisions and changes


def test_each_decision_is_short_and_whole(root):
    pages = sorted((root / "docs" / "adr").glob("*.md"))
    assert [page.name[:4] for page in pages] == [f"{n:04}" for n in range(1, len(pages) + 1)]
    assert len(pages) >= 6
    for page in pages:
        text = text_of(page)
        assert len(text.splitlines()) <= 60, page.name
        assert [text.count(f"\n{one}\n") for one in HEADINGS] == [1] * len(HEADINGS), page.name
        assert re.search(r"(?m)^Status: ", text), page.name


def test_each_entry_of_the_changelog_says_what_a_clerk_sees(root):
    text = text_of(root / "CHANGELOG.md")
    entries = re.findall(r"(?m)^- \*\*", text)
    assert entries
    assert len(entries) == text.count("经办人能看到的变化：")
    assert re.search(r"(?m)^## \d+\.\d+\.\d+ – \d{4}-\d{2}-\d{2}$", text)


# --- what the documents say works


def test_the_accounts_of_the_readme_can_log_in(rest, root):
    names = codes(section(text_of(root / "README.md"), "## Accounts of the demonstration"))
    accounts = [name for name in names if re.fullmatch(r"admin|(zezhou|xiaoyi)-[a-z-]+", name)]
    assert len(accounts) >= 8
    for account in accounts:
        assert rest(account).headers


def test_every_path_of_the_rest_interface_is_told_and_no_other(app: Flask, root):
    told = {
        tuple(codes(row[0])[0].split()[:2])
        for row in rows(section(text_of(root / "docs" / "api.md"), "## Paths"))
    }
    ours = set()
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        if rule.rule.startswith("/api/v1/") and view.__module__.startswith("app.api"):
            path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
            ours |= {(method, path) for method in (rule.methods or set()) & {"GET", "POST"}}
    assert parts_as_one(ours) == told


def parts_as_one(paths: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """Return the paths with those of a case's parts written out, as the page does."""
    general = ("GET", "/api/v1/case/{case_id}/{part}/")
    if general in paths:
        parts = ("event", "task", "clock", "document", "attachment")
        paths = paths - {general}
        paths |= {("GET", f"/api/v1/case/{{case_id}}/{part}/") for part in parts}
    return paths


def test_the_example_of_the_rest_page_registers_and_transfers(rest, root):
    examples = re.findall(r"(?s)```json\n(.*?)```", text_of(root / "docs" / "api.md"))
    registration, act = (json.loads(one) for one in examples)
    clerk = rest("zezhou-petition-clerk")
    made = clerk.post("/api/v1/case/", registration)
    assert made.status_code == 201, made.get_data(as_text=True)
    done = clerk.post(f"/api/v1/case/{made.json['id']}/action/transfer", act)
    assert done.status_code == 200, done.get_data(as_text=True)


#: What the reader of the README fills in, by action.
FILLED: dict[str, dict[str, Any]] = {
    "transfer": {"unit": "hrss", "reason": "退费复核归人社局。"},
    "start_joint": {"units": ["tax"]},
    "escalate": {"reason": "两家意见不一致。"},
    "approve": {"opinion": "同意，请办公室抓紧会商。"},
    "record_minutes": {
        "units": ["tax", "hrss"],
        "conclusions": "分别出具处理决定。",
        "due_on": "2024-12-02",
    },
    "submit_decision": {"decision": "同意退费。"},
    "issue_reply": {"summary": "两家单位已分别作出决定。"},
    "serve": {"method": "direct", "served_on": "2024-11-04"},
}


@pytest.mark.clause("Z4.1b", "Z4.2b", "Z4.2.1-2", "Z4.2.2-2", "Z4.2.2-3", "Z4.4")
def test_the_five_minutes_of_the_readme_lead_to_an_archived_case(rest, root):
    """Each row of the table is done as it says; its label is the button's."""
    mechanism = load(root / "mechanisms" / "zezhou" / "mechanism.yaml")
    steps = list(rows(section(text_of(root / "README.md"), "## Five minutes with it")))
    registration = json.loads(
        re.findall(r"(?s)```json\n(.*?)```", text_of(root / "docs" / "api.md"))[0]
    )
    case = 0
    for _, account, press, _ in steps:
        who = rest(codes(account)[0])
        key, label = codes(press)[0], press.rpartition("` ")[2]
        if key == REGISTER:
            made = who.post("/api/v1/case/", registration)
            assert (made.status_code, label) == (201, mechanism.register.label)
            case = made.json["id"]
            continue
        offered = who.get(f"/api/v1/case/{case}/action/").json["result"]
        assert label in [one["label"] for one in offered if one["key"] == key]
        version = who.get(f"/api/v1/case/{case}").json["result"]["version"]
        body = {"version": version, "inputs": FILLED.get(key, {})}
        done = who.post(f"/api/v1/case/{case}/action/{key}", body)
        assert done.status_code == 200, (key, done.get_data(as_text=True))
    assert rest("zezhou-auditor").get(f"/api/v1/case/{case}").json["result"]["stage"] == "archived"
