"""Shared by the tests of the diagnostics: real models, real training, few threads."""

from collections.abc import Iterator

import pytest

torch = pytest.importorskip("torch")


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(params=["compiled", "eager"])
def each_way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """The test runs twice: as it is where there is a C compiler, and as it is where there is none."""
    from diagnostics.statistics import native_kernel

    way: str = request.param
    if way == "eager":
        monkeypatch.setattr(native_kernel, "library", lambda: None)
        monkeypatch.setenv("CC", "none")  # for the processes that the test starts
    elif native_kernel.library() is None:
        pytest.skip("no C compiler here")
    return way
