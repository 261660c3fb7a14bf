"""A second opinion on a finished result: what is asked for, and what is recorded beside the rules' verdict."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Text = Annotated[str, Field(max_length=2000)]
Opinion = Literal["agrees", "disagrees", "adds"]


class OpinionPart(BaseModel):
    """Exactly these keys, all of them: what strict JSON schemas of endpoints support."""

    model_config = ConfigDict(extra="forbid", title=None)


class OpinionFinding(OpinionPart):
    """A finding, with the keys of those in a result."""

    rule: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{1,60}$")]
    severity: Literal["info", "warning", "critical"]
    layer: Text | None
    message: Text
    fix: Text


class OpinionAnswer(OpinionPart):
    """The diagnosis that is asked for, with the keys of that in a result."""

    severity: Literal["ok", "info", "warning", "critical", "unknown"]
    cause: Text | None
    findings: Annotated[list[OpinionFinding], Field(max_length=100)]


class RecordedOpinion(OpinionPart):
    """What the opinion says of one finding. `agrees`, `disagrees`: with a finding of the rules; `adds`: its own."""

    rule: str
    layer: str | None
    opinion: Opinion
    severity: str | None
    message: str | None


class SecondOpinion(OpinionPart):
    """The record in a result, under `second_opinion`."""

    model: str
    host: str
    asked: str
    severity: str
    cause: str | None
    agrees_on_cause: bool
    findings: list[RecordedOpinion]
