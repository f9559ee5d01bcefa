//! Reading a table key by key: what is given, missing, unknown or wrong.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use super::effort;
use super::names::Names;
use super::nearest::nearest;
use super::path;
use super::report::{MOST_TOLD, Problem, one_line};
use super::tree::{Entry, Node, Origin, Value};
use crate::network::Region;
use crate::world::GroupId;

/// Walks a tree, collects every problem, and remembers which keys were given.
pub(super) struct Reader {
    pub problems: Vec<Problem>,
    pub given: Given,
    names: Names,
    /// The path of what is being read, and where in it each of its keys begins.
    here: String,
    keys: Vec<usize>,
    /// Where the files lie that the document names.
    folder: PathBuf,
}

/// The keys that were given: where, and with what value.
pub(super) type Given = BTreeMap<String, (Origin, String)>;

impl Reader {
    /// A reader of a document with these groups, in the order of their names.
    pub(super) fn new(groups: impl Into<Rc<[String]>>) -> Reader {
        Reader {
            problems: Vec::new(),
            given: Given::new(),
            names: Names::of(groups),
            here: String::new(),
            keys: Vec::new(),
            folder: PathBuf::new(),
        }
    }

    /// The same for a document that names these regions, if they are known.
    pub(super) fn with_regions(self, regions: Option<&[String]>) -> Reader {
        Reader { names: self.names.with_regions(regions), ..self }
    }

    /// The same for a document that names files in this folder.
    pub(super) fn within(self, folder: &Path) -> Reader {
        Reader { folder: folder.to_owned(), ..self }
    }

    /// The path of a file that the document names.
    pub(super) fn beside(&self, file: &str) -> PathBuf {
        self.folder.join(file)
    }

    /// Reads the value of a key with `read`.
    pub(super) fn enter<T>(
        &mut self,
        key: &str,
        entry: &Entry,
        read: impl FnOnce(&Node, &mut Reader) -> T,
    ) -> T {
        let outer = self.here.len();
        self.here = self.path_of(key);
        self.keys.push(if outer == 0 { 0 } else { outer + 1 });
        let table = matches!(entry.node.value, Value::Table(_));
        let origin = if table { &entry.key } else { &entry.node.origin };
        self.given.insert(self.path(), (origin.clone(), entry.node.shown()));
        let value = read(&entry.node, self);
        self.keys.pop();
        self.here.truncate(outer);
        value
    }

    /// The path of what is being read.
    pub(super) fn path(&self) -> String {
        self.here.clone()
    }

    /// The path of a key in what is being read.
    pub(super) fn path_of(&self, key: &str) -> String {
        let key = path::key(key);
        if self.here.is_empty() { key } else { format!("{}.{key}", self.here) }
    }

    /// A value of the wrong type.
    pub(super) fn wrong_type(&mut self, node: &Node, allowed: String) {
        let headline =
            format!("`{}` = {} has the wrong type: it is {}", self.path(), node.shown(), node.kind());
        let hint = bare_number_hint(&node.value, &allowed);
        self.push(node, headline, Some(allowed), hint);
    }

    /// A value that cannot be, for this reason (`is out of range`).
    pub(super) fn refuse(&mut self, node: &Node, why: &str, allowed: String) {
        let headline = format!("`{}` = {} {why}", self.path(), node.shown());
        self.push(node, headline, Some(allowed), None);
    }

    /// A word that is not among those known.
    pub(super) fn unknown_word<K: AsRef<str>>(&mut self, node: &Node, word: &str, what: &str, known: &[K]) {
        let headline = format!("`{}` = {} is not a known {what}", self.path(), node.shown());
        if !self.tells() {
            return self.push(node, headline, None, None);
        }
        let known: Vec<&str> = known.iter().map(AsRef::as_ref).collect();
        self.push(node, headline, Some(quoted_list(&known)), nearest_hint(word, &known));
    }

    /// Whether the next problem will be told, and not only counted: only then what is allowed is searched for.
    fn tells(&self) -> bool {
        self.problems.len() < MOST_TOLD
    }

    /// A key that this table does not have.
    pub(super) fn unknown_key(&mut self, key: &str, entry: &Entry, known: &[&str], why: Option<String>) {
        let path = self.path_of(key);
        let headline = why.unwrap_or_else(|| format!("unknown key `{path}` (= {})", entry.node.shown()));
        if !self.tells() {
            return self.problems.push(Problem::new(path, entry.key.clone(), headline));
        }
        let near = nearest(key, known.iter().copied());
        let hint = near.map(|near| format!("the nearest known key is `{near}`"));
        let meant = near.map(|near| self.path_of(near));
        effort::look(known.len());
        let allowed = format!("the keys {}", known.join(", "));
        let problem = Problem::new(path, entry.key.clone(), headline).allowed(allowed).hint(hint);
        self.problems.push(Problem { meant, ..problem });
    }

    /// A key that must be there.
    pub(super) fn missing(&mut self, key: &str, table: &Node, allowed: String) {
        let path = self.path_of(key);
        let headline = format!("`{path}` is missing");
        let mut problem = Problem::new(path, table.origin.clone(), headline).allowed(allowed);
        problem.absence = true;
        self.problems.push(problem);
    }

    /// A name of a table that cannot be one.
    pub(super) fn bad_name(&mut self, name: &str, entry: &Entry, why: &str, allowed: &str) {
        let path = self.path_of(name);
        let headline = format!("`{path}`: the name {name:?} {why}");
        self.problems.push(Problem::new(path, entry.key.clone(), headline).allowed(allowed));
    }

