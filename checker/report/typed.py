"""Typed columns: the contract as a row of a table, for Parquet and for Spark, and back without loss."""

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import inspect

from checker.record import Assessment, Failure, Unreadable
from checker.report import jsonl

if TYPE_CHECKING:
    import pyarrow

_NESTED = {
    field.name: field.type.cls
    for kind in (Assessment, Unreadable)
    for field in inspect.type_info(kind).fields
    if isinstance(field.type, inspect.StructType)
}
"""The fields that hold a struct: each field of that becomes a column, so that a band is one."""


def schema() -> "pyarrow.Schema":
    """The columns of a table of results, derived from the structs of the JSON contract.

    A struct within `Assessment` is spread over columns of its own, such as ``reflection_band``; units and
    findings stay nested. Probabilities by a codebook's word are a struct with a field for each word.
    `Unreadable` adds ``error_kind`` and ``error_message``, which are null for an assessment.
    """
    import pyarrow

    types: dict[str, inspect.Type] = {}
    for kind in (Assessment, Unreadable):
        for field in inspect.type_info(kind).fields:
            if field.name in _NESTED:
                types |= {f"{field.name}_{inner.name}": inner.type for inner in field.type.fields}
            else:
                types[field.name] = field.type
    return pyarrow.schema([(name, _arrow(found)) for name, found in types.items()])


def row(result: Assessment | Unreadable, text: bool = True) -> dict[str, Any]:
    """One result as the cells of a row; cells that are null are left out.

    Parameters
    ----------
    result : Assessment or Unreadable
    text : bool
        Where false, each unit's ``text`` is the empty string.
    """
    plain = msgspec.to_builtins(jsonl.quoting(result, text), builtin_types=(dt.date,))
    for name in _NESTED.keys() & plain.keys():
        plain |= {f"{name}_{inner}": cell for inner, cell in plain.pop(name).items()}
    return plain


def result(cells: Mapping[str, Any]) -> Assessment | Unreadable:
    """Read back the cells that `row` made, nulls left out or not; other columns are passed over.

    Raises
    ------
    ValueError
        When the row holds no result.
    """
    if cells.get("error_message") is not None:
        error = Failure(kind=cells.get("error_kind") or "", message=cells["error_message"])
        return Unreadable(source=cells.get("source") or "", error=error)
    plain = {name: cell for name, cell in cells.items() if cell is not None}
    for name, kind in _NESTED.items():
        plain[name] = {
            inner: plain.pop(f"{name}_{inner}")
            for inner in kind.__struct_fields__
            if f"{name}_{inner}" in plain
        }
    return msgspec.convert(_without_nulls(plain), Assessment)


def _without_nulls(cell: Any) -> Any:
    if isinstance(cell, dict):
        return {name: _without_nulls(inner) for name, inner in cell.items() if inner is not None}
    return [_without_nulls(item) for item in cell] if isinstance(cell, list) else cell


def _arrow(found: inspect.Type) -> "pyarrow.DataType":
    import pyarrow

    match found:
        case inspect.StrType() | inspect.EnumType():
            return pyarrow.string()
        case inspect.IntType():
            return pyarrow.int64()
        case inspect.FloatType():
            return pyarrow.float64()
        case inspect.BoolType():
            return pyarrow.bool_()
        case inspect.DateType():
            return pyarrow.date32()
        case inspect.VarTupleType():
            return pyarrow.list_(_arrow(found.item_type))
        case inspect.DictType():
            return pyarrow.struct([(word, _arrow(found.value_type)) for word in found.key_type.cls])
        case inspect.StructType():
            return pyarrow.struct([(field.name, _arrow(field.type)) for field in found.fields])
        case inspect.UnionType():
            (some,) = (kind for kind in found.types if not isinstance(kind, inspect.NoneType))
            return _arrow(some)
    raise TypeError(f"The contract holds {found}, for which there is no column yet.")
