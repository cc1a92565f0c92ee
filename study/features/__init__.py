"""Feature spaces in which images are compared: Inception, networks trained on factors, principal components."""
