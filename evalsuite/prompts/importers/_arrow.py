"""Reading Parquet and Arrow files batch by batch, and of them only the columns that are wanted."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from evalsuite.prompts.importers._reading import refuse

TABLES = (".parquet", ".arrow")
ROWS = 100_000
"""Most rows of a file."""


def arrow_rows(
    file: Path, is_wanted: Callable[[Any], bool], dropped: set[str]
) -> Iterator[dict[str, Any]]:
    """The cells of every row; `is_wanted` is asked of each column, a `pyarrow.Field`.

    `dropped` gets the names of the other columns, which stay on the disk. Raises `InputError` for
    a file that cannot be read, or has too many rows.
    """
    import pyarrow as pa

    count = 0
    try:
        for batch in _batches(file, is_wanted, dropped):
            count += batch.num_rows
            if count > ROWS:
                refuse(file, f"over {ROWS} rows; split it")
            # Arrow trusts what it reads: unchecked offsets would lead out of the file.
            batch.validate(full=True)
            yield from batch.to_pylist()
    except (pa.ArrowException, OSError, ValueError, MemoryError, OverflowError) as error:
        why = " ".join(str(error).split())[:80]
        refuse(file, f"cannot be read as {file.suffix[1:]}: {why}; save it anew")


def is_plain(field: Any) -> bool:
    """Whether a column holds texts or numbers, or lists of them: no pictures, no structures."""
    import pyarrow as pa

    kind = field.type
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        kind = kind.value_type
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    tests = (pa.types.is_string, pa.types.is_large_string, pa.types.is_integer)
    return any(test(kind) for test in (*tests, pa.types.is_floating, pa.types.is_boolean))


def _batches(file: Path, is_wanted: Callable[[Any], bool], dropped: set[str]) -> Iterator[Any]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    def names(schema: Any) -> list[str]:
        kept = [field.name for field in schema if is_wanted(field)]
        dropped.update({*schema.names} - {*kept})
        return kept

    if file.suffix == ".parquet":
        source = pq.ParquetFile(file)
        yield from source.iter_batches(columns=names(source.schema_arrow))
        return
    with pa.memory_map(str(file)) as stream:
        try:
            # What `datasets` writes is a stream; others write Arrow's file format.
            reader: Any = pa.ipc.open_stream(stream)
            batches: Any = reader
        except pa.ArrowInvalid:
            stream.seek(0)
            reader = pa.ipc.open_file(stream)
            batches = (reader.get_batch(index) for index in range(reader.num_record_batches))
        kept = names(reader.schema)
        for batch in batches:
            yield batch.select(kept)
