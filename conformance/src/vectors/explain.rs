//! All that is known of one vector, for a person and for a program.

use serde_json::{Value, json};

use super::corpus::Vector;
use super::json::Node;
use crate::catalogue::{Catalogue, wrap};

const LABEL: usize = 11;
const WIDTH: usize = 100;
/// Bytes on a line of a dump.
const ROW: usize = 24;
/// Lines of a dump of one part without `full`.
const ROWS: usize = 8;
/// Characters of what a decoder finds without `full`.
const FOUND: usize = 600;

/// A block of text; long bytes and values are cut unless `full`.
#[must_use]
pub fn text(vector: &Vector<'_>, full: bool) -> String {
    let at = vector.file.position(vector.node.at);
    let mut out = format!("{}\n  {}\n\n", vector.id(), vector.title());
    field(&mut out, "Family", vector.schema());
    if let Some(state) = vector.group.find("state").filter(|state| !state.members().is_empty()) {
        let member = |(key, node): &(super::json::Key, Node)| format!("{} {}", key.name, plain(node));
        let state: Vec<String> = state.members().iter().map(member).collect();
        field(&mut out, "State", &cut(&state.join(", "), full));
    }
    field(&mut out, "Result", &judged(vector));
    if let Some(note) = vector.node.find("note").and_then(Node::text) {
        field(&mut out, "Note", note);
    }
    field(&mut out, "File", &format!("{}:{}", vector.file.shown, at.line));
    field(&mut out, "Provenance", &provenance(vector));
    out += "\n";
    bytes(&mut out, vector, full);
    found(&mut out, vector, full);
    flags(&mut out, vector);
    out += "\nRequirements\n";
    for rule in vector.requirements() {
        match Catalogue::builtin().get(rule) {
            Some(row) => {
                out += &format!("  {rule:<10} {:<8} {}\n", row.level.word(), wrap(&row.text, 22, 22, WIDTH));
                out += &format!("{:22}{}\n", "", wrap(&row.source, 22, 22, WIDTH));
            }
            None => out += &format!("  {rule:<10} not in the catalogue\n"),
        }
    }
    out
}

fn field(out: &mut String, label: &str, text: &str) {
    *out += &format!("{label:<LABEL$}{}\n", wrap(text, LABEL, LABEL, WIDTH));
}

fn plain(node: &Node) -> String {
    node.text().map_or_else(|| node.compact(), str::to_owned)
}

fn judged(vector: &Vector<'_>) -> String {
    let allow: Vec<&str> = vector
        .node
        .texts("allow")
        .map(|(_, word)| match word {
            "accept" => "the yields and no error",
            "close" => "an error after a beginning of the yields or of an alternative",
            "alternative" => "an alternative and no error",
            other => other,
        })
        .collect();
    let result = vector.result();
    let means = match result {
        _ if !allow.is_empty() => allow.join("; or "),
        "valid" => "exactly the yields, no error".into(),
        "invalid" => "exactly the yields, then an error".into(),
        _ => String::new(),
    };
    format!("{result}: {means}")
}

fn provenance(vector: &Vector<'_>) -> String {
    let word =
        |name| vector.group.find("source").and_then(|s| s.find(name)).and_then(Node::text).unwrap_or("?");
    format!("{}, {} version {}, {}", word("name"), word("tool"), word("version"), word("made"))
}

