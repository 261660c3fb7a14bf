"""The meaning of headings and labels, as tables of words: to support a new word, add an entry.

Titles are compared in lower case, without emoji, markup and numbering; the first rule that matches counts.
"""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache

from tracker.sources.logs.languages import english


class Meaning(StrEnum):
    """The meaning of a heading for the text under it."""

    SUMMARY = "summary"
    HIGHLIGHTS = "highlights"
    WORK = "work"
    FILES = "files"
    CREATED = "files created"
    MODIFIED = "files modified"
    REMOVED = "files removed"
    RENAMED = "files renamed"
    COMMITS = "commits"
    TESTS = "tests"
    DECISIONS = "decisions"
    RATIONALE = "rationale"
    ALTERNATIVES = "alternatives"
    INCIDENTS = "incidents"
    PROBLEM = "problem"
    CAUSE = "cause"
    RESOLUTION = "resolution"
    LEARNINGS = "learnings"
    HANDOFF = "handoff"
    BLOCKERS = "blockers"
    METRICS = "metrics"
    QUESTION = "question"
    ANSWER = "answer"
    CONCLUSION = "conclusion"
    NEXT = "next"
    NEXT_ACTION = "next action"
    SETTLED = "settled"
    STEP = "step"
    IMMEDIATE = "next: immediate"
    SHORT_TERM = "next: short term"
    DEFERRED = "next: deferred"
    OPTION = "option"
    NOTHING = "nothing"
    """Text that is no fact of the session, such as commands to copy or criteria for later."""


M = Meaning

FILE_KINDS = {M.CREATED: "created", M.MODIFIED: "modified", M.REMOVED: "removed", M.RENAMED: "renamed"}
URGENCIES = {M.IMMEDIATE: "immediate", M.SHORT_TERM: "short_term", M.DEFERRED: "deferred"}
FILE_MEANINGS = frozenset({M.FILES, *FILE_KINDS})
NEXT_MEANINGS = frozenset({M.NEXT, *URGENCIES, M.STEP})

_FILE = r"(?:files?|backups?|documents?|documentation|scripts?|artifacts?|artefacts?|modules?|deliverables?)"
_CREATED = r"(?:created|added|new|generated|produced|delivered|written)(?: missing)?"
_MODIFIED = r"(?:modified|changed|updated|edited|touched|patched|affected)"
_REMOVED = r"(?:removed|deleted|dropped|cleaned up)"

