//! The order of names as people count: `group_2` comes before `group_10`.

use std::cmp::Ordering;

/// Compares names piece by piece, digits by the number that they write.
pub(super) fn natural(a: &str, b: &str) -> Ordering {
    let (mut left, mut right) = (a, b);
    while !left.is_empty() && !right.is_empty() {
        let ((piece, rest), (other, other_rest)) = (piece(left), piece(right));
        let order = match (number(piece), number(other)) {
            (Some(piece), Some(other)) => (piece.len(), piece).cmp(&(other.len(), other)),
            _ => piece.cmp(other),
        };
        if order != Ordering::Equal {
            return order;
        }
        (left, right) = (rest, other_rest);
    }
    left.len().cmp(&right.len()).then_with(|| a.cmp(b))
}

/// The digits at the beginning, or all up to the first digit, and what is left.
fn piece(text: &str) -> (&str, &str) {
    let digits = text.starts_with(|c: char| c.is_ascii_digit());
    let end = text.find(|c: char| c.is_ascii_digit() != digits).unwrap_or(text.len());
    text.split_at(end)
}

/// Digits without leading zeros; of two numbers the one with more of them is larger.
fn number(piece: &str) -> Option<&str> {
    piece.starts_with(|c: char| c.is_ascii_digit()).then(|| piece.trim_start_matches('0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_in_the_order_of_their_numbers() {
        let mut names =
            ["g10", "g2", "g", "g1b", "g1a", "a11", "a9", "g02", "x99999999999999999999999", "x5"];
        names.sort_by(|a, b| natural(a, b));
        assert_eq!(names.join(" "), "a9 a11 g g1a g1b g02 g2 g10 x5 x99999999999999999999999");
    }
}
