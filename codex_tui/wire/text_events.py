"""Events of text: the answer, refusals, reasoning and audio.

Named as in the official SDK; the older and foreign spellings of the same thing stand beside it.
`logprobs` are tuples: an empty one, as in almost every event, costs neither memory nor time.
"""

from dataclasses import KW_ONLY, dataclass
from typing import Any, Literal

from codex_tui.wire.base import (
    NOT_SENT,
    CallProgressEvent,
    ContentPart,
    ItemDeltaEvent,
    ItemEvent,
    PartDeltaEvent,
    PartTextDoneEvent,
    SummaryDeltaEvent,
    SummaryTextDoneEvent,
)


@dataclass(slots=True, repr=False, eq=False)
class ResponseOutputTextDeltaEvent(PartDeltaEvent):
    """A piece of the answer."""

    type: Literal["response.output_text.delta"] = "response.output_text.delta"
    _: KW_ONLY
    logprobs: tuple[Any, ...] | None = None


@dataclass(slots=True, repr=False, eq=False)
class ResponseOutputTextDoneEvent(PartTextDoneEvent):
    """The whole text of one part of the answer."""

    type: Literal["response.output_text.done"] = "response.output_text.done"
    _: KW_ONLY
    logprobs: tuple[Any, ...] | None = None


@dataclass(slots=True, repr=False, eq=False)
class ResponseOutputTextAnnotationAddedEvent(ItemEvent):
    """A citation, or another annotation, of the text so far."""

    annotation: dict[str, Any]
    annotation_index: int = NOT_SENT
    content_index: int = NOT_SENT
    output_index: int = NOT_SENT
    type: Literal["response.output_text.annotation.added"] = "response.output_text.annotation.added"


@dataclass(slots=True, repr=False, eq=False)
class ResponseContentPartAddedEvent(ItemEvent):
    """A part of an item begins."""

    part: ContentPart
    content_index: int = NOT_SENT
    output_index: int = NOT_SENT
    type: Literal["response.content_part.added"] = "response.content_part.added"


@dataclass(slots=True, repr=False, eq=False)
class ResponseContentPartDoneEvent(ItemEvent):
    """A part of an item is whole."""

    part: ContentPart
    content_index: int = NOT_SENT
    output_index: int = NOT_SENT
    type: Literal["response.content_part.done"] = "response.content_part.done"


@dataclass(slots=True, repr=False, eq=False)
class ResponseRefusalDeltaEvent(PartDeltaEvent):
    """A piece of a refusal."""

    type: Literal["response.refusal.delta"] = "response.refusal.delta"


@dataclass(slots=True, repr=False, eq=False)
class ResponseRefusalDoneEvent(ItemEvent):
    """The whole refusal."""

    refusal: str
    content_index: int = NOT_SENT
    output_index: int = NOT_SENT
    type: Literal["response.refusal.done"] = "response.refusal.done"


@dataclass(slots=True, repr=False, eq=False)
class ResponseReasoningSummaryPartAddedEvent(ItemEvent):
    """A part of a reasoning summary begins."""

    part: ContentPart
    output_index: int = NOT_SENT
    type: Literal["response.reasoning_summary_part.added"] = "response.reasoning_summary_part.added"
    _: KW_ONLY
    summary_index: int = NOT_SENT


@dataclass(slots=True, repr=False, eq=False)
class ResponseReasoningSummaryPartDoneEvent(ItemEvent):
    """A part of a reasoning summary is whole, or was broken off (`status`)."""

    part: ContentPart
    output_index: int = NOT_SENT
    type: Literal["response.reasoning_summary_part.done"] = "response.reasoning_summary_part.done"
    _: KW_ONLY
    summary_index: int = NOT_SENT
    status: str | None = None


@dataclass(slots=True, repr=False, eq=False)
class ResponseReasoningSummaryTextDeltaEvent(SummaryDeltaEvent):
    """A piece of a reasoning summary."""

    type: Literal["response.reasoning_summary_text.delta"] = "response.reasoning_summary_text.delta"


@dataclass(slots=True, repr=False, eq=False)
class ResponseReasoningSummaryTextDoneEvent(SummaryTextDoneEvent):
    """The whole text of one part of a reasoning summary."""

    type: Literal["response.reasoning_summary_text.done"] = "response.reasoning_summary_text.done"


@dataclass(slots=True, repr=False, eq=False)
class ResponseReasoningTextDeltaEvent(PartDeltaEvent):
    """A piece of raw reasoning."""

    type: Literal["response.reasoning_text.delta"] = "response.reasoning_text.delta"


@dataclass(slots=True, repr=False, eq=False)
class ResponseReasoningTextDoneEvent(PartTextDoneEvent):
    """The whole text of one part of raw reasoning."""

    type: Literal["response.reasoning_text.done"] = "response.reasoning_text.done"


@dataclass(slots=True, repr=False, eq=False)
class ResponseReasoningDeltaEvent(PartDeltaEvent):
    """A piece of raw reasoning, under its older name."""

    type: Literal["response.reasoning.delta"] = "response.reasoning.delta"


@dataclass(slots=True, repr=False, eq=False)
class ResponseReasoningDoneEvent(PartTextDoneEvent):
    """The whole text of one part of raw reasoning, under its older name."""

    type: Literal["response.reasoning.done"] = "response.reasoning.done"


@dataclass(slots=True, repr=False, eq=False)
class ResponseReasoningSummaryDeltaEvent(SummaryDeltaEvent):
    """A piece of a reasoning summary, under its older name."""

    type: Literal["response.reasoning_summary.delta"] = "response.reasoning_summary.delta"


@dataclass(slots=True, repr=False, eq=False)
class ResponseReasoningSummaryDoneEvent(SummaryTextDoneEvent):
    """The whole text of a part of a reasoning summary, under its older name."""

    type: Literal["response.reasoning_summary.done"] = "response.reasoning_summary.done"


@dataclass(slots=True, repr=False, eq=False)
class ResponseReasoningPartAddedEvent(ItemEvent):
    """A part of raw reasoning begins, as vLLM says it."""

    part: ContentPart
    content_index: int = NOT_SENT
    output_index: int = NOT_SENT
    type: Literal["response.reasoning_part.added"] = "response.reasoning_part.added"


@dataclass(slots=True, repr=False, eq=False)
class ResponseReasoningPartDoneEvent(ItemEvent):
    """A part of raw reasoning is whole, as vLLM says it."""

    part: ContentPart
    content_index: int = NOT_SENT
    output_index: int = NOT_SENT
    type: Literal["response.reasoning_part.done"] = "response.reasoning_part.done"


@dataclass(slots=True, repr=False, eq=False)
class ResponseAudioDeltaEvent(ItemDeltaEvent):
    """A piece of audio, base64."""

    type: Literal["response.audio.delta"] = "response.audio.delta"


@dataclass(slots=True, repr=False, eq=False)
class ResponseAudioDoneEvent(CallProgressEvent):
    """The audio is whole."""

    type: Literal["response.audio.done"] = "response.audio.done"


@dataclass(slots=True, repr=False, eq=False)
class ResponseAudioTranscriptDeltaEvent(ItemDeltaEvent):
    """A piece of the transcript of the audio."""

    type: Literal["response.audio.transcript.delta"] = "response.audio.transcript.delta"


@dataclass(slots=True, repr=False, eq=False)
class ResponseAudioTranscriptDoneEvent(CallProgressEvent):
    """The transcript of the audio is whole."""

    type: Literal["response.audio.transcript.done"] = "response.audio.transcript.done"
