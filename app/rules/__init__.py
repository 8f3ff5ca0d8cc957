"""The rules of the trade, pure: no Flask, no database, no clock; everything is handed in."""
