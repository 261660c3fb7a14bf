"""Words of any script: what counts as one, and texts in the form in which they are compared."""

from __future__ import annotations

import re
import unicodedata

_HAN_AND_KANA = (
    "\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U0001b000-\U0001b16f\U00020000-\U0003ffff"
)
_HANGUL = "\uac00-\ud7af"
_SOUTHEAST_ASIAN = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
IDEOGRAPHS = re.compile(f"[{_HAN_AND_KANA}]+")
"""Runs of Chinese and Japanese characters: words have no spaces between them, and most have one or two characters."""
UNSPACED = re.compile(f"[{_HAN_AND_KANA}{_HANGUL}{_SOUTHEAST_ASIAN}]")
"""A character of a script where a word may begin or end inside a run of letters; Korean adds particles to words."""
_THAI_RUN = re.compile(f"[{_SOUTHEAST_ASIAN}]+")
_THAI_LETTERS_PER_WORD = 4


def folded(text: str) -> str:
    """Return a text without differences of case and of Unicode compatibility forms.

    >>> folded("Cafe\\u0301 ＡＢＣ")
    'café abc'
    """
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def separated(text: str) -> str:
    """Return a folded text with spaces around every character of scripts that put none between words.

    >>> separated("Fix 日志").split()
    ['fix', '日', '志']
    """
    return UNSPACED.sub(r" \g<0> ", folded(text))


def tokens(text: str) -> list[str]:
    """Return the runs of letters, marks and digits of a separated text: what a full-text index knows as words.

    >>> tokens("Fix read_plan: 日志")
    ['fix', 'read', 'plan', '日', '志']
    """
    if text.isascii():
        return re.findall("[a-z0-9]+", text.lower())
    return "".join(one if unicodedata.category(one)[0] in "LMN" else " " for one in separated(text)).split()


def word_key(text: str) -> str:
    """Return the words of a text, without case, markup and punctuation: what texts that say the same have in common.

    >>> word_key("**Fix** the door!") == word_key("fix the door")
    True
    """
    return " ".join(tokens(text)) or folded(text).strip()


def count_words(text: str) -> int:
    """Return the number of words: a Chinese or Japanese character is one, four Thai, Lao, Khmer or Burmese letters too.

    >>> count_words("Fix the crash"), count_words("修复崩溃 in app.py")
    (3, 6)
    """
    ideographs = sum(len(run) for run in IDEOGRAPHS.findall(text))
    text = IDEOGRAPHS.sub(" ", text)
    thai = sum(-(-len(run) // _THAI_LETTERS_PER_WORD) for run in _THAI_RUN.findall(text))
    return ideographs + thai + len(_THAI_RUN.sub(" ", text).split())
