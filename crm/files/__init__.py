"""Files that people put to a contact: a contract, a photo of the damage, the letter that came by post."""
