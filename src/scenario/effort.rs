//! How much is looked at to explain what is wrong with a file. It is counted in tests alone, which hold its growth to that of
//! the file.

#[cfg(test)]
use std::cell::Cell;

#[cfg(test)]
thread_local! {
    static LOOKED_AT: Cell<usize> = const { Cell::new(0) };
}

/// So many bytes, words or problems are looked at, one by one.
pub(super) fn look(at: usize) {
    #[cfg(test)]
    LOOKED_AT.set(LOOKED_AT.get() + at);
    #[cfg(not(test))]
    let _ = at;
}

#[cfg(test)]
mod tests {
    use super::LOOKED_AT;
    use crate::scenario::{Report, parse};

    const GOOD: &str = "name = \"good\"\nduration = \"10 min\"\n[network]\nlatency = \"world\"\n\
                        [groups.people]\ncount = 20\nstores = true\n\
                        [workloads.deeds]\nkind = \"record\"\nabout = [\"people\"]\narrivals = { every = \"5 s\" }\n";

    /// Files with so many errors, all of one kind.
    fn files_of_errors(count: usize) -> Vec<String> {
        let many = |line: &dyn Fn(usize) -> String| (0..count).map(line).collect::<String>();
        let workload =
            |n| format!("[workloads.w{n}]\nkind = \"traffic\"\nfrom = \"people\"\nto = \"nobody\"\n");
        let names = format!("about = [{}]\narr", many(&|n| format!("\"x{n}\",")));
        vec![
            many(&|n| format!("k{n} = \n")),
            many(&|n| format!("unknown{n} = 1\n")) + GOOD,
            GOOD.to_owned() + &many(&|n| format!("[groups.g{n}]\ncount = 0\n")),
            GOOD.to_owned()
                + &many(&|n| format!("[groups.g{n}]\ncount = 1\nregion = \"eu-west-1\"\nskill = 1\n")),
            GOOD.to_owned() + &many(&workload),
            GOOD.to_owned() + &many(&|n| format!("[expect.e{n}]\nmetric = \"queries.asnwered\"\nmin = 1\n")),
            GOOD.to_owned() + "[groups.people]\n" + &"count = 20\n".repeat(count),
            GOOD.replacen("about = [\"people\"]\narr", &names, 1),
        ]
    }

    fn bad(text: &str) -> Report {
        parse("x.toml", text, &[]).err().unwrap_or_else(|| panic!("{text:.60} is no error"))
    }

    /// How much is looked at to say what is wrong, for each byte of a file.
    fn effort(text: &str) -> f64 {
        LOOKED_AT.set(0);
        bad(text).render(false);
        LOOKED_AT.get() as f64 / text.len() as f64
    }

    #[test]
    fn of_thousands_of_errors_a_hundred_are_told_and_the_others_counted() {
        for text in files_of_errors(1000) {
            let report = bad(&text);
            assert_eq!(report.errors().len(), 100, "{text:.60}");
            assert!(report.more() >= 899, "{} more: {text:.60}", report.more());
            assert!(report.to_string().contains("more errors are not shown"));
        }
    }

    #[test]
    fn what_is_looked_at_to_explain_errors_grows_no_faster_than_the_file() {
        // Names are longer by a digit, which is a tenth of their paths at the most: they may be looked at more often than the
        // rest of a line. What is quadratic would be eight times as much for each byte.
        for (few, many) in files_of_errors(500).iter().zip(&files_of_errors(4000)) {
            let (few, many) = (effort(few), effort(many));
            assert!(few >= 1.0, "all of it is read: {few}");
            assert!(many <= 1.1 * few, "{many} for a byte, and {few} where there are few errors");
        }
    }
}
