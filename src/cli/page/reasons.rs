//! Why a parameter has its value, in the words of who chose it: the comment beside it in a file, or the sentences of a purpose
//! that name it.

/// Last parts of paths that say nothing without what comes before them, and are words of any purpose.
const COMMON: [&str; 16] = [
    "count", "rate", "to", "from", "size", "kind", "up", "down", "every", "poisson", "fixed", "start",
    "stop", "about", "link", "name",
];

/// The comment beside a key of a scenario or sweep file, or above it.
pub(super) fn comment(text: &str, path: &str) -> Option<String> {
    let (mut table, mut above) = (String::new(), Vec::new());
    let mut is_inside_text = false;
    for line in text.lines() {
        let line = line.trim();
        let toggles = line.matches("\"\"\"").count() % 2 == 1;
        if is_inside_text || toggles {
            is_inside_text ^= toggles;
            above.clear();
        } else if let Some(comment) = line.strip_prefix('#') {
            above.push(comment.trim());
        } else if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.split(']').next()) {
            table = format!("{}.", name.replace(['"', '[', ' '], ""));
            above.clear();
        } else if let Some((key, value)) = line.split_once('=') {
            let key = format!("{table}{}", key.trim().replace('"', ""));
            if path == key || path.strip_prefix(&key).is_some_and(|rest| rest.starts_with('.')) {
                let beside = after_value(value).map(str::trim).filter(|comment| !comment.is_empty());
                let words = beside.map_or_else(|| above.join(" "), str::to_owned);
                return Some(words).filter(|words| !words.is_empty());
            }
            above.clear();
        } else {
            above.clear();
        }
    }
    None
}

/// What follows a `#` that is no part of a text.
fn after_value(value: &str) -> Option<&str> {
    let mut quote = None;
    for (place, c) in value.char_indices() {
        match (quote, c) {
            (None, '#') => return Some(&value[place + 1..]),
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if open == c => quote = None,
            _ => {}
        }
    }
    None
}

/// The sentences of a purpose that name a parameter, or its value with its unit.
pub(super) fn sentences(purpose: &str, path: &str, value: &str) -> Option<String> {
    let last = path.rsplit('.').next().unwrap_or(path);
    let value = value.trim_matches('"');
    let is_telling = last.len() > 3 && !COMMON.contains(&last);
    let names = |sentence: &&String| {
        let is_word = |word: &str| word.trim_matches(|c: char| !c.is_alphanumeric() && c != '_') == last;
        sentence.contains(path)
            || sentence.contains(&format!("`{last}"))
            || value.contains(' ') && sentence.contains(value)
            || is_telling && sentence.split_whitespace().any(is_word)
    };
    let all = split(purpose);
    let named: Vec<&str> = all.iter().filter(names).map(String::as_str).collect();
    Some(named.join(" ")).filter(|words| !words.is_empty())
}

fn split(purpose: &str) -> Vec<String> {
    let mut all: Vec<String> = vec![String::new()];
    for paragraph in purpose.split("\n\n") {
        for word in paragraph.split_whitespace() {
            let sentence = all.last_mut().expect("there is one");
            if !sentence.is_empty() {
                sentence.push(' ');
            }
            sentence.push_str(word);
            if word.ends_with(['.', '?', '!']) {
                all.push(String::new());
            }
        }
        if all.last().is_some_and(|sentence| !sentence.is_empty()) {
            all.push(String::new());
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_is_that_of_its_key_and_of_no_other() {
        let text = "purpose = \"\"\"\n# no comment\nenough = 3 # neither\n\"\"\"\n# of all\nseed = 1\n[protocol] # a table\n\
                    enough = 10 # as many as holders\n# Two lines\n# above it.\nwindow = \"2 s\"\nother = \"#5\"\n\
                    [groups.ring]\nconduct = { rate = \"1 /min\" } # once a minute\n[axes]\n\"network.loss\" = [0.1] # bad\n";
        let of = |path| comment(text, path);
        assert_eq!(of("protocol.enough").as_deref(), Some("as many as holders"));
        assert_eq!(of("protocol.window").as_deref(), Some("Two lines above it."));
        assert_eq!(of("groups.ring.conduct.rate").as_deref(), Some("once a minute"));
        assert_eq!(of("seed").as_deref(), Some("of all"));
        assert_eq!(of("axes.network.loss").as_deref(), Some("bad"));
        assert_eq!([of("protocol.other"), of("enough"), of("protocol.missing")], [None, None, None]);
    }

    #[test]
    fn sentences_that_name_a_parameter_are_its_reason() {
        let purpose = "Twenty nodes of 512 kbit/s. Everything is the default except `enough`: with 3,\nmost answers come late.\n\n\
                       Five replicas a chunk? With a count of ten.";
        let of = |path| sentences(purpose, path, "10");
        assert_eq!(
            sentences(purpose, "groups.storers.link.up", "\"512 kbit/s\"").as_deref(),
            Some("Twenty nodes of 512 kbit/s.")
        );
        assert_eq!(
            of("protocol.enough").as_deref(),
            Some("Everything is the default except `enough`: with 3, most answers come late.")
        );
        assert_eq!(of("protocol.replicas").as_deref(), Some("Five replicas a chunk?"));
        assert_eq!([of("groups.storers.count"), of("network.loss")], [None, None]);
    }
}
