"""The offer to send again, with every time an argument."""

from __future__ import annotations

from dataclasses import dataclass

from codex_tui.tui.resend_offer import ResendOffer


@dataclass
class Source:
    retryable: bool = False
    retry_after: float | None = None
    resends_in: float | None = None
    listens_in: float | None = None


def test_nothing_is_offered_where_sending_again_cannot_help() -> None:
    offer = ResendOffer()
    assert offer.words(0.0, running=False) == ""
    offer.watch(Source())
    assert offer.words(1.0, running=False) == ""


def test_a_refusal_offers_to_send_again_at_once() -> None:
    offer = ResendOffer()
    offer.watch(Source(retryable=True))
    assert offer.words(5.0, running=False) == "r sends the request again"


def test_the_wait_that_the_server_asks_for_is_counted_down() -> None:
    offer = ResendOffer()
    offer.watch(Source(retryable=True, retry_after=12.0))
    asked = [offer.words(now, running=False) for now in (100.0, 104.0, 111.8)]
    assert asked == [
        "r sends the request again; the server asks to wait 12 s",
        "r sends the request again; the server asks to wait 8.0 s",
        "r sends the request again",
    ]


def test_a_retry_by_itself_is_counted_down_too() -> None:
    offer = ResendOffer()
    source = Source()
    offer.watch(source)
    assert offer.words(0.0, running=True) == ""
    source.resends_in = 4.0
    assert offer.words(10.0, running=True) == "sending again in 4.0 s; esc stops"
    assert offer.words(12.0, running=True) == "sending again in 2.0 s; esc stops"
    source.resends_in = None
    assert offer.words(14.0, running=True) == ""


def test_that_the_rest_of_a_stream_is_waited_for_is_counted_down() -> None:
    offer = ResendOffer()
    source = Source(listens_in=0.5)
    offer.watch(source)
    assert offer.words(0.0, running=True) == ""  # over before it is read
    source.listens_in = 40.0
    said = "the stream broke: the rest is asked for in"
    assert offer.words(10.0, running=True) == f"{said} 40 s; esc stops"
    assert offer.words(20.0, running=True) == f"{said} 30 s; esc stops"
    source.listens_in = None
    assert offer.words(21.0, running=True) == ""