fn bytes(out: &mut String, vector: &Vector<'_>, full: bool) {
    let parts = vector.parts();
    let length = vector.length();
    *out += &match parts.len() {
        0 => "Bytes: none\n".to_owned(),
        1 => format!("Bytes: {length}\n"),
        many => format!("Bytes: {length} in {many} parts\n"),
    };
    let mut offset = 0_usize;
    for (number, (hex, times)) in parts.iter().enumerate() {
        if parts.len() > 1 || *times > 1 {
            let repeated = if *times > 1 { format!(", {times} times") } else { String::new() };
            let size = hex.len() / 2;
            let bytes = if size == 1 { "byte" } else { "bytes" };
            *out += &format!("  part {}: {size} {bytes}{repeated}\n", number + 1);
        }
        for (row, digits) in hex.as_bytes().chunks(2 * ROW).enumerate() {
            if row == ROWS && !full {
                *out += &format!("          ... {} more; --full shows them\n", hex.len() / 2 - ROW * ROWS);
                break;
            }
            let pairs: Vec<String> =
                digits.chunks(2).map(|d| String::from_utf8_lossy(d).into_owned()).collect();
            *out += &format!("  {:>6}  {}\n", offset + ROW * row, pairs.join(" "));
        }
        offset = offset.saturating_add((hex.len() / 2).saturating_mul(*times));
    }
    let feeds: Vec<usize> =
        vector.node.find("feeds").map_or(&[][..], Node::items).iter().filter_map(Node::number).collect();
    if !feeds.is_empty() {
        let rest = length.saturating_sub(feeds.iter().fold(0, |sum, n| sum.saturating_add(*n)));
        let feeds: Vec<String> = feeds.iter().map(usize::to_string).collect();
        field(out, "Feeds", &format!("reads of {}, then the last {rest}", feeds.join(", ")));
    }
    if let Some(at) = vector.node.find("error_at").and_then(Node::number) {
        field(
            out,
            "Error at",
            &format!("no error may be reported for the {at} bytes before offset {at} alone"),
        );
    }
    if vector.node.find("pending").is_some() {
        field(out, "Pending", "the bytes end within a message or the handshake; who accepts them waits");
    }
    let cuts: Vec<String> = vector
        .node
        .find("cuts")
        .map_or(&[][..], Node::items)
        .iter()
        .map(|cut| cut.items().iter().map(plain).collect::<Vec<_>>().join(" to "))
        .collect();
    if !cuts.is_empty() {
        field(out, "Cuts", &format!("the first {} bytes alone are refused with an error", cuts.join(", ")));
    }
    if vector.node.find("canonical").is_some() {
        field(out, "Canonical", "an encoder writes these bytes for the yields");
    }
}

fn found(out: &mut String, vector: &Vector<'_>, full: bool) {
    let values = |out: &mut String, node: Option<&Node>| {
        let items = node.map_or(&[][..], Node::items);
        if items.is_empty() {
            *out += "  nothing\n";
        }
        for item in items {
            *out += &format!("  {}\n", wrap(&cut(&item.compact(), full), 2, 4, WIDTH));
        }
    };
    *out += "\nYields\n";
    values(out, vector.node.find("yields"));
    for other in vector.node.find("alternatives").map_or(&[][..], Node::items) {
        let reading = other.find("reading").and_then(Node::text).unwrap_or_default();
        *out += &format!("\nAlternative: {}\n", wrap(reading, 13, 2, WIDTH));
        values(out, other.find("yields"));
    }
}

fn cut(text: &str, full: bool) -> String {
    let length = text.chars().count();
    if full || length <= FOUND {
        return text.to_owned();
    }
    let head: String = text.chars().take(FOUND).collect();
    format!("{head} ... {} more characters; --full shows them", length - FOUND)
}

fn flags(out: &mut String, vector: &Vector<'_>) {
    let notes = vector.root.find("notes");
    for flag in vector.flags() {
        let note = notes.and_then(|notes| notes.find(flag));
        let word = |name| note.and_then(|note| note.find(name)).and_then(Node::text).unwrap_or("?");
        *out += &format!("\nFlag {flag} ({}, {})\n", word("kind"), word("rule"));
        *out += &format!("  {}\n", wrap(word("effect"), 2, 2, WIDTH));
        for (_, link) in note.into_iter().flat_map(|note| note.texts("links")) {
            *out += &format!("  {link}\n");
        }
    }
}

/// The same as JSON: the vector as in its file, with `schema`, `state`, `source`, `notes`, `rules`, `length`, `file`
/// and `line`.
#[must_use]
pub fn value(vector: &Vector<'_>) -> Value {
    let read = |node: Option<&Node>| {
        node.and_then(|node| serde_json::from_str::<Value>(&node.compact()).ok()).unwrap_or(Value::Null)
    };
    let catalogue = Catalogue::builtin();
    let notes = vector.root.find("notes");
    let flags = vector.flags().map(|flag| (flag.to_owned(), read(notes.and_then(|n| n.find(flag)))));
    json!({
        "vector": read(Some(vector.node)),
        "schema": vector.schema(),
        "state": read(vector.group.find("state")),
        "source": read(vector.group.find("source")),
        "notes": flags.collect::<serde_json::Map<_, _>>(),
        "rules": vector.requirements().filter_map(|rule| catalogue.get(rule)).collect::<Vec<_>>(),
        "length": vector.length(),
        "file": vector.file.shown,
        "line": vector.file.position(vector.node.at).line,
    })
}
