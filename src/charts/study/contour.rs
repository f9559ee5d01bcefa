//! The border between cells where something holds and where it does not.

/// An edge of a cell, from one corner to the next; corners are counted in cells, across and upwards.
pub(super) type Edge = ((usize, usize), (usize, usize));

/// The edges between cells that hold and neighbours that do not, of rows from below. A cell of which nothing is known
/// has no border.
pub(super) fn border(holds: &[Vec<Option<bool>>]) -> Vec<Edge> {
    let at = |row: usize, column: usize| holds.get(row).and_then(|row| row.get(column)).copied().flatten();
    let differ =
        |one: Option<bool>, other: Option<bool>| one.zip(other).is_some_and(|(one, other)| one != other);
    let mut edges = Vec::new();
    for (row, cells) in holds.iter().enumerate() {
        for column in 0..cells.len() {
            if differ(at(row, column), at(row, column + 1)) {
                edges.push(((column + 1, row), (column + 1, row + 1)));
            }
            if differ(at(row, column), at(row + 1, column)) {
                edges.push(((column, row + 1), (column + 1, row + 1)));
            }
        }
    }
    edges
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_border_runs_between_cells_that_hold_and_those_that_do_not() {
        let (yes, no) = (Some(true), Some(false));
        assert_eq!(
            border(&[vec![yes, yes, no], vec![yes, no, no]]),
            [((2, 0), (2, 1)), ((1, 1), (2, 1)), ((1, 1), (1, 2))]
        );
        assert!(border(&[vec![yes, yes], vec![yes, yes]]).is_empty());
        assert!(border(&[vec![yes, None, no]]).is_empty(), "nothing is known between them");
        assert!(border(&[]).is_empty());
    }
}
