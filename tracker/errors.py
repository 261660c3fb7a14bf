"""What can go wrong that the user can do something about."""


class TrackerError(Exception):
    """One clear message for the user that says what to do."""


class NotARepository(TrackerError):
    """The folder is in no git repository that can be read."""
