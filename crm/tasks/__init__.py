"""Follow-ups with a date and an owner, created where the promise was made."""
