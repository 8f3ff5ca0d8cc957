"""Official papers as files, rendered from their frozen content alone."""
