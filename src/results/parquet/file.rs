//! The bytes of a Parquet file: one group of rows, each column compressed by Snappy.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

use ::parquet::basic::{Compression, LogicalType, Repetition, Type as Physical};
use ::parquet::data_type::{BoolType, ByteArray, ByteArrayType, DataType, DoubleType, Int64Type};
use ::parquet::errors::Result;
use ::parquet::file::metadata::KeyValue;
use ::parquet::file::properties::WriterProperties;
use ::parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use ::parquet::schema::types::Type;

use super::column::Column;
use super::literal::Literal;
use crate::metrics::Table;

/// The same table gives the same bytes.
pub(super) fn bytes(table: &Table, axes: &[Literal], units: &BTreeMap<&str, &str>) -> io::Result<Vec<u8>> {
    encoded(table, axes, units).map_err(io::Error::other)
}

fn encoded(table: &Table, axes: &[Literal], units: &BTreeMap<&str, &str>) -> Result<Vec<u8>> {
    let column = |place| Column::of(table, place, axes.get(place).copied());
    let columns: Vec<Column> = (0..table.header.len()).map(column).collect();
    let fields = table.header.iter().zip(&columns).map(|(name, column)| Ok(Arc::new(field(name, column)?)));
    let schema = Type::group_type_builder("table").with_fields(fields.collect::<Result<_>>()?).build()?;
    let mut file = SerializedFileWriter::new(Vec::new(), Arc::new(schema), Arc::new(properties(units)))?;
    let mut rows = file.next_row_group()?;
    for column in &columns {
        if let Some(mut writer) = rows.next_column()? {
            column.write(&mut writer)?;
            writer.close()?;
        }
    }
    rows.close()?;
    file.into_inner()
}

fn properties(units: &BTreeMap<&str, &str>) -> WriterProperties {
    let units = serde_json::to_string(units).expect("units are JSON");
    WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_created_by(concat!("ir3sim version ", env!("CARGO_PKG_VERSION")).to_owned())
        .set_key_value_metadata(Some(vec![KeyValue::new("units".to_owned(), units)]))
        .build()
}

fn field(name: &str, column: &Column) -> Result<Type> {
    let (physical, logical) = match column {
        Column::Flags(_) => (Physical::BOOLEAN, None),
        Column::Whole(_) => (Physical::INT64, None),
        Column::Counts(_) => (Physical::INT64, Some(LogicalType::integer(64, false))),
        Column::Numbers(_) => (Physical::DOUBLE, None),
        Column::Texts(_) => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
    };
    Type::primitive_type_builder(name, physical)
        .with_repetition(Repetition::OPTIONAL)
        .with_logical_type(logical)
        .build()
}

impl Column {
    fn write(&self, writer: &mut SerializedColumnWriter<'_>) -> Result<()> {
        match self {
            Column::Flags(flags) => put::<BoolType, _>(writer, flags, |flag| *flag),
            Column::Whole(whole) => put::<Int64Type, _>(writer, whole, |whole| *whole),
            // The same bits, which the type of the column says how to read.
            Column::Counts(counts) => put::<Int64Type, _>(writer, counts, |count| *count as i64),
            Column::Numbers(numbers) => put::<DoubleType, _>(writer, numbers, |number| *number),
            Column::Texts(texts) => {
                put::<ByteArrayType, _>(writer, texts, |text| ByteArray::from(text.as_str()))
            }
        }
    }
}

/// Writes the values that are there, and of each row whether it has one.
fn put<D: DataType, V>(
    writer: &mut SerializedColumnWriter<'_>,
    values: &[Option<V>],
    encode: impl Fn(&V) -> D::T,
) -> Result<()> {
    let there: Vec<D::T> = values.iter().flatten().map(encode).collect();
    let levels: Vec<i16> = values.iter().map(|value| i16::from(value.is_some())).collect();
    writer.typed::<D>().write_batch(&there, Some(&levels), None)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use ::parquet::file::reader::{FileReader, SerializedFileReader};
    use ::parquet::record::Field;

    use super::*;
    use crate::metrics::Cell;

    #[test]
    fn a_table_reads_back_as_it_was() {
        let row = |at: &str, seed: u64, value: Option<f64>| vec![Cell::from(at), seed.into(), value.into()];
        let table = Table {
            header: ["a.b", "seed", "delay_s"].map(str::to_owned).to_vec(),
            rows: vec![row("7", u64::MAX, Some(0.1 + 0.2)), row("-1", 1, None), row("7", 2, Some(-0.0))],
        };
        let units = BTreeMap::from([("delay_s", "s")]);
        let written = bytes(&table, &[Literal::Whole], &units).expect("it goes into memory");
        assert_eq!(written, bytes(&table, &[Literal::Whole], &units).expect("once more"));
        let mut file = tempfile::tempfile().expect("a file");
        file.write_all(&written).expect("written");
        let reader = SerializedFileReader::new(file).expect("Parquet");
        let metadata = reader.metadata().file_metadata();
        let kept = metadata.key_value_metadata().expect("some").first().expect("one");
        assert_eq!((kept.key.as_str(), kept.value.as_deref()), ("units", Some("{\"delay_s\":\"s\"}")));
        let rows: Vec<Vec<Field>> = reader
            .get_row_iter(None)
            .expect("rows")
            .map(|row| row.expect("a row").into_columns().into_iter().map(|(_, field)| field).collect())
            .collect();
        assert_eq!(rows[0], [Field::Long(7), Field::ULong(u64::MAX), Field::Double(0.1 + 0.2)]);
        assert_eq!(rows[1], [Field::Long(-1), Field::ULong(1), Field::Null]);
        assert_eq!(rows[2], [Field::Long(7), Field::ULong(2), Field::Double(-0.0)]);
    }
}
