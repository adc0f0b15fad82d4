"""Reports: what the checker found, put before a person.

One module a form of output: `terminal`, `jsonl`, `csv_rows`, `xlsx`, `html`. None is imported here,
so that a command loads only the libraries of the form it writes.

Every form takes ``text``: where it is false, nothing in the report quotes the note. Ids, dates, spans,
labels, bands and questions stay. No form shows the person, worker, supervisor, team or service of a
record, except `jsonl`, which loses nothing.
"""
