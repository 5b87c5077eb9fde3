"""The SQL that the index speaks, each statement whole: values are always bound, never put in."""

from __future__ import annotations

NOTE = """
INSERT OR IGNORE INTO sessions (name, key, size, mtime_ns, inode, about, recorded, how)
VALUES (?, ?, ?, ?, 0, 0, ?, ?)
"""
PUT = """
INSERT OR REPLACE INTO sessions (
    number, name, key, size, mtime_ns, inode, about, recorded, title, given_title, tags, starred,
    model, provider, turns, events, seconds, input_tokens, output_tokens, how, is_open, problem
) VALUES (
    :number, :name, :key, :size, :mtime_ns, :inode, :about, :recorded, :title, :given_title, :tags,
    :starred, :model, :provider, :turns, :events, :seconds, :input_tokens, :output_tokens, :how,
    :is_open, :problem
)
"""
DESCRIBE = """
UPDATE sessions SET about = ?, given_title = ?, tags = ?, starred = ? WHERE name = ?
"""
FORGET = "DELETE FROM sessions WHERE number = ?"
NUMBER = "SELECT number FROM sessions WHERE name = ?"
STAMPS = "SELECT name, size, mtime_ns, inode, about FROM sessions"
COUNT = "SELECT count(*) FROM sessions"
NEWEST_FIRST = "SELECT number FROM sessions ORDER BY recorded DESC, name DESC"
SESSIONS = """
SELECT number, name, key, size, recorded, title, given_title, tags, starred, model, provider, turns,
    events, seconds, input_tokens, output_tokens, how, is_open, problem
FROM sessions ORDER BY recorded DESC, name DESC LIMIT ?
"""
"""The columns of this and the next are the fields of `SavedSession`."""

SESSION = """
SELECT number, name, key, size, recorded, title, given_title, tags, starred, model, provider, turns,
    events, seconds, input_tokens, output_tokens, how, is_open, problem
FROM sessions WHERE number = ?
"""

PUT_TEXT = """
INSERT INTO texts (id, prompt, answer, reasoning, tools, ending) VALUES (?, ?, ?, ?, ?, ?)
"""
PUT_WORDS = """
INSERT INTO words (rowid, prompt, answer, reasoning, tools, ending) VALUES (?, ?, ?, ?, ?, ?)
"""
FORGET_WORDS = """
INSERT INTO words (words, rowid, prompt, answer, reasoning, tools, ending)
SELECT 'delete', id, prompt, answer, reasoning, tools, ending FROM texts WHERE id BETWEEN ? AND ?
"""
FORGET_TEXTS = "DELETE FROM texts WHERE id BETWEEN ? AND ?"
TEXTS = """
SELECT prompt, answer, reasoning, tools, ending FROM texts WHERE id BETWEEN ? AND ? ORDER BY id
"""
TEXT = "SELECT prompt, answer, reasoning, tools, ending FROM texts WHERE id = ?"
MATCHING = "SELECT rowid FROM words WHERE words MATCH ?"
HOLDING = "SELECT id FROM texts WHERE holds(prompt, answer, reasoning, tools, ending)"
"""`holds` is ours: it looks through the texts where there is no index of words that could."""

LENGTH = """
SELECT length(prompt) + length(answer) + length(reasoning) + length(tools) + length(ending)
FROM texts WHERE id = ?
"""

SNIPPETS = """
SELECT
    snippet(words, 0, char(2), char(3), '…', 24), snippet(words, 1, char(2), char(3), '…', 24),
    snippet(words, 2, char(2), char(3), '…', 24), snippet(words, 3, char(2), char(3), '…', 24),
    snippet(words, 4, char(2), char(3), '…', 24)
FROM words WHERE words MATCH ? AND rowid = ?
"""
