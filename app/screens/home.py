"""The root address, which Flask-AppBuilder wants a view for."""

from __future__ import annotations

from flask import g, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_appbuilder import IndexView
from flask_appbuilder.baseviews import expose


class HomeView(IndexView):
    """Leads everybody to where their work is."""

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """Lead to the log-in page, or to the reader's own start."""
        if not g.user.is_authenticated:
            return redirect(self.appbuilder.get_url_for_login)
        return redirect(url_for("screens.home"))