HEADINGS: tuple[tuple[Meaning, str], ...] = (
    (
        M.NOTHING,
        r"^((key|known|main|potential) )?risks?( areas?| factors?)?$",
    ),
    (
        M.NOTHING,
        r"\((to-?do|planned|not (yet )?(done|started|run))\b[^()]*\)|^\[?unreleased\b"
        r"|^(present|absent|attend(ees|ance)|participants|agenda|apologies|review (of )?(issues|items)\b.*)$"
        r"|^(current )?(work )?focus$"
        r"|^(\w+ )?(resources|references?|links|see also|further reading|appendix|glossary)\b"
        r"|\b(implementation|action|migration|rollout) (plan|order|sequence|strategy)\b"
        r"|\b(files?|directory|folder|project) (structure|tree|locations?|layout|map)\b(?! (changes|updates))",
    ),
    (
        M.NOTHING,
        r"\b(not|never) (yet )?(re-?)?(tested|validated|verified|run|rerun)\b|\buntested\b"
        rf"|^(?!.*\b({_CREATED}|{_MODIFIED}|{_REMOVED})\b)(key|important|relevant|main|related|reference|critical|core)"
        r" (files?|documents?|scripts?)\b",
    ),
    (
        M.NOTHING,
        r"^(copy|git|deploy(ment)?|verification|useful|quick|set-?up|install(ation)?|testing|usage)( \w+)?"
        r" (commands?|instructions)\b|^(expected|desired) (output|outcomes?|results?|behaviou?r)\b",
    ),
    (
        M.NOTHING,
        r"\b(success|acceptance|exit|completion|pass) criteria\b|^definition of done\b|^what not to do\b"
        r"|^(\w+ ){0,3}(requirements?|prerequisites)\b(?!.*\b(met|done|added|implemented)\b)",
    ),
    (
        M.NOTHING,
        r"\bdecisions?\b.*\bnot (taken|made)\b|\bfiles?\b.*\bnot (modified|changed|touched)\b|^troubleshooting\b"
        r"|^common (issues|problems|errors|pitfalls)\b|^if (something|anything|it|this)\b"
        r"|^(quick (actions?|starts?|links?|reference)|(common )?customi[sz]ations?|getting started|how to\b.*)$"
        r"|^((starting|initial) (point|state)|previous(ly)?\b|(last|prior) session\b)"
        r"|\b(recap|summary) of (the )?(previous|last|prior) session\b|\bevidence\b",
    ),
    (
        M.NOTHING,
        rf"^(?!.*\b({_CREATED}|{_MODIFIED}|{_REMOVED}|renamed|moved)\b)(?=.*\b{_FILE}\b).*\b(verified|checked|reviewed|read|examined"
        r"|analy[sz]ed|unchanged|untouched|exist(s|ing)?|needed|required|missing|to (create|modify|change|delete|remove"
        r"|update|review|read|touch|edit|fix|migrate|refactor|convert|implement|test|look at))\b",
    ),
    (M.LEARNINGS, r"^new (\w+ )?(invariants?|rules?|conventions?)$"),
    (
        M.QUESTION,
        r"\b(open|pending|unresolved|outstanding|unanswered) (questions?|decisions?)\b"
        r"|^questions?( (for|to)\b.*)?$|\bdecisions? (needed|required|pending|to (make|be made)"
        r"|under (consideration|discussion|review))\b",
    ),
    (
        M.DEFERRED,
        r"^deferred|\(deferred\)|\bdeferred (items?|work|tasks?)|^(not (done|now)|out of scope|backlog"
        r"|parking lot)\b",
    ),
    (M.DEFERRED, r"^(known )?(future|later) (work|enhancements?|improvements?|ideas?|considerations?)\b"),
    (M.DEFERRED, r"^(long[- ]term|later|someday|future( work| ideas| improvements)?|nice to have|ideas for later)\b"),
    (M.IMMEDIATE, r"\bimmediate (next|action|prior|task)|^(do )?first thing\b"),
    (M.SHORT_TERM, r"\bshort[- ]term\b|\bmedium[- ]term\b"),
    (
        M.NEXT,
        r"\bnext\b.*\b(steps?|actions?|sessions?|up|priorit\w+|tasks?|moves?|milestones?|phases?)\b"
        r"|^(what.?s |what comes )?next\??$|^up next\b|^next\s*[:—–(]",
    ),
    (
        M.NEXT,
        r"^(top |upcoming |proposed )?(priorities|recommendations|recommended actions?)( for\b.*)?$"
        r"|^(session|s)[ -]?\d+\w? (priorit\w+|plan|agenda|tasks|scope|goals|to-?dos?)\b|\bstart here\b",
    ),
    (
        M.NEXT,
        r"(?<!not )\b(to[- ]?dos?|(?<!\()pending|carr(?:y|ied)[- ]?(?:over|forward)|follow[- ]?ups?|action items?"
        r"|tomorrow)\b|^(roadmap|outlook)$|\b(what.?s )?left to (do|build|implement)\b|^what.?s left\b",
    ),
    (
        M.NEXT,
        r"^(in progress|work in progress|wip|ongoing|not started|missing|incomplete|unfinished)\b"
        r"|\b(remaining|outstanding|open) (work|tasks?|items?|actions?|points?|threads?|to[- ]?dos?|issues?)\b"
        r"|^(remaining|outstanding|plan for)\b|\bremaining$|\bactions? (required|needed)\b"
        r"|\bneed(s|ing)?( \S+)? attention\b",
    ),
    (M.FILES, rf"\b{_FILE}\b.*\b{_CREATED}\b.*\b{_MODIFIED}\b|\b{_MODIFIED}\b.*\b{_CREATED}\b.*\b{_FILE}\b"),
    (M.RENAMED, rf"\b{_FILE}\b.*\b(renamed|moved)\b|^(renamed|moved)( {_FILE})?$"),
    (M.REMOVED, rf"\b{_FILE}\b.*\b{_REMOVED}\b|\b{_REMOVED} {_FILE}\b"),
    (M.CREATED, rf"\b{_FILE}\b.*\b{_CREATED}\b|\b{_CREATED} {_FILE}\b"),
    (M.MODIFIED, rf"\b{_FILE}\b.*\b{_MODIFIED}\b|\b{_MODIFIED} {_FILE}\b"),
    (
        M.FILES,
        r"\bfiles\b|\bfile (list|changes|summary|inventory|manifest)\b|^(\w+ ){0,2}file$"
        r"|^(key |main |relevant )?(artifacts?|artefacts?|deliverables?)\b",
    ),
    (M.MODIFIED, r"\b(tests?|contracts?|components?|classes|pages|modules) (touched|changed|modified)\b"),
    (M.FILES, r"^((patch|helper|new|migration) )scripts?\b|^documents?\b|\b(code|codebase) changes\b"),
    (
        M.COMMITS,
        r"(?<!-)\bcommits?\b|\bcommit (log|history)\b|^(git( log| history)?$|version control|prs?|pull requests?)\b",
    ),
    (
        M.LEARNINGS,
        r"\b(lessons?|learnt|learned|learnings?|insights?|takeaways?|take[- ]aways?|gotchas?"
        r"|retrospective|retro)\b",
    ),
    (
        M.LEARNINGS,
        r"^(\w+ ){0,2}(findings?|discover(?:y|ies)|observations?)\b"
        r"|\b(what (went|worked|should have|did ?n.t work|could (be|have|go))\b|til\b|pitfalls\b|next time"
        r"|areas (for|of) improvement|best practices|(do|done) differently|patterns (confirmed|established))",
    ),
    (M.DECISIONS, r"\b(decisions?|decided|rulings?|adrs?|design choices?|trade-?offs?)\b"),
    (M.ALTERNATIVES, r"\b(alternatives?|rejected|options considered|turned down)\b"),
    (M.OPTION, r"^(option|path|plan|alternative|variant|approach) (?-i:[A-Z]|\d+)\b"),
    (
        M.HANDOFF,
        r"\b(hand[- ]?(?:off|over)|hot state|pick[- ]?up|^memory|memory (updates?|notes?)|state of play"
        r"|(current|end|final|closing)( \w+)? state"
        r"|(repo|repository|git|system|live|exact|project) state|current( \w+)? status"
        r"|state (after|at|of the)\b.*|(how|commands|instructions|prompt) to (continue|resume)"
        r"|resume (commands|instructions|here|from)"
        r"|where (?:we|i|things) (?:left|are|stand)\w*)\b",
    ),
    (M.HANDOFF, r"^what works\b|\b(for|to) (the )?(next|future) (agents?|sessions?|developers?|self)\b"),
    (M.HANDOFF, r"\b(context|notes?) (\()?for (the )?(next|future)\b|\bstate (at|\(end)|^status at (the )?end\b"),
    (M.BLOCKERS, r"\b(blockers?|blocked|blocking|impediments?)\b"),
    (
        M.METRICS,
        r"\b(metrics?|key numbers|numbers|statistics|stats|kpis?|benchmarks?|measurements?|figures"
        r"|by the numbers)\b",
    ),
    (M.CAUSE, r"^(the )?((root|underlying|unified) )?(cause|reason)s?\b|^(\w+ )?root[- ]cause\b|^(why|diagnosis)$"),
    (
        M.RESOLUTION,
        r"^(the )?(fix(es)?( applied)?|resolution|resolved|solution|workaround|mitigation|remedy"
        r"|remediation)\b(?! \d)",
    ),
    (
        M.PROBLEM,
        r"^(the )?(problem( statement)?|symptoms?|issue( found| discovered)?|what happened|what went wrong|error)$",
    ),
    (M.WORK, r"^(bug ?)?fixes$"),
    (
        M.INCIDENTS,
        r"\b(issues?|incidents?|bugs?|problems?|failures?|outages?"
        r"|errors?(?! (handling|messages?|codes?|states?|boundar))|regressions?|post-?mortem"
        r"|defects?|root[- ]cause)\b(?! tracker)",
    ),
    (
        M.INCIDENTS,
        r"\bbug\s*fix(es)?\b|^(hot-?fix(es)?|what broke|challenges?|obstacles?|difficulties|hurdles|roadblocks)\b",
    ),
    (
        M.TESTS,
        r"\b(tests?|testing|tested|verification|verified|verify|validation|validated|validate|assertions?"
        r"|qa|ci results?|smoke|checks?|certif(ied|ication))\b",
    ),
    (
        M.HIGHLIGHTS,
        r"\bmission accomplished\b"
        r"|\b(highlights?|achievements?|accomplishments?|wins|milestones?|success(es)?)\b(?! criteria)",
    ),
    (
        M.SUMMARY,
        r"^((session|project|executive|high-level|quick|brief|general|daily) )?overview\b"
        r"|\b(summary|abstract|tl;?dr|synopsis|recap|in short|introduction)\b|^(context"
        r"|background|objectives?|goals?|purpose|scope)$",
    ),
    (M.SUMMARY, r"^(session )?(objectives?|goals?|purpose|overview)\b"),
    (M.ANSWER, r"^answer\b"),
    (M.CONCLUSION, r"^conclusions?\b"),
    (M.RATIONALE, r"^(rationale|reasoning|why|justification)\b"),
    (
        M.WORK,
        r"\b(work|done|completed?|changes?|implemented|(?<!post-)implementation|progress|tasks?|activities|activity"
        r"|timeline|delivered|shipped|built|steps taken|accomplished|achieved|actions? taken)\b",
    ),
    (
        M.WORK,
        r"^(new )?(features?|enhancements?|refactor(ing|ed)?|documentation|docs|performance|chores?|security"
        r"|breaking)( (changes|improvements|updates?|fixes|added|completed))?$|^(added|changed|fixed|removed|deprecated"
        r"|improved|reverts?)\b",
    ),
    (M.WORK, r"^session\s*[:–—]\s*\S|^actions$"),
    (M.WORK, r"^what (just|we|i|was|got|has been|happened|this session|changed)\b"),
)

