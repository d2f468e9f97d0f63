//! The rules of the corpus that a schema cannot say.

use std::collections::{BTreeMap, BTreeSet};

use super::corpus::{self, Document};
use super::json::{Kind, Node};
use super::lint::{Context, Problem, Seen};
use super::{did_you_mean, nearest};
use crate::catalogue::Catalogue;

pub(super) fn lint(file: &Document, root: &Node, context: &mut Context<'_>) -> Vec<Problem> {
    let mut rules = Rules { file, problems: Vec::new() };
    rules.names_once(root);
    let no_notes = Vec::new();
    let notes = root.find("notes").map_or(&no_notes[..], Node::members);
    let elsewhere = context.flags.clone();
    let own = notes.iter().map(|(key, _)| key.name.as_str());
    let known: BTreeSet<&str> = own.chain(elsewhere.iter().map(String::as_str)).collect();
    let mut used = BTreeSet::new();
    let family = root.find("schema").and_then(Node::text).unwrap_or_default();
    for group in root.find("groups").map_or(&[][..], Node::items) {
        rules.provenance(group);
        for test in group.find("tests").map_or(&[][..], Node::items) {
            rules.id(test, family, context);
            for (node, rule) in test.texts("requirements") {
                rules.requirement(node, rule);
            }
            for (node, flag) in test.texts("flags") {
                used.insert(flag);
                if !known.contains(flag) {
                    let near = did_you_mean(&nearest(known.iter().copied(), flag, 0.8));
                    rules.add(node, format!("unknown flag `{flag}`: `notes` does not explain it{near}"));
                }
            }
            rules.bytes(test);
        }
    }
    for (key, note) in notes {
        if let Some(rule) = note.find("rule") {
            rules.requirement(rule, rule.text().unwrap_or_default());
        }
        if !used.contains(key.name.as_str()) {
            let message =
                format!("no vector has the flag `{}`: give it to one, or remove the note", key.name);
            rules.problems.push(Problem::new(file, key.at, message));
        }
    }
    rules.problems
}

struct Rules<'a> {
    file: &'a Document,
    problems: Vec<Problem>,
}

impl Rules<'_> {
    fn add(&mut self, node: &Node, message: impl Into<String>) {
        self.problems.push(Problem::new(self.file, node.at, message));
    }

    /// Readers differ in which of two properties with one name they take.
    fn names_once(&mut self, node: &Node) {
        let mut pending = vec![node];
        while let Some(node) = pending.pop() {
            let mut names = BTreeSet::new();
            for (key, value) in node.members() {
                if !names.insert(&key.name) {
                    let message = format!("the property `{}` stands twice in one object", key.name);
                    self.problems.push(Problem::new(self.file, key.at, message));
                }
                pending.push(value);
            }
            pending.extend(node.items());
        }
    }

    fn provenance(&mut self, group: &Node) {
        let Some(made) = group.find("source").and_then(|source| source.find("made")) else {
            return;
        };
        if let Some(date) = made.text()
            && shape(date)
            && date.parse::<jiff::civil::Date>().is_err()
        {
            self.add(made, format!("provenance: `{date}` is no date"));
        }
    }

    fn id(&mut self, test: &Node, family: &str, context: &mut Context<'_>) {
        let Some((node, id)) = test.find("id").and_then(|node| Some((node, node.text()?))) else {
            return;
        };
        if let Some(first) = context.ids.get(id) {
            let message =
                format!("the id `{id}` is taken: {} ({}); choose another", first.place, first.family);
            self.add(node, message);
            return;
        }
        let at = self.file.position(node.at);
        let place = format!("{}:{}:{}", self.file.shown, at.line, at.column);
        context.ids.insert(id.to_owned(), Seen { place, family: family.to_owned() });
        match context.lock.get(id) {
            Some(true) => {
                let message = format!(
                    "the id `{id}` is that of a withdrawn vector (ids.lock): ids are never reused, choose another"
                );
                self.add(node, message);
            }
            Some(false) => {}
            None if context.own => {
                let message = format!(
                    "the id `{id}` is new: `rtmpspec vectors lint --lock` adds it to ids.lock; it is permanent from \
                     then on"
                );
                self.add(node, message);
            }
            None => {}
        }
    }

    fn requirement(&mut self, node: &Node, rule: &str) {
        let catalogue = Catalogue::builtin();
        if catalogue.get(rule).is_none() && well_formed(rule) {
            let ids = catalogue.requirements().iter().map(|row| row.id.as_str());
            let near = did_you_mean(&nearest(ids, rule, 0.9));
            let near = if near.is_empty() { "; conformance/requirements has all" } else { &near };
            self.add(node, format!("no such requirement: {rule}{near}"));
        }
    }

    fn bytes(&mut self, test: &Node) {
        let mut good = true;
        if let Some(bytes) = test.find("bytes") {
            good &= self.hex(bytes, true);
        }
        for run in test.find("runs").map_or(&[][..], Node::items) {
            if let Some(hex) = run.find("hex") {
                good &= self.hex(hex, false);
            }
        }
        if !good || test.find("bytes").is_none() && test.find("runs").is_none() {
            return;
        }
        let length = corpus::length(&corpus::parts(test));
        if let Some(node) = test.find("error_at")
            && let Some(at) = node.number()
            && at > length
        {
            self.add(node, format!("error_at {at} is beyond the {length} bytes of the vector"));
        }
        if let Some(feeds) = test.find("feeds") {
            let sum = feeds.items().iter().filter_map(Node::number).fold(0, usize::saturating_add);
            if sum >= length {
                let message = format!(
                    "the reads of `feeds` take {sum} bytes of {length}; at least one has to be left for the last read"
                );
                self.add(feeds, message);
            }
        }
        for cut in test.find("cuts").map_or(&[][..], Node::items) {
            if let [first, last] = cut.items()
                && let (Some(first), Some(last)) = (first.number(), last.number())
                && (first > last || last >= length)
            {
                let message = format!(
                    "the range {first} to {last} of `cuts` is not one of lengths below the {length} bytes"
                );
                self.add(cut, message);
            }
        }
    }

    /// Whether it is hexadecimal; names the first character that is not.
    fn hex(&mut self, node: &Node, spaces: bool) -> bool {
        let Kind::Text(text) = &node.kind else { return false };
        let Some((offset, why)) = bad_hex(text, spaces) else { return true };
        // Behind the opening quote, unless escapes shift what follows.
        let shift = if self.file.text[node.at..node.end].contains('\\') { 0 } else { 1 + offset };
        self.problems.push(Problem::new(self.file, node.at + shift, format!("bad hex: {why}")));
        false
    }
}

