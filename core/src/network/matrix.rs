//! Round trips between regions that a file names.

use std::fmt;

use csv::{ReaderBuilder, StringRecord, Trim};
use thiserror::Error;

use super::trace::row;
use crate::units::Duration;

/// Round-trip times between regions, from each to each, itself included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matrix {
    names: Vec<String>,
    /// Row by row.
    round_trips: Vec<Duration>,
}

/// A cell that cannot be.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("row {row}, column {column}: {why}")]
pub struct MatrixError {
    /// Of the file, from 1.
    pub row: u64,
    /// From 1.
    pub column: usize,
    /// What is wrong there.
    pub why: String,
}

/// Places have numbers of 8 bits.
const MOST_REGIONS: usize = 256;
/// Paths have their latencies, half of these, in 32 bits.
const LONGEST_MS: f64 = 8000.0;

impl Matrix {
    /// Reads a header with a word of any kind and the names of the regions, and a row for each of them in the same order: its name, and
    /// the round trips in ms from it to each.
    ///
    /// # Errors
    /// The first cell that cannot be.
    pub fn parse(text: &str) -> Result<Matrix, MatrixError> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut reader = ReaderBuilder::new().flexible(true).trim(Trim::All).from_reader(text.as_bytes());
        let names = header(&reader.headers().cloned().unwrap_or_default())?;
        let mut round_trips = Vec::with_capacity(names.len() * names.len());
        let mut rows = 0;
        for record in reader.records().map_while(Result::ok) {
            let row = record.position().map_or(0, |position| row(text, position));
            let wrong = |(column, why)| MatrixError { row, column, why };
            round_trips.extend(cells(&record, &names, rows).map_err(wrong)?);
            rows += 1;
        }
        if rows < names.len() {
            let why = format!("the file ends without the row of region {:?}", names[rows]);
            return Err(MatrixError { row: reader.position().line(), column: 1, why });
        }
        Ok(Matrix { names, round_trips })
    }

    /// The names of the regions.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The time from one region to another and back.
    pub fn round_trip(&self, from: usize, to: usize) -> Duration {
        self.round_trips[from * self.names.len() + to]
    }

    /// The first two regions between which one direction has another round trip than the other.
    pub fn asymmetry(&self) -> Option<MatrixError> {
        let all = (0..self.names.len()).flat_map(|from| (0..from).map(move |to| (from, to)));
        let (from, to) =
            all.into_iter().find(|(from, to)| self.round_trip(*from, *to) != self.round_trip(*to, *from))?;
        let [there, back] = [(from, to), (to, from)].map(|(a, b)| milliseconds(self.round_trip(a, b)));
        // Lines may be empty: a row is told by its names.
        let (row, column) = (from as u64 + 2, to + 2);
        let [a, b] = [from, to].map(|place| &self.names[place]);
        let why = format!("{there} ms from {a} to {b}, and {back} ms from {b} to {a}");
        Some(MatrixError { row, column, why })
    }

    /// All round trips, row by row.
    pub(super) fn table(&self) -> impl Iterator<Item = Duration> + '_ {
        self.round_trips.iter().copied()
    }
}

/// The text of a file that says the same.
impl fmt::Display for Matrix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "region,{}", self.names.join(","))?;
        for (name, row) in self.names.iter().zip(self.round_trips.chunks(self.names.len())) {
            let cells: Vec<String> = row.iter().map(|span| milliseconds(*span)).collect();
            writeln!(f, "{name},{}", cells.join(","))?;
        }
        Ok(())
    }
}

