"""People and organisations as files: CSV, XLSX and vCard, a chunk at a time, so that a hundred thousand need no more memory than ten.

`harmless` is the one function that keeps spreadsheets from calculating what somebody wrote into a name; imports take it back.
What is exported and imported again changes nothing: the headings are those the import knows.
"""

from crm.contacts.exporting.harmless import as_written, harmless

__all__ = ["as_written", "harmless"]
