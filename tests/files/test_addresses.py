"""Which addresses may stand in a manifest: those of repositories, without anything secret."""

import pytest

from evalsuite.files.addresses import REPOSITORY


@pytest.mark.parametrize(
    "address",
    [
        "https://host.example/me/it.git",
        "ssh://host.example:2222/~me/it",
        "https://host-1.example/a%20b/c+d",
    ],
)
def test_a_repository_is_named_by_its_address(address):
    assert REPOSITORY.fullmatch(address)


@pytest.mark.parametrize(
    "address",
    [
        "https://me@host.example/it",
        "https://me:secret@host.example/it",
        "ssh://git@host.example/it",
        "https://host.example/it?token=secret",
        "https://host.example/it#secret",
        "http://host.example/it",
        "file:///home/me/it",
        "https://host.example",
    ],
)
def test_what_may_hold_a_secret_or_is_no_repository_is_not(address):
    assert not REPOSITORY.fullmatch(address)
