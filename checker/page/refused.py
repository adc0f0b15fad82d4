"""The one way a page says no."""

FAULT = "Something went wrong here, and nothing was kept; go back and try again."
"""What people are told of a fault of the program itself."""


class Refused(Exception):
    """A request cannot be met; its message is one sentence for the person: what, and what to do.

    Parameters
    ----------
    status : int
        The HTTP status.
    message : str
        It never quotes a note.
    """

    def __init__(self, status: int, message: str):
        super().__init__(message)
        self.status = status
        self.message = message
