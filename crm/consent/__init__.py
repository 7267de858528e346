"""The ledger of consent and the one budget of a customer's attention: both are asked before anything is sent unasked."""
