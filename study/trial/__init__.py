"""One trial: a model that is trained, evaluated and saved."""
