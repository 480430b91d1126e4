"""Pages for people: doors to the verbs of the rooms below."""
