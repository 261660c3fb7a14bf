"""Headings and labels in other languages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.logs.test_reading import data, reads
from tracker.sources.logs.columns import status_of
from tracker.sources.logs.languages import LONGEST, VOCABULARY, english
from tracker.sources.logs.meanings import Meaning, head_field, meaning_of

M = Meaning


@pytest.mark.parametrize(
    ("title", "meaning"),
    [
        ("已完成的工作", M.WORK),
        ("🎯 下一步计划", M.NEXT),
        ("遇到的问题", M.INCIDENTS),
        ("経験から学んだこと", M.LEARNINGS),
        ("既知の問題 / 注意点", M.INCIDENTS),
        ("変更したファイル", M.FILES),
        ("남은 작업", M.NEXT),
        ("Nächste Schritte (nicht heute)", M.NEXT),
        ("Entscheidungen und Begründungen", M.DECISIONS),
        ("Geänderte Dateien", M.MODIFIED),
        ("Prochaines étapes", M.NEXT),
        ("Leçons apprises", M.LEARNINGS),
        ("Próximos pasos", M.NEXT),
        ("Lezioni apprese", M.LEARNINGS),
        ("Что сделано", M.WORK),
        ("Известные проблемы", M.INCIDENTS),
        ("Принятые решения", M.DECISIONS),
        ("窯の温度", None),
        ("Der Ofen", None),
        ("Печь", None),
    ],
)
def test_headings(title: str, meaning: Meaning | None) -> None:
    assert meaning_of(title) is meaning


def test_a_known_word_counts_only_where_it_is_what_the_heading_is_about() -> None:
    assert meaning_of("完成した窯の温度を毎日正しく読む方法") is None
    assert english("問題なく焼けた") == "問題なく焼けた"


def test_labels_and_statuses() -> None:
    assert [head_field(name) for name in ("日期", "Dauer", "Статус", "チーム", "équipe")] == [
        "date", "duration", "status", "team", "team"
    ]  # fmt: skip
    assert [status_of(text) for text in ("已完成", "進行中", "geplant", "отменено")] == [
        "complete", "in progress", "planned", "cancelled"
    ]  # fmt: skip


CHINESE = """\
# 窑炉日志

**日期**：2026-03-04
**总耗时**：约3小时
**作者**：陶土组

## 已完成的工作

- 更换热电偶
- 清洗窑架

## 修改的文件

| 文件 | 操作 | 说明 |
|---|---|---|
| `kiln/valve.py` | 新增 | 阀门 |
| `kiln/shelf.py` | 修改 | 架子 |

## 已知问题

无

## 下一步

### 高优先级
1. 测量温度

### 长期
- 订购新砖
"""


def test_a_chinese_log() -> None:
    found = data(CHINESE)
    assert (str(found["date"]), found["duration"], found["team"]) == ("2026-03-04", "约3小时", "陶土组")
    assert [one["title"] for one in found["work"]] == ["更换热电偶", "清洗窑架"]
    assert found["files"]["created"][0]["path"] == "kiln/valve.py"
    assert found["files"]["modified"][0]["path"] == "kiln/shelf.py"
    assert found["next"] == {"immediate": ["测量温度"], "deferred": ["订购新砖"]}
    assert "incidents" not in found


GERMAN = """\
# arbeitstagebuch

## sitzung 2026-03-04: ofen

datum: 2026-03-04
dauer: 2 stunden
fokus: dichtungen

### durchgeführte arbeiten

#### 1. ventil tauschen

Das alte klemmte.

### erkenntnisse

1. lehm quillt

### nächste schritte

- steine bestellen

## sitzung 2026-03-05: regal

datum: 2026-03-05

### was wurde gemacht

- bretter gesägt
"""


def test_a_german_journal() -> None:
    first, second = (one.data for one in reads(GERMAN))
    assert (first["focus"], first["duration"]) == ("dichtungen", "2 stunden")
    assert [one["title"] for one in first["work"]] == ["ventil tauschen"]
    assert [one["text"] for one in first["learnings"]] == ["lehm quillt"]
    assert first["next"] == {"immediate": ["steine bestellen"]}
    assert [one["title"] for one in second["work"]] == ["bretter gesägt"]


def test_no_word_stands_in_two_lines_and_none_is_english() -> None:
    words = [word.strip() for line in VOCABULARY.values() for word in line.split(",")]
    assert len(words) == len(set(words))
    assert all(english(word) == word for word in VOCABULARY)


@given(st.text(max_size=2 * LONGEST))
def test_any_text_becomes_one_line_or_stays(text: str) -> None:
    assert english(text) == text or "\n" not in english(text)
