"""Counting words and comparing texts in any script."""

from __future__ import annotations

import pytest

from tracker.words import count_words, separated, tokens


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("Fix the crash.", 3),
        ("a - b", 3),
        ("修复崩溃", 4),
        ("修复 read_plan() 的崩溃。", 7),
        ("ログを修正", 5),
        ("회귀 테스트를 추가했다", 3),
        ("Строка исправлена", 2),
        ("แก้ไข", 2),
        ("हिन्दी में", 2),
    ],
)
def test_count_words(text: str, count: int) -> None:
    assert count_words(text) == count


@pytest.mark.parametrize("text", ["Cafe\u0301", "CAFÉ", "café"])
def test_forms_of_a_word_are_one(text: str) -> None:
    assert separated(text) == "café"


def test_marks_belong_to_their_letters() -> None:
    assert tokens("हिन्दी, 日志!") == ["हिन्दी", "日", "志"]