_KNOWN_ISSUES = re.compile(r"(?i)^known (issues?|bugs?|problems?)\b")
_NUMBERED_INCIDENT = re.compile(r"(?i)^(bug|issue|incident|problem|defect)\s+#?\w{1,3}\b")
_REPAIRED = re.compile(r"(?i)(fixed|resolved|solved|corrected|eliminated|repaired)\b")
"""What was repaired is work among other work: `Fixed all build errors`."""
_COMPLETED = re.compile(
    r"(?i)(completed?|performed|finished) (actions?|tasks?|steps?|work)\b|(actions?|steps?) taken\b"
)
"""What was done about an incident."""
_NUMBERED_WORK = re.compile(r"(?i)^(part|item|phase|step|task|workstream|track)\s+\d+[\w.]*\s*[:.–—-]")

_BEGINS_WITH_TESTS = re.compile(
    r"(?i)(?!.*(?:&|\band\b|\+|/)\s*(?:tests?|testing|validation|verification)\b)|.*\b(test|verif|valid|check|qa|ci)\w*\W*(?:&|and|\+|/)"
)
"""Headings such as `Tooling & Tests` are about more than tests."""
_INCIDENT_WORDS = re.compile(
    r"(?i)\b(issues|bugs?|incidents?|problems?|failures?|outages?|errors|defects?|regressions?|root cause)\b"
)
"""Words by which numbered work is about an incident."""

