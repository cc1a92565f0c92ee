"""What a study stores on disk: its folder, the outcome of each trial, the table of records, and the lock."""
