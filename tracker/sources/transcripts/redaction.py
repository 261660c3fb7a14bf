"""Remove secrets from texts, with the patterns of detect-secrets and for what those do not know.

It is better to remove a harmless text than to keep a secret: what is left is for people to read, not for programs.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from functools import cached_property

MARK = "[redacted]"
LONGEST = 20_000
"""Characters of a text that are looked at; the rest is cut."""
_NAMES = r"[\w.-]*(?:api[_-]?key|secret|token|passw(?:or)?d|passphrase|pwd|credential|[_-]key|private[_-]?key)[\w.-]*"
KEY_BLOCK = re.compile(r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY.*?(?:-----END [A-Z0-9 ]*-----|\Z)", re.DOTALL)
NAMED = re.compile(rf"(?i)((?<![\w]){_NAMES}[\"']?(?:\s*[=:]\s*|(?<=\w)\s+(?=\S*\d)))(\"[^\"]*\"|'[^']*'|[^\s;&|]+)")
"""A value with a name that says that it is a secret: `API_KEY=…`, `"password": "…"`, `--token …`."""
SENT = re.compile(r"(?i)\b(authorization[\"']?\s*[:=]\s*[\"']?(?:\w+\s+)?|bearer\s+|cookie:\s*)([^\s\"']+)")
_ARGUMENTS = r"\b[^\n;&|]*?\s"
OPTION = re.compile(
    rf"(\b(?:mysql|mysqldump|mariadb|sshpass|login){_ARGUMENTS}-p[ =]*|\b(?:curl|wget){_ARGUMENTS}(?:-u|--user)[ =]*"
    rf"|\b(?:redis-cli|https?){_ARGUMENTS}-a[ =]*"
    r"|\s--?(?:[\w-]*-)?(?:password|passwd|passphrase|secret|token|api-?key)(?:=|\s+)(?!-)"
    r"|\becho\s+(?=[^\n|]*\|[^\n|]*\slogin\s))(\S+)"
)
"""A secret in an option of a program that is known to take one, or in an option that says so."""
USER_INFO = re.compile(r"(://[^\s/:@]*:)([^\s/@]+)(?=@)")
TOKENS = re.compile(
    r"\b(?:sk-[\w-]{16,}|[rsp]k_(?:live|test)_\w{10,}|gh[opsur]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}"
    r"|xox[a-z]-[\w-]{10,}|AIza[\w-]{30,}|ya29\.[\w-]{20,}|hf_\w{20,}|npm_\w{20,}|pypi-[\w-]{16,}|dop_v1_\w{20,}"
    r"|(?:AKIA|ASIA|ABIA|ACCA)[0-9A-Z]{12,}|eyJ[\w-]{8,}\.[\w-]{4,}(?:\.[\w-]*)?)"
)
WORD = re.compile(r"[A-Za-z0-9+/_=-]{20,}")
HASH = re.compile(r"[0-9a-f]{20,64}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
RANDOM = 4.0
"""Bits of entropy per character from which a long word with letters of both cases and digits counts as random."""


class Redactor:
    """Removes secrets from texts, and counts them."""

    def __init__(self) -> None:
        self.count = 0

    @cached_property
    def _known(self) -> list[re.Pattern[str]]:
        """The patterns of detect-secrets, but for addresses of the network and the heads of keys."""
        from detect_secrets.core.plugins.util import get_mapping_from_secret_type_to_class
        from detect_secrets.plugins.base import RegexBasedDetector

        kinds: list[type[object]] = list(get_mapping_from_secret_type_to_class().values())
        chosen = (one for one in kinds if issubclass(one, RegexBasedDetector))
        left_out = ("IPPublicDetector", "PrivateKeyDetector")
        return [pattern for one in chosen if one.__name__ not in left_out for pattern in one().denylist]

    def redact(self, text: str) -> str:
        """The text without secrets.

        >>> Redactor().redact("export API_KEY=abc123 && run")
        'export API_KEY=[redacted] && run'
        """
        text = self._sub(KEY_BLOCK, text[:LONGEST])
        for pattern in (SENT, OPTION, USER_INFO, NAMED):
            text = pattern.sub(self._keep_name, text)
        for pattern in (TOKENS, *self._known):
            text = self._sub(pattern, text)
        return WORD.sub(self._random, text)

    def _sub(self, pattern: re.Pattern[str], text: str) -> str:
        changed, count = pattern.subn(MARK, text)
        self.count += count
        return changed

    def _keep_name(self, found: re.Match[str]) -> str:
        if found[2].startswith((MARK, "$")):  # a variable is no secret
            return found[0]
        self.count += 1
        return found[1] + MARK

    def _random(self, found: re.Match[str]) -> str:
        word = found[0]
        has_all = all(re.search(kind, word) for kind in ("[a-z]", "[A-Z]", "[0-9]"))
        if not has_all or HASH.fullmatch(word) or _entropy(word) < RANDOM:
            return word
        self.count += 1
        return MARK


def _entropy(word: str) -> float:
    """Bits per character, by how often each occurs."""
    shares = [count / len(word) for count in Counter(word).values()]
    return -sum(share * math.log2(share) for share in shares)
