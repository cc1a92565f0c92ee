"""Search spaces, one YAML file each: what `--space NAME` opens. No code lives here."""
