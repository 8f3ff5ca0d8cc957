"""What can be said of a mechanism by running it: faults, trace, comparison, drawing.

The engine runs on cases in memory; nothing here knows the web or writes to a database.
"""
