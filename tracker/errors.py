"""What can go wrong that the user can do something about."""


class TrackerError(Exception):
    """One clear message for the user that says what to do."""


class NotARepository(TrackerError):  # noqa: N818 - it says what is the case, not that something failed
    """The folder is in no git repository that can be read."""
