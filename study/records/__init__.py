"""The files of a study: its folder, the outcome of each trial, the table of records, and the lock."""
