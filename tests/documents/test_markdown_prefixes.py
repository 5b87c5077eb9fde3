"""Every prefix of short documents, one for each construct of CommonMark, streams as at once."""

from __future__ import annotations

import pytest

from tests.documents.drawn import assert_streams_like_at_once

# In the order of the chapters of https://spec.commonmark.org/0.31.2/, then what GitHub adds.
DOCUMENTS = {
    "tabs": "\tcode\n\n- a\n\n\tb\n>\t\tc\n",
    "escapes": "\\*no\\* \\# \\[x](y) \\\nnext \\q `\\*`\n",
    "entities": "&amp; &#35; &#x22; &nope; &copy\n\n[a](u&ouml;v)\n\n``` &auml;\nx\n```\n",
    "rules": "a\n***\n- - -\n+++\n_ _ _ _\n--\n**  * **\n- a\n***\n- b\n",
    "headings": "# a\n## b ##\n####### no\n#no\n### c \\#\n#\n   # d\n    # code\n",
    "underlined": "a *b*\n===\nc\nd\n---\n> e\n---\n- f\n---\n`g\n---\n`\n",
    "indented": "    a\n\n      b\n\n\ntext\n    goes on\n\n    c\nd\n",
    "fences": "```\n<\n\n>\n~~~\n```\n\n~~~~ python x\nif a:\n~~~\n~~~~\n- ```\n  in\n  ```\n",
    "fence unclosed": "> ```\n> aaa\n\nbbb\n\n```\nccc\n\n",
    "html": "<div>\n*a*\n\n*b*\n</div>\n\n<!-- c\n\nd -->e\n<?x?>\n<a href='f'>\n",
    "definitions": "[f]: /u 'title'\n\n[f] [F][] [g][f] ![f]\n\n[h]:\n  <v w>\n  't\nu'\n\n[h]\n",
    "definition later": "[a] and [b][c]\n\n> [a]: http://u.v\n\n[c]: http://w.x\n[a]: http://no\n",
    "empty items": " -\n  >\nb\n\n-\n\n  c\n\n> 1.\n>\n> d\n- -\n  e\n\n  f\n",
    "lines of code": "```\n" + "\n" * 8 + ">\n" + "\n" * 13 + ">\n\nb\n\n```\nc\n",
    "labels in tables": "| ||\n-|-\n: [b0]\n\n~]\n\n[b0]:. ti\n\n| [b0] |\n|-|\n",
    "bars": "| a | b |\n|-|-|\n|\n||\n| c\n|",
    "tags of lines": "<pre>\n\na</pre>\n\n<?b\n\n?>\n<!C\n>\n<![CDATA[\n\nd]]>\n> <!--\n>\n> e\n",
    "paragraphs": "a\n  b\n\n\n   c\n        d  \ne\\\nf\n",
    "quotes": "> # a\n>b\n> c\n\n>> d\n> e\n\n> - f\ng\n>\n> h\n",
    "items": "- a\n\n  b\n\n      c\n\n  > d\n1.  e\n\n    f\n-\n  g\n-\n\n  h\n10) i\n",
    "wide items": "-   a\n\n    b\n\n  c\n\n 10)    d\n\n        e\n\n     f\n\n-\tg\n\n  h\n",
    "lists": "- a\n+ b\n* c\n1. d\n3. e\n2) f\n\n- g\n\n\n- h\n<!-- -->\n- i\n - j\n  - k\n   - l",
    "loose": "- a\n- b\n\n- c\n\ntext\n1. d\n   - e\n\n   f\n2. g\n",
    "code spans": '`a` `` b`c `` ` `` ` `d\ne` `f*`* `g`` <i a="`">`\n',
    "emphasis": "*a* _b_ **c** __d__ ***e*** *f **g** h* **i *j*** a_b_c *k_ l*m*n ** o** \n",
    "emphasis odd": "*a**b*c* ***d* e** ****f**** _g__h_ *[i*](j) **k<l*>** _(m)_. 5*6*7\n",
    "links": "[a](b) [c](<d e> 'f') [g *h*](i(j)) [k]( l\n\"m\" ) [n](o p) [[q](r)](s) [t]\\(u)\n",
    "links in full": "[a]: http://u.v\n[b]: <>\n\n[x][a] [x *y*][A] [x] [a][] [b][] [a](c [a]: d",
    "images": "![a](b) ![c *d*](e 'f') ![g][h] ![ ![i](j) ](k)\n\n[h]: http://u.v\n",
    "autolinks": "<http://a.b?c> <me@u.vw> <not this> <a+b:c> http://d.e. http://f.g/(h)) www.i.j",
    "inline html": "a <b c='d'>e</b> <!-- f --> <?g?> <![CDATA[h]]> <i j=k / l> &lt;m>\n",
    "breaks": "a  \nb\\\nc   \n  d\n\n# e  \n*f  \ng* `h  \ni`\n",
    "tables": "| a | b |\n|:--|--:|\n| `c|d` | e \\| f |\n| g |\n| h | i |\nj\n\nk | l\n-|-\nm",
    "no table": "| a | b |\n| - |\nc\n\n| d |\n| e |\n",
    "struck and tasks": "~~a~~ ~b~ ~~~c~~~\n\n- [ ] d\n- [x] e\n- [y] f\n  1. [ ] g\n",
    "wide": "日本語の**太字** e\u0301 👩\u200d👧 *が*\n\n| 漢 | b |\n|--|--|\n| 字字 | c |\n",
    "carriage returns": "a\r\nb\rc\r\n\r\n- d\r\n\r\n  e\r\n```\r\nf\r\n```\r\n",
}


@pytest.mark.parametrize("name", DOCUMENTS)
@pytest.mark.parametrize("width", [9, 60])
def test_every_prefix_looks_as_if_it_had_come_at_once(name: str, width: int) -> None:
    text = DOCUMENTS[name]
    assert_streams_like_at_once(text, range(1, len(text)), width)
