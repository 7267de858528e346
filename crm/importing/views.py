"""Pages of imports: choose a file, see what it would do, watch it being done, take it back."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, abort, request
from flask_babel import gettext as _
from flask_login import current_user

from crm import blobs, queue, web
from crm.accounts.once import leads_to, once
from crm.accounts.trail import audit
from crm.errors import Refused
from crm.extensions import db, fetch
from crm.frame import needs
from crm.importing import decoding, queries, refused, running, uploading, wording
from crm.importing.faults import Unreadable
from crm.importing.forms import MappingForm, UploadForm
from crm.importing.models import OPEN, Import
from crm.importing.preparing import Prepared, prepared
from crm.importing.previewing import preview

blueprint = Blueprint("importing", __name__)


@blueprint.get("/contacts/import")
@needs("import")
def index():
    return listed(UploadForm())


def listed(form: UploadForm, status: int = 200) -> Response:
    page = web.paginate(queries.listing(), Import.created_at, Import.id, limit=20, cursor=request.args.get("cursor"))
    if request.args.get("cursor") and web.wants_partial():
        return web.page("importing/_rows.html", page=page, **WORDS)
    return web.page("importing/index.html", form=form, page=page, status=status, **WORDS)


WORDS: dict[str, Any] = {"kinds": wording.KIND_NAMES, "states": wording.STATE_NAMES, "actions": wording.ACTION_NAMES, "encodings": decoding.NAMES}


@blueprint.post("/contacts/import")
@needs("import")
def upload():
    form = UploadForm()
    if not form.validate_on_submit():
        return listed(form, 422)
    db.session.rollback()  # reading a large file takes seconds; until then others may write
    try:
        with received(form) as path, prepared(path) as ready:
            return taken(form=form, path=path, ready=ready, rows=uploading.total(ready.table))
    except Unreadable as fault:
        form.file.errors = [str(fault.reason)]
        return listed(form, 422)


@once
def taken(form: UploadForm, path: Path, ready: Prepared, rows: int) -> Response:
    import_ = uploading.begin(path, Path(form.file.data.filename or "").name, form.kind.data, ready, rows, current_user.user)
    db.session.flush()
    location = leads_to(f"/contacts/import/{import_.id}")
    db.session.commit()
    return web.done(location)


@contextmanager
def received(form: UploadForm) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="crm-upload-") as scratch:
        path = Path(scratch) / "file"
        form.file.data.save(path)
        form.file.data.stream.seek(0)
        yield path


@blueprint.get("/contacts/import/<int:ident>")
@needs("import")
def show(ident: int):
    import_ = db.get_or_404(Import, ident)
    return shown(import_, MappingForm(import_) if import_.state in OPEN else None)


def shown(import_: Import, form: MappingForm | None = None, status: int = 200, fault: str = "") -> Response:
    context: dict[str, Any] = {"import_": import_, "fault": fault, **WORDS}
    if form is not None:
        context |= {"form": form, "preview": preview(import_)}
    if not import_.busy:
        context |= {"refusals": fetch(queries.refusals(import_.id)), "remarks": fetch(queries.remarks(import_.id)), "stayed": fetch(queries.stayed(import_.id))}
    return web.page("importing/show.html", status=status, **context)


@blueprint.get("/contacts/import/<int:ident>/progress")
@needs("import")
def progress(ident: int):
    import_ = db.get_or_404(Import, ident)
    if not import_.busy:
        return web.done(f"/contacts/import/{ident}")
    return web.page("importing/show.html", "importing/_progress.html", import_=import_, **WORDS)


@blueprint.post("/contacts/import/<int:ident>/mapping")
@needs("import")
def keep_mapping(ident: int):
    import_ = open_one(ident)
    return take_over(import_) or web.done(f"/contacts/import/{ident}")


def open_one(ident: int) -> Import:
    import_ = db.get_or_404(Import, ident)
    if import_.state not in OPEN:
        raise Refused(_("This import has begun; its columns can no longer be changed."))
    return import_


def take_over(import_: Import) -> Response | None:
    """What the form says, kept; the page with the reason if that is not possible."""
    form = MappingForm(import_)
    if not form.validate_on_submit():
        return shown(import_, form, 422, _("Choose from the lists."))
    was = list(import_.mapping)
    if form.apply(import_):
        try:
            uploading.read_again(import_, form.encoding.data, form.delimiter.data)
        except Unreadable as fault:
            db.session.rollback()
            return shown(import_, MappingForm(import_), 422, str(fault.reason))
    elif import_.mapping != was:
        uploading.remember(import_, current_user.user)
    db.session.commit()
    return None


@blueprint.post("/contacts/import/<int:ident>/check")
@needs("import")
def check(ident: int):
    return set_out(open_one(ident), "checking")


@blueprint.post("/contacts/import/<int:ident>/run")
@needs("import")
def run(ident: int):
    return set_out(open_one(ident), "running")


def set_out(import_: Import, state: str) -> Response:
    refusal = take_over(import_) if "fields-0" in request.form else None
    if refusal is not None:
        return refusal
    if not uploading.is_mapped(import_):
        return shown(import_, MappingForm(import_), 422, _("Choose at least one column that tells who a row is about: a name, an address or a number."))
    running.forget_rows(import_)
    import_.begin(state)
    if state == "running":
        audit("import.started", import_, name=import_.filename, kind=import_.kind, rows=import_.total)
    return on_its_way(import_)


def on_its_way(import_: Import) -> Response:
    queue.soon("importing.run", import_.id)
    db.session.commit()
    return web.done(f"/contacts/import/{import_.id}")


@blueprint.post("/contacts/import/<int:ident>/continuation")
@needs("import")
def carry_on(ident: int):
    import_ = db.get_or_404(Import, ident)
    if import_.state != "failed" or not import_.blob:
        raise Refused(_("There is nothing to carry on."))
    import_.resume()
    return on_its_way(import_)


@blueprint.post("/contacts/import/<int:ident>/reversal")
@needs("import")
def revert(ident: int):
    import_ = db.get_or_404(Import, ident)
    if import_.state not in ("done", "failed"):
        raise Refused(_("There is nothing to take back."))
    import_.begin("reverting")
    audit("import.reverted", import_, name=import_.filename)
    return on_its_way(import_)


@blueprint.delete("/contacts/import/<int:ident>")
@needs("import")
def discard(ident: int):
    import_ = open_one(ident)
    left = running.discard(import_)
    db.session.commit()
    blobs.remove(*left)
    web.toast(_("“%(name)s” was not imported.", name=import_.filename))
    return web.done("/contacts/import")


@blueprint.get("/contacts/import/<int:ident>/refused.csv")
@needs("import")
def refused_rows(ident: int):
    import_ = db.get_or_404(Import, ident)
    if not import_.refused or not import_.blob:
        abort(404)
    out = io.StringIO(newline="")
    refused.write(import_, out, harmless=True)
    response = Response("\ufeff" + out.getvalue(), mimetype="text/csv")
    response.headers.set("Content-Disposition", "attachment", filename=f"{Path(import_.filename).stem}.refused.csv")
    response.headers["Cache-Control"] = "private, no-store"
    return response
