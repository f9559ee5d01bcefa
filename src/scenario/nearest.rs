//! The known name nearest to an unknown one.

use super::effort;

/// The candidate that takes the fewest edits (insert, delete, replace, swap neighbours) to become `word`; the first
/// of equals. `None` when none is close: a slip of the pen leaves most letters as they are.
pub fn nearest<I>(word: &str, candidates: I) -> Option<I::Item>
where
    I: IntoIterator,
    I::Item: AsRef<str>,
{
    let close = candidates.into_iter().filter(|candidate| is_close(word, candidate.as_ref()));
    close.min_by_key(|candidate| edits(word, candidate.as_ref()))
}

/// Capital letters are as good as small ones: who writes TCP means "tcp".
fn edits(one: &str, other: &str) -> usize {
    strsim::osa_distance(&one.to_lowercase(), &other.to_lowercase())
}

/// Whether one can be meant by the other: at most two edits for every five letters.
pub(super) fn is_close(one: &str, other: &str) -> bool {
    effort::look(one.len() + other.len());
    let longest = one.chars().count().max(other.chars().count());
    5 * edits(one, other) <= 2 * longest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_with_the_fewest_edits_is_named() {
        assert_eq!(nearest("durration", ["name", "duration", "title"]), Some("duration"));
        assert_eq!(nearest("los", vec!["latency".to_owned(), "loss".to_owned()]), Some("loss".to_owned()));
        assert_eq!(nearest("cnt", ["conduct", "count"]), Some("count"));
        assert_eq!(nearest("TCP_TLS", ["udp", "tcp", "tcp_tls"]), Some("tcp_tls"));
        assert_eq!(nearest("x", [""; 0]), None);
    }

    #[test]
    fn nothing_is_named_that_cannot_be_meant() {
        assert_eq!(nearest("sybil", ["honest", "forger", "on_off"]), None);
        assert_eq!(nearest("colour", ["name", "title", "duration"]), None);
    }
}
