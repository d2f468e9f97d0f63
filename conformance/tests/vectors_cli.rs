//! `rtmpspec vectors check | list | explain | lint | fmt` and `coverage --codec`, as their users meet them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use rtmpspec::catalogue::Catalogue;
use serde_json::Value;
use tempfile::TempDir;

/// A file of vectors without a fault.
const GOOD: &str = r#"{
 "schema": "amf0-v1",
 "licence": "CC0-1.0",
 "notes": {
  "Depth": {
   "kind": "hostile",
   "rule": "AMF0-036",
   "effect": "Nesting without a bound.",
   "links": [
    "https://example.com/1"
   ]
  }
 },
 "groups": [
  {
   "source": {
    "name": "generated",
    "tool": "mine.py",
    "version": "1",
    "made": "2026-11-20"
   },
   "state": {},
   "tests": [
    {
     "id": "mine-null",
     "title": "null twice",
     "requirements": [
      "AMF0-001"
     ],
     "bytes": "05 05",
     "result": "valid",
     "yields": [
      {"type": "null"},
      {"type": "boolean", "value": true}
     ]
    },
    {
     "id": "mine-depth",
     "title": "many arrays",
     "requirements": [
      "AMF0-036"
     ],
     "runs": [
      {"hex": "0a00000001", "times": 1000}
     ],
     "result": "lenient",
     "flags": [
      "Depth"
     ],
     "allow": [
      "close"
     ],
     "yields": []
    }
   ]
  }
 ]
}
"#;

struct Ran {
    code: i32,
    out: String,
    err: String,
}

fn command(here: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rtmpspec"));
    command.args(arguments).current_dir(here).stdin(Stdio::null());
    for (name, _) in std::env::vars_os().filter(|(n, _)| n.to_string_lossy().starts_with("RTMPSPEC_")) {
        command.env_remove(name);
    }
    command.env("NO_COLOR", "1").env("COLUMNS", "100");
    command
}

