"""Pages of accounts."""

from __future__ import annotations

from flask import Blueprint

from crm.accounts import aside

blueprint = Blueprint("accounts", __name__)
blueprint.record_once(lambda state: state.app.teardown_appcontext(aside.write))
