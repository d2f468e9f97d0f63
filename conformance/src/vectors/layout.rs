//! The one layout of the files, which is the generator's.

use super::json::{Key, Kind, Node, NotJson, parse, quoted};

/// Levels that have a line per value; deeper values stand on one line.
const LEVELS: usize = 6;
/// Of `manifest.json`.
const MANIFEST_LEVELS: usize = 3;

/// Order of properties; others follow in the order of the text.
const FILE: &[&str] = &["schema", "licence", "notes", "groups"];
const NOTE: &[&str] = &["kind", "rule", "effect", "links"];
const GROUP: &[&str] = &["source", "state", "tests"];
const SOURCE: &[&str] = &["name", "tool", "version", "made"];
const TEST: &[&str] = &[
    "id",
    "title",
    "requirements",
    "bytes",
    "runs",
    "result",
    "feeds",
    "flags",
    "allow",
    "yields",
    "alternatives",
    "error_at",
    "pending",
    "cuts",
    "canonical",
    "note",
];

/// The text in its layout: order of properties, notes by name, a line per property down to those of a vector,
/// ASCII. Values stay as they are.
///
/// # Errors
/// It is no JSON.
pub fn canonical(text: &str) -> Result<String, NotJson> {
    let (_, mut root) = parse(text)?;
    let levels = if root.find("schema").and_then(Node::text) == Some("manifest-v1") {
        MANIFEST_LEVELS
    } else {
        order_file(&mut root);
        LEVELS
    };
    let mut out = String::with_capacity(text.len());
    write(&root, levels, 0, &mut out);
    out.push('\n');
    Ok(out)
}

fn order_file(root: &mut Node) {
    order(root, FILE);
    for (key, node) in members(root) {
        match key.name.as_str() {
            "notes" => {
                if let Kind::Object(notes) = &mut node.kind {
                    notes.sort_by(|(a, _), (b, _)| a.name.cmp(&b.name));
                }
                members(node).iter_mut().for_each(|(_, note)| order(note, NOTE));
            }
            "groups" => items(node).iter_mut().for_each(order_group),
            _ => {}
        }
    }
}

fn order_group(group: &mut Node) {
    order(group, GROUP);
    for (key, node) in members(group) {
        match key.name.as_str() {
            "source" => order(node, SOURCE),
            "tests" => items(node).iter_mut().for_each(|test| order(test, TEST)),
            _ => {}
        }
    }
}

fn members(node: &mut Node) -> &mut [(Key, Node)] {
    match &mut node.kind {
        Kind::Object(members) => members,
        _ => &mut [],
    }
}

fn items(node: &mut Node) -> &mut [Node] {
    match &mut node.kind {
        Kind::Array(items) => items,
        _ => &mut [],
    }
}

fn order(node: &mut Node, names: &[&str]) {
    let rank = |key: &Key| names.iter().position(|name| *name == key.name).unwrap_or(names.len());
    members(node).sort_by_key(|(key, _)| rank(key));
}

fn write(node: &Node, level: usize, indent: usize, out: &mut String) {
    let empty = node.items().is_empty() && node.members().is_empty();
    if level == 0 || empty {
        out.push_str(&node.compact());
        return;
    }
    let (open, close) = if node.members().is_empty() { ('[', ']') } else { ('{', '}') };
    out.push(open);
    let mut separator = "\n";
    let mut line = |key: Option<&Key>, node: &Node, out: &mut String| {
        out.push_str(separator);
        separator = ",\n";
        out.extend(std::iter::repeat_n(' ', indent + 1));
        if let Some(key) = key {
            out.push_str(&quoted(&key.name));
            out.push_str(": ");
        }
        write(node, level - 1, indent + 1, out);
    };
    node.members().iter().for_each(|(key, node)| line(Some(key), node, out));
    node.items().iter().for_each(|node| line(None, node, out));
    out.push('\n');
    out.extend(std::iter::repeat_n(' ', indent));
    out.push(close);
}

#[cfg(test)]
mod tests {
    use super::canonical;

    #[test]
    fn order_and_lines() {
        let text = r#"{"groups":[{"tests":[{"yields":[{"type":"null"}],"title":"é","id":"a"}],
            "state":{},"source":{"made":"d","name":"n"}}],"notes":{"B":{"rule":"r","kind":"k"},"A":{}},"x":1}"#;
        let once = canonical(text).unwrap();
        insta::assert_snapshot!(once);
        assert_eq!(canonical(&once).unwrap(), once);
    }
}