fn ran(mut command: Command) -> Ran {
    let output = command.output().unwrap();
    Ran {
        code: output.status.code().expect("it ends by itself"),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// In the checkout.
fn run(arguments: &[&str]) -> Ran {
    ran(command(&root(), arguments))
}

fn json(arguments: &[&str]) -> Value {
    let ran = run(arguments);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{arguments:?}");
    serde_json::from_str(&ran.out).unwrap()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_path_buf()
}

/// A corpus of its own: the schema, and nothing else unless it is put there.
struct Place(TempDir);

impl Place {
    fn new() -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        for folder in ["vectors/schema", "vectors/data", "vectors/gen"] {
            fs::create_dir_all(place.path(folder)).unwrap();
        }
        let schema = "vectors/schema/vectors-v1.schema.json";
        fs::copy(root().join(schema), place.path(schema)).unwrap();
        place.write("vectors/manifest.json", &manifest(0, 0));
        place.write("vectors/ids.lock", "");
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    fn text(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = command(&self.0.path().canonicalize().unwrap(), arguments);
        command.args(["--dir", "vectors"]);
        command
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        ran(self.command(arguments))
    }

    /// With `GOOD` as its one file, and everything in order.
    fn with_a_file() -> Self {
        let place = Self::new();
        // With bytes that hold what it yields, for the codec is asked too.
        place.write("vectors/data/amf0.json", &GOOD.replace("\"05 05\"", "\"05 0101\""));
        place.write("vectors/manifest.json", &manifest(2, 2));
        let locked = place.run(&["vectors", "lint", "--lock"]);
        // The hash of the file, as lint says it.
        let hash = locked.out.lines().find_map(|line| line.split("data/amf0.json is ").nth(1)).unwrap();
        let hash = hash.split(';').next().unwrap().to_owned();
        place.write("vectors/manifest.json", &manifest(2, 2).replace("HASH", &hash));
        let lint = place.run(&["vectors", "lint"]);
        assert_eq!((lint.code, lint.out.as_str()), (0, "1 file: no fault\n"));
        place
    }
}

fn manifest(vectors: usize, requirements: usize) -> String {
    let (counts, file) = if vectors == 0 {
        (r#""vectors": 0, "valid": 0, "invalid": 0, "lenient": 0"#, String::new())
    } else {
        let counts = r#""vectors": 2, "valid": 1, "invalid": 0, "lenient": 1"#;
        let named = r#"{"path": "data/amf0.json", "schema": "amf0-v1","#;
        (counts, format!("{named}\n{counts}, \"sha256\": \"HASH\"}}"))
    };
    format!(
        "{{\"schema\": \"manifest-v1\", \"licence\": \"CC0-1.0\", \"made\": \"2026-11-20\", {counts},\n\
         \"requirements\": {requirements},\n\"files\": [{file}]}}\n"
    )
}

/// `LINE:COLUMN` of `marker` in `text`.
fn place_of(text: &str, marker: &str) -> String {
    let at = text.find(marker).unwrap_or_else(|| panic!("no {marker:?}"));
    let line = text[..at].matches('\n').count() + 1;
    format!("{line}:{}", at - text[..at].rfind('\n').map_or(0, |n| n + 1) + 1)
}

#[test]
fn each_fault_has_its_place_and_a_message() {
    let place = Place::new();
    let lint = |text: &str| {
        place.write("broken.json", text);
        place.run(&["vectors", "lint", "broken.json"])
    };
    let good = lint(GOOD);
    assert_eq!((good.code, good.out.as_str(), good.err.as_str()), (0, "1 file: no fault\n", ""));
    // What is replaced, by what, where the fault is to be found, and what is said of it.
    let faults = [
        (
            "\"mine-null\"",
            "\"Mine_null\"",
            "\"Mine_null\"",
            "`Mine_null` is no id: parts of a to z and 0 to 9",
        ),
        (
            "\"mine-depth\"",
            "\"mine-null\"",
            "\"mine-null\",\n     \"title\": \"many",
            "the id `mine-null` is taken: broken.json:25:12 (amf0-v1)",
        ),
        (
            "\"Depth\"\n",
            "\"Deepth\"\n",
            "\"Deepth\"",
            "unknown flag `Deepth`: `notes` does not explain it; did you mean Depth?",
        ),
        ("  \"Depth\": {", "  \"depth\": {", "\"depth\"", "`depth` is no name for a flag"),
        ("    \"tool\": \"mine.py\",\n", "", "{\n    \"name\"", "provenance: the property `tool` is missing"),
        ("2026-11-20", "2026-02-30", "\"2026-02-30\"", "provenance: `2026-02-30` is no date"),
        ("2026-11-20", "yesterday", "\"yesterday\"", "`yesterday` is no date such as 2026-11-20"),
        ("\"05 05\"", "\"05 0g\"", "g\"", "bad hex: `g` is no digit of 0 to 9, a to f"),
        ("\"05 05\"", "\"05 050\"", "0\",\n     \"result\"", "bad hex: a part of 3 digits"),
        ("0a00000001", "0A00000001", "A00000001", "bad hex: `A` is upper case"),
        (
            "\"title\": \"null twice\"",
            "\"titel\": 1, \"title\": \"x\"",
            "\"titel\"",
            "unknown property `titel`; did you mean title?",
        ),
        (
            "{\"type\": \"null\"}",
            "{\"type\": \"null\", \"extra\": 1}",
            "\"extra\"",
            "unknown property `extra`",
        ),
        ("\"type\": \"null\"", "\"type\": \"nil\"", "{\"type\": \"nil\"", "of no known form"),
        (", \"value\": true", "", "{\"type\": \"boolean\"", "the property `value` is missing"),
        (
            "\"title\": \"null twice\"",
            "\"title\": \"a\", \"title\": \"b\"",
            "\"title\": \"b\"",
            "the property `title` stands twice",
        ),
        ("\"AMF0-001\"", "\"AMF0-999\"", "\"AMF0-999\"", "no such requirement: AMF0-999"),
        ("\"rule\": \"AMF0-036\"", "\"rule\": \"AMF0-936\"", "\"AMF0-936\"", "no such requirement: AMF0-936"),
        ("\"valid\"", "\"vaild\"", "\"vaild\"", "\"vaild\" is none of valid, invalid, lenient"),
        (
            "     \"result\": \"valid\",\n",
            "",
            "{\n     \"id\": \"mine-null\"",
            "the property `result` is missing",
        ),
        ("     \"bytes\": \"05 05\",\n", "", "{\n     \"id\": \"mine-null\"", "neither `bytes` nor `runs`"),
        (
            "\"valid\",",
            "\"valid\", \"pending\": true,",
            "true,",
            "`pending` has no meaning with this result or in this family",
        ),
        ("\"valid\",", "\"valid\", \"cuts\": [[1, 2]],", "[1, 2]", "the range 1 to 2 of `cuts`"),
        (
            "\"title\": \"null twice\"",
            r#""a\n\u001b": 1, "title": "x""#,
            r#""a\n"#,
            r"unknown property `a\n\u{1b}`",
        ),
        ("amf0-v1", "amf0-v7", "\"amf0-v7\"", "unknown family \"amf0-v7\"; did you mean"),
        ("https:", "http:", "\"http:", "`http://example.com/1` is no https link"),
        ("\"state\": {},", "\"state\": {,", ",\n   \"tests\"", "no JSON: "),
    ];
    for (from, to, marker, message) in faults {
        let text = GOOD.replacen(from, to, 1);
        assert_ne!(text, GOOD, "{from}");
        let ran = lint(&text);
        let expected = format!("broken.json:{}: {message}", place_of(&text, marker));
        assert_eq!(
            (ran.code, ran.out.lines().any(|l| l.starts_with(&expected))),
            (1, true),
            "{expected}\n{}",
            ran.out
        );
        // One fault, one line; but a flag and its note miss each other when one of them has another name.
        let lines = match from {
            "  \"Depth\": {" => 3,
            "\"Depth\"\n" => 2,
            _ => 1,
        };
        assert!(ran.out.lines().count() <= lines, "{expected}\n{}", ran.out);
    }
}

/// All that lint says, as newcomers read it.
#[test]
fn every_message() {
    let place = Place::new();
    let chunks = GOOD
        .replace("amf0-v1", "chunk-stream-v1")
        .replace("\"state\": {}", "\"state\": {\"chunk_size\": 128}")
        .replace("{\"type\": \"null\"},\n      {\"type\": \"boolean\", \"value\": true}", "")
        .replace("\"yields\": [\n      \n     ]", "\"yields\": []");
    let source = &GOOD[GOOD.find("   \"source\"").unwrap()..GOOD.find("   \"state\"").unwrap()];
    let cases: [(&str, &str, &str, &str); 62] = [
        ("id: bad characters", GOOD, "\"mine-null\"", "\"mine null\""),
        ("id: no text", GOOD, "\"mine-null\"", "7"),
        ("id: missing", GOOD, "\"id\": \"mine-null\",", ""),
        ("id: twice", GOOD, "\"mine-depth\"", "\"mine-null\""),
        ("id: of the corpus", GOOD, "\"mine-depth\"", "\"taken\""),
        ("id: withdrawn", GOOD, "\"mine-depth\"", "\"gone\""),
        ("flag: unknown", GOOD, "\"Depth\"\n", "\"Deepth\"\n"),
        ("flag: bad characters", GOOD, "\"Depth\"\n", "\"Too deep\"\n"),
        ("flags: none", GOOD, "[\n      \"Depth\"\n     ]", "[]"),
        ("note: unused", GOOD, "\"flags\": [\n      \"Depth\"\n     ],", ""),
        ("note: kind", GOOD, "\"hostile\"", "\"bad\""),
        ("note: effect", GOOD, "\"effect\": \"Nesting without a bound.\",", ""),
        ("note: rule", GOOD, "\"rule\": \"AMF0-036\"", "\"rule\": \"AMF0-936\""),
        ("note: link", GOOD, "https:", "http:"),
        ("source: missing", GOOD, source, ""),
        ("source: name", GOOD, "\"name\": \"generated\",", ""),
        ("source: tool", GOOD, "\"tool\": \"mine.py\",", ""),
        ("source: version", GOOD, "\"version\": \"1\",", ""),
        ("source: version empty", GOOD, "\"version\": \"1\"", "\"version\": \"\""),
        ("source: version a number", GOOD, "\"version\": \"1\"", "\"version\": 1"),
        ("source: made", GOOD, ",\n    \"made\": \"2026-11-20\"", ""),
        (
            "source: all but the name",
            GOOD,
            &source[source.find(",\n    \"tool").unwrap()..source.find("\n   },").unwrap()],
            "",
        ),
        ("source: another name", GOOD, "\"generated\"", "\"found\""),
        ("date: form", GOOD, "2026-11-20", "20.11.2026"),
        ("date: none of the calendar", GOOD, "2026-11-20", "2026-02-30"),
        ("hex: odd", GOOD, "\"05 05\"", "\"055\""),
        ("hex: a letter", GOOD, "\"05 05\"", "\"05 0g\""),
        ("hex: 0x", GOOD, "\"05 05\"", "\"0x05\""),
        ("hex: upper case", GOOD, "0a00000001", "0A00000001"),
        ("hex: two spaces", GOOD, "\"05 05\"", "\"05  05\""),
        ("hex: no text", GOOD, "\"05 05\"", "[5, 5]"),
        ("bytes: missing", GOOD, "\"bytes\": \"05 05\",", ""),
        ("runs: no times", GOOD, "\"times\": 1000", "\"times\": 0"),
        ("requirement: form", GOOD, "\"AMF0-001\"", "\"AMF0-1\""),
        ("requirement: unknown", GOOD, "\"AMF0-001\"", "\"AMF0-999\""),
        ("requirement: another area", GOOD, "\"AMF0-001\"", "\"CHUNKS-031\""),
        ("requirements: none", GOOD, "[\n      \"AMF0-001\"\n     ]", "[]"),
        ("requirements: one twice", GOOD, "\"AMF0-001\"", "\"AMF0-001\", \"AMF0-001\""),
        ("family: unknown", GOOD, "amf0-v1", "amf-v1"),
        ("family: missing", GOOD, "\"schema\": \"amf0-v1\",", ""),
        ("property: unknown", GOOD, "\"title\": \"null twice\"", "\"titel\": \"null twice\""),
        ("title: empty", GOOD, "\"null twice\"", "\"\""),
        ("licence: another", GOOD, "CC0-1.0", "MIT"),
        ("feeds: too many bytes", &chunks, "\"valid\"", "\"valid\", \"feeds\": [1, 5]"),
        ("feeds: a read of nothing", &chunks, "\"valid\"", "\"valid\", \"feeds\": [0]"),
        ("feeds: in a family without", GOOD, "\"valid\"", "\"valid\", \"feeds\": [1]"),
        ("error_at: beyond", &chunks, "\"valid\"", "\"invalid\", \"error_at\": 9"),
        ("error_at: of a valid vector", &chunks, "\"valid\"", "\"valid\", \"error_at\": 1"),
        ("cuts: beyond", &chunks, "\"valid\"", "\"valid\", \"cuts\": [[1, 9]]"),
        ("cuts: one length", &chunks, "\"valid\"", "\"valid\", \"cuts\": [[1]]"),
        ("lenient: no allow", GOOD, "\"allow\": [\n      \"close\"\n     ],", ""),
        ("lenient: no alternatives", GOOD, "\"close\"", "\"alternative\""),
        ("lenient: another outcome", GOOD, "\"close\"", "\"maybe\""),
        ("valid: allow", GOOD, "\"valid\",", "\"valid\", \"allow\": [\"close\"],"),
        ("yields: of AMF0 in chunks", &chunks, "\"yields\": []", "\"yields\": [{\"type\": \"null\"}]"),
        ("yields: of media in AMF0", GOOD, "{\"type\": \"null\"}", "{\"audio\": {}}"),
        (
            "yields: hash",
            &chunks,
            "\"yields\": []",
            "\"yields\": [{\"type\": 8, \"csid\": 3, \"msid\": 1, \"ts\": 0, \"len\": 0, \"sha256\": \"00\"}]",
        ),
        ("state: missing", &chunks, "{\"chunk_size\": 128}", "{}"),
        ("state: a text", &chunks, "\"chunk_size\": 128", "\"chunk_size\": \"128\""),
        ("state: of another family", GOOD, "\"state\": {}", "\"state\": {\"chunk_size\": 1}"),
        ("file: cut off", GOOD, &GOOD[300..], ""),
        ("file: byte order mark", GOOD, "{\n \"schema\"", "\u{feff}{\n \"schema\""),
    ];
    place.write("vectors/data/amf0.json", &GOOD.replace("mine-null", "taken").replace("mine-depth", "other"));
    place.write("vectors/ids.lock", "- gone\n");
    let mut all = String::new();
    for (name, base, from, to) in cases {
        let text = base.replacen(from, to, 1);
        assert_ne!(text, base, "{name}");
        place.write("v.json", &text);
        let ran = place.run(&["vectors", "lint", "v.json"]);
        assert_eq!(ran.code, 1, "{name}: {}", ran.out);
        assert!(ran.out.lines().all(|line| line.starts_with("v.json:")), "{name}: {}", ran.out);
        all += &format!("{name}\n{}", ran.out.lines().map(|line| format!("  {line}\n")).collect::<String>());
    }
    fs::write(
        place.path("v.json"),
        GOOD.replace("null twice", "null \u{1}").replace('\u{1}', "\u{e9}").into_bytes(),
    )
    .unwrap();
    assert_eq!(place.run(&["vectors", "lint", "v.json"]).code, 0);
    let bytes: Vec<u8> =
        GOOD.replace("null twice", "null ?").bytes().map(|b| if b == b'?' { 0xff } else { b }).collect();
    fs::write(place.path("v.json"), bytes).unwrap();
    let ran = place.run(&["vectors", "lint", "v.json"]);
    assert_eq!(ran.code, 2);
    all += &format!("file: not UTF-8\n  {}", ran.err);
    fs::File::create(place.path("v.json")).unwrap().set_len((64 << 20) + 1).unwrap();
    let ran = place.run(&["vectors", "lint", "v.json"]);
    assert_eq!(ran.code, 2);
    all += &format!("file: too large\n  {}", ran.err);
    insta::assert_snapshot!("every_message", all);
}

#[test]
fn faults_of_a_stream_family() {
    let place = Place::new();
    let text = GOOD
        .replace("amf0-v1", "chunk-stream-v1")
        .replace("\"state\": {}", "\"state\": {\"chunk_size\": 128}")
        .replace("{\"type\": \"null\"},\n      {\"type\": \"boolean\", \"value\": true}", "")
        .replace("\"result\": \"valid\"", "\"result\": \"invalid\", \"error_at\": 3, \"feeds\": [1, 1]");
    place.write("broken.json", &text);
    let ran = place.run(&["vectors", "lint", "broken.json"]);
    let expected = format!(
        "broken.json:{}: error_at 3 is beyond the 2 bytes of the vector\nbroken.json:{}: the reads of `feeds` take 2 \
         bytes of 2; at least one has to be left for the last read\n",
        place_of(&text, "3, \"feeds\""),
        place_of(&text, "[1, 1]")
    );
    assert_eq!((ran.code, ran.out), (1, expected));
}

#[test]
fn several_faults_are_all_listed_in_order() {
    let place = Place::new();
    let text = GOOD
        .replace("\"mine-null\"", "\"MINE\"")
        .replace("    \"tool\": \"mine.py\",\n", "")
        .replace("0a00000001", "0a0000000")
        .replace("\"AMF0-001\"", "\"AMF0-999\"");
    place.write("broken.json", &text);
    let ran = place.run(&["vectors", "lint", "broken.json"]);
    assert_eq!((ran.code, ran.err.as_str()), (1, "error: 4 faults\n"));
    insta::assert_snapshot!("several_faults", ran.out);
    let listed = place.run(&["vectors", "lint", "broken.json", "--json"]);
    let faults: Vec<Value> = serde_json::from_str(&listed.out).unwrap();
    let line = |f: &Value| {
        format!(
            "{}:{}:{}: {}\n",
            f["file"].as_str().unwrap(),
            f["line"],
            f["column"],
            f["message"].as_str().unwrap()
        )
    };
    assert_eq!((listed.code, faults.iter().map(line).collect::<String>()), (1, ran.out));
}

#[test]
fn manifest_counts_and_hashes() {
    let place = Place::with_a_file();
    let good = place.text("vectors/manifest.json");
    let broken = good.replacen("\"vectors\": 2", "\"vectors\": 3", 1).replacen(
        "\"requirements\": 2",
        "\"requirements\": 4",
        1,
    );
    place.write("vectors/manifest.json", &broken);
    let ran = place.run(&["vectors", "lint"]);
    let (total, rules) = (place_of(&broken, "3, \"valid\""), place_of(&broken, "4,\n"));
    assert_eq!(
        (ran.code, ran.out),
        (
            1,
            format!(
                "vectors/manifest.json:{total}: wrong count: `vectors` of all files is 2\n\
                 vectors/manifest.json:{rules}: wrong count: `requirements` of all files is 2\n"
            )
        )
    );
    place.write("vectors/manifest.json", &good);
    place.write("vectors/data/amf0.json", &GOOD.replace("null twice", "null, and null"));
    place.write("vectors/data/more.json", "{\n \"schema\": 1\n}");
    let ran = place.run(&["vectors", "lint"]);
    let lines: Vec<&str> = ran.out.lines().collect();
    assert_eq!((ran.code, lines.len()), (1, 3), "{}", ran.out);
    assert_eq!(lines[0], "vectors/data/more.json:2:12: unknown family 1");
    assert_eq!(
        lines[1],
        format!(
            "vectors/manifest.json:{}: data/more.json is not listed: `gen/generate.py` writes the list",
            place_of(&good, "[{")
        )
    );
    let hash = place_of(&good, good.split("\"sha256\": ").nth(1).unwrap().trim_end_matches("}]}\n"));
    assert!(lines[2].starts_with(&format!("vectors/manifest.json:{hash}: wrong hash: ")), "{}", lines[2]);
}

#[test]
fn ids_are_permanent() {
    let place = Place::with_a_file();
    let head =
        "# Ids of vectors are permanent. A vector that is withdrawn keeps its line, marked with `- `.\n";
    assert_eq!(place.text("vectors/ids.lock"), format!("{head}mine-depth\nmine-null\n"));
    place.write("vectors/ids.lock", "mine-gone\n- mine-null\n- older\n");
    let ran = place.run(&["vectors", "lint"]);
    assert_eq!(ran.code, 1);
    insta::assert_snapshot!("ids", ran.out);
    // Elsewhere an id may be new, but not that of a vector that was withdrawn.
    place.write("vectors/data/amf0.json", &GOOD.replace("mine-null", "mine-other"));
    place.write("mine.json", &GOOD.replace("mine-depth", "brand-new"));
    let ran = place.run(&["vectors", "lint", "mine.json"]);
    assert_eq!(
        ran.out,
        "mine.json:25:12: the id `mine-null` is that of a withdrawn vector (ids.lock): ids are never reused, choose \
         another\n"
    );
}

#[test]
fn layout() {
    let place = Place::new();
    let value: Value = serde_json::from_str(GOOD).unwrap();
    place.write("mine.json", &value.to_string());
    let check = place.run(&["vectors", "fmt", "--check", "mine.json"]);
    assert_eq!((check.code, check.out.as_str()), (1, "mine.json:1:2: not in layout from here on\n"));
    assert_eq!(place.text("mine.json"), value.to_string());
    let done = place.run(&["vectors", "fmt", "mine.json"]);
    assert_eq!((done.code, done.out.as_str()), (0, "mine.json\n"));
    // Properties of what a decoder finds have no order of their own; serde_json sorts them as GOOD has them.
    assert_eq!(place.text("mine.json"), GOOD);
    assert_eq!(place.run(&["vectors", "fmt", "--check", "mine.json"]).code, 0);
    place.write("mine.json", "{");
    let broken = place.run(&["vectors", "fmt", "mine.json"]);
    assert_eq!(broken.code, 2);
    assert!(broken.err.starts_with("error: mine.json:1:1: no JSON: "), "{}", broken.err);
}

#[test]
fn the_corpus_of_the_checkout_is_in_order() {
    let mut command = command(&root(), &["vectors", "check", "--json"]);
    let required = std::env::var_os("RTMPSPEC_REQUIRE_PEERS");
    if let Some(required) = &required {
        command.env("RTMPSPEC_REQUIRE_PEERS", required);
    }
    let ran = ran(command);
    let report: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((ran.code, &report["ok"]), (0, &Value::Bool(true)), "{}", ran.out);
    assert_eq!((&report["lint"], &report["layout"]), (&serde_json::json!([]), &serde_json::json!([])));
    assert_eq!(report["codec"]["failed"].as_array().map(Vec::len), Some(0));
}

#[test]
fn check_without_python_says_so() {
    let place = Place::with_a_file();
    place.write("vectors/gen/generate.py", "");
    assert_eq!(place.run(&["vectors", "fmt"]).code, 0);
    let arguments = ["vectors", "check", "--python", "no-such-python"];
    let skipped = place.run(&arguments);
    assert_eq!(skipped.code, 0, "{}", skipped.out);
    let mut command = place.command(&arguments);
    command.env("RTMPSPEC_REQUIRE_PEERS", "1");
    let failed = ran(command);
    assert_eq!(failed.code, 1);
    insta::assert_snapshot!("check_without_python", format!("{}\n{}", skipped.out, failed.out));
}

#[test]
fn check_reports_what_the_generator_says() {
    if Command::new("python3").args(["-c", "import tomllib"]).status().map_or(true, |s| !s.success()) {
        assert!(
            std::env::var_os("RTMPSPEC_REQUIRE_PEERS").is_none_or(|v| v != "1"),
            "python3 3.11 is missing"
        );
        return;
    }
    let place = Place::with_a_file();
    place.write("vectors/gen/generate.py", "import sys\nsys.exit('data/amf0.json: differs')\n");
    let ran = place.run(&["vectors", "check"]);
    assert_eq!(ran.code, 1);
    assert!(ran.out.contains("--check FAILED\n              data/amf0.json: differs\n"), "{}", ran.out);
}

#[test]
fn list_selects() {
    let all = json(&["vectors", "list", "--json"]);
    let all = all.as_array().unwrap();
    let ids = |arguments: &[&str]| -> Vec<String> {
        let listed = json(&[&["vectors", "list", "--json"], arguments].concat());
        listed.as_array().unwrap().iter().map(|v| v["id"].as_str().unwrap().to_owned()).collect()
    };
    let expected = |keep: fn(&Value) -> bool| -> Vec<String> {
        all.iter().filter(|v| keep(v)).map(|v| v["id"].as_str().unwrap().to_owned()).collect()
    };
    assert!(all.len() >= 1200);
    assert_eq!(
        ids(&["family:amf0", "result:invalid"]),
        expected(|v| v["schema"] == "amf0-v1" && v["result"] == "invalid")
    );
    assert_eq!(
        ids(&["family:amf0", "family:amf3-v1", "!result:valid"]),
        expected(|v| (v["schema"] == "amf0-v1" || v["schema"] == "amf3-v1") && v["result"] != "valid")
    );
    let cites = |v: &Value| v["requirements"].as_array().unwrap().iter().any(|r| r == "CHUNK-031");
    assert_eq!(ids(&["rule:chunk-031"]), expected(cites));
    assert_eq!(
        ids(&["flag:Depth"]),
        expected(|v| v["flags"].as_array().unwrap().iter().any(|f| f == "Depth"))
    );
    assert_eq!(ids(&["amf0-number-*"]), expected(|v| v["id"].as_str().unwrap().starts_with("amf0-number-")));
    let text = run(&["vectors", "list", "amf0-number-1"]);
    assert_eq!((text.code, text.out.as_str()), (0, "amf0-number-1  amf0  valid    number 1.0\n1 vector\n"));
    for (select, message) in [
        (&["flag:Dept"][..], "error: no vector matches `flag:Dept`; did you mean"),
        (&["famly:amf0"], "error: `famly:` is none of family:, rule:, flag:, result:; did you mean family?"),
        (&["family:url", "flag:Depth"], "error: no vector matches all of these"),
        (&["amf0-["], "error: `amf0-[` is no pattern: "),
    ] {
        let ran = run(&[&["vectors", "list"], select].concat());
        assert_eq!((ran.code, ran.out.as_str()), (4, ""), "{select:?}");
        assert!(ran.err.starts_with(message), "{}", ran.err);
    }
}

#[test]
fn list_counts() {
    let counts = json(&["vectors", "list", "--by", "result", "--json"]);
    let all = json(&["vectors", "list", "--json"]);
    let of = |name: &str| all.as_array().unwrap().iter().filter(|v| v["result"] == name).count();
    for entry in counts.as_array().unwrap() {
        assert_eq!(entry["vectors"], of(entry["name"].as_str().unwrap()));
    }
    let flags = run(&["vectors", "list", "family:amf0", "--by", "flag"]);
    assert_eq!(flags.code, 0);
    assert!(
        flags.out.lines().any(|line| line.contains("  Count ") && line.contains("hostile: ")),
        "{}",
        flags.out
    );
    assert!(flags.out.lines().all(|line| line.chars().count() <= 100), "{}", flags.out);
    let rules = run(&["vectors", "list", "family:timestamp", "--by", "rule"]);
    assert!(rules.code == 0 && !rules.out.is_empty());
}

#[test]
fn explain_says_all() {
    let without_place = |text: String| -> String {
        text.lines().filter(|line| !line.starts_with("File ")).map(|line| format!("{line}\n")).collect()
    };
    for id in ["ext-ts-omitted-129", "amf0-depth-ecma-arrays"] {
        let ran = run(&["vectors", "explain", id]);
        assert_eq!((ran.code, ran.err.as_str()), (0, ""));
        insta::assert_snapshot!(format!("explain_{id}"), without_place(ran.out));
    }
    let value = json(&["vectors", "explain", "ext-ts-omitted-129", "--json"]);
    assert_eq!(value["vector"]["id"], "ext-ts-omitted-129");
    assert_eq!(value["notes"]["ExtTsType3"]["rule"], "CHUNK-031");
    assert_eq!(
        (&value["rules"][0]["id"], &value["source"]["name"]),
        (&"CHUNK-031".into(), &"generated".into())
    );
    let line = value["line"].as_u64().unwrap() as usize;
    let file = fs::read_to_string(root().join(value["file"].as_str().unwrap())).unwrap();
    assert!(file.lines().nth(line).unwrap().contains("\"ext-ts-omitted-129\""));
    let typo = run(&["vectors", "explain", "amf0-number-l"]);
    assert_eq!((typo.code, typo.out.as_str()), (4, ""));
    assert!(typo.err.contains("did you mean one of") && typo.err.contains("amf0-number-1"), "{}", typo.err);
    let many = run(&["vectors", "explain", "amf0-*"]);
    assert!(many.code == 4 && many.err.starts_with("error: `amf0-*` names "), "{}", many.err);
}

#[test]
fn coverage_of_what_only_a_codec_shows() {
    let report = json(&["coverage", "--codec", "--json"]);
    let mut citing: BTreeMap<String, BTreeMap<String, u64>> = BTreeMap::new();
    for vector in json(&["vectors", "list", "--json"]).as_array().unwrap() {
        for rule in vector["requirements"].as_array().unwrap() {
            let counts = citing.entry(rule.as_str().unwrap().to_owned()).or_default();
            *counts.entry(vector["result"].as_str().unwrap().to_owned()).or_default() += 1;
        }
    }
    let rows: Vec<&Value> =
        report["areas"].as_array().unwrap().iter().flat_map(|a| a["rows"].as_array().unwrap()).collect();
    let only: Vec<&str> =
        Catalogue::builtin().requirements().iter().filter(|r| r.codec_only).map(|r| r.id.as_str()).collect();
    assert_eq!(rows.iter().map(|row| row["id"].as_str().unwrap()).collect::<Vec<_>>(), only);
    assert_eq!(report["total"], only.len());
    let (mut open, mut covered) = (0, 0);
    for row in &rows {
        let counts = citing.remove(row["id"].as_str().unwrap()).unwrap_or_default();
        for result in ["valid", "invalid", "lenient"] {
            assert_eq!(row[result], counts.get(result).copied().unwrap_or_default(), "{row}");
        }
        covered += u64::from(!counts.is_empty());
        open += u64::from(counts.is_empty() && row["account"]["status"] == "open");
        assert_eq!(row["account"].is_null(), !counts.is_empty(), "{row}");
    }
    assert_eq!((&report["covered"], &report["open"]), (&covered.into(), &open.into()));
    let strict = run(&["coverage", "--codec", "--strict", "--details"]);
    assert_eq!(strict.code, i32::from(open > 0), "{}", strict.err);
    let named = |row: &&Value| row["account"].is_null() || strict.out.contains(row["id"].as_str().unwrap());
    assert!(rows.iter().all(named));
    assert!(strict.out.lines().all(|line| line.chars().count() <= 100), "{}", strict.out);
}

#[test]
fn without_a_corpus_there_is_a_next_step() {
    let place = tempfile::tempdir().unwrap();
    let dir = place.path().to_str().unwrap();
    for words in [
        &["vectors", "check"][..],
        &["vectors", "list"],
        &["vectors", "explain", "x"],
        &["vectors", "lint"],
        &["vectors", "fmt"],
        &["coverage", "--codec"],
    ] {
        let ran = run(&[words, &["--dir", dir]].concat());
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{words:?}");
        assert!(ran.err.starts_with(&format!("error: --dir {dir}: no vectors there")), "{}", ran.err);
    }
    assert_eq!(run(&["coverage", "--dir", dir]).code, 2);
    assert_eq!(run(&["vectors", "lint", "no-such-file.json"]).code, 2);
}

#[test]
fn help_texts() {
    let mut all = String::new();
    for words in [
        &["vectors", "--help"][..],
        &["vectors", "check", "--help"],
        &["vectors", "list", "--help"],
        &["vectors", "explain", "--help"],
        &["vectors", "lint", "--help"],
        &["vectors", "fmt", "--help"],
        &["vectors", "add", "--help"],
    ] {
        let ran = run(words);
        assert_eq!((ran.code, ran.err.as_str()), (0, ""));
        all += &format!("$ rtmpspec {}\n{}\n", words.join(" "), ran.out);
    }
    insta::assert_snapshot!("help", all);
}
