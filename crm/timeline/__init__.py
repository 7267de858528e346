"""The backbone: everything that ever happened with a customer, as one append-only feed."""

from crm.timeline.recording import correct, record, retract

__all__ = ["correct", "record", "retract"]
