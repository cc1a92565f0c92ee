"""Claims of the paper: their measures on a table of trials, the rule of their verdicts, and both in words."""
