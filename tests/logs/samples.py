"""Sample logs in the styles of different teams."""

TABLES = """\
# SESSION CHANGELOG — March 3, 2026 (S41)

**Focus:** Cache of the tile server
**Duration:** 2 hours | **Team:** Harbour
**Outcome:** ✅ Done
**Commits:** `1a2b3c4` (cache), `5d6e7f8`

---

## 📝 Summary

Tiles are cached now.

## 2. Files Changed

| File | Action | Note |
|------|--------|------|
| `src/tiles.py` | Modified | cache |
| `src/cache.py` | NEW | the cache |
| `old/disk.py` | deleted | not used |

## Commits

| Hash | Description |
|------|-------------|
| `9c8b7a6` | Tests of the cache |

## Design Decisions

| Decision | Rationale | Alternatives |
|---|---|---|
| Keep tiles in memory | disks are slow | Redis |

## Known Issues

| Issue | Root cause | Fix |
|---|---|---|
| Blank tiles | wrong key | hash the layer |

## Verification

- [x] Unit tests: 12 passed
- [ ] Load test

## 🔮 Next Steps

### 🔴 Immediate
1. **Measure** the hit rate
   - at noon
### Short-term
- Warm the cache
### Deferred
- Shards

## Something Else Entirely

Not claimed.
"""

LISTS = """\
# Session 12B

Date: 7 April 2026
Status: open

**What we did:**
- Moved the parser
- Wrote its tests

### Files created
- `parser/lexer.py` — the lexer
- **parser/tokens.py**, parser/ast.py

### Lessons Learned
1. **Read first** — the bug was documented
2. Small steps

### Hand-off
The lexer works. See commit 0fedcba for the rest.

**Blockers:** the build machine is down

**Next session:** write the parser
"""

MANY = """\
# Journal of the boiler team

Kept by hand.

## Session 2 — 2026-05-02

### Decisions
- **Use steel** — it lasts

## Session 1 — 2026-05-01

### Next steps
- Buy steel
"""

RELEASES = """\
# Changelog

All notable changes.

## [Unreleased]

- Nothing yet

## [1.1.0] - 2026-02-15

### Added
- A button

### Fixed
- A crash

## [1.0.0] - 2026-01-10

### Added
- Everything
"""

FRONT = """\
---
session: 7
date: 2026-06-01
focus: Front matter
tags: [a, b]
---

Only a paragraph.
"""

BLOCKS = """\
# Session 9 — 2026-06-03

**Focus:** Blocks of every kind
**Team:** two of us

Text before a list:
- one
  - two
    1. three

       ```sh
       fire --slowly
       ```
    2. four
- [ ] five
- [x] six

| Only | a header |
|------|----------|

1. first
2. second
   - [ ] box
3. third

```
unmarked   code
```

> A quote
> > in a quote

See <https://example.org/a>, https://example.org/b and [this](https://example.org/c).

    indented code

<details><summary>HTML is shown</summary>x</details>

***

Last ~~words~~ *here*: {{ not }} !!! a template
"""
