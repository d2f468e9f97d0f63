//! `rtmpspec coverage --codec`: every requirement that only a codec shows has its vectors, or the reason why not.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use rtmpspec::catalogue::Catalogue;

fn coverage(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_rtmpspec"))
        .args(["coverage", "--codec"])
        .args(arguments)
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn vectors() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors")
}

/// What `coverage --codec` needs of the folder, with other text in `unbreakable.toml`.
fn copy(unbreakable: &str) -> tempfile::TempDir {
    let place = tempfile::tempdir().unwrap();
    for folder in ["schema", "data"] {
        fs::create_dir(place.path().join(folder)).unwrap();
        for entry in fs::read_dir(vectors().join(folder)).unwrap() {
            let entry = entry.unwrap();
            fs::copy(entry.path(), place.path().join(folder).join(entry.file_name())).unwrap();
        }
    }
    for file in ["manifest.json", "ids.lock"] {
        fs::copy(vectors().join(file), place.path().join(file)).unwrap();
    }
    fs::write(place.path().join("unbreakable.toml"), unbreakable).unwrap();
    place
}

fn entries() -> String {
    fs::read_to_string(vectors().join("unbreakable.toml")).unwrap()
}

#[test]
fn everything_is_accounted_for() {
    let ran = coverage(&["--strict"]);
    assert_eq!(ran.status.code(), Some(0), "{}{}", text(&ran.stdout), text(&ran.stderr));
    let report: serde_json::Value = serde_json::from_slice(&coverage(&["--json"]).stdout).unwrap();
    let rows: Vec<_> =
        report["areas"].as_array().unwrap().iter().flat_map(|a| a["rows"].as_array().unwrap()).collect();
    assert_eq!(rows.len(), Catalogue::builtin().requirements().iter().filter(|r| r.codec_only).count());
    for row in rows {
        let count = |name: &str| row[name].as_u64().unwrap();
        assert!(count("valid") > 0, "{row}");
        assert_eq!(count("invalid") > 0, row["unbreakable"].is_null(), "{row}");
        assert_eq!(row["missing"].as_array().unwrap().len(), 0, "{row}");
        let all = count("valid") + count("invalid") + count("lenient");
        assert_eq!(row["vectors"].as_array().unwrap().len() as u64, all);
    }
    let details = text(&coverage(&["--details"]).stdout);
    assert!(
        details.contains("valid + invalid\n") && details.contains("valid, cannot be broken: "),
        "{details}"
    );
}

#[test]
fn a_missing_reason_is_missed() {
    let all = entries();
    let first = all.find("[[row]]").unwrap();
    let second = first + 1 + all[first + 1..].find("[[row]]").unwrap();
    let id = all[first..second].split('"').nth(1).unwrap();
    let place = copy(&(all[..first].to_owned() + &all[second..]));
    let dir = place.path().to_str().unwrap();
    let ran = coverage(&["--strict", "--dir", dir]);
    assert_eq!(ran.status.code(), Some(1), "{}", text(&ran.stderr));
    let line = text(&ran.stdout);
    let line = line.lines().find(|line| line.trim_start().starts_with(id)).expect("the row is named");
    assert!(line.contains("no invalid vector"), "{line}");
    assert_eq!(coverage(&["--dir", dir]).status.code(), Some(0));
}

#[test]
fn entries_that_do_not_fit_are_errors() {
    let lines = entries().lines().count();
    for (entry, why) in [
        (
            "id = \"AMF0-001\"\nbecause = \"x\"",
            "AMF0-001 has an invalid vector, `amf0-marker-12`: remove the entry",
        ),
        ("id = \"AMF0-999\"\nbecause = \"x\"", "no such requirement: AMF0-999"),
        ("id = \"FLV-009\"\nbecause = \"x\"", "FLV-009 stands in line "),
        ("id = \"AMF0-001\"\nbecause = \" \"", "AMF0-001: `because` is empty"),
        ("id = \"AMF0-001\"", "missing field `because`"),
        ("id = \"AMF0-001\"\nbecause = \"x\"\nwhy = 1", "unknown field `why`"),
        ("id = \"NSP-001\"\nbecause = \"x\"", "NSP-001 is shown by connections too"),
    ] {
        let place = copy(&format!("{}\n[[row]]\n{entry}\n", entries()));
        let ran = coverage(&["--dir", place.path().to_str().unwrap()]);
        assert_eq!((ran.status.code(), ran.stdout.len()), (Some(2), 0), "{entry}");
        let error = text(&ran.stderr);
        let line = error.split(':').nth(2).and_then(|line| line.trim().parse::<usize>().ok());
        assert!(error.contains("unbreakable.toml:") && line.is_some_and(|line| line > lines), "{error}");
        assert!(error.contains(why), "{error}");
    }
}
