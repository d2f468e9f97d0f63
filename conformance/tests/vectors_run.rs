//! `rtmpspec vectors run`: programs that speak the line protocol well and badly, as their users meet them.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

fn run(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rtmpspec"));
    command.args(["vectors", "run"]).args(arguments).env("NO_COLOR", "1").env("COLUMNS", "100");
    command.output().expect("rtmpspec starts")
}

fn report(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| {
        panic!(
            "{error}: {}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        )
    })
}

/// An adapter: a hello with these families, then `each` for every request, whose number is `$n`.
fn adapter(dir: &Path, families: &str, each: &str) -> String {
    let path = dir.join(format!("adapter-{}.sh", dir.read_dir().expect("a folder").count()));
    let hello = format!(r#"{{"name":"sh","version":"1","families":{{{families}}}}}"#);
    let script = format!("n=0\nread l\necho '{hello}'\nwhile read l; do n=$((n+1)); {each}; done\n");
    std::fs::write(&path, script).expect("written");
    format!("sh {}", path.display())
}

const STAMPS: &str = r#""timestamp-v1":"yields""#;
const EMPTY: &str = r#"echo "{\"n\":$n,\"yields\":[],\"error\":null}""#;

fn verdicts(report: &Value) -> Vec<&str> {
    let findings = report["decoders"][0]["findings"].as_array().expect("findings");
    findings.iter().filter_map(|finding| finding["verdict"].as_str()).collect()
}

fn one_vector() -> &'static str {
    let files = rtmp_vectors::load_all();
    let file = files.into_iter().find(|file| file.schema == "timestamp-v1").expect("the family");
    Box::leak(file.groups[0].tests[0].id.clone().into_boxed_str())
}

#[test]
fn the_codec_of_this_project_passes_through_the_protocol() {
    let select = ["family:timestamp", "family:url", "family:handshake", "family:amf3", "family:control"];
    let output = run(&[&["--cmd", "rtmpspec vectors run --serve", "--json"], &select[..]].concat());
    let report = report(&output);
    assert_eq!(verdicts(&report), Vec::<&str>::new());
    assert_eq!(output.status.code(), Some(0));
    let passed = report["decoders"][0]["families"].as_object().expect("families").values();
    let passed: u64 = passed.filter_map(|counts| counts["passed"].as_u64()).sum();
    assert_eq!(Some(passed), report["corpus"]["vectors"].as_u64());
}

#[test]
fn a_decoder_that_finds_nothing_fails() {
    let dir = tempfile::tempdir().expect("a folder");
    let cmd = adapter(dir.path(), STAMPS, EMPTY);
    let output = run(&["--cmd", &cmd, "--json"]);
    let report = report(&output);
    assert_eq!(output.status.code(), Some(1));
    assert!(!verdicts(&report).is_empty() && verdicts(&report).iter().all(|word| *word == "failed"));
    let finding = &report["decoders"][0]["findings"][0];
    assert!(finding["why"].as_str().is_some_and(|why| why.contains("whole: valid")), "{finding}");
}