/// Exact to the nanosecond.
fn milliseconds(span: Duration) -> String {
    let (whole, rest) = (span.as_nanos() / 1_000_000, span.as_nanos() % 1_000_000);
    let text = format!("{whole}.{rest:06}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn header(record: &StringRecord) -> Result<Vec<String>, MatrixError> {
    let wrong = |column, why: String| Err(MatrixError { row: 1, column, why });
    let names: Vec<String> = record.iter().skip(1).map(str::to_owned).collect();
    if names.is_empty() {
        return wrong(
            1,
            "the header names no region after a first cell (cells are separated by commas)".to_owned(),
        );
    }
    if names.len() > MOST_REGIONS {
        return wrong(MOST_REGIONS + 2, format!("{} regions: at most {MOST_REGIONS}", names.len()));
    }
    let is_name = |name: &str| {
        (1..=64).contains(&name.len())
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
    };
    for (place, name) in names.iter().enumerate() {
        if !is_name(name) {
            return wrong(
                place + 2,
                format!("{name:?} is no name: letters, digits, `_` and `-`, at most 64"),
            );
        }
        if names[..place].contains(name) {
            return wrong(place + 2, format!("region {name:?} is there twice"));
        }
    }
    Ok(names)
}

/// The round trips of a row, the first of which is number 0.
fn cells(record: &StringRecord, names: &[String], row: usize) -> Result<Vec<Duration>, (usize, String)> {
    let name = record.get(0).unwrap_or_default();
    match names.get(row) {
        Some(wanted) if wanted == name => {}
        _ if names.iter().all(|known| known != name) => {
            return Err((1, format!("region {name:?} is not in the header")));
        }
        Some(wanted) => {
            return Err((
                1,
                format!("region {name:?}, where the header has {wanted:?}: rows have its order"),
            ));
        }
        None => return Err((1, format!("region {name:?} has a row already"))),
    }
    if record.len() != names.len() + 1 {
        let why = format!("the row has {} round trips, not {}", record.len() - 1, names.len());
        return Err((record.len().min(names.len() + 1), why));
    }
    record
        .iter()
        .enumerate()
        .skip(1)
        .map(|(place, cell)| round_trip(cell).ok_or_else(|| (place + 1, refused(cell))))
        .collect()
}

fn round_trip(cell: &str) -> Option<Duration> {
    let ms: f64 = cell.parse().ok()?;
    (0.0..=LONGEST_MS).contains(&ms).then(|| Duration::from_nanos((ms * 1e6).round() as u64))
}

fn refused(cell: &str) -> String {
    format!("{cell:?} is not a round trip in ms, a number from 0 to {LONGEST_MS}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(round_trip: f64) -> Duration {
        Duration::from_nanos((round_trip * 1e6) as u64)
    }

    #[test]
    fn a_matrix_is_read_from_its_text_as_it_was() {
        let text = "region,home,far\nhome,1.5,200\nfar,201.25,0\n";
        let matrix = Matrix::parse(text).expect("a matrix");
        assert_eq!(matrix.names(), ["home", "far"]);
        assert_eq!([matrix.round_trip(0, 1), matrix.round_trip(1, 0)], [ms(200.0), ms(201.25)]);
        assert_eq!(matrix.to_string(), text);
        assert_eq!(Matrix::parse(&format!("\u{feff}{}", text.replace(',', " , "))), Ok(matrix));
    }

    #[test]
    fn an_asymmetry_is_found_where_it_is() {
        let of = |text| Matrix::parse(text).expect("a matrix").asymmetry().map(|error| error.to_string());
        assert_eq!(of("r,a,b\na,1,20\nb,20,2\n"), None);
        let told = "row 4, column 3: 31 ms from c to b, and 30 ms from b to c";
        assert_eq!(of("r,a,b,c\na,1,20,9\nb,20,2,30\nc,9,31,1\n").as_deref(), Some(told));
    }

    #[test]
    fn cells_that_cannot_be_are_told_by_row_and_column() {
        for (text, row, column, why) in [
            ("", 1, 1, "names no region"),
            ("region\n", 1, 1, "names no region"),
            ("r,a,a\n", 1, 3, "\"a\" is there twice"),
            ("r,a b\n", 1, 2, "\"a b\" is no name"),
            ("r,a,\n", 1, 3, "\"\" is no name"),
            ("r,a,b\na,1,2\n", 3, 1, "without the row of region \"b\""),
            ("r,a,b\n", 2, 1, "without the row of region \"a\""),
            ("r,a,b\na,1,2\nc,1,2\n", 3, 1, "\"c\" is not in the header"),
            ("r,a,b\nb,1,2\na,1,2\n", 2, 1, "rows have its order"),
            ("r,a\na,1\na,1\n", 3, 1, "has a row already"),
            ("r,a,b\na,1\nb,1,2\n", 2, 2, "1 round trips, not 2"),
            ("r,a,b\na,1,2,3\nb,1,2\n", 2, 3, "3 round trips, not 2"),
            ("r,a,b\na,1,-2\nb,1,2\n", 2, 3, "\"-2\" is not a round trip"),
            ("r,a,b\na,1,2\nb,fast,2\n", 3, 2, "\"fast\" is not a round trip"),
            ("r,a,b\n\na,1,2\n\n\nb,fast,2\n", 6, 2, "\"fast\" is not a round trip"),
            ("r,a\na,NaN\n", 2, 2, "\"NaN\" is not"),
            ("r,a\na,\n", 2, 2, "\"\" is not"),
            ("r,a\na,8001\n", 2, 2, "from 0 to 8000"),
        ] {
            let error = Matrix::parse(text).expect_err(text);
            assert_eq!((error.row, error.column), (row, column), "{text:?}: {error}");
            assert!(error.why.contains(why), "{text:?}: {error}");
        }
        let many: Vec<String> = (0..257).map(|place| format!("p{place}")).collect();
        let error = Matrix::parse(&format!("r,{}\n", many.join(","))).expect_err("too many");
        assert_eq!((error.column, error.why.as_str()), (258, "257 regions: at most 256"));
    }
}
