"""Tags: the settings page on which they are renamed, merged and deleted, and suggestions while one is typed."""

from __future__ import annotations

from flask import Blueprint, request
from flask_babel import gettext as _
from sqlalchemy import select

from crm import fields, web
from crm.accounts import undo
from crm.accounts.trail import audit
from crm.contacts.forms import TagForm
from crm.contacts.renaming_tags import counted, merge, namesake, remove, rename
from crm.contacts.tagging import suggested
from crm.contacts.tags import Tag
from crm.contacts.views_addresses import piece
from crm.extensions import db, fetch
from crm.frame import needs

blueprint = Blueprint("tags", __name__)
MOST = 1000


@blueprint.get("/settings/tags")
@needs("bulk")
def index():
    return web.page("tags/index.html", tags=fetch(counted().limit(MOST)))


@blueprint.get("/settings/tags/<int:ident>")
@needs("bulk")
def show(ident: int):
    tag = db.get_or_404(Tag, ident)
    return web.page("tags/edit.html", tag=tag, form=TagForm(obj=tag), others=others(tag))


@blueprint.post("/settings/tags/<int:ident>")
@needs("bulk")
def update(ident: int):
    tag, form = db.get_or_404(Tag, ident), TagForm()
    if form.validate() and namesake(form.name.data, besides=tag):
        form.name.errors = [_("There is a tag called %(name)s already. Merge the two instead.", name=form.name.data)]
    if form.errors:
        return web.invalid("tags/edit.html", tag=tag, form=form, others=others(tag))
    audit("tag.renamed", tag, name=[tag.name, form.name.data])
    rename(tag, form.name.data)
    db.session.commit()
    web.toast(_("Saved."))
    return web.done("/settings/tags")


@blueprint.post("/settings/tags/<int:ident>/merge")
@needs("bulk")
def join(ident: int):
    tag, into = db.get_or_404(Tag, ident), db.get_or_404(Tag, fields.ident_or_none(request.form.get("into")) or 0)
    if tag is into:
        return web.done(f"/settings/tags/{ident}")
    said = _("%(name)s is part of %(into)s now.", name=tag.name, into=into.name)
    audit("tag.merged", tag, name=[tag.name, into.name])
    kept = merge(tag, into)
    undo.offer("tag.merged", said, **kept)
    db.session.commit()
    return web.done("/settings/tags")


@blueprint.delete("/settings/tags/<int:ident>")
@needs("bulk")
def delete(ident: int):
    tag = db.get_or_404(Tag, ident)
    said = _("The tag %(name)s is deleted.", name=tag.name)
    audit("tag.removed", tag, name=tag.name)
    kept = remove(tag)
    undo.offer("tag.removed", said, **kept)
    db.session.commit()
    return web.done("/settings/tags")


@blueprint.get("/tags/suggestions")
def suggestions():
    """What the last of several tags may become; in lists one is asked for, in forms several."""
    written = request.args.get("tags") or request.args.get("tag") or request.args.get("value") or ""
    return piece("tags/_suggestions.html", _("Tags"), names=suggested(written[:500]))


def others(tag: Tag):
    return db.session.execute(select(Tag.id, Tag.name).where(Tag.id != tag.id).order_by(Tag.folded).limit(MOST)).all()
