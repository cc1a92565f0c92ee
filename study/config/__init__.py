"""The nouns of a study: frozen, validated values that everything else is told in."""
