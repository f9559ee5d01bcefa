//! A strict reading of an HTML page: every element is closed in its place, every attribute quoted, every text escaped.

use std::collections::{BTreeMap, BTreeSet};

/// Elements that have no end.
const VOID: [&str; 2] = ["meta", "br"];

/// What a page has in it.
#[derive(Default)]
pub(crate) struct Page {
    /// Each element with its attributes, in their order.
    pub elements: Vec<(String, Vec<(String, String)>)>,
    /// Where in these an attribute has a value.
    places: BTreeMap<(String, String), Vec<usize>>,
}

impl Page {
    /// Reads a page, or says where it is malformed.
    pub(crate) fn read(text: &str) -> Result<Page, String> {
        let mut rest = text.strip_prefix("<!DOCTYPE html>").ok_or("it has no type")?;
        let mut page = Page::default();
        let mut open: Vec<&str> = Vec::new();
        while let Some((before, tag)) = rest.split_once('<') {
            if open.last() != Some(&"style") {
                is_escaped(before)?;
            }
            let (tag, after) = tag.split_once('>').ok_or("a tag has no end")?;
            rest = after;
            if let Some(name) = tag.strip_prefix('/') {
                let last = open.pop();
                if last != Some(name) {
                    return Err(format!("</{name}> closes {last:?}, before {after:.80}"));
                }
                continue;
            }
            let (tag, is_closed) = tag.strip_suffix('/').map_or((tag, false), |tag| (tag, true));
            let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
            if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric()) {
                return Err(format!("`{name}` is no name of an element"));
            }
            let attributes = self::attributes(attributes)?;
            for attribute in &attributes {
                page.places.entry(attribute.clone()).or_default().push(page.elements.len());
            }
            page.elements.push((name.to_owned(), attributes));
            if !is_closed && !VOID.contains(&name) {
                open.push(name);
            }
        }
        if open.is_empty() && rest.trim().is_empty() { Ok(page) } else { Err(format!("{open:?} are open")) }
    }

    /// The values of an attribute, wherever it is.
    pub(crate) fn all(&self, attribute: &str) -> Vec<&str> {
        let attributes = self.elements.iter().flat_map(|(_, attributes)| attributes);
        attributes.filter(|(name, _)| name == attribute).map(|(_, value)| value.as_str()).collect()
    }

    /// The value of an attribute of the elements that have this one, too.
    pub(crate) fn beside(&self, attribute: &str, value: &str, other: &str) -> Vec<&str> {
        let places = self.places.get(&(attribute.to_owned(), value.to_owned()));
        let attributes = places.into_iter().flatten().map(|place| &self.elements[*place].1);
        let found = attributes.filter_map(|all| all.iter().find(|(name, _)| name == other));
        found.map(|(_, value)| value.as_str()).collect()
    }

    /// Fails if two elements have one id, a link leads nowhere, or anything is fetched or run.
    pub(crate) fn stands_alone(&self) {
        let ids = self.all("id");
        let different: BTreeSet<&str> = ids.iter().copied().collect();
        assert_eq!(ids.len(), different.len(), "an id occurs twice");
        for link in self.all("href") {
            let target = link.strip_prefix('#').unwrap_or_else(|| panic!("{link} leads out of the page"));
            assert!(different.contains(target), "{link} leads nowhere");
        }
        for (name, attributes) in &self.elements {
            assert!(
                !["script", "link", "img", "image", "iframe", "object", "use"].contains(&name.as_str()),
                "{name}"
            );
            for (attribute, value) in attributes {
                let acts = attribute.starts_with("on")
                    || ["src", "srcset", "style", "action"].contains(&attribute.as_str());
                assert!(!acts && !value.contains("url(h"), "{name} {attribute}=\"{value}\"");
            }
        }
    }
}

fn attributes(mut text: &str) -> Result<Vec<(String, String)>, String> {
    let mut all = Vec::new();
    while !text.trim().is_empty() {
        text = text.trim_start();
        let end = text.find(['=', ' ']).unwrap_or(text.len());
        let (name, rest) = text.split_at(end);
        if name.contains(['"', '\'', '<']) {
            return Err(format!("`{name}` is no name of an attribute"));
        }
        let (value, rest) = match rest.strip_prefix("=\"") {
            Some(quoted) => quoted.split_once('"').ok_or_else(|| format!("{name} has no end"))?,
            None if rest.starts_with('=') => return Err(format!("the value of {name} is not quoted")),
            None => ("", rest),
        };
        is_escaped(value)?;
        all.push((name.to_owned(), value.to_owned()));
        text = rest;
    }
    Ok(all)
}

fn is_escaped(text: &str) -> Result<(), String> {
    let names = ["amp;", "lt;", "gt;", "quot;", "apos;"];
    match text.split('&').skip(1).find(|rest| !names.iter().any(|name| rest.starts_with(name))) {
        Some(rest) => Err(format!("an ampersand before {rest:.30}")),
        None => Ok(()),
    }
}

#[test]
fn what_is_malformed_is_found() {
    let page = |body: &str| Page::read(&format!("<!DOCTYPE html><body>{body}</body>"));
    assert!(page("<p id=\"a\" hidden>1 &lt; 2<br></p><svg><g/></svg>").is_ok());
    for body in [
        "<p>",
        "</p>",
        "<b><i></b></i>",
        "<p id=a></p>",
        "<p id=\"a></p>",
        "a & b",
        "<p title=\"&x\"></p>",
        "1 < 2",
    ] {
        assert!(page(body).is_err(), "{body}");
    }
}
