"""The definition of a field of the firm's own."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from crm import clock
from crm.extensions import Archivable, Identified, Model

ABOUT = ("contact", "organisation")


class CustomField(Archivable, Identified, Model):
    """`key` and `kind` stay as they are once values exist; everything else may change. Never deleted: values would lose their meaning; an archived one leaves forms, pages and lists, its values stay."""

    __tablename__ = "custom_fields"
    __table_args__ = (Index("uq_custom_fields_about_key", "about", "key", unique=True),)

    about: Mapped[str] = mapped_column(String(12))  # contact, organisation
    key: Mapped[str] = mapped_column(String(60))  # under which values are kept, and what programs call it
    label: Mapped[str] = mapped_column(String(80))
    label_de: Mapped[str] = mapped_column(String(80), default="")
    kind: Mapped[str] = mapped_column(String(8))  # text, number, date, choice, yes_no
    choices: Mapped[list[Any]] = mapped_column(JSON, default=list)  # [value, German name] each
    position: Mapped[int] = mapped_column(default=0)
    required: Mapped[bool] = mapped_column(default=False)  # in forms; programs and mail may leave it open
    listed: Mapped[bool] = mapped_column(default=False)  # a column of the list
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
