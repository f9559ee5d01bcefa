//! What a column of a result table is: one declaration gives its header, its unit, its meaning, when a scenario has
//! it, and its cell in each row. Whoever reads a table names a column by its declaration, so that a column which no
//! table has does not compile.

use crate::metrics::when::When;
use crate::metrics::{Cell, Table};

/// A table of a result folder, by its columns.
pub trait Schema: 'static {
    /// What a row is made from.
    type Row<'a>;
    /// The table's file in a result folder.
    const FILE: &'static str;
    /// What a row is, in a sentence.
    const MEANING: &'static str;
    /// When a result has the file.
    const WHEN: When;
    /// All columns, in the order of the file; some lists of them are declared elsewhere.
    const COLUMNS: &'static [&'static [Column<Self>]];
}

/// A column of the table `T`.
pub struct Column<T: Schema + ?Sized> {
    /// Its name in the first line, which ends in its unit.
    pub header: &'static str,
    /// In what its values are given.
    pub unit: Unit,
    /// When the table has it.
    pub when: When,
    /// What it is, in a sentence.
    pub meaning: &'static str,
    /// Its value in a row.
    pub cell: for<'a> fn(&T::Row<'a>) -> Cell,
}

/// Where a column is found in a result folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file's name.
    pub file: &'static str,
    /// The column's name.
    pub header: &'static str,
}

impl<T: Schema> Column<T> {
    /// Where the column is found.
    pub const fn place(&self) -> Place {
        Place { file: T::FILE, header: self.header }
    }
}

/// In what a column's values are given. The header ends in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Seconds of simulated time.
    Seconds,
    /// A share from 0 to 1.
    Ratio,
    /// How many.
    Count,
    /// Bytes.
    Bytes,
    /// Bits per second.
    BitsPerSecond,
    /// Stake.
    Eth,
    /// Steps from host to host.
    Hops,
    /// A text, such as the name of a group.
    Name,
    /// A whole number whose header says enough: which identity, which seed, how many values.
    Number,
    /// The metric's own unit, which its name ends in.
    Metric,
}

impl Unit {
    /// The unit in a document.
    pub fn words(self) -> &'static str {
        match self {
            Unit::Seconds => "s",
            Unit::Ratio => "0 to 1",
            Unit::Count => "count",
            Unit::Bytes => "B",
            Unit::BitsPerSecond => "bit/s",
            Unit::Eth => "ETH",
            Unit::Hops => "hops",
            Unit::Name => "text",
            Unit::Number => "number",
            Unit::Metric => "the metric's",
        }
    }
}

/// A table and its columns, as far as documents say.
pub struct Description {
    /// The file's name.
    pub file: &'static str,
    /// What it has, in a sentence.
    pub meaning: &'static str,
    /// When a result has it.
    pub when: When,
    /// In the order of the file.
    pub columns: Vec<Described>,
}

/// A column, as far as documents say.
pub struct Described {
    /// Its name in the first line.
    pub header: &'static str,
    /// In what its values are given.
    pub unit: Unit,
    /// What it is, in a sentence.
    pub meaning: &'static str,
    /// When the table has it.
    pub when: When,
}

impl Description {
    /// What `T` declares.
    pub fn of<T: Schema>() -> Description {
        let column = |column: &Column<T>| Described {
            header: column.header,
            unit: column.unit,
            meaning: column.meaning,
            when: column.when,
        };
        Description {
            file: T::FILE,
            meaning: T::MEANING,
            when: T::WHEN,
            columns: T::COLUMNS.iter().copied().flatten().map(column).collect(),
        }
    }
}

/// The table of these rows, with the columns that a run has.
pub fn table<T: Schema>(rows: &[T::Row<'_>], has: impl Fn(When) -> bool) -> Table {
    let columns: Vec<&Column<T>> =
        T::COLUMNS.iter().copied().flatten().filter(|column| has(column.when)).collect();
    Table {
        header: columns.iter().map(|column| column.header.to_owned()).collect(),
        rows: rows.iter().map(|row| columns.iter().map(|column| (column.cell)(row)).collect()).collect(),
    }
}

/// Declares the columns of a table, each as a constant by which it is read, and all of them in a list, in this order.
#[macro_export]
macro_rules! columns {
    ($list:ident: $table:ty { $(
        $name:ident: $header:literal, $unit:ident, $when:ident, $meaning:literal, |$row:ident| $cell:expr;
    )+ }) => {
        $(
            #[doc = $meaning]
            #[allow(unreachable_pub, reason = "a table may be known in its room alone")]
            pub const $name: $crate::metrics::Column<$table> = $crate::metrics::Column {
                header: $header,
                unit: $crate::metrics::Unit::$unit,
                when: $crate::metrics::When::$when,
                meaning: $meaning,
                cell: |$row| $crate::metrics::Cell::from($cell),
            };
        )+
        const $list: &[$crate::metrics::Column<$table>] = &[$($name),+];
    };
}

pub use columns;

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) struct Pairs;

    impl Schema for Pairs {
        type Row<'a> = (&'a str, Option<f64>);
        const FILE: &'static str = "pairs.csv";
        const MEANING: &'static str = "A pair.";
        const WHEN: When = When::Always;
        const COLUMNS: &'static [&'static [Column<Pairs>]] = &[COLUMNS];
    }

    columns!(COLUMNS: Pairs {
        NAME: "name", Name, Always, "Its name.", |row| row.0;
        DELAY: "delay_s", Seconds, Traffic, "Its delay.", |row| row.1;
    });

    #[test]
    fn a_table_has_the_columns_that_the_scenario_has_in_their_order() {
        let rows = [("a", Some(0.5)), ("b", None)];
        let whole = table::<Pairs>(&rows, |_| true);
        assert_eq!(whole.header, ["name", "delay_s"]);
        assert_eq!(whole.rows[0], [Cell::Text("a".to_owned()), Cell::Number(0.5)]);
        assert_eq!(whole.rows[1], [Cell::Text("b".to_owned()), Cell::Empty]);
        let part = table::<Pairs>(&rows, |when| when == When::Always);
        assert_eq!((part.header, part.rows[1].len()), (vec!["name".to_owned()], 1));
    }

    #[test]
    fn a_column_knows_where_it_is_found() {
        assert_eq!(DELAY.place(), Place { file: "pairs.csv", header: "delay_s" });
        assert_eq!(NAME.place().header, "name");
    }
}
