"""What every part uses of the system: files, signals, errors. Nothing here knows a study."""
