"""Compares runs.parquet and points.parquet of a folder with its CSV files, cell by cell."""

import csv
import json
import sys

import duckdb
import polars

NUMBERS = {polars.Float64, polars.Int64, polars.UInt64}


def expected(text, kind):
    if text == "":
        return None
    if kind == polars.Boolean:
        return {"true": True, "false": False}[text]
    if kind == polars.Float64:
        return float(text)
    return int(text) if kind in NUMBERS else text


def compare(folder, name):
    with open(f"{folder}/{name}.csv", newline="") as file:
        header, *rows = csv.reader(file)
    path = f"{folder}/{name}.parquet"
    frame = polars.read_parquet(path)
    assert frame.columns == header, (frame.columns, header)
    kinds = list(frame.schema.values())
    wanted = [tuple(expected(cell, kind) for cell, kind in zip(row, kinds)) for row in rows]
    relation = duckdb.read_parquet(path)
    assert relation.columns == header, relation.columns
    for reader, found in [("Polars", frame.rows()), ("DuckDB", relation.fetchall())]:
        assert len(found) == len(wanted), (reader, len(found), len(wanted))
        for number, (is_there, should_be) in enumerate(zip(found, wanted)):
            differ = [c for c, a, b in zip(header, is_there, should_be) if a != b or type(a) is not type(b)]
            assert not differ, f"{reader}, {path}, row {number}: {differ}"
    nulls = sum(cell is None for row in wanted for cell in row)
    kinds_are = dict(zip(header, kinds))
    units(path)
    print(f"{path}: {len(wanted)} rows, {len(header)} columns, {nulls} nulls, {sorted(set(map(str, kinds)))}")
    return kinds_are


def units(path):
    by_polars = json.loads(polars.read_parquet_metadata(path)["units"])
    query = f"SELECT decode(value) FROM parquet_kv_metadata('{path}') WHERE decode(key) = 'units'"
    assert by_polars == json.loads(duckdb.sql(query).fetchall()[0][0])
    assert by_polars["traffic.probe.delay_mean_s"] == "s" and by_polars["bytes.sent"] == "B", by_polars


def main(folder):
    runs, points = compare(folder, "runs"), compare(folder, "points")
    assert runs["seed"] == polars.UInt64 and runs["fingerprint"] == polars.String
    assert runs["bytes.sent"] == polars.Float64 and points["n"] == polars.UInt64
    if "network.loss" in runs:
        for table in (runs, points):
            assert table["network.loss"] == polars.Float64, table["network.loss"]
            assert table["groups.all.count"] == polars.Int64, table["groups.all.count"]
            assert table["workloads.probe.size"] == polars.String, table["workloads.probe.size"]
            assert table["groups.all.stores"] == polars.Boolean, table["groups.all.stores"]


main(sys.argv[1])
