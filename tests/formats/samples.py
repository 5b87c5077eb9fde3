"""Small files of each format, written by hand."""

from __future__ import annotations

import json

CREATED = '{"type":"response.created","response":{"id":"resp_1","model":"m"}}'
DELTA = '{"type":"response.output_text.delta","output_index":0,"delta":"Hel\\u00adlo"}'
DONE = (
    '{"type":"response.completed","response":{"id":"resp_1","model":"m","status":"completed",'
    '"output":[{"type":"message","role":"assistant","content":'
    '[{"type":"output_text","text":"Hel\\u00adlo"}]}]}}'
)
EVENTS = (CREATED, DELTA, DONE)

SSE = "".join(f"event: {json.loads(e)['type']}\ndata: {e}\n\n" for e in EVENTS).encode()
PLAIN_SSE = "".join(f"data: {e}\n\n" for e in EVENTS).encode()
NDJSON = "".join(f"{e}\n" for e in EVENTS).encode()
DATA_LINES = "".join(f"data: {e}\n" for e in (*EVENTS, "[DONE]")).encode()
NAMED_DATA_LINES = "".join(
    f"event: {json.loads(e)['type']}\r\ndata: {e}\r\n" for e in EVENTS
).encode()
ARRAY = f"[{','.join(EVENTS)}]".encode()
PRETTY_ARRAY = json.dumps([json.loads(e) for e in EVENTS], indent=2).encode()
PRETTY = "\n".join(json.dumps(json.loads(e), indent=2) for e in EVENTS).encode()
RECORDING = (
    b': codex-tui {"version":1,"id":"01","created":"2026-11-22T07:39:30.123Z","tool":"t"}\n\n'
    b': codex-tui request {"n":1,"wall":"2026-11-22T07:39:30.123Z","body":{"input":"hi"}}\n\n'
    b": codex-tui t=0.500000 read=1\ndata: " + CREATED.encode() + b"\n\n"
    b": codex-tui t=0.750000 read=2\ndata: " + DONE.encode() + b"\n\n"
    b': codex-tui end {"n":1,"t":0.8,"how":"completed","detail":null}\n\n'
)
EXPORTED = "".join(
    json.dumps({"n": n, "t": n / 4, "read": n, "type": json.loads(e)["type"], "data": e}) + "\n"
    for n, e in enumerate(EVENTS, 1)
).encode()
RESPONSE = json.dumps(
    {"id": "resp_1", "object": "response", **json.loads(DONE)["response"], "error": None}
).encode()
PRETTY_RESPONSE = json.dumps(json.loads(RESPONSE), indent=2).encode()
ERROR = b'{"error":{"message":"No such model.","type":"invalid_request_error","code":"m"}}'
