"""What can be undone about segments."""

from __future__ import annotations

from crm.accounts.undo import by_verb
from crm.segments.models import Segment

UNDOERS = {"segment.archived": by_verb(Segment, "segment_id", Segment.unarchive, "/segments/%d")}
