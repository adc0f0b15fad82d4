"""The page: what `checker serve` puts before people who install nothing.

`app` joins its parts: `guard` stands between the network and the pages, `forms` reads what people send,
`apart` opens their files in a process that can be stopped, `turns` is the queue in which everyone's notes are
checked, and `note`, `many` and `reference` are the pages themselves. All judging is `checker.checking.Checker`'s,
and what is shown of a record is made of the parts in `checker.report`.

Nothing that is sent here is stored: no text of a note comes into a file, a log, an address or a cookie.
"""
