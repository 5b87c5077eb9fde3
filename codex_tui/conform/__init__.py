"""What a server can do, and what is wrong with it: probes, each driven, recorded and checked.

A probe is a row of a table; what it shows is read from what came, and never from what is promised.
"""
