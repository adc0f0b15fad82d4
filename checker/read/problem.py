"""The one way a reader says that an input cannot be read."""


class CannotRead(Exception):
    """An input cannot be read; its message is one sentence: what, where, what to do.

    Parameters
    ----------
    kind : str
        A short word for machines: ``missing``, ``empty``, ``protected``, ``corrupt``, ``wrong_type``,
        ``too_large``, ``no_text``, ``missing_column``, ``no_permission`` or ``wrong_settings``.
    message : str
        The sentence for people. It never quotes the record.
    """

    def __init__(self, kind: str, message: str):
        super().__init__(message)
        self.kind = kind
        self.message = message
