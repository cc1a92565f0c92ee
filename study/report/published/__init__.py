"""What the paper printed: its numbers, and the rule by which it selected models."""
