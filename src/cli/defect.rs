//! A defect of this program that shows as a panic, on whichever thread.

use std::io::{self, Write};
use std::panic;
use std::process;

use super::failure::Exit;

/// From now on a panic ends the program with the exit code of an internal failure. Nothing is unwound: the code for that would stand
/// beside every call on the way of a message.
pub(super) fn ends_the_program() {
    let tell = panic::take_hook();
    panic::set_hook(Box::new(move |defect| {
        tell(defect);
        let _: io::Result<()> = writeln!(io::stderr(), "this is a defect of ir3sim");
        process::exit(Exit::Failed.code().into());
    }));
}

/// From now on something is done before a panic ends the program.
pub(super) fn does_first(first: impl Fn() + Send + Sync + 'static) {
    let end = panic::take_hook();
    panic::set_hook(Box::new(move |defect| {
        first();
        end(defect);
    }));
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;
    use std::thread;

    /// The test runs itself once more, as a program that has a defect.
    #[test]
    fn a_panic_on_any_thread_ends_the_program_at_once_and_cleans_up_first() {
        if std::env::var_os("HAS_A_DEFECT").is_some() {
            ends_the_program();
            does_first(|| eprintln!("cleaned up"));
            let _ = thread::spawn(|| panic!("as planned")).join();
            unreachable!("the program has ended");
        }
        let this = std::env::current_exe().expect("the tests");
        let name = "cli::defect::tests::a_panic_on_any_thread_ends_the_program_at_once_and_cleans_up_first";
        let ran = Command::new(this)
            .args(["--exact", name, "--nocapture"])
            .env("HAS_A_DEFECT", "yes")
            .output()
            .expect("the tests run");
        let said = String::from_utf8_lossy(&ran.stderr);
        assert_eq!(ran.status.code(), Some(1), "{said}");
        let places = ["cleaned up", "as planned", "a defect of ir3sim"].map(|part| said.find(part));
        assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{said}");
        assert!(!said.contains("the program has ended"), "{said}");
    }
}
