"""Words of headings and labels in other languages, by the English word that the rules know.

To support a new word, add it to the line of its English word. Chinese, Japanese and Korean words are found anywhere in
a text, words of other languages as whole words. A word that also means something else in English has no place here.
"""

from __future__ import annotations

import re
from functools import lru_cache

VOCABULARY: dict[str, str] = {
    "important": "重要, 关键, 關鍵, 중요, wichtige, importants, importantes, importanti, важные",
    "session": "会话, 會話, セッション, 세션, sitzung, séance, sesión, sessão, sessione, сессия, сессии, сеанс",
    "date": "日期, 日付, 날짜, datum, fecha, дата",
    "start date": "开始时间, 开始日期, 会话时间, 開始日, 開始時刻, beginn, дата начала",
    "duration": (
        "总耗时, 耗时, 用时, 持续时间, 所要時間, 作業時間, セッション時間, 開発時間, 소요 시간, dauer, "
        "durée, duración, duração, durata, длительность, продолжительность"
    ),
    "focus": (
        "重点, 主题, 主要任务, 主要作業, テーマ, フォーカス, 주제, fokus, schwerpunkt, thema, sujet, "
        "enfoque, tema, тема, фокус"
    ),
    "goal": (
        "目标, 目的, 目標, 목표, ziel, ziele, objectif, objectifs, objetivo, objetivos, obiettivo, "
        "obiettivi, цель, цели"
    ),
    "status": "状态, 狀態, ステータス, 状況, 상태, statut, estado, stato, статус",
    "team": (
        "团队, 作者, 参与人员, 实施人, 负责人, 担当者, 担当, 作成者, チーム, 참여자, 작성자, 담당자, "
        "teilnehmer, verfasser, autor, équipe, auteur, equipo, equipe, команда, участники, автор, "
        "исполнитель, integrantes, membres, mitglieder"
    ),
    "summary": (
        "总结, 摘要, 概述, 小结, 概要, まとめ, 要約, サマリー, 요약, 개요, zusammenfassung, überblick, "
        "résumé, resumen, resumo, riepilogo, итоги, итог, резюме, обзор"
    ),
    "background": "背景, 배경, hintergrund, contexto, contesto, предыстория",
    "starting point": (
        "ausgangslage, ausgangspunkt, point de départ, punto de partida, исходное состояние, 初期状態, 初始状态"
    ),
    "completed": (
        "已完成, 完成した, 完成, 完了した, 完了, 実施済み, 実装済み, 済み, 완료된, 완료, erledigt, "
        "erledigte, abgeschlossen, abgeschlossene, terminé, terminés, completado, completados, concluído, "
        "concluídos, completato, выполнено, выполненные, готово, завершено, завершен, завершена"
    ),
    "work": "工作, 作業, 작업, arbeiten, travail effectué, trabajo, trabalho, lavoro, работа",
    "what was done": (
        "做了什么, 做的事, やったこと, 実施内容, 作業内容, 実装内容, 한 일, was wurde gemacht, "
        "durchgeführte arbeiten, ce qui a été fait, lo que se hizo, qué se hizo, lo que hicimos, qué hicimos, "
        "actividades realizadas, o que foi feito, o que fizemos, o que fiz, atividades realizadas, "
        "cosa è stato fatto, что сделано, сделано, сделали, проделанная работа"
    ),
    "main tasks": "основные задачи, hauptaufgaben, tareas principales, tarefas principais, tâches principales",
    "task": ("任务, タスク, 태스크, aufgabe, aufgaben, tâche, tâches, tarea, tareas, tarefa, tarefas, задача, задачи"),
    "changes": (
        "变更, 改动, 変更点, 変更, 변경 사항, 변경, änderungen, modifications, cambios, mudanças, "
        "alterações, modifiche, изменения"
    ),
    "implementation": (
        "实现, 実装, 구현, umsetzung, implementierung, réalisation, implementación, implementação, реализация"
    ),
    "improvements": ("改进, 改善, 개선, verbesserungen, améliorations, mejoras, melhorias, miglioramenti, улучшения"),
    "recommendations": (
        "建议, 提案, 권장 사항, empfehlungen, recommandations, recomendaciones, recomendações, "
        "raccomandazioni, рекомендации"
    ),
    "fixed": (
        "修复, 問題解決, バグ修正, 버그 수정, behoben, fehlerbehebung, fehlerbehebungen, corrigé, "
        "corrections, correcciones, correções, correzioni, исправлено, исправления"
    ),
    "files": (
        "文件, ファイル, 파일, dateien, datei, fichier, fichiers, archivo, archivos, arquivo, arquivos, файл, файлы"
    ),
    "modified": (
        "已修改, 修改的, 修改, 수정된, 수정, geändert, geänderte, modifizierte, modifiziert, modifiés, "
        "modificados, modificati, mise à jour, mises à jour, изменённые, измененные, изменено"
    ),
    "created": (
        "新增, 创建, 新建, 作成した, 作成, 新規, 생성된, 생성, 추가된, 추가, neu erstellt, erstellt, "
        "erstellte, neue, créés, creados, criados, creati, созданные, созданы, создано, добавлено, новые"
    ),
    "removed": (
        "已删除, 删除, 刪除, 削除, 삭제된, 삭제, gelöscht, gelöschte, entfernt, supprimés, eliminados, "
        "removidos, eliminati, удалённые, удаленные, удалено"
    ),
    "deliverables": "交付物, 成果物, 산출물, liefergegenstände, livrables, entregables, entregáveis, артефакты",
    "documents": "文档, ドキュメント, 문서, dokumente, dokumentation, документы, документация",
    "file structure": (
        "文件结构, 目录结构, 项目结构, ファイル構成, ディレクトリ構成, 프로젝트 구조, 디렉터리 구조, "
        "파일 구조, projektstruktur, ordnerstruktur, структура проекта, структура файлов"
    ),
    "commits": "提交记录, 提交, コミット, 커밋, коммиты, коммит",
    "tests": "测试, テスト, 테스트, pruebas, testes, тесты, тестирование, тестирования",
    "verification": (
        "验证结果, 验证, 驗證, 验收门, 验收, 検証, 動作確認, 검증, überprüfung, verifizierung, "
        "vérification, verificación, verificação, verifica, validierung, validación, validação, validazione, "
        "проверка, проверки"
    ),
    "decision": (
        "决策, 决定, 決定事項, 決定, 判断, 의사결정, 결정, entscheidung, entscheidungen, décision, "
        "décisions, decisión, decisiones, decisão, decisões, decisione, decisioni, принятые решения, "
        "архитектурные решения, архитектурное решение, ключевые решения, решения"
    ),
    "rationale": "理由, 이유, begründung, begründungen, justification, justificación, motivo, обоснование",
    "problem": (
        "遇到的问题, 问题, 問題, 課題, 困难, 困ったこと, 詰まったこと, ハマったこと, 문제점, 문제, 이슈, "
        "probleme, problème, problèmes, problema, problemas, problemi, schwierigkeiten, проблема, проблемы, "
        "ошибки, трудности"
    ),
    "challenges": "挑战, herausforderungen, défis, desafíos, desafios, сложности",
    "known issues": (
        "已知问题, 既知の問題, 알려진 문제, bekannte probleme, problèmes connus, problemas conocidos, "
        "problemas conhecidos, известные проблемы"
    ),
    "problem and solution": "проблемы и решения, 问题与解决, 问题及解决",
    "cause": "根本原因, 根因, 原因, 원인, ursache, причина",
    "solution": (
        "解决方案, 解决方法, 解决办法, 解决, 解決策, 解決方法, 解決, 対応策, 対応, 해결책, 해결 방법, 해결, "
        "lösung, lösungen, solución, soluciones, solução, soluções, soluzione, soluzioni, решение"
    ),
    "lessons learned": (
        "经验总结, 经验教训, 经验, 教训, 心得, 收获, 学到的, 学び, 学んだこと, 気づき, 教訓, 知見, 배운 점, "
        "배운 것, 교훈, 회고, erkenntnisse, gelernt, gelerntes, leçons apprises, leçons, apprentissages, "
        "lecciones aprendidas, lecciones, aprendizajes, lições aprendidas, lições, aprendizados, "
        "lezioni apprese, lezioni, уроки, выводы, извлечённые уроки, чему научился, чему научились"
    ),
    "next steps": (
        "下一步, 后续步骤, 后续计划, 后续, 次のステップ, 改善ステップ, 次にやること, 次のタスク, 次回, "
        "今後の予定, 다음 단계, 다음 작업, 다음 할 일, 향후 계획, nächste schritte, weiteres vorgehen, "
        "prochaines étapes, próximos pasos, próximos passos, prossimi passi, следующие шаги, "
        "дальнейшие шаги, следующий шаг, что дальше, план дальше, nächster schritt, prochaine étape, próximo paso, "
        "siguiente paso, siguientes pasos, próximo passo, prossimo passo"
    ),
    "tomorrow": "明日, 明天, 내일, morgen, demain, mañana, amanhã, domani, завтра",
    "to-do": (
        "待办事项, 待办, 待完成, 待解决, 待处理, 待验证, 未完成, 未完了, 미완료, 遗留, 残タスク, 残っているタスク, "
        "残っている, 何が残っているか, 残作業, やること, 未対応, 남은 작업, 남은, 할 일, 해야 할 일, "
        "offene punkte, offene aufgaben, noch offen, zu erledigen, à faire, reste à faire, por hacer, "
        "pendiente, pendientes, pendente, pendentes, a fazer, pendências, da fare, sviluppo futuro, "
        "предстоит сделать, предстоит, "
        "осталось сделать, осталось, не сделано, нужно сделать"
    ),
    "future work": (
        "今後の展望, 将来計画, 将来的な, 未来计划, 未来展望, 향후 과제, ausblick, perspectives, "
        "trabajo futuro, trabalho futuro, перспективы, на будущее, планы на будущее"
    ),
    "long-term": (
        "长期, 長期, 장기, langfristig, langfristige, à long terme, largo plazo, longo prazo, "
        "lungo termine, долгосрочные"
    ),
    "medium-term": (
        "中期, 중기, mittelfristig, mittelfristige, à moyen terme, medio plazo, médio prazo, medio termine, "
        "среднесрочные"
    ),
    "short-term": (
        "短期, 단기, kurzfristig, kurzfristige, à court terme, corto plazo, curto prazo, breve termine, краткосрочные"
    ),
    "immediate": "立即, 紧急, すぐに, 즉시, sofort, immédiat, inmediato, imediato, immediato, срочно",
    "high priority": (
        "高优先级, 優先度高, 高優先度, 우선순위 높음, hohe priorität, haute priorité, alta prioridad, "
        "prioridad alta, alta prioridade, высокий приоритет"
    ),
    "medium priority": (
        "中优先级, 優先度中, 中優先度, 우선순위 중간, mittlere priorität, priorité moyenne, "
        "prioridad media, média prioridade, средний приоритет"
    ),
    "low priority": (
        "低优先级, 優先度低, 低優先度, 우선순위 낮음, niedrige priorität, basse priorité, prioridad baja, "
        "baja prioridad, baixa prioridade, низкий приоритет"
    ),
    "priority": "优先级, 優先度, 우선순위, priorität, priorité, prioridad, prioridade, приоритет",
    "blockers": ("阻塞项, 阻塞, 卡点, ブロッカー, 블로커, hindernisse, bloqueos, bloqueios, блокеры, препятствия"),
    "achievements": (
        "核心成就, 主要成就, 成就, 主要成果, 成果, 亮点, ハイライト, 핵심 성과, 성과, 하이라이트, "
        "höhepunkte, erfolge, faits marquants, réussites, logros, conquistas, destaques, достижения"
    ),
    "metrics": (
        "统计数据, 统计, 指标, メトリクス, 指標, 統計, 통계, 지표, metriken, kennzahlen, statistik, "
        "métriques, métricas, metriche, метрики, статистика, показатели"
    ),
    "open questions": (
        "待确认, 未決事項, 未解決の質問, 疑問点, 미해결 질문, 열린 질문, offene fragen, questions ouvertes, "
        "preguntas abiertas, perguntas em aberto, domande aperte, открытые вопросы"
    ),
    "handoff": "交接, 引き継ぎ, 인수인계, übergabe, traspaso, передача дел",
    "current status": (
        "当前状态, 当前进度, 现状, 現在のステータス, 現状, 현재 상태, aktueller stand, aktueller status, "
        "état actuel, estado actual, estado atual, stato attuale, текущее состояние, текущий статус"
    ),
    "what works": (
        "何が機能しているか, 已实现的功能, was funktioniert, ce qui fonctionne, qué funciona, "
        "o que funciona, что работает"
    ),
    "progress": (
        "进度, 进展, 進捗ステータス, 進捗, 진행 상황, fortschritt, progrès, progreso, прогресс, ход работы, ход работ"
    ),
    "prerequisites": "前置条件, 前提条件, voraussetzungen, prérequis, requisitos, требования",
    "risks": "风险, リスク, 위험, risiken, risques, riesgos, riscos, rischi, риски",
    "success criteria": (
        "成功标准, 验收标准, 完成标准, 完了条件, 受け入れ基準, 完了基準, 성공 기준, 완료 기준, "
        "erfolgskriterien, abnahmekriterien, critères de succès, critères d'acceptation, "
        "criterios de éxito, criterios de aceptación, critérios de sucesso, critérios de aceitação, "
        "criteri di successo, критерии успеха, критерии приёмки"
    ),
    "owner": "责任人, 담당, verantwortlich, zuständig, responsable, responsável, responsabile, ответственный",
    "estimate": (
        "预估, 预计, 工时, 工作量, 見積, 見積もり, 예상 시간, aufwand, schätzung, estimación, estimativa, stima, оценка"
    ),
    "depends on": (
        "依赖, 依存, 의존성, abhängig von, abhängigkeiten, dépend de, depende de, dipende da, зависит от, зависимости"
    ),
    "title": "名称, 标题, 名前, 제목, titel, titre, título, titolo, название",
    "phase": "阶段, 階段, フェーズ, 단계, fase, étape, etapa, этап, faz, aşama",
    "description": ("说明, 描述, 内容, 説明, 설명, 내용, beschreibung, descripción, descrição, descrizione, описание"),
    "note": "备注, 備考, 비고, anmerkung, anmerkungen, примечание, примечания",
    "action": "操作, 동작, aktion, действие, действия, acciones, ações, azioni, maßnahmen",
    "result": (
        "结果, 結果, 결과, ergebnis, ergebnisse, résultat, résultats, resultado, resultados, risultato, "
        "risultati, результат, результаты"
    ),
    "path": "路径, パス, 경로, pfad, chemin, ruta, caminho, percorso, путь",
    "in progress": (
        "进行中, 進行中, 진행 중, in arbeit, laufend, en cours, en curso, em andamento, in corso, в работе, в процессе"
    ),
    "planned": (
        "未开始, 计划中, 待开始, 未着手, 予定, 예정, 미착수, geplant, planifié, planificado, planejado, "
        "pianificato, запланировано, не начато"
    ),
    "cancelled": ("已取消, 取消, キャンセル, 中止, 취소, storniert, verworfen, annulé, cancelado, annullato, отменено"),
    "deferred": (
        "已推迟, 推迟, 延期, 先送り, 보류, 연기, zurückgestellt, verschoben, reporté, aplazado, pospuesto, "
        "adiado, rinviato, отложено"
    ),
}
"""English words with their counterparts, separated by commas."""

_UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
LONGEST = 200
"""Characters of the longest text that is read as a heading or label."""
_MOST = 0.75
"""Share of the characters that must be known in a text that does not end with a known word."""
_PARTICLES = re.compile("[の的なとへにをはが与和及]")
_TAIL = re.compile(
    r"(?:计划|安排|事项|情况|列表|清单|一览|一覧|リスト|사항|목록)?[\W\d]*(?:[(（][^()（）]*[)）])?[\W\d]*$"
)
"""What may follow the last word of a heading without changing its meaning: `plan`, `list`, an aside."""
_ENGLISH = {word.strip(): english for english, words in VOCABULARY.items() for word in words.split(",")}


def _pattern() -> re.Pattern[str]:
    longest_first = sorted(_ENGLISH, key=len, reverse=True)
    anywhere = "|".join(re.escape(word) for word in longest_first if _UNSPACED.search(word))
    whole = "|".join(re.escape(word) for word in longest_first if not _UNSPACED.search(word))
    return re.compile(rf"(?P<glued>{anywhere})|(?<!\w)(?P<whole>{whole})(?!\w)", re.IGNORECASE)


_FOREIGN = _pattern()


@lru_cache(maxsize=10_000)
def english(text: str) -> str:
    """Return a heading or label with the known words of other languages in English.

    A text is returned unchanged if most of its characters are unknown, unless it ends with a known word.

    >>> english("已完成的工作"), english("Nächste Schritte"), english("Completed work")
    ('completed work', 'next steps', 'Completed work')
    """
    if len(text) > LONGEST:
        return text
    letters, known = len(_UNSPACED.findall(_PARTICLES.sub("", text))), 0
    for match in _FOREIGN.finditer(text):
        known += len(match[0]) if match["glued"] else 0
    if _MOST * letters > known and not _ends_known(text):
        return text
    found = _FOREIGN.sub(_replaced, text)
    return text if found == text else " ".join(_UNSPACED.sub(" ", found).split())


def _ends_known(text: str) -> bool:
    """Whether the last letters are a known word: in these languages it says what the words before it describe."""
    for part in re.split(r"[/／、，,・&]", text):
        end = len(_TAIL.sub("", part))
        if any(match["glued"] and match.end() == end for match in _FOREIGN.finditer(part)):
            return True
    return False


def _replaced(match: re.Match[str]) -> str:
    word = _ENGLISH[match[0].lower()]
    return f" {word} " if match["glued"] else word