    /// The group of this name; an unknown one is a problem.
    pub(super) fn group(&mut self, node: &Node, name: &str) -> Option<GroupId> {
        // That there is none is an error of its own, and of all who name one.
        if self.names.groups.is_empty() {
            return None;
        }
        let place = self.names.groups.binary_search_by(|group| group.as_str().cmp(name)).ok();
        if place.is_none() {
            let known = Rc::clone(&self.names.groups);
            self.unknown_word(node, name, "group", &known);
        }
        place.and_then(|place| u16::try_from(place).ok()).map(GroupId)
    }

    /// The same, of a key.
    pub(super) fn group_key(&mut self, name: &str, entry: &Entry) -> Option<GroupId> {
        let place = self.names.groups.binary_search_by(|group| group.as_str().cmp(name)).ok();
        if place.is_none() {
            let known = Rc::clone(&self.names.groups);
            let known: Vec<&str> = known.iter().map(String::as_str).collect();
            self.unknown_key(name, entry, &known, None);
        }
        place.and_then(|place| u16::try_from(place).ok()).map(GroupId)
    }

    /// The region of this name; an unknown one is a problem, unless nobody knows them.
    pub(super) fn region(&mut self, node: &Node, name: &str) -> Option<Region> {
        let known = self.names.regions.clone()?;
        let region = number_of(name, &known);
        if region.is_none() {
            self.unknown_word(node, name, "region", &known);
        }
        region
    }

    /// The same, of a key.
    pub(super) fn region_key(&mut self, name: &str, entry: &Entry) -> Option<Region> {
        let known = self.names.regions.clone()?;
        let region = number_of(name, &known);
        if region.is_none() {
            let known: Vec<&str> = known.iter().map(String::as_str).collect();
            self.unknown_key(name, entry, &known, None);
        }
        region
    }

    /// Says of the problems found since there were `count` that this is what is allowed.
    pub(super) fn widen(&mut self, count: usize, allowed: &str) {
        let here = self.path();
        effort::look(self.problems.len() - count);
        for problem in self.problems.iter_mut().skip(count).filter(|problem| problem.path == here) {
            problem.allowed = Some(allowed.to_owned());
        }
    }

    /// Says of these problems that this is allowed as well.
    pub(super) fn widen_by(&mut self, count: usize, others: &str) {
        let here = self.path();
        effort::look(self.problems.len() - count);
        for problem in self.problems.iter_mut().skip(count).filter(|problem| problem.path == here) {
            let own = problem.allowed.take().map_or_else(String::new, |own| format!("{own}; or "));
            problem.allowed = Some(format!("{own}{others}"));
        }
    }

    /// A reader at the same place, to try whether a value would do.
    pub(super) fn trial(&self) -> Reader {
        Reader {
            here: self.here.clone(),
            keys: self.keys.clone(),
            folder: self.folder.clone(),
            names: self.names.clone(),
            ..Reader::new([])
        }
    }

    /// The key whose value is being read.
    pub(super) fn key(&self) -> String {
        self.keys.last().map(|&start| self.here[start..].to_owned()).unwrap_or_default()
    }

    /// Says of the problems with this value found since there were `count` what was meant, and perhaps another reason.
    pub(super) fn advise(&mut self, count: usize, why: Option<&str>, hint: &str) {
        let here = self.path();
        effort::look(self.problems.len() - count);
        for problem in self.problems.iter_mut().skip(count).filter(|problem| problem.path == here) {
            problem.hint = Some(hint.to_owned());
            if let (Some(why), Some((_, shown))) = (why, self.given.get(&here)) {
                problem.headline = one_line(&format!("`{here}` = {shown} {why}"));
            }
        }
    }

    fn push(&mut self, node: &Node, headline: String, allowed: Option<String>, hint: Option<String>) {
        let mut problem = Problem::new(self.path(), node.origin.clone(), headline).hint(hint);
        problem.allowed = allowed;
        self.problems.push(problem);
    }
}

fn number_of(name: &str, regions: &[String]) -> Option<Region> {
    let place = regions.iter().position(|known| known == name)?;
    u8::try_from(place).ok().map(Region)
}

/// Words in quotes, joined by commas.
pub(super) fn quoted_list(words: &[&str]) -> String {
    effort::look(words.len());
    words.iter().map(|word| format!("{word:?}")).collect::<Vec<_>>().join(", ")
}

/// A hint that writes without quotes, and without `%`, a number that has them.
fn bare_number_hint(value: &Value, allowed: &str) -> Option<String> {
    let Value::Text(text) = value else { return None };
    let percent = text.trim().strip_suffix('%');
    // Its decimal figures are moved, as a division would make other ones: 0.7 % is 0.007, and 0.7 / 100 is not.
    let bare = percent.map_or(text.trim().to_owned(), |percent| format!("{}e-2", percent.trim_end()));
    let number = bare.parse::<f64>().ok().filter(|number| number.is_finite())?;
    let fits =
        if allowed.contains("whole number") { number.fract() == 0.0 } else { allowed.contains("number") };
    fits.then(|| format!("write {number}, without quotes"))
}

/// A hint that names the nearest of the known words.
fn nearest_hint(word: &str, known: &[&str]) -> Option<String> {
    nearest(word, known.iter().copied()).map(|near| format!("the nearest known is {near:?}"))
}
