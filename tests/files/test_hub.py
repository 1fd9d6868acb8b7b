"""What is said of the hub: bytes in words, and what keeps a repository from being had."""

import errno

import pytest

from evalsuite.files.hub import Held, Listing, Repository, size, trouble


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1000, "1.0 kB"),
        (99_940, "99.9 kB"),
        (100_000, "100 kB"),
        (1_234_567, "1.2 MB"),
        (1_200_000_000, "1.2 GB"),
        (5_000_000_000_000, "5000 GB"),
    ],
)
def test_bytes_in_words(number, words):
    assert size(number) == words


def named(kind, *bases):
    return type(kind, bases or (Exception,), {})()


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(errno.ENOSPC, "full"), "the disk of the hub's cache is full"),
        (named("GatedRepoError"), "accept it on the hub and set HF_TOKEN"),
        (named("RevisionNotFoundError"), "check --revision"),
        (named("RepositoryNotFoundError"), "or it is private"),
        (named("IncompleteSnapshotError"), "has a part of it only"),
        (named("ReadError"), "broke off"),
        (named("RemoteProtocolError"), "broke off"),
        (named("TimeoutException"), "broke off"),
        (ValueError("Consistency check failed"), "broke off"),
        (named("DryRunError"), "the hub cannot be reached; check the network, or unset"),
        (named("LocalEntryNotFoundError"), "the model is not in the cache"),
        (ValueError("x"), "the model is not in the cache"),
    ],
)
def test_what_the_client_raised_is_said_with_its_mend(error, said):
    assert said in trouble(error)
    try:
        raise RuntimeError from error
    except RuntimeError as wrapped:
        assert said in trouble(wrapped)


def test_what_is_not_in_the_cache_did_not_break_off():
    try:
        raise named("LocalEntryNotFoundError") from named("ReadError")
    except Exception as error:
        assert "the model is not in the cache" in trouble(error)


def test_what_is_missing_is_what_the_cache_has_not():
    files = (Held("a", 5, True), Held("b", 7, False), Held("c", 11, False))
    listing = Listing(Repository("model", "me/it", ("*",)), "0" * 40, files)
    assert (listing.bytes, listing.missing) == (23, 18)
    assert listing.folder.parts[-3:] == ("models--me--it", "snapshots", "0" * 40)


def test_a_repository_is_called_with_its_revision_where_it_has_one():
    plain = Repository("model", "a/b", ("*",))
    assert plain.called == "model 'a/b'"
    assert plain._replace(revision="v1").called == "model 'a/b' at revision 'v1'"
