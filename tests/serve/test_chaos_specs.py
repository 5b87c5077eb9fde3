"""Faults as they are asked for: what is understood, and what is said of the rest."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codex_tui.serve.amounts import ChaosError
from codex_tui.serve.chaos import Chaos, ChaosPlan, RandomChaos, parse_chaos
from codex_tui.serve.chaos_kinds import CHAOS_KINDS
from codex_tui.serve.seams import Whence
from tests.findings.streams import clean
from tests.serve.scripts import script_of

if TYPE_CHECKING:
    from codex_tui.serve.chaos import Dealt
    from codex_tui.serve.chaos_kinds import ChaosKind
    from codex_tui.serve.framing import Framing


def served(plan: ChaosPlan, number: int, framing: Framing = "stream") -> Dealt:
    """What befell the answer to a request, when it has gone out."""
    dealt = plan.dealt(number, script_of(clean(), framing=framing))
    list(dealt.script.writes)
    return dealt


def one(text: str) -> Chaos:
    (chaos,) = parse_chaos(text)
    assert isinstance(chaos, Chaos)
    return chaos


@pytest.mark.parametrize("kind", CHAOS_KINDS.values(), ids=list(CHAOS_KINDS))
def test_every_kind_can_be_had_bare_and_in_each_form_that_is_listed(kind: ChaosKind) -> None:
    forms = [form for form in (kind.argument, *kind.forms) if form]
    for spec in (kind.name, *(f"{kind.name}={form}" for form in forms)):
        assert one(spec).kind is kind


@pytest.mark.parametrize(
    ("place", "whence"),
    [
        ("#12", Whence(event=12)),
        ("3.5s", Whence(seconds=3.5)),
        ("1:30", Whence(seconds=90.0)),
        ("0%", Whence(event=1)),
        ("50%", Whence(event=10)),
        ("100%", Whence(event=18)),
        ("first-text", Whence(text=True)),
        ("end", Whence(end=True)),
    ],
)
def test_a_place_is_one_of_the_answer(place: str, whence: Whence) -> None:
    script = script_of(clean()[:18])
    assert one(f"cut@{place}").whence(script) == whence


@pytest.mark.parametrize(
    ("spec", "befalls"),
    [("cut", "1234"), ("1:cut", "1"), ("2-3:cut", "23"), ("3-:cut", "34")],
)
def test_a_fault_befalls_the_requests_that_are_said(spec: str, befalls: str) -> None:
    plan = ChaosPlan.of([spec])
    assert "".join(str(n) for n in range(1, 5) if served(plan, n).told) == befalls


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ("cutt", 'chaos "cutt": there is no "cutt"; did you mean "cut"?'),
        ("", 'chaos "": there is no ""; it can be: byte-reads, '),
        ("stall=20@#3", 'chaos "stall=20@#3": "20" is not a duration, as 20s or 200ms'),
        ("stall=20s/@#3", '"" is not a duration'),
        ("slow=2", '"2" is not how many times as long it takes, as 2x'),
        ("slow=0x", '"0x" is not how many times'),
        ("drop=0", '"0" is not a number, 1 or more'),
        ("merge=4", '"4" is not a number of bytes, as 4kB, or a duration, as 2s'),
        ("merge=0B", '"0B" is not a number of bytes'),
        ("status=200", '"200" is not the status of an error, 400 to 599'),
        ("wrong-type=html", '"html" is not a media type, as text/html'),
        ("error=two words", "is not the code of an error, as server_error"),
        ("cut-byte=half", '"half" is not event or character'),
        ("cut=3", "cut has nothing to be set: leave the = out"),
        ("gzip@#3", "gzip befalls the whole answer: leave the @ out"),
        ("random@#3", "random faults have no place of their own: leave the @ out"),
        ("random=x", '"x" is not a number, 1 or more'),
        ("cut@#0", '"#0" is no place: it can be #120, 3.5s, 50%, first-text or end'),
        ("cut@#3+1", '"#3+1" is no place'),
        ("cut@120%", '"120%" is no place'),
        ("cut@", '"" is no place'),
        ("3-2:cut", "requests 3-2 are none: the larger number comes last"),
        ("0:cut", "it reads [REQUESTS:]KIND[=ARGUMENT][@WHERE]"),
        ("x:cut", "it reads [REQUESTS:]KIND[=ARGUMENT][@WHERE]"),
        ("cut,sutt", 'chaos "sutt": there is no "sutt"'),
    ],
)
def test_what_cant_be_had_is_said_with_what_can(spec: str, said: str) -> None:
    with pytest.raises(ChaosError) as caught:
        parse_chaos(spec)
    assert said in str(caught.value)


@given(st.text("123:-=@#%s.x/,cutstalldropend first", max_size=20) | st.text(max_size=12))
def test_any_text_is_faults_or_a_sentence(text: str) -> None:
    with suppress(ChaosError):
        assert all(isinstance(each, Chaos | RandomChaos) for each in parse_chaos(text))


def test_several_are_asked_for_with_commas_or_one_after_another() -> None:
    together, apart = ChaosPlan.of(["stall, cut@3s"]), ChaosPlan.of(["stall", "cut@3s"])
    assert [str(each) for each in map(spec_of, together.faults)] == ["stall", "cut@3s"]
    assert [spec_of(each) for each in apart.faults] == ["stall", "cut@3s"]


def spec_of(chaos: object) -> str:
    assert isinstance(chaos, Chaos)
    return chaos.spec


def test_a_seed_gives_the_same_faults_again_and_each_request_its_own() -> None:
    def drawn(seed: int, number: int) -> tuple[str, ...]:
        dealt = served(ChaosPlan.of(["random=3"], seed), number)
        return dealt.told + dealt.missed

    assert drawn(7, 1) == drawn(7, 1)
    assert len({drawn(seed, number) for seed in range(3) for number in range(3)}) > 5


def test_random_faults_on_a_socket_are_those_that_it_can_have() -> None:
    for seed in range(20):
        missed = served(ChaosPlan.of(["random=99"], seed), 1, "socket").missed
        assert not any("WebSocket" in each for each in missed)


@pytest.mark.parametrize("spec", ["gzip", "wrong-type"])
def test_what_a_socket_cant_have_is_refused_by_name(spec: str) -> None:
    dealt = served(ChaosPlan.of([spec]), 1, "socket")
    assert not dealt.told
    assert dealt.missed[0].startswith(f"{spec}: not on a WebSocket: its messages have no Content-")


@pytest.mark.parametrize("spec", ["cut@#99", "stall@60s", "drop@#18"])
def test_a_fault_at_a_place_that_never_comes_is_said_to_have_missed(spec: str) -> None:
    dealt = ChaosPlan.of([spec]).dealt(1, script_of(clean()[:17]))
    list(dealt.script.writes)
    assert dealt.missed == (f"{spec}: it did not come to that",)
    assert not dealt.withheld