#[test]
fn a_program_that_ends_is_started_again_and_given_up_at_last() {
    let dir = tempfile::tempdir().expect("a folder");
    let cmd =
        adapter(dir.path(), r#""timestamp-v1":"yields","amf0-v1":"yields""#, "echo last words >&2; exit 7");
    let output = run(&["--cmd", &cmd, "--json"]);
    let report = report(&output);
    let verdicts = verdicts(&report);
    assert_eq!(verdicts.iter().filter(|word| **word == "crashed").count(), 25);
    assert!(verdicts[25..].iter().all(|word| *word == "not-asked") && verdicts.len() > 25);
    let why = report["decoders"][0]["findings"][0]["why"].as_str().expect("why");
    assert!(why.contains("exit status: 7") && why.contains("last words"), "{why}");
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn a_program_that_is_silent_is_ended() {
    let dir = tempfile::tempdir().expect("a folder");
    let cmd = adapter(dir.path(), STAMPS, "read again");
    let output = run(&["--cmd", &cmd, "--json", "--timeout", "1", one_vector()]);
    assert_eq!(verdicts(&report(&output)), ["hung"]);
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn what_the_adapter_does_wrong_is_not_told_of_the_decoder() {
    let dir = tempfile::tempdir().expect("a folder");
    for each in [
        "echo nonsense",
        r#"echo "{\"n\":0,\"yields\":[],\"error\":null}""#,
        r#"echo "{\"n\":$n,\"error\":null}""#,
        r#"echo "{\"n\":$n,\"cannot\":\"adapter: no form\"}""#,
        r#"echo "{\"n\":$n,\"yields\":[{\"type\":\"no-such\"}],\"error\":null}""#,
    ] {
        let output = run(&["--cmd", &adapter(dir.path(), STAMPS, each), "--json", one_vector()]);
        assert_eq!(verdicts(&report(&output)), ["fault"], "{each}");
        assert_eq!(output.status.code(), Some(1), "{each}");
    }
}

#[test]
fn panics_and_what_cannot_be_asked_are_counted_apart() {
    let dir = tempfile::tempdir().expect("a folder");
    let panic = r#"echo "{\"n\":$n,\"yields\":[],\"error\":\"index\",\"panic\":true}""#;
    let output = run(&["--cmd", &adapter(dir.path(), STAMPS, panic), "--json", one_vector()]);
    assert_eq!((verdicts(&report(&output)), output.status.code()), (vec!["crashed"], Some(1)));
    let cannot = r#"echo "{\"n\":$n,\"cannot\":\"no way\"}""#;
    let output = run(&["--cmd", &adapter(dir.path(), STAMPS, cannot), "--json", one_vector()]);
    assert_eq!((verdicts(&report(&output)), output.status.code()), (vec!["cannot"], Some(4)));
}

#[test]
fn who_only_takes_and_refuses_passes_as_shallow() {
    let dir = tempfile::tempdir().expect("a folder");
    let cmd = adapter(dir.path(), r#""amf0-v1":"verdict""#, r#"echo "{\"n\":$n,\"error\":null}""#);
    let valid = report(&run(&["--cmd", &cmd, "--json", "family:amf0", "result:valid"]));
    let counts = &valid["decoders"][0]["families"]["amf0-v1"];
    assert!(counts["shallow"].as_u64().is_some() && counts["passed"].is_null(), "{counts}");
    let invalid = report(&run(&["--cmd", &cmd, "--json", "family:amf0", "result:invalid"]));
    assert!(verdicts(&invalid).contains(&"failed"));
}

#[test]
fn a_baseline_lets_only_changes_count() {
    let dir = tempfile::tempdir().expect("a folder");
    let file = |name: &str, text: &[u8]| -> PathBuf {
        let path = dir.path().join(name);
        std::fs::write(&path, text).expect("written");
        path
    };
    let bad = adapter(dir.path(), STAMPS, EMPTY);
    let matrix =
        |cmd: &str| file("matrix.toml", format!("[[decoder]]\nname = \"d\"\ncmd = \"{cmd}\"\n").as_bytes());
    let matrix_path = matrix(&bad);
    let matrix_path = matrix_path.to_str().expect("a name");
    let then = run(&["--matrix", matrix_path, "--json"]);
    assert_eq!(then.status.code(), Some(1));
    let then = file("then.json", &then.stdout);
    let then = then.to_str().expect("a name");
    assert_eq!(run(&["--matrix", matrix_path, "--baseline", then]).status.code(), Some(0));
    matrix("rtmpspec vectors run --serve");
    let better = run(&["--matrix", matrix_path, "--baseline", then, "family:timestamp"]);
    assert_eq!(better.status.code(), Some(3), "{}", String::from_utf8_lossy(&better.stderr));
    let good = run(&["--matrix", matrix_path, "--json", "family:timestamp"]);
    let good = file("good.json", &good.stdout);
    matrix(&bad);
    let worse = run(&["--matrix", matrix_path, "--baseline", good.to_str().expect("a name")]);
    assert_eq!(worse.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&worse.stderr).contains("baseline: new: d: "));
}

#[test]
fn who_cannot_be_started_is_told_with_the_next_step() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("matrix.toml");
    let text = "[[decoder]]\nname = \"d\"\ncmd = \"./no-such-program\"\nsetup = \"make it\"\n";
    std::fs::write(&path, text).expect("written");
    let output = run(&["--matrix", path.to_str().expect("a name")]);
    assert_eq!(output.status.code(), Some(5));
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        said.contains("`./no-such-program` cannot be started") && said.contains("set it up: make it"),
        "{said}"
    );
    let typo = run(&["--cmd", &adapter(dir.path(), r#""timestmp-v1":"yields""#, EMPTY)]);
    let said = String::from_utf8_lossy(&typo.stdout).into_owned();
    assert_eq!(typo.status.code(), Some(5));
    assert!(
        said.contains("timestmp-v1") && said.contains("did you mean") && said.contains("timestamp-v1"),
        "{said}"
    );
    let bad_hello = run(&["--cmd", "echo hello"]);
    assert_eq!(bad_hello.status.code(), Some(5));
}

#[test]
fn usage_and_selection() {
    assert_eq!(run(&[]).status.code(), Some(2));
    assert_eq!(run(&["--cmd", "cat", "no-such-vector"]).status.code(), Some(4));
    let none = run(&["--cmd", "rtmpspec vectors run --serve", "family:timestamp", "family:no-such"]);
    assert_eq!(none.status.code(), Some(4));
}

/// The table and the findings, as people read them.
#[test]
fn the_text_of_a_report() {
    let dir = tempfile::tempdir().expect("a folder");
    let bad = adapter(dir.path(), STAMPS, EMPTY);
    let text = format!(
        "[[decoder]]\nname = \"reference\"\ncmd = \"rtmpspec vectors run --serve\"\n[[decoder]]\nname = \"empty\"\n\
         cmd = \"{bad}\"\ncauses = {{ \"{}\" = \"finds nothing\" }}\n",
        one_vector()
    );
    let path = dir.path().join("matrix.toml");
    std::fs::write(&path, text).expect("written");
    let out = dir.path().join("out");
    let arguments =
        ["--matrix", path.to_str().expect("a name"), "--out", out.to_str().expect("a name"), one_vector()];
    let output = run(&arguments);
    insta::assert_snapshot!("matrix_text", String::from_utf8_lossy(&output.stdout));
    insta::assert_snapshot!(
        "matrix_markdown",
        std::fs::read_to_string(out.join("matrix.md")).expect("a page")
    );
    assert_eq!(String::from_utf8_lossy(&run(&arguments).stdout), String::from_utf8_lossy(&output.stdout));
}
