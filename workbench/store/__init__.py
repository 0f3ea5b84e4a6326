"""The working database: the only rooms that know its tables.

Functions take a Connection first and never commit: the caller owns the transaction. What people
made is only ever appended, and every append takes the next number of one journal, so that the
state as of any number can be asked for.
"""
