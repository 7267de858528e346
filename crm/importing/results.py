"""What each row did or would do."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from crm.contacts.models import Organisation
from crm.importing.saving import Newcomer
from crm.importing.updating import Journal


@dataclass
class Result:
    """Of one row. `contact` is somebody new, whose id is known once the batch is saved."""

    number: int
    action: str
    contact: Newcomer | None = None
    contact_id: int | None = None
    interaction_id: int | None = None
    ident: str = ""
    reason: str = ""
    journal: Journal | None = None
    firm: tuple[Organisation, dict[str, Any]] | None = None  # what changed about the organisation it names
    made: dict[str, list[int]] = field(default_factory=dict)  # organisations and tags this row was the first to name

    def row(self, import_id: int) -> dict[str, Any]:
        before = {**(self.journal.as_json() if self.journal else {}), **({"made": self.made} if self.made else {}), **self._firm()}
        return {
            "import_id": import_id, "number": self.number, "action": self.action, "contact_id": self.contact.id if self.contact else self.contact_id,
            "interaction_id": self.interaction_id, "ident": self.ident, "reason": self.reason, "before": before or None,
        }

    def _firm(self) -> dict[str, Any]:
        if not self.firm:
            return {}
        organisation, changed = self.firm
        return {"firm": [organisation.id, {name: value.id if name == "place" else value for name, value in changed.items()}]}
