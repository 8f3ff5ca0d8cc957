"""The screens of the product; `install` is what the application calls."""

from __future__ import annotations

from flask import Blueprint, Flask, current_app, g, redirect, request
from flask.typing import ResponseReturnValue

from app.screens import (
    account,
    blocks,
    case,
    caseload,
    evaluation,
    formats,
    frame,
    handed,
    holiday_import,
    late_fee,
    material,
    mechanism_edit,
    misc,
    papers,
    people,
    progress,
    register,
    todo,
    volume,
)
from app.screens.misc import error_page

screens = Blueprint("screens", __name__)
#: What the application registers.
BLUEPRINTS = (screens,)

#: Pages that need nobody to be logged in.
OPEN = frozenset({"screens.help_page", "screens.set_theme", "screens.progress"})


def install(app: Flask) -> None:
    """Give the application the template filters and the frame of every page."""
    app.before_request(account.only_own_passwords)
    formats.init_app(app)
    app.context_processor(frame.context)


@screens.before_request
def _only_signed_in() -> ResponseReturnValue | None:
    """Send whoever is not logged in to the log-in page, and back again afterwards."""
    if request.endpoint in OPEN or g.user.is_authenticated:
        return None
    wanted = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(current_app.appbuilder.get_url_for_login_with(wanted))  # type: ignore[attr-defined]


for rule, endpoint, view, methods in (
    ("/home/", "home", misc.home, "GET"),
    ("/me/", "mine", misc.mine, "GET"),
    ("/me/account/", "account", account.page, "GET"),
    ("/me/account/", "set_password", account.set_password, "POST"),
    ("/people/", "people", people.page, "GET"),
    ("/people/add", "add_person", people.add, "POST"),
    ("/people/<appointment_id>/account", "account_form", people.account_form, "GET"),
    ("/people/<appointment_id>/account", "give_password", people.give_password, "POST"),
    ("/people/<who>/cases", "people_cases", caseload.page, "GET"),
    ("/people/<who>/cases", "hand_on", caseload.hand_on, "POST"),
    ("/blocks/", "blocks", blocks.page, "GET"),
    ("/blocks/<kind>", "block", blocks.block, "GET"),
    ("/blocks/<kind>", "save_block", blocks.save, "POST"),
    ("/blocks/<kind>/see", "see_block", blocks.see, "POST"),
    ("/todo/", "todo", todo.page, "GET"),
    ("/register/", "register", register.page, "GET"),
    ("/register/", "register_case", register.submit, "POST"),
    ("/register/route", "route_box", register.route_box, "POST"),
    ("/case/", "cases", misc.cases, "GET"),
    ("/case/<case_id>", "case", case.page, "GET"),
    ("/case/<case_id>/flow", "case_flow", case.flow, "GET"),
    ("/case/<case_id>/do/<key>", "perform", case.perform, "POST"),
    ("/case/<case_id>/preview/<key>", "preview", case.preview, "POST"),
    ("/case/<case_id>/attachment", "attach", case.attach, "POST"),
    ("/case/<case_id>/numbers", "numbers", case.numbers, "POST"),
    ("/case/<case_id>/volume", "volume", volume.page, "GET"),
    ("/case/<case_id>/volume", "pack", volume.pack, "POST"),
    ("/document/<paper_id>", "document", papers.page, "GET"),
    ("/document/<paper_id>/file", "document_file", papers.document_file, "GET"),
    ("/attachment/<attachment_id>/file", "attachment_file", papers.attachment_file, "GET"),
    ("/attachment/<attachment_id>/recording", "recording", material.register_page, "GET"),
    ("/attachment/<attachment_id>/recording", "fill_recording", material.fill, "POST"),
    ("/handed/", "handed_list", handed.page, "GET"),
    ("/handed/", "hand_out", handed.hand_out, "POST"),
    ("/handed/<task_id>", "handed", handed.task_page, "GET"),
    ("/handed/<task_id>/report", "report_handed", handed.report, "POST"),
    ("/handed/<task_id>/withdraw", "withdraw_handed", handed.withdraw, "POST"),
    ("/notices/", "notices", misc.notices, "GET"),
    ("/notices/read", "read_notices", misc.read_notices, "POST"),
    ("/progress/", "progress", progress.page, "GET"),
    ("/dashboard/", "dashboard", evaluation.dashboard, "GET"),
    ("/evaluation/", "evaluation", evaluation.indicators, "GET"),
    ("/evaluation/file", "evaluation_file", evaluation.export, "GET"),
    ("/late-fee/", "late_fee", late_fee.page, "GET"),
    ("/calendar/import/", "holidays", holiday_import.page, "GET"),
    ("/calendar/import/", "preview_holidays", holiday_import.preview, "POST"),
    ("/calendar/import/confirm", "bring_holidays", holiday_import.bring, "POST"),
    ("/help/", "help_page", misc.help_page, "GET"),
    ("/mechanism/", "mechanisms", mechanism_edit.overview, "GET"),
    ("/mechanism/", "mechanism_upload", mechanism_edit.upload, "POST"),
    ("/mechanism/<key>", "mechanism_page", misc.mechanism_page, "GET"),
    ("/mechanism/<key>/draft", "mechanism_draft", mechanism_edit.page, "GET"),
    ("/mechanism/<key>/draft", "mechanism_save", mechanism_edit.save, "POST"),
    ("/mechanism/<key>/draft/discard", "mechanism_discard", mechanism_edit.discard, "POST"),
    ("/mechanism/<key>/draft/review", "mechanism_review", mechanism_edit.review_page, "GET"),
    ("/mechanism/<key>/draft/publish", "mechanism_publish", mechanism_edit.publish, "POST"),
    ("/mechanism/<key>/version/<number>", "mechanism_file", mechanism_edit.version_file, "GET"),
    ("/acting/", "act_for", misc.act_for, "POST"),
    ("/theme/", "set_theme", misc.set_theme, "POST"),
):
    screens.add_url_rule(rule, endpoint, view, methods=[methods])

__all__ = ["BLUEPRINTS", "error_page", "install"]
