"""Saved views of lists, and with which of them each person begins."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from crm import clock
from crm.accounts.models import User
from crm.extensions import Archivable, Identified, Model

LISTS = ("contacts", "organisations")


class SavedView(Archivable, Identified, Model):
    """Filters, columns and order of a list. Only its owner changes it; a shared one stands above everybody's list."""

    __tablename__ = "saved_views"
    __table_args__ = (Index(None, "list", "owner_id", "position"),)

    owner_id: Mapped[int] = mapped_column(ForeignKey(User.id), index=True)
    list: Mapped[str] = mapped_column(String(16))  # contacts, organisations
    name: Mapped[str] = mapped_column(String(60))
    shared: Mapped[bool] = mapped_column(default=False)
    filters: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # as the address of the list has them, columns and order among them
    position: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)


class FirstView(Model):
    """The view a person's list opens with."""

    __tablename__ = "first_views"

    user_id: Mapped[int] = mapped_column(ForeignKey(User.id), primary_key=True)
    list: Mapped[str] = mapped_column(String(16), primary_key=True)
    view_id: Mapped[int] = mapped_column(ForeignKey(SavedView.id, ondelete="CASCADE"), index=True)
