"""The page of one contact: who this is, the log box, the timeline, and what the features have to say. Composition: it reads from every feature."""
