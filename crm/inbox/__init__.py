"""The service inbox: mail and form messages as conversations that a team works off together."""
