"""Many contacts changed at once, all in one transaction, and taken back exactly: what others changed since stays.

`choosing` reads what was asked for, `changing` knows the kinds of changes, `carrying_out` applies one and takes it back.
"""
