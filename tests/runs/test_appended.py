"""What other workers append is seen once; what the own name's former holder wrote, too."""

from evalsuite.files.segments import Segment
from evalsuite.runs.appended import Appended


def append(folder, worker, *numbers):
    with Segment(folder, f"samples-{worker}") as segment:
        segment.append_all({"n": number} for number in numbers)


def news(appended):
    return [row["n"] for row in appended.news()]


def test_each_row_of_others_is_told_once(tmp_path):
    append(tmp_path, "w0", 1)
    sizes = {"samples-w0.jsonl": (tmp_path / "samples-w0.jsonl").stat().st_size}
    appended = Appended(tmp_path, "samples", sizes, "w1")
    append(tmp_path, "w0", 2)
    append(tmp_path, "w1", 3)

    assert news(appended) == [2]
    append(tmp_path, "w2", 4)
    assert news(appended) == [4]
    assert news(appended) == []


def test_a_damaged_row_between_is_passed_over(tmp_path):
    append(tmp_path, "w0", 1)
    with (tmp_path / "samples-w0.jsonl").open("ab") as file:
        file.write(b'{"n": 2}\n\xff\n[\n')
    append(tmp_path, "w0", 3)
    assert news(Appended(tmp_path, "samples", {}, "w1")) == [1, 3]


def test_rows_of_a_killed_worker_whose_name_was_taken_over_are_told(tmp_path):
    append(tmp_path, "w1", 1)
    sizes = {"samples-w1.jsonl": (tmp_path / "samples-w1.jsonl").stat().st_size}
    append(tmp_path, "w1", 2)  # after the sizes were taken; then it is killed

    appended = Appended(tmp_path, "samples", sizes, "w1")
    append(tmp_path, "w1", 3)

    assert news(appended) == [2]
    assert news(appended) == []
