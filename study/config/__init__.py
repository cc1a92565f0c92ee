"""The nouns of a study: frozen, validated values that all other packages use."""