/// Offset and reason of the first fault.
fn bad_hex(text: &str, spaces: bool) -> Option<(usize, String)> {
    if let Some((at, c)) =
        text.char_indices().find(|(_, c)| !(matches!(c, '0'..='9' | 'a'..='f') || spaces && *c == ' '))
    {
        let case = if c.is_ascii_hexdigit() { "upper case; " } else { "" };
        return Some((at, format!("`{c}` is {case}no digit of 0 to 9, a to f")));
    }
    if !spaces && text.is_empty() {
        return Some((0, "there is none".into()));
    }
    let mut at = 0;
    for part in text.split(' ') {
        if part.is_empty() && !text.is_empty() {
            return Some((
                at.min(text.len() - 1),
                "one space stands between two parts, none elsewhere".into(),
            ));
        }
        if part.len() % 2 == 1 {
            let last = at + part.len() - 1;
            return Some((last, format!("a part of {} digits: a byte is two", part.len())));
        }
        at += part.len() + 1;
    }
    None
}

/// Whether it looks like a requirement id; the schema names what does not.
fn well_formed(rule: &str) -> bool {
    let number = rule.rsplit_once('-').map(|(area, number)| (!area.is_empty(), number));
    number.is_some_and(|(area, n)| area && n.len() == 3 && n.bytes().all(|b| b.is_ascii_digit()))
}

/// Whether it looks like `YYYY-MM-DD`; the schema names what does not.
fn shape(date: &str) -> bool {
    let mask: String = date.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    mask == "0000-00-00"
}

/// Counts of results.
pub(super) fn counts(root: &Node) -> BTreeMap<&'static str, usize> {
    let mut counts = BTreeMap::from([("vectors", 0), ("valid", 0), ("invalid", 0), ("lenient", 0)]);
    for group in root.find("groups").map_or(&[][..], Node::items) {
        for test in group.find("tests").map_or(&[][..], Node::items) {
            *counts.entry("vectors").or_default() += 1;
            let result = test.find("result").and_then(Node::text).unwrap_or_default();
            if let Some(count) = counts.get_mut(result) {
                *count += 1;
            }
        }
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::bad_hex;

    #[test]
    fn the_first_fault_of_hex() {
        let at = |text, spaces| bad_hex(text, spaces).map(|(at, _)| at);
        assert_eq!([at("", true), at("00ff", true), at("00 ff", true)], [None; 3]);
        assert_eq!(at("", false), Some(0));
        assert_eq!(at("00 ff", false), Some(2));
        assert_eq!(at("00 f", true), Some(3));
        assert_eq!(at("00g0", true), Some(2));
        assert_eq!(at("00  ff", true), Some(3));
        assert_eq!(at("00 ", true), Some(2));
        assert_eq!(at(" 00", true), Some(0));
        assert!(bad_hex("0F", true).unwrap().1.contains("upper case"));
    }
}