URGENCY_HEADINGS: tuple[tuple[Meaning, str], ...] = (
    (
        M.SETTLED,
        r"^(no longer (needed|relevant)|not needed|obsolete|already done|done|completed?|resolved|settled)\b"
        r"|\b(done|completed?)$",
    ),
    (
        M.DEFERRED,
        r"\b(deferred|later|long[- ]?term|backlog|someday|future|low|optional|nice to have|could|p[3-9]"
        r"|priority [3-9]|parking|not now|won.?t)\b",
    ),
    (
        M.SHORT_TERM,
        r"\b(short[- ]?term|soon|medium|med|mid[- ]?term|this week|next week|normal|should|p2|priority 2"
        r"|secondary|then)\b",
    ),
    (
        M.IMMEDIATE,
        r"\b(immediate(ly)?|critical|urgent|high|now|asap|today|tomorrow|next session|must|first|p[01]"
        r"|priority [01]|top|blocking)\b",
    ),
)

FILE_HEADINGS: tuple[tuple[Meaning, str], ...] = (
    (M.RENAMED, r"\b(renamed?|moved?)\b"),
    (M.REMOVED, r"\b(removed?|deleted?|dropped|gone)\b"),
    (M.CREATED, r"\b(created?|new|added|add|generated|produced|initial)\b"),
    (
        M.MODIFIED,
        r"\b(modified|modify|changed?|updated?|edit(ed)?|patched|touched|fixed|extended|refactored"
        r"|rewritten)\b",
    ),
)

