"""Numbers of results are compared digit by digit."""

from __future__ import annotations

import json
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tracker.model import Criterion, ResultEvidence
from tracker.progress.evidence.comparison import equal, frozen, holds, near, number, shown
from tracker.progress.fingerprint import fingerprint
from tracker.sources.numbers import load_json

DECIMALS = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**30), max_value=10**30, places=25).map(
    lambda value: f"{value:f}"
)
NUMBERS = DECIMALS | st.integers().map(str) | st.floats(allow_nan=False, allow_infinity=False).map(repr)


def as_fraction(text: str) -> Fraction:
    return Fraction(Decimal(text))


@given(NUMBERS, NUMBERS)
def test_comparisons_agree_with_exact_arithmetic(measured: str, bound: str) -> None:
    value, left, right = load_json(measured), as_fraction(measured), as_fraction(bound)
    expected = {
        "below": left < right,
        "at_most": left <= right,
        "above": left > right,
        "at_least": left >= right,
        "equals": left == right,
    }
    for name, outcome in expected.items():
        assert holds(ResultEvidence.model_validate({"result": "r", "value": "v", name: bound}), value) is outcome


@given(DECIMALS, DECIMALS, st.integers(0, 10**6).map(lambda parts: f"{Decimal(parts).scaleb(-6):f}"), st.booleans())
def test_tolerances_agree_with_exact_arithmetic(value: str, reference: str, size: str, relative: bool) -> None:
    allowed = as_fraction(size) * (abs(as_fraction(reference)) / 100 if relative else 1)
    expected = abs(as_fraction(value) - as_fraction(reference)) <= allowed
    assert near(Decimal(value), Decimal(reference), f"{size}%" if relative else size) is expected


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), st.lists, max_leaves=10))
def test_reading_json_changes_nothing_for_others(value: object) -> None:
    text = json.dumps(value)
    assert repr(load_json(text)) == repr(json.loads(text))


@given(NUMBERS)
def test_a_number_keeps_its_digits(text: str) -> None:
    found = number(load_json(text))
    assert found is not None
    assert Fraction(found) == as_fraction(text)


@pytest.mark.parametrize(
    ("value", "text", "outcome"),
    [
        (8, "8.0", True),
        (8, "+8", True),
        (8, "8e0", True),
        (2**53 + 1, str(2**53), False),
        (-0.0, "0", True),
        ("NaN", "NaN", True),
        ("NaN", "nan", True),
        ("NaN", "0", False),
        ("Infinity", "Infinity", True),
        ("Infinity", "-Infinity", False),
        ("Infinity", ".inf", True),
        ("-Infinity", "-.inf", True),
        ("NaN", ".nan", True),
        ("8", "8", True),
        ("8", "8.0", False),
        (True, "true", True),
        (True, "1", False),
        (1, "true", False),
        ("a" * 100, "a" * 100, True),
        ("a" * 100, "a" * 99 + "b", False),
    ],
)
def test_equality(value: object, text: str, outcome: bool) -> None:
    assert equal(value, text) is outcome


@pytest.mark.parametrize("bound", ["inf", "nan", "1e5000", "0x10", "1,5", "5%"])
def test_a_bound_that_is_no_finite_number_is_refused(bound: str) -> None:
    with pytest.raises(ValidationError, match="expected a"):
        ResultEvidence.model_validate({"result": "r", "value": "v", "above": bound})


@pytest.mark.parametrize("tolerance", ["-1", "5 %%", "1e9999", "five", "%", ".5"])
def test_a_tolerance_that_is_none_is_refused(tolerance: str) -> None:
    with pytest.raises(ValidationError, match="expected a tolerance"):
        ResultEvidence.model_validate({"result": "r", "value": "v", "within": tolerance})


def test_bounds_beyond_a_float_have_fingerprints_of_their_own() -> None:
    marks = {
        fingerprint(Criterion(id="a", text="t", evidence=(ResultEvidence(result="r", value="v", above=bound),)))
        for bound in ("9007199254740992", "9007199254740993", "0.1", "0.10000000000000001")
    }
    assert len(marks) == 4


def test_the_fingerprint_of_a_plain_bound_is_that_of_earlier_versions() -> None:
    evidence = ResultEvidence.model_validate({"result": "r", "value": "v", "above": "0.50"})
    assert evidence.model_dump(mode="json", exclude_defaults=True) == {"result": "r", "value": "v", "above": 0.5}


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity"])
def test_what_is_not_finite_is_near_to_nothing(value: str) -> None:
    assert not near(Decimal(value), Decimal(1), "5%")
    assert not near(Decimal(1), Decimal(value), "5%")


def test_truth_values_are_written_as_in_json() -> None:
    assert [(shown(value), frozen(value)) for value in (True, False)] == [("true", "true"), ("false", "false")]
    assert equal(False, "false")
    assert not equal(False, "FALSE")
    assert not equal(False, "0")
