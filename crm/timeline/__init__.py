"""The backbone: everything that ever happened with a customer, as one append-only feed."""

from crm.timeline.recording import correct, record, reinstate, retract

__all__ = ["correct", "record", "reinstate", "retract"]