_ANYTHING = frozenset(Meaning) - {M.PROBLEM, M.RATIONALE, M.ALTERNATIVES, M.OPTION, *URGENCIES} | {M.DEFERRED}
_ASIDES = frozenset({M.COMMITS, *FILE_MEANINGS})
WITHIN: dict[Meaning | None, frozenset[Meaning]] = {
    None: _ANYTHING | {M.OPTION, *URGENCIES},
    M.WORK: _ANYTHING,
    M.SUMMARY: _ANYTHING,
    M.HIGHLIGHTS: _ASIDES | {M.NOTHING},
    M.LEARNINGS: frozenset({M.NOTHING}),
    M.METRICS: _ASIDES | {M.NOTHING},
    M.HANDOFF: NEXT_MEANINGS | {M.BLOCKERS, *_ASIDES, M.LEARNINGS, M.DECISIONS, M.QUESTION, M.INCIDENTS, M.METRICS},
    M.BLOCKERS: frozenset({M.BLOCKERS}),
    M.INCIDENTS: frozenset({M.PROBLEM, M.CAUSE, M.RESOLUTION, M.LEARNINGS, M.NEXT, M.TESTS, M.NOTHING, *_ASIDES}),
    M.DECISIONS: frozenset({M.RATIONALE, M.ALTERNATIVES, M.QUESTION, *_ASIDES}),
    M.TESTS: frozenset({M.NOTHING, M.COMMITS, M.INCIDENTS, M.METRICS, M.NEXT}),
    M.NEXT: frozenset({M.OPTION, M.BLOCKERS, M.QUESTION, M.SETTLED, M.NOTHING, *URGENCIES}),
    M.QUESTION: frozenset({M.ANSWER, M.CONCLUSION}),
}
"""The meanings that a subheading can have under a heading of each meaning; else it is part of it."""
_OWN = frozenset({M.NEXT, M.DEFERRED, M.DECISIONS, M.LEARNINGS, M.INCIDENTS, M.HANDOFF, M.BLOCKERS, *FILE_KINDS})
_SHORT = 4
"""Headings such as `Known issues` that have the same meaning anywhere."""

HEAD_LABELS: dict[str, str] = {
    **dict.fromkeys(("session", "session id", "session number", "session no", "session #", "id", "number"), "session"),
    **dict.fromkeys(
        ("date", "day", "dates", "session date", "when", "started", "start", "start date", "created", "period"), "date"
    ),
    **dict.fromkeys(("until", "ended", "end date", "to"), "until"),
    **dict.fromkeys(
        (
            "focus",
            "topic",
            "theme",
            "title",
            "subject",
            "session focus",
            "primary focus",
            "main focus",
            "current focus",
            "current work focus",
            "current issue",
            "current task",
        ),
        "focus",
    ),
    **dict.fromkeys(
        ("objective", "objectives", "goal", "goals", "purpose", "mission", "main task", "main tasks", "key tasks"),
        "aim",
    ),
    **dict.fromkeys(("status", "state", "outcome", "result", "results", "session status", "final status"), "status"),
    **dict.fromkeys(
        (
            "duration",
            "time",
            "time spent",
            "length",
            "session length",
            "total time",
            "elapsed",
            "hours",
            "hours worked",
        ),
        "duration",
    ),
    **dict.fromkeys(
        (
            "team",
            "engineer",
            "engineers",
            "author",
            "authors",
            "participants",
            "by",
            "who",
            "attendees",
            "lead",
            "owner",
            "developer",
            "developers",
            "agent",
            "people",
            "with",
            "operator",
            "contributors",
        ),
        "team",
    ),
    **dict.fromkeys(("summary", "tl;dr", "tldr", "overview", "description", "abstract", "scope"), "summary"),
    **dict.fromkeys(("confidence", "score"), "metrics"),
}


