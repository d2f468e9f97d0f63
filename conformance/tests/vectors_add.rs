//! `rtmpspec vectors add`: a vector comes in from outside, or is refused and nothing is written.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// A copy of the corpus with its generator.
struct Place(TempDir);

struct Ran {
    code: i32,
    out: String,
    err: String,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_path_buf()
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let to = to.join(path.file_name().unwrap());
        if path.is_dir() { copy(&path, &to) } else { fs::copy(&path, to).map(|_| ()).unwrap() }
    }
}

impl Place {
    fn new() -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        for folder in ["vectors/gen", "vectors/schema", "vectors/data", "conformance/requirements"] {
            copy(&root().join(folder), &place.path(folder));
        }
        for file in ["vectors/manifest.json", "vectors/ids.lock"] {
            fs::copy(root().join(file), place.path(file)).unwrap();
        }
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_default()
    }

    /// All that `add` may write.
    fn written(&self) -> Vec<String> {
        ["gen/added/amf0.json", "gen/added/chunk-stream.json", "ids.lock", "data/amf0.json", "manifest.json"]
            .map(|name| self.text(&format!("vectors/{name}")))
            .to_vec()
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        let output = Command::new(env!("CARGO_BIN_EXE_rtmpspec"))
            .args(arguments)
            .args(["--dir", "vectors"])
            .current_dir(self.0.path().canonicalize().unwrap())
            .stdin(Stdio::null())
            .env("NO_COLOR", "1")
            .env("COLUMNS", "100")
            .output()
            .unwrap();
        Ran {
            code: output.status.code().expect("it ends by itself"),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// `GOOD` with options replaced, left out (no value) or put behind.
    fn add(&self, changes: &[(&str, &str)]) -> Ran {
        let mut arguments = vec!["vectors", "add", "amf0"];
        for (name, value) in GOOD {
            match changes.iter().find(|change| change.0 == name) {
                None => arguments.extend([name, value]),
                Some((_, "")) => {}
                Some((_, other)) => arguments.extend([name, other]),
            }
        }
        for (name, value) in changes.iter().filter(|(name, _)| GOOD.iter().all(|(good, _)| good != name)) {
            arguments.push(name);
            arguments.extend((!value.is_empty()).then_some(*value));
        }
        self.run(&arguments)
    }
}

const GOOD: [(&str, &str); 9] = [
    ("--id", "added-null"),
    ("--title", "null, then null"),
    ("--requirement", "AMF0-001"),
    ("--result", "valid"),
    ("--bytes", "05 05"),
    ("--yields", "[{\"type\": \"null\"},\n {\"type\": \"null\"}]"),
    ("--source-name", "generated"),
    ("--tool", "by hand"),
    ("--tool-version", "1"),
];

fn python() -> bool {
    let there = Command::new("python3").args(["-c", "import tomllib"]).status().is_ok_and(|s| s.success());
    assert!(
        there || std::env::var_os("RTMPSPEC_REQUIRE_PEERS").is_none_or(|v| v != "1"),
        "python3 3.11 is missing"
    );
    there
}

#[test]
fn what_is_wrong_is_said_and_nothing_is_written() {
    let place = Place::new();
    let before = place.written();
    let file = place.path("yields.json");
    fs::write(&file, "[\n {\"type\": \"null\"},\n {\"type\": \"boolean\", \"valeu\": true}\n]\n").unwrap();
    fs::write(place.path("broken.json"), "[\n {\"type\": }\n]\n").unwrap();
    let cases: [(&str, &[(&str, &str)]); 27] = [
        ("provenance", &[("--source-name", ""), ("--tool", ""), ("--tool-version", "")]),
        (
            "all that is needed",
            &[("--id", ""), ("--title", ""), ("--requirement", ""), ("--result", ""), ("--bytes", "")],
        ),
        ("yields", &[("--yields", "")]),
        ("id: characters", &[("--id", "Added Null")]),
        ("id: taken", &[("--id", "amf0-number-1")]),
        ("hex: a letter", &[("--bytes", "05 0g")]),
        ("hex: odd", &[("--bytes", "055")]),
        ("flag: unknown", &[("--flag", "Dept")]),
        ("flag: new, and a part of its note", &[("--flag", "BrandNew"), ("--note-kind", "hostile")]),
        (
            "flag: known, and a note",
            &[
                ("--flag", "Depth"),
                ("--note-kind", "hostile"),
                ("--note-rule", "AMF0-036"),
                ("--note-effect", "x"),
            ],
        ),
        (
            "flag: a bad note",
            &[
                ("--flag", "BrandNew"),
                ("--note-kind", "odd"),
                ("--note-rule", "AMF0-936"),
                ("--note-effect", "x"),
                ("--note-link", "http://example.com"),
            ],
        ),
        ("requirement: unknown", &[("--requirement", "AMF0-999")]),
        ("requirement: form", &[("--requirement", "AMF0-1")]),
        ("date", &[("--made", "2026-02-30")]),
        ("source", &[("--source-name", "found")]),
        ("lenient", &[("--result", "lenient")]),
        ("state: of another family", &[("--state", "chunk_size=128")]),
        ("state: form", &[("--state", "chunk_size")]),
        ("feeds", &[("--feeds", "1")]),
        ("cuts: form", &[("--cuts", "1")]),
        ("cuts: beyond", &[("--cuts", "1-9")]),
        ("yields: of another family", &[("--yields", "[{\"audio\": {}}]")]),
        ("yields: in a file", &[("--yields", "yields.json")]),
        ("yields: no JSON", &[("--yields", "broken.json")]),
        ("yields: no array", &[("--yields", "{}")]),
        ("file: missing", &[("--bytes", ""), ("--file", "no-such-file")]),
        ("capture: form", &[("--bytes", ""), ("--from-capture", "x.pcapng")]),
    ];
    let mut all = String::new();
    for (name, changes) in cases {
        let ran = place.add(changes);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{name}: {}", ran.err);
        all += &format!("{name}\n{}", ran.err.lines().map(|line| format!("  {line}\n")).collect::<String>());
    }
    let family = place.run(&["vectors", "add", "amf"]);
    assert_eq!(family.code, 2);
    assert!(family.err.starts_with("error: FAMILY: `amf` is none of aggregate, amf0, "), "{}", family.err);
    assert!(family.err.ends_with("; did you mean one of amf0, amf3?\n"), "{}", family.err);
    insta::assert_snapshot!("refused", all.replace("  \n", "\n"));
    assert_eq!(place.written(), before);
}

#[test]
fn a_vector_comes_in() {
    let place = Place::new();
    let before = place.written();
    let dry = place.add(&[("--made", "2026-11-20"), ("--dry-run", "")]);
    assert_eq!((dry.code, dry.err.as_str()), (0, ""));
    assert_eq!(place.written(), before);
    insta::assert_snapshot!("dry_run", dry.out);
    let without = place.add(&[("--made", "2026-11-20"), ("--python", "no-such-python"), ("--json", "")]);
    let report: Value = serde_json::from_str(&without.out).unwrap();
    assert_eq!((without.code, &report["generator"]["status"]), (1, &Value::from("skipped")));
    assert!(report["next"][0].as_str().unwrap().ends_with("gen/generate.py"), "{report}");
    let lint = place.run(&["vectors", "lint", "vectors/gen/added/amf0.json"]);
    assert!(
        lint.out.contains("the vector `added-null` is not in vectors/data/amf0.json yet: run `python3"),
        "{}",
        lint.out
    );
    if !python() {
        return;
    }
    // The second goes to the group of the first, the third brings a source of its own and a flag.
    let second = place.add(&[
        ("--made", "2026-11-20"),
        ("--id", "added-two"),
        ("--bytes", "05 05 05"),
        ("--yields", "[{\"type\": \"null\"},{\"type\": \"null\"},{\"type\": \"null\"}]"),
    ]);
    assert_eq!((second.code, second.err.as_str()), (0, ""), "{}", second.out);
    let third = place.add(&[
        ("--made", "2026-11-20"),
        ("--id", "added-flag"),
        ("--tool-version", "2"),
        ("--result", "lenient"),
        ("--allow", "close,accept"),
        ("--flag", "BrandNew,Depth"),
        ("--note-kind", "hostile"),
        ("--note-rule", "AMF0-036"),
        ("--note-effect", "Odd."),
        ("--note-link", "https://example.com/1"),
    ]);
    assert_eq!((third.code, third.err.as_str()), (0, ""), "{}", third.out);
    assert!(third.out.contains("note: the vector `"), "{}", third.out);
    insta::assert_snapshot!("added", place.text("vectors/gen/added/amf0.json"));
    for id in ["added-null", "added-two", "added-flag"] {
        assert!(place.text("vectors/ids.lock").lines().any(|line| line == id));
        assert_eq!(place.run(&["vectors", "explain", id]).code, 0);
    }
    let check = place.run(&["vectors", "lint"]);
    assert_eq!((check.code, check.err.as_str()), (0, ""), "{}", check.out);
    let fmt = place.run(&["vectors", "fmt", "--check"]);
    assert_eq!(fmt.code, 0, "{}", fmt.out);
    let again = place.add(&[]);
    assert!(again.code == 2 && again.err.contains("the id `added-null` is taken"), "{}", again.err);
    // A file that no longer fits is named by lint and by the generator.
    let added = place.text("vectors/gen/added/amf0.json");
    fs::write(place.path("vectors/gen/added/amf0.json"), added.replace("added-two", "amf0-number-1"))
        .unwrap();
    let generator =
        Command::new("python3").arg(place.path("vectors/gen/generate.py")).arg("--check").output().unwrap();
    assert_eq!(generator.status.code(), Some(1));
    assert_eq!(String::from_utf8_lossy(&generator.stderr), "the id amf0-number-1 stands twice\n");
    fs::write(place.path("vectors/gen/added/amf0.json"), added.replace("\"05 05\"", "\"05 0\"")).unwrap();
    let refused = place.add(&[("--id", "added-four")]);
    assert!(
        refused.code == 2 && refused.err.contains("amf0.json:") && refused.err.contains("mend this first"),
        "{}",
        refused.err
    );
}

#[test]
fn a_generator_that_refuses_leaves_nothing() {
    if !python() {
        return;
    }
    let place = Place::new();
    let before = place.written();
    for (text, why) in
        [("import sys\nsys.exit('no such thing')\n", "no such thing"), ("", "it does not read gen/added")]
    {
        fs::write(place.path("vectors/gen/generate.py"), text).unwrap();
        let ran = place.add(&[]);
        assert_eq!(ran.code, 2);
        assert!(ran.err.contains("nothing was added") && ran.err.contains(why), "{}", ran.err);
        assert_eq!(place.written(), before);
    }
}

#[test]
fn bytes_of_a_capture() {
    let place = Place::new();
    let capture = root().join("vectors/captures/ffmpeg5--srs--publish.pcapng");
    let pick = |rest: &str| format!("{}#{rest}", capture.display());
    let add = |family: &str, from: &str, state: &str| {
        let mut arguments = vec!["vectors", "add", family, "--from-capture", from, "--dry-run", "--json"];
        for (name, value) in
            GOOD.iter().filter(|(name, _)| !["--bytes", "--source-name", "--yields"].contains(name))
        {
            arguments.extend([name, value]);
        }
        arguments.extend(["--yields", "[]", "--state", state]);
        place.run(&arguments)
    };
    let vector = |ran: Ran| -> Value {
        assert_eq!((ran.code, ran.err.as_str()), (0, ""));
        serde_json::from_str::<Value>(&ran.out).unwrap()["vector"].clone()
    };
    // The first message of an FFmpeg client is connect: an AMF0 string of 7 letters, then transaction 1.
    let connect = vector(add("message", &pick("1:to_server:message=1"), "type=20"));
    let bytes = connect["bytes"].as_str().unwrap();
    assert!(bytes.starts_with("020007636f6e6e656374003ff0000000000000"), "{bytes}");
    // C0 is byte 0; the chunks begin behind C0, C1 and C2.
    let first = vector(add("chunk-stream", &pick("1:to_server:bytes=0-0"), "chunk_size=128"));
    assert_eq!(first["bytes"], "03");
    let whole = vector(add("chunk-stream", &pick("1:to_server:bytes=3073-3090"), "chunk_size=128"));
    assert!(whole["bytes"].as_str().unwrap().starts_with("03000000"), "{whole}");
    for (family, rest, state, message) in [
        ("message", "1:to_server", "type=20", "one message or a part of one: put :message=N (1 to "),
        ("message", "9:to_server:message=1", "type=20", "no connection 9: it has one, #1"),
        ("message", "1:to_server:message=99999", "type=20", "no message 99999: this direction has "),
        ("chunk-stream", "1:to_server:bytes=0-99999999", "chunk_size=128", "0-99999999 is not within the "),
    ] {
        let ran = add(family, &pick(rest), state);
        assert!(ran.code == 2 && ran.err.contains(message), "{rest}: {}", ran.err);
    }
}

#[test]
fn a_draft_is_no_vector() {
    let place = Place::new();
    let before = place.written();
    let ran = place.add(&[("--yields", ""), ("--draft", "draft.json")]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert_eq!(place.text("draft.json"), "[\n {\"type\":\"null\"},\n {\"type\":\"null\"}\n]\n");
    assert!(ran.out.contains("Compare each value with the specification"), "{}", ran.out);
    assert_eq!(place.written(), before);
    assert_eq!(place.add(&[("--yields", "draft.json"), ("--dry-run", "")]).code, 0);
    let again = place.add(&[("--yields", ""), ("--draft", "draft.json")]);
    assert!(again.code == 2 && again.err.starts_with("error: --draft draft.json: "), "{}", again.err);
}
