"""Texts as models write them, and long blocks of every kind: what the Markdown tests are run on."""

from __future__ import annotations

RETRY = """\
## Why the retry loop never ends

The worker puts the job back **before** it looks at the limit, so a job that *always* fails is
never counted out: `queue.put(job)` runs first. See [RFC 6585][rfc] for 429.

[rfc]: https://www.rfc-editor.org/rfc/rfc6585 "Additional HTTP Status Codes"

### What happens

1. `take()` pops the job and raises its counter
2. the handler fails, ~~rarely~~ always:
   - the exception is swallowed by `except Exception`
   - nobody tells the scheduler

     which is why the log stays empty
3. the job is put back

> **Note** The limit is only checked in `take()`, which reads the counter
that `put()` has just reset.

```python
def retry(job: Job, limit: int = 5) -> None:
    \"\"\"Put the job back unless it has been tried too often.\"\"\"
    if job.tries >= limit:  # the check comes first
        raise GaveUp(f"{job.id}: {job.tries} tries")
    queue.put(replace(job, tries=job.tries + 1))
```

| Attempt | Delay | Result                        |
|--------:|------:|-------------------------------|
|       1 | 0.5 s | connection reset by peer      |
|       2 | 1.0 s | `503 Service Unavailable`     |
|       5 | 8.0 s | gave up, **kept** in the dead letter queue for inspection |

- [x] move the check before the put
- [ ] add a test with a job that always fails
"""

STEPS = """\
Sure! Here's a *minimal* setup — it takes ~5 minutes (no Docker needed):

* Install the CLI:
  ```bash
  npm install -g @acme/cli && acme --version  # 2.x
  ```
* Create `acme.config.js`:

  ```js
  /* defaults,
     documented at https://acme.dev/docs_v2 */
  export default { url: `https://${process.env.HOST}/api`, retries: 3 };
  ```
* Run it. You should see <kbd>OK</kbd> &mdash; if not, mail help@acme.dev or open www.acme.dev/help.

***

**Q:** Does it work with snake_case_names and 2*3*4 = 24?
**A:** Yes; so do `` `backticks` `` and \\*escapes\\*.
Hard breaks too\\
see?

Setext title
============

    indented code, with a\ttab

<details>
<summary>More</summary>
</details>

日本語のテキストも、絵文字 👩‍💻 も、きちんと折り返されます。
"""

ANSWERS = [RETRY, STEPS]

_WORDS = (
    "alpha beta **gamma delta** *eps* `code` [link](http://x.y/z) zeta_eta https://a.b/c_d [ref] "
    "5 * 3 ~~no~~ 日本語 <b> &lt;"
)
_CODE = '''\
def f(x):
    """doc
    string"""
    # comment
    return {"a": 1, 'b': x}  # end
'''

LONG = {
    "paragraph of one line": f"{_WORDS} " * 60,
    "paragraph of lines": f"{_WORDS}\n" * 50,
    "emphasis that never closes": "*open `tick " + f"{_WORDS} " * 50,
    "python": f"```python\n{_CODE * 16}```\nafter\n",
    "javascript": "```js\n" + "let a = `x ${y}\n z`; /* c\nd */ b = 'x';\n" * 30 + "```\n",
    "line of code": "```\n" + "x" * 5_000 + "\nshort\n```\n",
    "list": f"- {_WORDS}\n  - nested\n" * 40,
    "numbers": "".join(f"{number}. {_WORDS[:40]}\n" for number in range(90)),
    "table": "| a | b |\n|---|---|\n" + f"| {_WORDS} | x |\n| y | z |\n" * 30 + "\nafter\n",
    "row": "| a | b |\n|--|--|\n| " + "word " * 600 + "| y |\n",
    "quote": f"> {_WORDS}\n" * 50,
    "definitions": "[ref] and [b0]\n\n"
    + "".join(f"[b{number}]: http://x.y/{number} 'title'\n" for number in range(60))
    + "\n[ref]: http://z.z\n",
    "underlined": f"{_WORDS}\n" * 40 + "=====\nmore",
    "html": "<div>\n" + "<p>text</p>\n" * 60 + "\n\nafter",
    "heading": "# " + "word " * 700 + "\n\nx",
    "blanks": " " * 4_500 + "text" + " " * 2_500 + "\nfoo",
    "dashes": "-" * 4_500 + "\nfoo\n" + "-" * 4_100,
    "rows of long cells": "| a | b |\n|--|--|\n" + f"| {'word ' * 500}| {'more ' * 300}|\n" * 3,
    "items of blocks": "".join(
        f"1. {_WORDS}\n\n   > {_WORDS}\n   > - x\n\n   ```py\n   y = 1\n   ```\n" for _ in range(9)
    ),
    "comments": "> <!-- a\n" + "> b\n" * 700 + "> -->\n> c\n",
    "code in items": "- a\n\n  ~~~~ js\n" + "  let b = 'c';\n" * 60 + "  ~~~~\n- d\n",
    "underlined twice": f"> {_WORDS}\n" * 30 + "> ====\n> more\n",
    "indented": "    code line\n\n" * 70,
}
