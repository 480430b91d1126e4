"""What can go wrong with order facts.

AftersaleError
├── ImportProblem       an import cannot begin: nothing was read into the database
│   ├── ProfileError    the profile itself is wrong: names its file and what to write instead
│   └── SourceError     the files to import are missing or cannot be read
└── Refused
    └── EventRefused    a parcel event that cannot be
"""

from aftersale.base.errors import AftersaleError, Refused


class ImportProblem(AftersaleError):
    """The import cannot begin; nothing was changed."""


class ProfileError(ImportProblem):
    """`file` of a profile is wrong; the message says what would be right."""

    def __init__(self, file: str, problem: str) -> None:
        self.file = file
        super().__init__(f"{file}: {problem}")


class SourceError(ImportProblem):
    """A file to import is missing or cannot be read."""


class EventRefused(Refused):
    """This cannot have happened to the parcel."""

    code = "event_refused"