def head_field(name: str) -> str | None:
    """The field that a label in the head of a log names, if any.

    >>> head_field("**Team**"), head_field("Datum"), head_field("Weather")
    ('team', 'date', None)
    """
    return HEAD_LABELS.get(english(plain(name)).lower())


LABELS: tuple[tuple[Meaning, str], ...] = (
    (M.COMMITS, r"^(git |final |last |latest |merge |key |related )*(commits?|commit hash|hash|sha|head)\b"),
    (M.RENAMED, r"^(files? )?(renamed|moved)( files?)?$"),
    (M.REMOVED, rf"^{_FILE} {_REMOVED}\b|^{_REMOVED} {_FILE}\b"),
    (M.CREATED, rf"^{_FILE} {_CREATED}\b|^{_CREATED} {_FILE}\b"),
    (M.MODIFIED, rf"^{_FILE} {_MODIFIED}\b|^{_MODIFIED} {_FILE}\b"),
    (M.FILES, r"^(key |affected |helper |main )?(files?|scripts?)( (involved|affected))?( \([^()]*\))?$"),
    (
        M.NEXT_ACTION,
        r"^((immediate )?next action|first (action|thing)|start (here|with)|resume (here|at|from))$",
    ),
    (
        M.IMMEDIATE,
        r"^(immediate|next (session|steps?|actions?|up|tasks?)( \(.*\))?|next|what.?s next|tomorrow|to-?dos?"
        r"|follow-?ups?|plan for (tomorrow|(the )?next session)"
        r"|immediate next steps?|(still )?pending|remaining( work)?)$",
    ),
    (M.SHORT_TERM, r"^short[- ]term$"),
    (M.DEFERRED, r"^(deferred|later|long[- ]term|backlog)$"),
    (M.BLOCKERS, r"^((known |current )?blockers?|blocked by|blocked on|blocking|stuck( on)?)( [/(].*)?$"),
    (M.WORK, r"^(what (i|we) did|what (was|we) (done|did|built|shipped|changed|completed)|work done|accomplished)$"),
    (M.SUMMARY, r"^(session|day|daily) summary$"),
    (M.HANDOFF, r"^(where we left off|current state|state|hand-?off|hot state)$"),
    (
        M.LEARNINGS,
        r"^((key |main |critical |important )?(lessons?|insights?|takeaways?|learnings?|findings?|gotchas?)"
        r"( learned| learnt)?|til|learn(ed|t)|(what )?(we|i) learn(ed|t))$",
    ),
    (M.DECISIONS, r"^((key |final )?decisions?|decided|ruling)$"),
)

INCIDENT_LABELS: tuple[tuple[Meaning, str], ...] = (
    (
        M.PROBLEM,
        r"^((the )?problem|issues?|symptoms?|bug|error|what happened|what went wrong|incident|description)$"
        r"|\b(bug|issue|problem) (discovered|found|identified)$",
    ),
    (M.CAUSE, r"^((root|underlying|unified) )?causes?$|^why$|^diagnosis$"),
    (
        M.RESOLUTION,
        r"^((quick |proposed |temporary )?fix(es)?( applied)?|resolution|solution|workaround|mitigation"
        r"|resolved|remedy)\b",
    ),
)
DECISION_LABELS: tuple[tuple[Meaning, str], ...] = (
    (M.DECISIONS, r"^(decision|decided|choice|chosen|outcome|solution)$"),
    (M.RATIONALE, r"^(rationale|why|reason|reasons|reasoning|because|justification)$"),
    (M.ALTERNATIVES, r"^(alternatives?( considered)?|rejected|turned down|options considered|instead of)$"),
)

_LABEL_WORDS = 3

SETTLED = re.compile(
    r"(?i)^\W*~~.*~~\W*$|(?:✅|☑|✔)\W*(?:done|complete[d]?|resolved|fixed|closed|shipped|merged)\b|^\W*✅"
)
"""Words for a step that no longer needs to be done."""

