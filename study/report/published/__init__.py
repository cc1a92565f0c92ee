"""What the paper printed: its numbers, and the rules by which it chooses models."""
