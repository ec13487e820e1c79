"""`python -m bench`: our pages beside a minimal Django view, on the same server and database, in one run.

Outside the house: it may import any room, and no room imports it.
"""
