//! A headless Chromium, told what to do through a pipe (the `DevTools` protocol).

use std::env;
use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

/// How long it may take to answer. A machine may be busy.
const PATIENCE: Duration = Duration::from_secs(120);

/// A browser with one page.
pub(crate) struct Chromium {
    child: Child,
    commands: File,
    messages: Receiver<Value>,
    session: Value,
    last: u64,
    /// What it has told without having been asked.
    pub events: Vec<Value>,
    _home: tempfile::TempDir,
}

impl Chromium {
    /// None, with a word, where there is no Chromium.
    pub(crate) fn start() -> Option<Chromium> {
        let Some(program) = program() else {
            eprintln!("skipped: there is no `chromium` here");
            return None;
        };
        let home = tempfile::tempdir().expect("a folder");
        let pipes = ["commands", "messages"].map(|name| home.path().join(name));
        let made = Command::new("mkfifo").args(&pipes).status();
        assert!(made.is_ok_and(|status| status.success()), "pipes can be made");
        let options = [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--host-resolver-rules=MAP * ~NOTFOUND",
            "--window-size=1300,900",
            "--remote-debugging-pipe",
        ];
        let child = Command::new("sh")
            .args(["-c", "exec \"$0\" \"$@\" 3<commands 4>messages"])
            .arg(program)
            .args(options)
            .arg(format!("--user-data-dir={}", home.path().join("profile").display()))
            .current_dir(home.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("a shell");
        let commands = File::options().write(true).open(&pipes[0]).expect("it reads");
        let messages = listen(File::open(&pipes[1]).expect("it writes"));
        let (session, events) = (Value::Null, Vec::new());
        let mut browser = Chromium { child, commands, messages, session, last: 0, events, _home: home };
        let target = browser.ask("Target.createTarget", &json!({ "url": "about:blank" }));
        let attach = json!({ "targetId": target["targetId"], "flatten": true });
        browser.session = browser.ask("Target.attachToTarget", &attach)["sessionId"].clone();
        for domain in ["Network", "Log", "Runtime", "Page"] {
            browser.ask(&format!("{domain}.enable"), &json!({}));
        }
        Some(browser)
    }

    /// Sends a command and waits for its answer.
    pub(crate) fn ask(&mut self, method: &str, params: &Value) -> Value {
        self.last += 1;
        let mut command = json!({ "id": self.last, "method": method, "params": params });
        if !self.session.is_null() {
            command["sessionId"] = self.session.clone();
        }
        write!(self.commands, "{command}\0").and_then(|()| self.commands.flush()).expect("it reads");
        loop {
            let message = self.next();
            if message["id"] == self.last {
                assert!(message["error"].is_null(), "{method}: {message}");
                return message["result"].clone();
            }
            self.events.push(message);
        }
    }

    /// Opens a page, and waits until it is whole.
    pub(crate) fn open(&mut self, url: &str) {
        self.ask("Page.navigate", &json!({ "url": url }));
        while !self.events.iter().any(|event| event["method"] == "Page.loadEventFired") {
            let message = self.next();
            self.events.push(message);
        }
    }

    /// The value of an expression in the page.
    pub(crate) fn value(&mut self, expression: &str) -> Value {
        let found = self.ask("Runtime.evaluate", &json!({ "expression": expression, "returnByValue": true }));
        assert!(found["exceptionDetails"].is_null(), "{expression}: {found}");
        found["result"]["value"].clone()
    }

    /// The events of a kind.
    pub(crate) fn told(&self, method: &str) -> Vec<&Value> {
        let of_kind = self.events.iter().filter(|event| event["method"] == method);
        of_kind.map(|event| &event["params"]).collect()
    }

    fn next(&self) -> Value {
        self.messages.recv_timeout(PATIENCE).expect("the browser answers")
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        let _ = write!(self.commands, "{}\0", json!({ "id": self.last + 1, "method": "Browser.close" }));
        let _ = self.commands.flush();
        // The pipe ends with it.
        while self.messages.recv_timeout(Duration::from_secs(10)).is_ok() {}
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// `chromium`, where it is a program.
fn program() -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|folder| folder.join("chromium")).find(|program| program.is_file())
}

/// Messages end with a zero.
fn listen(pipe: File) -> Receiver<Value> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let mut pipe = BufReader::new(pipe);
        let mut text = Vec::new();
        while pipe.read_until(0, &mut text).is_ok_and(|length| length > 0) {
            text.pop();
            let Ok(message) = serde_json::from_slice(&text) else { return };
            if sender.send(message).is_err() {
                return;
            }
            text.clear();
        }
    });
    receiver
}
