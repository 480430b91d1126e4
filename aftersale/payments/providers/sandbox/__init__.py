"""The embedded provider: in process, persistent, and as faulty as it is told to be."""
