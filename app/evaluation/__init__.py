"""The regular evaluation (Z5-4): indicators and charts, counted in SQL from what was done."""
