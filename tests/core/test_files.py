"""Files are written completely or not at all, inside one folder, and never through a link."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tracker.files import UnsafePath, create_file, read_file, remove_file, write_file


def test_a_write_creates_folders_and_keeps_the_mode(tmp_path: Path) -> None:
    target = tmp_path / "a" / "b.txt"
    write_file(target, b"1", within=tmp_path)
    target.chmod(0o600)
    write_file(target, b"2", within=tmp_path)
    assert target.read_bytes() == b"2"
    assert target.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in target.parent.iterdir()] == ["b.txt"], "no temporary file is left"


def test_create_never_replaces(tmp_path: Path) -> None:
    target = tmp_path / "a.txt"
    create_file(target, b"1", within=tmp_path)
    with pytest.raises(FileExistsError):
        create_file(target, b"2", within=tmp_path)
    assert target.read_bytes() == b"1"
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]


@pytest.mark.parametrize("change", [write_file, create_file])
def test_a_link_among_the_folders_is_refused(tmp_path: Path, change: object) -> None:
    inside, outside = tmp_path / "in", tmp_path / "out"
    inside.mkdir()
    outside.mkdir()
    (inside / "link").symlink_to(outside)
    with pytest.raises(UnsafePath, match="link"):
        change(inside / "link" / "a.txt", b"1", within=inside)  # type: ignore[operator]
    assert not list(outside.iterdir())


def test_a_link_at_the_target_is_refused(tmp_path: Path) -> None:
    inside, secret = tmp_path / "in", tmp_path / "secret"
    inside.mkdir()
    secret.write_text("s")
    (inside / "a.txt").symlink_to(secret)
    with pytest.raises(UnsafePath, match="a symbolic link"):
        write_file(inside / "a.txt", b"1", within=inside)
    with pytest.raises(UnsafePath, match="a symbolic link"):
        remove_file(inside / "a.txt", within=inside)
    with pytest.raises(UnsafePath, match="leads out of"):
        read_file(inside / "a.txt", within=inside)
    assert secret.read_text() == "s"


@pytest.mark.parametrize("path", ["../a.txt", "x/../../a.txt", "."])
def test_a_path_outside_is_refused(tmp_path: Path, path: str) -> None:
    inside = tmp_path / "in"
    inside.mkdir()
    with pytest.raises(UnsafePath, match="inside"):
        write_file(inside / path, b"1", within=inside)


def test_special_and_large_files_are_not_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    with pytest.raises(UnsafePath, match="not a regular file"):
        read_file(tmp_path / "fifo", within=tmp_path)
    (tmp_path / "big").write_bytes(b"12345")
    with pytest.raises(UnsafePath, match="5 bytes"):
        read_file(tmp_path / "big", within=tmp_path, limit=4)
    assert read_file(tmp_path / "big", within=tmp_path, limit=5) == b"12345"


def test_remove_says_whether_it_was_there(tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    assert remove_file(tmp_path / "a", within=tmp_path)
    assert not remove_file(tmp_path / "a", within=tmp_path)
    assert not remove_file(tmp_path / "gone" / "a", within=tmp_path)
