"""The hub: what of a repository is read and got, over HTTP, and what is said where it is not."""

import errno
import importlib.util
import shutil
from pathlib import Path

import pytest
from huggingface_hub import utils

from evalsuite.files import hub as hubs
from evalsuite.files.hub import ROOT_ALONE, Held, Listing, Repository, size, trouble
from evalsuite.records import InputError

SPEC = importlib.util.spec_from_file_location("tiny_hub", Path(__file__).parents[1] / "tiny_hub.py")
IT = Repository("model", "org/it", ("*.txt", "*.bin"), ROOT_ALONE)
FILES = {"a.txt": b"aaa", "b.bin": b"bbbbb", "c.md": b"c", "sub/d.txt": b"dd"}


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    module = importlib.util.module_from_spec(SPEC)
    SPEC.loader.exec_module(module)
    home = tmp_path_factory.mktemp("it")
    for name, data in FILES.items():
        (home / name).parent.mkdir(exist_ok=True)
        (home / name).write_bytes(data)
    with module.serve({"org/it": home}) as running:
        yield running


@pytest.fixture
def hub(served, tmp_path, monkeypatch):
    """A hub with one repository, and an empty cache."""
    for name, value in {
        "ENDPOINT": served.url,
        "HUGGINGFACE_CO_URL_TEMPLATE": served.url + "/{repo_id}/resolve/{revision}/{filename}",
        "HF_HUB_OFFLINE": False,
        "HF_HUB_CACHE": str(tmp_path / "hub"),
    }.items():
        monkeypatch.setattr(f"huggingface_hub.constants.{name}", value)
    # Read from the environment at import, where the command of another test may have set it.
    bars = importlib.import_module("huggingface_hub.utils.tqdm")
    monkeypatch.setattr(bars, "HF_HUB_DISABLE_PROGRESS_BARS", None)
    return served


def test_what_is_read_of_a_repository_is_listed_and_then_got(hub, tmp_path):
    listing = hubs.look(IT)
    assert listing.files == (Held("a.txt", 3, False), Held("b.bin", 5, False))
    assert listing.commit == hub.commit("org/it") and listing.missing == 8
    assert not any(tmp_path.rglob("*.txt")), "looking fetches nothing"

    folder = hubs.fetch(IT)
    assert folder == listing.folder and hubs.cache() in folder.parents
    assert sorted(path.name for path in folder.iterdir()) == ["a.txt", "b.bin"]
    assert (folder / "b.bin").read_bytes() == b"bbbbb"
    assert hubs.look(IT).files == (Held("a.txt", 3, True), Held("b.bin", 5, True))
    assert hubs.look(IT).missing == 0
    everything = IT._replace(allow=("*",), leave_out=())
    assert [held.name for held in hubs.look(everything).files] == [*FILES]
    assert sorted(hubs.names(folder, "org/it")) == [*FILES]
    assert hubs.names(folder.with_name("0" * 40), "org/it") is None


def test_what_is_not_to_be_had_is_a_line_with_its_mend(hub):
    with pytest.raises(InputError, match=r"^model 'org/no': the hub has no such model"):
        hubs.fetch(IT._replace(id="org/no"))
    with pytest.raises(InputError, match=r"^model 'org/it': has none of the files that are read"):
        hubs.look(IT._replace(allow=("*.pt",)))


@pytest.mark.parametrize("shown", [True, False])
def test_bars_are_shown_where_they_are_asked_for_and_left_as_they_were(hub, capfd, shown):
    (utils.enable_progress_bars if shown else utils.disable_progress_bars)()
    try:
        hubs.look(IT)
        hubs.fetch(IT, bars=False)
        assert capfd.readouterr().err == ""
        assert utils.are_progress_bars_disabled() is not shown
        hubs.fetch(IT)
        assert bool(capfd.readouterr().err) is shown
    finally:
        utils.enable_progress_bars()


def test_there_is_room_for_as_much_as_the_disk_has_left(tmp_path, monkeypatch):
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage._replace(free=5000))
    hubs.room(tmp_path / "not" / "made" / "yet", 5000)
    with pytest.raises(InputError, match=r"^5\.0 kB are .* has 5\.0 kB left; make room"):
        hubs.room(tmp_path / "not", 5001)


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
