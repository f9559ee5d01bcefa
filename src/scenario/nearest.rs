//! The known name nearest to an unknown one.

/// The candidate that takes the fewest edits (insert, delete, replace, swap neighbours) to become `word`; the first
/// of equals. `None` when there are no candidates.
pub fn nearest<I>(word: &str, candidates: I) -> Option<I::Item>
where
    I: IntoIterator,
    I::Item: AsRef<str>,
{
    candidates.into_iter().min_by_key(|candidate| strsim::osa_distance(word, candidate.as_ref()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_with_the_fewest_edits_is_named() {
        assert_eq!(nearest("durration", ["name", "duration", "title"]), Some("duration"));
        assert_eq!(nearest("los", vec!["latency".to_owned(), "loss".to_owned()]), Some("loss".to_owned()));
        assert_eq!(nearest("x", [""; 0]), None);
    }
}
