"""A county's mechanism as data: what its profile may say, how it is read and checked.

Nothing here knows Flask, the database or a jurisdiction.
"""
