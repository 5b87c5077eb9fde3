"""Sessions for pictures of the output and the reasoning: one function for each state.

Each is what a server would send to the byte, shortened; nothing in them depends on the clock.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codex_tui.recording.records import CutRecord
from tests.tui.stage import Script

if TYPE_CHECKING:
    from codex_tui.recording.records import How

PROMPT = "Why does my retry loop never end?"

ANSWER = """\
## Why the loop never ends

The worker puts the job back **before** it looks at the limit, so a job that *fails* is counted \
only when somebody else takes it. See [the manual](https://example.com/queue) and `worker.py`.

1. Count the try first.
2. Then decide:
   - below the limit, put it back with a delay;
   - at the limit, give up ~~silently~~ and say so.

```python
def run(queue: Queue, job: Job) -> None:
    job.tries += 1  # before anything can fail
    if job.tries > LIMIT:
        raise GaveUp(f"{job.id}: {job.tries} tries")
    queue.put(job, delay=2 ** job.tries)
```

| try | waits | what the log says |
|----:|:-----:|-------------------|
| 1 | 2 s | `retrying` |
| 2 | 4 s | `retrying`, and from then on a warning |
| 3 | – | gave up |

> The limit is a promise to the caller,
> not a hint to the worker.

- [x] count first
- [ ] write a test

---

数える前に戻さない 👩‍💻 — that is all.
"""

STREAMING = {
    "an_open_paragraph": "## Why\n\nThe worker puts the job back **before** it looks at the li",
    "an_open_fence": "Count:\n\n```python\ndef run(queue, job):\n    job.tries += 1\n    if j",
    "an_open_list": "Two things:\n\n1. Count **first**.\n2. Then decide:\n   - below the limi",
    "an_open_table": "| try | waits |\n|----:|-------|\n| 1 | 2 s |\n| 2 | 4",
    "an_open_emphasis": "Look at the **limit, which is",
}

_WEB = {
    "type": "url_citation",
    "title": "Queues that end",
    "url": "https://example.com/queues-that-end?utm_source=search&page=2",
}
_FILE = {"type": "file_citation", "filename": "worker.py", "file_id": "file-9f3c2a"}


def nothing() -> Script:
    return Script()


def asked() -> Script:
    return Script().ask(PROMPT, status=None)


def begun() -> Script:
    return Script().ask(PROMPT).created().item(0, id="msg_1", type="message", content=[])


def streaming(text: str) -> Script:
    return begun().text(*_pieces(text))


def a_long_prompt() -> Script:
    prompt = (
        "Why does this loop never end?\n\nwhile True:\n    queue.put(job)\n    job = queue.get()"
    )
    return Script().ask(prompt).created().text("Because it never counts.")


def refused() -> Script:
    script = begun()
    for piece in _pieces(
        "I can't help with getting around the limit of a service that isn't yours."
    ):
        script.event("response.refusal.delta", output_index=0, content_index=0, delta=piece)
    return script.completed()


def with_sources() -> Script:
    script = begun().text("A queue ends when **somebody counts** [1], as your worker doesn't [2].")
    part = {"output_index": 0, "content_index": 0}
    for number, annotation in enumerate((_WEB, _FILE, _WEB)):
        script.event(
            "response.output_text.annotation.added",
            **part,
            annotation_index=number,
            annotation=annotation,
        )
    script.item_done(0, id="msg_1", type="message", status="completed", content=[])
    return script.completed()


def contradicting() -> Script:
    script = begun().text("The limit is never ", "looked at.")
    script.event(
        "response.output_text.done",
        output_index=0,
        content_index=0,
        text="The limit is looked at too late.",
    )
    return script.completed()


def completed() -> Script:
    return streaming(ANSWER).completed()


def two_turns() -> Script:
    script = begun().text("Because it never **counts**.").completed()
    script.ask("And where should it count?").created()
    return script.text("Before anything can fail: in the first line of `run`.").completed()


def incomplete() -> Script:
    script = begun().text("The worker puts the job back before it looks at the")
    response = {"status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"}}
    script.event("response.incomplete", response={**response, "output": []})
    return script.end("incomplete", "The limit of output tokens was reached (max_output_tokens).")


def ended(how: How, detail: str) -> Script:
    return begun().text("The worker puts the job back before it").end(how, detail)


ENDINGS: dict[How, str] = {
    "failed": "server_error: The model crashed while it was writing. Please try again.",
    "api_error": "rate_limit_exceeded: Rate limit reached for gpt-5-codex; try again in 2.5 s.",
    "interrupted": "The connection was closed inside an event, after 4 events and 1.2 s.",
    "timeout": "Nothing arrived for 30 s, the limit of --idle-timeout.",
    "cancelled": "Cancelled after 4 events, 1,204 bytes and 1.2 s.",
    "protocol_error": "An event exceeded 64 MB.",
}


def http_error() -> Script:
    body = (
        '{"error": {"message": "Incorrect API key provided: sk-…7Q2a.", '
        '"type": "invalid_request_error", "param": null, "code": "invalid_api_key"}}'
    )
    said = "401: Incorrect API key provided: sk-…7Q2a. Check the key in OPENAI_API_KEY."
    return Script().ask(PROMPT, status=401).end("http_error", f"{said}\n{body}")


def not_sse() -> Script:
    page = "<!doctype html>\n<html><title>Sign in</title>\n<body>Please sign in.</body></html>"
    said = "The server answered 200 with text/html, which is no event stream."
    return Script().ask(PROMPT).end("not_sse", f"{said}\n{page}")


def connect_error() -> Script:
    said = "No answer from api.example.com: the name could not be resolved."
    return Script().ask(PROMPT, status=None).end("connect_error", said, gap=0.241)


def long_answer() -> Script:
    paragraphs = (
        f"{number}. Step {number} of many, which says what it says." for number in range(1, 81)
    )
    return begun().text(*(f"{paragraph}\n" for paragraph in paragraphs))


def hostile() -> Script:
    """Text that would steer a terminal, mark up a console, or never end a line."""
    return begun().text(
        "[bold red]not markup[/] \x1b[31mnot red\x1b[0m \u202eright to left\u202c\n\n",
        "https://example.com/" + "a-very-long-path/" * 12 + "\n\n",
        "[click](javascript:alert(1)) <script>alert(1)</script>",
    )


# -- events ----------------------------------------------------------------------------------------


def faulty_events() -> Script:
    """Runs of what a server should not send, beside what it may."""
    script = begun().text("Because ", "it never ")
    for number in range(4):
        script.frame(f'{{"type": "response.output_text.delta", "delta": broken{number}')
    for number in range(3):
        script.event("response.codex.hint", hint=f"number {number}", at={"line": number})
    for _ in range(4):
        script.keep_alive()
    script.event("error", code="rate_limit_exceeded", message="Slow down.", param=None)
    cut = b'event: response.completed\ndata: {"type":"response.comp'
    script.record(CutRecord(script.t, None, cut))
    return script.end("interrupted", ENDINGS["interrupted"])


def every_family() -> Script:
    """One event or run of each family, and every mark."""
    script = reasoning_begun()
    script.item(1, id="fc_1", type="function_call", name="read_file", call_id="call_1")
    script.arguments('{"path"', ': "worker.py"}', index=1)
    script.event("response.web_search_call.searching", output_index=2, item_id="ws_1")
    return script.text("Count first.", index=3).keep_alive().completed()


def large_event() -> Script:
    return begun().text("The same line again. " * 5000)


# -- reasoning -------------------------------------------------------------------------------------

THOUGHTS = (
    """\
**Finding the loop**

The worker re-queues the job before it checks the limit, so a job that fails counts only once.""",
    """\
**Checking the limit**

`LIMIT` is read from the settings, *once*, at start:

- it can be 0
- it can be missing""",
    "**Writing the answer**\n\nShort, with the five lines that matter.",
)


def _thinking() -> Script:
    return Script().ask(PROMPT).created().item(0, id="rs_1", type="reasoning", summary=[])


def reasoning_begun() -> Script:
    return _thinking().thinking("**Finding", " the loop**\n\nThe worker re-queues")


def reasoning_untitled() -> Script:
    return _thinking().thinking("The worker re-queues the job ", "before it checks the limit")


def _part_done(script: Script, part: int) -> Script:
    kind = "response.reasoning_summary_text.done"
    return script.event(kind, output_index=0, summary_index=part, text=THOUGHTS[part])


def reasoning_goes_on() -> Script:
    script = _thinking()
    for part, thought in enumerate(THOUGHTS[:2]):
        _part_done(script.thinking(*_pieces(thought), part=part), part)
    return script.thinking("**Writing the answer**\n\nShort, with the", part=2)


def reasoning_done(**item: Any) -> Script:
    script = _thinking()
    for part, thought in enumerate(THOUGHTS):
        _part_done(script.thinking(*_pieces(thought), part=part), part)
    script.item_done(0, id="rs_1", type="reasoning", summary=_summary(), **item)
    return script.text("Count first.", index=1).completed()


def _summary() -> list[dict[str, str]]:
    return [{"type": "summary_text", "text": thought} for thought in THOUGHTS]


def reasoning_interrupted() -> Script:
    return reasoning_goes_on().end("interrupted", ENDINGS["interrupted"])


def raw_reasoning() -> Script:
    script = _thinking()
    for piece in _pieces(
        "Okay, the user has a loop. Where is the counter? Let me look at `run` again."
    ):
        script.event("response.reasoning_text.delta", output_index=0, content_index=0, delta=piece)
    return script


def sealed(**item: Any) -> Script:
    script = _thinking()
    script.event("keepalive", gap=8.0)
    script.item_done(0, id="rs_1", type="reasoning", summary=[], **item)
    return script.text("Count first.", index=1)


def encrypted() -> Script:
    return sealed(encrypted_content="gAAAAABo" + "x" * 400)


def two_items() -> Script:
    script = _thinking().thinking(THOUGHTS[0])
    script.item_done(0, id="rs_1", type="reasoning", summary=_summary()[:1])
    script.item(1, id="fc_1", type="function_call", name="read_file", call_id="call_1")
    script.item(2, id="rs_2", type="reasoning", summary=[])
    return script.thinking("**Reading the file**\n\nIt has forty lines", index=2)


def long_reasoning() -> Script:
    script = _thinking()
    for part in range(9):
        script.thinking(
            f"**Step {part + 1}: looking at one more place where it could be counted**\n\n",
            part=part,
        )
        script.thinking("It is not counted here. " * 4, part=part)
    return script


def _pieces(text: str, size: int = 9) -> list[str]:
    return [text[at : at + size] for at in range(0, len(text), size)]
