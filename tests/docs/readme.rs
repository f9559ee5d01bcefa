//! What the README shows is so: its commands run, in its order, in a copy of what they need.

use std::fs;
use std::path::Path;
use std::process::Command;

/// The lines of the README's shell blocks.
fn commands() -> Vec<String> {
    let readme =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).expect("a README");
    let mut inside = false;
    let mut commands = Vec::new();
    for line in readme.lines() {
        match line {
            "```sh" => inside = true,
            "```" => inside = false,
            command if inside => commands.push(command.to_owned()),
            _ => {}
        }
    }
    commands
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder").map(|entry| entry.expect("an entry")) {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("a copy");
        }
    }
}

/// Overrides that keep a command of the README to seconds.
const SHORTENED: &[(&str, &str)] =
    &[("run overload", "groups.askers.count=130"), (" forgery", "duration=5 min")];

/// The arguments of a command that is run here; none of those that build, install or test this package.
fn arguments(command: &str) -> Option<Vec<String>> {
    let arguments = command.strip_prefix("ir3sim ")?;
    let mut arguments: Vec<String> = arguments.split(' ').map(str::to_owned).collect();
    for (_, setting) in SHORTENED.iter().filter(|(run, _)| command.contains(run)) {
        arguments.extend(["-S".to_owned(), (*setting).to_owned()]);
    }
    Some(arguments)
}

#[test]
fn every_command_of_the_readme_does_what_it_says() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let temporary = tempfile::tempdir().expect("a folder");
    for result in ["overload", "forgery", "thresholds"] {
        let place = Path::new("results").join(result);
        copy(&root.join(&place), &temporary.path().join(&place));
    }
    let mut others = Vec::new();
    for command in commands() {
        let Some(arguments) = arguments(&command) else {
            others.push(command);
            continue;
        };
        let output = Command::new(env!("CARGO_BIN_EXE_ir3sim"))
            .current_dir(temporary.path())
            .args(arguments)
            .output()
            .expect("the program starts");
        assert!(output.status.success(), "{command}: {}", String::from_utf8_lossy(&output.stderr));
    }
    assert_eq!(others, ["cargo install --path . --locked", "cargo test"]);
    for run in ["overload", "lossy"] {
        let charts = fs::read_dir(temporary.path().join("runs").join(run).join("charts")).expect("charts");
        assert!(charts.count() >= 2, "{run}");
    }
}

/// It takes minutes, so it is not run here: what it finds is told, and made again, by the page about attacks.
#[test]
fn the_attack_of_the_readme_is_one_of_the_page_that_tells_what_it_finds() {
    let [readme, page] = ["README.md", "docs/attack.md"].map(|file| {
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).expect("a document")
    });
    let attacks: Vec<&str> = readme.split('`').filter(|code| code.starts_with("ir3sim attack ")).collect();
    assert!(!attacks.is_empty());
    for attack in attacks {
        assert!(page.lines().any(|line| line == attack), "`{attack}` is not in docs/attack.md");
    }
}
