//! The rules of the house, read from the sources: no unsafe code, a core without std, arrows that point one way,
//! files that one person can hold in mind.

use std::fs;
use std::path::{Path, PathBuf};

/// Crates that have to run on a microcontroller.
const CORE: [&str; 3] = ["reference/amf", "reference/flv", "reference/proto"];
/// Non-test lines in a file; the point to split is 600.
const LINES: usize = 630;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace").to_path_buf()
}

/// All Rust files below `folder`, with their text.
fn sources(folder: &Path) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut pending = vec![folder.to_path_buf()];
    while let Some(folder) = pending.pop() {
        for entry in fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display())) {
            let path = entry.expect("an entry").path();
            if path.is_dir() && !path.ends_with("target") {
                pending.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let text = fs::read_to_string(&path).expect("UTF-8");
                found.push((path, text));
            }
        }
    }
    assert!(!found.is_empty(), "{}: no sources", folder.display());
    found
}

/// The lines before the unit tests, without comments.
fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines()
        .enumerate()
        .take_while(|(_, line)| !line.starts_with("#[cfg(test)]"))
        .map(|(index, line)| (index + 1, line.trim_start()))
        .filter(|(_, line)| !line.starts_with("//"))
}

fn is_test(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name == "tests.rs" || name == "captured.rs")
}

#[test]
fn the_core_knows_no_std_and_no_atomics() {
    for krate in CORE {
        let folder = root().join(krate).join("src");
        let top = fs::read_to_string(folder.join("lib.rs")).expect("lib.rs");
        assert!(top.contains("#![cfg_attr(not(test), no_std)]"), "{krate}/src/lib.rs is not no_std");
        for (path, text) in sources(&folder).iter().filter(|(path, _)| !is_test(path)) {
            for (number, line) in code(text) {
                for word in
                    ["std::", "extern crate std", "Arc<", "sync::Arc", "sync::atomic", "portable_atomic"]
                {
                    let found = line
                        .match_indices(word)
                        .any(|(at, _)| !line[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_'));
                    assert!(!found, "{}:{number}: `{word}` in a core crate: {line}", path.display());
                }
            }
        }
    }
}

#[test]
fn unsafe_code_is_forbidden_in_reference_and_conformance() {
    let mut seen = 0;
    for krate in
        ["reference/amf", "reference/flv", "reference/proto", "reference/net", "reference/cli", "conformance"]
    {
        let manifest = fs::read_to_string(root().join(krate).join("Cargo.toml")).expect("Cargo.toml");
        assert!(
            manifest.contains("[lints]\nworkspace = true"),
            "{krate} does not take the workspace's lints"
        );
        for (path, text) in sources(&root().join(krate).join("src")) {
            if path.ends_with("src/lib.rs")
                || path.ends_with("src/main.rs")
                || path.parent().is_some_and(|p| p.ends_with("bin"))
            {
                assert!(
                    text.contains("#![forbid(unsafe_code)]"),
                    "{} does not forbid unsafe code",
                    path.display()
                );
                seen += 1;
            }
        }
    }
    assert!(seen >= 6, "{seen} crate roots");
}

#[test]
fn arrows_point_one_way() {
    let allowed = [
        ("reference/amf", &[][..]),
        ("reference/flv", &["rtmp-amf"]),
        ("reference/proto", &["rtmp-amf", "rtmp-flv"]),
        ("reference/net", &["rtmp-amf", "rtmp-flv", "rtmp-proto"]),
        ("reference/cli", &["rtmp-amf", "rtmp-flv", "rtmp-proto", "rtmp-net"]),
        ("reports", &[]),
    ];
    let ours = [
        "rtmp-amf",
        "rtmp-flv",
        "rtmp-proto",
        "rtmp-net",
        "rtmp-report",
        "rtmp-vectors",
        "rtmpspec",
        "rtmp-bench",
    ];
    for (krate, may) in allowed {
        let manifest: toml::Table = fs::read_to_string(root().join(krate).join("Cargo.toml"))
            .expect("Cargo.toml")
            .parse()
            .expect("TOML");
        let dependencies = manifest.get("dependencies").and_then(toml::Value::as_table);
        for name in dependencies.into_iter().flat_map(|table| table.keys()) {
            if ours.contains(&name.as_str()) {
                assert!(may.contains(&name.as_str()), "{krate} may not depend on {name}");
            }
        }
    }
}

#[test]
fn files_stay_readable() {
    for folder in ["reference", "conformance/src", "reports/src", "vectors/src", "benches/src"] {
        for (path, text) in sources(&root().join(folder)) {
            let generated =
                path.ends_with("rule/ids.rs") || path.components().any(|c| c.as_os_str() == "tests");
            if generated || is_test(&path) || path.components().any(|c| c.as_os_str() == "target") {
                continue;
            }
            let lines = text.lines().take_while(|line| !line.starts_with("#[cfg(test)]")).count();
            assert!(lines <= LINES, "{} has {lines} lines without its tests: split it", path.display());
        }
    }
}
