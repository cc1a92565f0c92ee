"""The common parts of the commands: options, the live display, and what they print."""