_DECORATION = re.compile(r"^[\W_]*(?:\(?(?:\d+|[IVX]+|[a-zA-Z])(?:\.\d+)*[.):]\)?\s+|(?:§|#)\s*\d+\s*)?[\W_]*")


def plain(title: str) -> str:
    """A title without markup, emoji and numbering.

    >>> plain("🔧 2. **Files** changed:")
    'Files changed'
    """
    title = re.sub(r"\d\ufe0f?\u20e3", " ", title)
    text = re.sub(r"[*`]|(?<![\w.])_{1,2}([^_`]+)_{1,2}(?!\w)|\[([^\[\]]*)\]\([^()]*\)", _inner, title)
    text = re.sub(r"[^\w\s().,;:/&+#'’\"!?%<>=→~@$\[\]{}|–—（），。、；：？！「」『』《》-]", " ", text)
    return re.sub(r"\s+", " ", _DECORATION.sub("", text.strip(), count=1)).strip(" :.：。–—-")


def _inner(match: re.Match[str]) -> str:
    return match[1] or match[2] or ""


_IDENTIFIERS = re.compile(r"`[^`]*`|(?<![\w-])[a-z0-9]+(?:-[a-z0-9]+)+(?=,|\s*,|$)|\b[a-z]+(?:_[a-z]+)+\b")
"""Names of code in a heading, whose words say nothing about what is below it."""


@lru_cache(maxsize=10_000)
def meaning_of(title: str, within: Meaning | None = None) -> Meaning | None:
    """The meaning of a heading below one with the meaning `within`; None if no rule applies."""
    text = english(plain(_IDENTIFIERS.sub(" X ", title)))
    if head_field(text) == "focus":
        return M.NOTHING
    if within is M.INCIDENTS and _COMPLETED.match(text):
        return M.WORK
    if within in NEXT_MEANINGS and (found := _among_steps(title, text, within)):
        return found
    if within in FILE_MEANINGS and (kind := match(text, FILE_HEADINGS)):
        return kind
    said = _BRACKETS.sub("", text)
    allowed = WITHIN.get(M.NEXT if within in NEXT_MEANINGS else within, frozenset())
    if within not in NEXT_MEANINGS and within is not M.NOTHING and len(said.split()) <= _SHORT:
        allowed |= _OWN - {within}
    found = next((one for one in _claims(text, said, within) if one in allowed), None)
    if found is M.WORK and within is None and _ASIDE_NOUN.search(text) and not _NUMBERED_WORK.match(text):
        return M.NOTHING
    done = found or within
    mood = _in_mood(done, text) if done in _DONE else done
    return found if mood is done else mood


def _among_steps(title: str, text: str, within: Meaning | None) -> Meaning | None:
    """The meaning of a heading below next steps: an option, a step, or an urgency."""
    if match(text, ((M.OPTION, dict(_OPTION)[M.OPTION]),)):
        return M.OPTION
    if within is M.STEP or is_step(title):
        return M.STEP
    return M.INCIDENTS if _KNOWN_ISSUES.match(text) else urgency_of(text)


def _claims(text: str, said: str, within: Meaning | None) -> list[Meaning]:
    """Every meaning of a heading, the most probable one first; `said` is its text without what is in brackets.

    What stands in brackets is said by the way: it counts where nothing else does.
    """
    claims: list[Meaning] = [one for one, pattern in HEADINGS if one in _ANYWHERE and _search(pattern, text)]
    claims += [one for one, pattern in HEADINGS if _search(pattern, said)]
    if within is None and said != text:
        claims += [one for one, pattern in HEADINGS if one is not M.INCIDENTS and _search(pattern, text)]
    if _NUMBERED_INCIDENT.match(text):
        claims = [M.INCIDENTS]
    elif _NUMBERED_WORK.match(text):
        told = _INCIDENT_WORDS.search(text)
        claims = [one for one in claims if one in (M.FILES, M.COMMITS) or (one is M.INCIDENTS and told)] + [M.WORK]
    if within in (M.WORK, M.HIGHLIGHTS) and _REPAIRED.match(text):
        claims = [one for one in claims if one is not M.INCIDENTS]
    if not _BEGINS_WITH_TESTS.match(said):
        claims = [one for one in claims if one is not M.TESTS]
    return claims


