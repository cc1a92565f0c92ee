"""The paper's printed numbers, and the rules by which it chooses models."""
