"""Several steps of a conversation in one: assign, tag, answer, resolve …"""
