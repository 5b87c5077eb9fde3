"""The first thing on the screen: the empty panes at their places, drawn before Textual is loaded.

Loading Textual and the panes takes three times as long as everything that the outline needs. So
nothing here imports Textual, except where a theme leaves its colours to be worked out.
"""