_BRACKETS = re.compile(r"\s*\([^()]*\)")
_DONE = frozenset({M.WORK, M.HIGHLIGHTS, M.TESTS, M.METRICS, *FILE_MEANINGS})
"""Meanings that say that something was done."""
_ASIDE_NOUN = re.compile(
    r"(?i)\b(details?|notes?|context|background|guides?|guidelines|approach|strategy|reference|considerations?"
    r"|instructions|explanations?|rules)$"
)
"""The last noun says what a heading is about: `Implementation details` are no work."""
_NOT_YET = re.compile(
    r"(?i)\b(not|never) (yet )?(been )?(implemented|done|started|finished|completed?|fixed|applied|built)\b"
    r"|^(possible|potential|proposed|suggested|planned|upcoming) (?!.*\b(completed|done)\b)"
)
_NEGATED = re.compile(r"(?i)\b(not|never|(?:does|do|did|is|are|was|were)n.?t|won.?t|cannot|can.?t|tried)\b")
_WISHED = re.compile(r"(?i)\b(target|expected|desired|goal)s?\b(?!.*\b(reached|met|achieved|hit)\b)")


def _in_mood(found: Meaning, text: str) -> Meaning:
    """What is not done yet is a next step; what does not hold, or is only wished, is no fact."""
    if found in (M.WORK, M.HIGHLIGHTS) and _NOT_YET.search(text):
        return M.NEXT
    wished = found in (M.METRICS, M.TESTS) and _WISHED.search(text)
    return M.NOTHING if wished or _NEGATED.search(text) else found


def is_handoff(title: str) -> bool:
    """Whether a heading announces a handoff."""
    return bool(re.search(r"(?i)\bhand[- ]?(off|over)\b", title))


def urgency_of(text: str) -> Meaning | None:
    """The first urgency in a text.

    >>> urgency_of("Immediate (this week)"), urgency_of("Later today")
    (<Meaning.IMMEDIATE: 'next: immediate'>, <Meaning.DEFERRED: 'next: deferred'>)
    """
    text = english(text)
    found = [
        (one.start(), meaning)
        for meaning, words in URGENCY_HEADINGS
        if (one := re.search(words, text, re.IGNORECASE)) and _tells(text[: one.start()])
    ]
    return min(found, key=lambda one: one[0])[1] if found else None


def _tells(before: str) -> bool:
    """Whether the word after this text applies to the whole heading."""
    return len(before.split()) <= _EARLY or before.endswith("(")


_EARLY = 2
_STEP = re.compile(
    r"[\W_]*(?:\d+[.)]\s+|(?i:step|task|item|action|priority|p)\s*#?\d+\s*[:.)–—-]+\s*|[A-Z]{1,5}-\d+\s*[:–—-]+\s*)(?P<step>\S.*)"
)


def is_step(title: str) -> bool:
    """Whether a heading under next steps is a step: `1. Fix the build`, not `1. Immediate`."""
    step = _STEP.fullmatch(title.strip())
    text = plain(step["step"]) if step else ""
    return bool(text) and not (urgency_of(text) and len(text.split()) <= _EARLY)


def match(text: str, table: tuple[tuple[Meaning, str], ...]) -> Meaning | None:
    """The first entry of a table that matches a text in any known language."""
    text = english(text)
    return next((meaning for meaning, pattern in table if _search(pattern, text)), None)


def is_label(name: str) -> bool:
    """Whether a word before a colon is a known label."""
    return len(name.split()) <= _LABEL_WORDS and any(
        match(name, words) is not None for words in (LABELS, INCIDENT_LABELS, DECISION_LABELS)
    )


def _search(pattern: str, text: str) -> bool:
    return bool(re.search(pattern, text, re.IGNORECASE))


_ANYWHERE = (M.NOTHING, M.DEFERRED)
"""Meanings that count in brackets too: `Load tests (planned)` is no test."""
_OPTION = [(meaning, pattern) for meaning, pattern in HEADINGS if meaning is M.OPTION]
