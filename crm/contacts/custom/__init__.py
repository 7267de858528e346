"""A firm's own fields of people and organisations: defined in settings, kept in the column `custom`, checked by their kind.

How others use them
===================
    from crm.contacts import custom

    custom.defined("contact")                       # the fields in use, in their order: each with key, label, kind, choices, required, listed
    custom.named("contact", "custom.size")          # the field of a column's heading: `custom.KEY`, its key or its label in either language
    field.read("38")                                # the value as it is kept, from text or JSON; Unfit (a ValueError) says why not
    custom.checked("contact", {"size": 38})         # a whole dict of them; Misfits carries the reasons by key
    custom.put(contact, {"size": 38, "club": None}) # sets what is given, None takes away
    field.shown(38)                                 # in the reader's words
    field.written(38)                               # as a cell of an export, which `read` understands again
    custom.column(Contact, field)                   # to compare with in SQL, the same on both databases
"""

from crm.contacts.custom.columns import column
from crm.contacts.custom.definitions import OwnField, defined, forget, named
from crm.contacts.custom.kinds import KINDS, Unfit
from crm.contacts.custom.values import Misfits, checked, filled, put

__all__ = ["KINDS", "Misfits", "OwnField", "Unfit", "checked", "column", "defined", "filled", "forget", "named", "put"]
