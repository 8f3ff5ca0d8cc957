"""The archived case: the volumes of the archiving bodies, and the package that leaves."""
