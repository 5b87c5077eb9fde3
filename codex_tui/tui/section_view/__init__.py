"""The view that texts are shown in: a stack of sections, behind a window, with what lies over it.

The widget has its parts (headers, a cursor, overlays, a search, a painter); none of them is one,
and they know the window alone. What can be said without a screen (places, matches, the cursor's
way, copies) is in modules that import no Textual and are tested alone.
"""
