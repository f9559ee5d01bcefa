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

#[test]
fn every_command_of_the_readme_does_what_it_says() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let temporary = tempfile::tempdir().expect("a folder");
    for folder in ["scenarios", "results"] {
        copy(&root.join(folder), &temporary.path().join(folder));
    }
    let commands = commands();
    assert_eq!(commands[0], "cargo run --release -- run scenarios/overload.toml");
    let mut run = 0;
    for command in &commands {
        // The tests are this very test's own command.
        let Some(arguments) = command.strip_prefix("cargo run --release -- ") else {
            assert_eq!(command, "cargo test");
            continue;
        };
        let output = Command::new(env!("CARGO_BIN_EXE_ir3sim"))
            .current_dir(temporary.path())
            .args(arguments.split(' '))
            .output()
            .expect("the program starts");
        assert!(output.status.success(), "{command}: {}", String::from_utf8_lossy(&output.stderr));
        run += 1;
    }
    assert_eq!(run + 1, commands.len());
    let charts = fs::read_dir(temporary.path().join("runs/growth/charts")).expect("charts");
    assert!(charts.count() >= 4);
}
