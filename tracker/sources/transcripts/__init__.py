"""Transcripts of coding agents: what tools did, apart from what the agent says."""

from tracker.sources.transcripts.reader import read_transcript
from tracker.sources.transcripts.redaction import Redactor
from tracker.sources.transcripts.transcript import FileAction, Transcript, TranscriptCommand

__all__ = ["FileAction", "Redactor", "Transcript", "TranscriptCommand", "read_transcript"]
