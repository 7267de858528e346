"""Users, departments, roles, sign-in, API tokens, the audit trail."""
