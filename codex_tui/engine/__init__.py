"""The engine: what reads a source, keeps its bytes, folds it and tells an observer, without a face.

Any number of engines run side by side in one process; they share nothing but threads.
"""
