//! `manifest.json` against the files it counts.

use std::collections::BTreeSet;

use sha2::{Digest as _, Sha256};

use super::corpus::{Corpus, Document};
use super::json::{Node, NotJson, parse};
use super::lint::Problem;
use super::rules::counts;

const COUNTS: [&str; 4] = ["vectors", "valid", "invalid", "lenient"];

pub(super) fn lint(corpus: &Corpus) -> Vec<Problem> {
    let manifest = &corpus.manifest;
    let root = match parse(&manifest.text) {
        Ok((_, root)) => root,
        Err(NotJson { position: at, message }) => {
            let file = manifest.shown.clone();
            return vec![Problem { file, line: at.line, column: at.column, message }];
        }
    };
    let mut problems = Vec::new();
    if root.find("schema").and_then(Node::text) != Some("manifest-v1") {
        problems.push(Problem::new(manifest, root.at, "the property `schema` is not manifest-v1"));
    }
    let mut total = [0; 4];
    let mut rules = BTreeSet::new();
    let entries = root.find("files").unwrap_or(&root);
    let mut listed = BTreeSet::new();
    for file in &corpus.files {
        let path = format!("data/{}", file.path.file_name().unwrap_or_default().to_string_lossy());
        let entry = entries.items().iter().find(|e| e.find("path").and_then(Node::text) == Some(&path));
        let Some(entry) = entry else {
            problems.push(Problem::new(
                manifest,
                entries.at,
                format!("{path} is not listed: `gen/generate.py` writes the list"),
            ));
            continue;
        };
        listed.insert(path.clone());
        hash(manifest, entry, file, &path, &mut problems);
        // A file that is no JSON is named on its own.
        let Ok((_, data)) = parse(&file.text) else { continue };
        let schema = data.find("schema").and_then(Node::text);
        if schema.is_some() && entry.find("schema").and_then(Node::text) != schema {
            let at = entry.find("schema").unwrap_or(entry);
            problems.push(Problem::new(manifest, at.at, format!("{path} is of another family")));
        }
        let found = counts(&data);
        for (sum, name) in total.iter_mut().zip(COUNTS) {
            *sum += found[name];
            count(manifest, entry, name, found[name], &path, &mut problems);
        }
        for group in data.find("groups").map_or(&[][..], Node::items) {
            for test in group.find("tests").map_or(&[][..], Node::items) {
                rules.extend(test.texts("requirements").map(|(_, rule)| rule.to_owned()));
            }
        }
    }
    for entry in entries.items() {
        let path = entry.find("path").and_then(Node::text).unwrap_or_default();
        if !listed.contains(path) {
            problems.push(Problem::new(manifest, entry.at, format!("`{path}` is listed and not there")));
        }
    }
    for (sum, name) in total.into_iter().zip(COUNTS) {
        count(manifest, &root, name, sum, "all files", &mut problems);
    }
    count(manifest, &root, "requirements", rules.len(), "all files", &mut problems);
    problems.sort();
    problems
}

fn hash(manifest: &Document, entry: &Node, file: &Document, path: &str, problems: &mut Vec<Problem>) {
    let sha256: String = Sha256::digest(file.text.as_bytes()).iter().map(|b| format!("{b:02x}")).collect();
    let node = entry.find("sha256");
    if node.and_then(Node::text) != Some(&sha256) {
        let message = format!("wrong hash: the SHA-256 of {path} is {sha256}; `gen/generate.py` writes it");
        problems.push(Problem::new(manifest, node.unwrap_or(entry).at, message));
    }
}

fn count(manifest: &Document, entry: &Node, name: &str, is: usize, of: &str, problems: &mut Vec<Problem>) {
    let node = entry.find(name);
    if node.and_then(Node::number) != Some(is) {
        let message = format!("wrong count: `{name}` of {of} is {is}");
        problems.push(Problem::new(manifest, node.unwrap_or(entry).at, message));
    }
}
