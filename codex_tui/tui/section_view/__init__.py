"""The view that texts are shown in: a stack of sections, a painter, a search and a pointer.

The widget has them; none of them is one. What can be said without a screen (places, matches, the
cursor's way, copies) is in modules that import no Textual and are tested alone.
"""
