//! What the values of a scenario's key are: with types in its file, and text in a table.

/// What all values of a key are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Literal {
    /// `true` or `false`.
    Flag,
    /// Whole numbers.
    Whole,
    /// Numbers, of which some need not be whole.
    Number,
    /// Text, such as names and quantities with their units.
    Text,
}

impl Literal {
    /// Of values as they are in TOML.
    pub fn of<'v>(values: impl Iterator<Item = &'v str>) -> Literal {
        let one = |value| match parsed(value) {
            Some(toml::Value::Boolean(_)) => Literal::Flag,
            Some(toml::Value::Integer(_)) => Literal::Whole,
            Some(toml::Value::Float(_)) => Literal::Number,
            _ => Literal::Text,
        };
        values.map(one).reduce(Literal::or).unwrap_or(Literal::Text)
    }

    fn or(self, other: Literal) -> Literal {
        match (self, other) {
            (one, another) if one == another => one,
            (Literal::Whole | Literal::Number, Literal::Whole | Literal::Number) => Literal::Number,
            _ => Literal::Text,
        }
    }
}

/// A value as it is in TOML.
pub(super) fn parsed(value: &str) -> Option<toml::Value> {
    format!("x = {value}").parse::<toml::Table>().ok()?.remove("x")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_a_key_have_one_type_that_holds_them_all() {
        let of = |values: &[&str]| Literal::of(values.iter().copied());
        assert_eq!(of(&["1", "1_000", "-3"]), Literal::Whole);
        assert_eq!(of(&["0", "0.01", "1e-1"]), Literal::Number);
        assert_eq!(of(&["true", "false"]), Literal::Flag);
        for texts in
            [&["\"5\"", "5"][..], &["true", "1"], &["\"30 s\""], &["{ fixed = \"9 ms\" }"], &["tree"], &[]]
        {
            assert_eq!(of(texts), Literal::Text, "{texts:?}");
        }
    }
}
