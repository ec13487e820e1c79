"""`python -m bench`: our pages beside a minimal Django view, and our checker beside other engines, each in one run.

Outside the house: it may import any room, and no room imports it.
"""
