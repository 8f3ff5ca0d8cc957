"""How fast the system is, beside the least that could do the same: see docs/performance.md."""
