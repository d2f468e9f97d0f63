//! The model and the JSON Schema say the same.

use jsonschema::Validator;
use rtmp_report::{LoadError, RESULTS_SCHEMA_JSON, Results, Verdict};
use serde_json::{Value, json};

use crate::sample;

fn validator() -> Validator {
    let schema: Value = serde_json::from_str(RESULTS_SCHEMA_JSON).unwrap();
    jsonschema::meta::validate(&schema).expect("the schema is a schema");
    jsonschema::validator_for(&schema).unwrap()
}

fn sample() -> Value {
    serde_json::from_str(&sample::with_failures().to_json()).unwrap()
}

fn complaints(instance: &Value) -> Vec<String> {
    validator().iter_errors(instance).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

#[test]
fn every_sample_run_is_valid() {
    for run in [sample::clean_run(), sample::all_skipped(), sample::with_failures()] {
        let value = serde_json::from_str(&run.to_json()).unwrap();
        assert_eq!(complaints(&value), Vec::<String>::new());
    }
}

#[test]
fn the_sample_holds_every_verdict() {
    let run = sample::with_failures();
    for verdict in Verdict::ALL {
        assert!(run.summary.of(*verdict) > 0, "no case ends in {verdict}");
    }
    assert_eq!(Verdict::ALL.iter().map(|verdict| run.summary.of(*verdict)).sum::<usize>(), run.summary.total);
}

#[test]
fn reading_gives_back_what_was_written() {
    let run = sample::with_failures();
    assert_eq!(Results::from_json(&run.to_json()).unwrap(), run);
}

#[test]
fn a_wrong_verdict_is_rejected() {
    let mut run = sample();
    run["cases"][0]["verdict"] = json!("passed");
    assert!(
        complaints(&run).iter().any(|text| text.starts_with("/cases/0/verdict")),
        "{:?}",
        complaints(&run)
    );
    assert!(matches!(Results::from_json(&run.to_string()), Err(LoadError::Json(_))));
}

#[test]
fn what_else_is_rejected() {
    type Change = fn(&mut Value);
    let changes: [(&str, Change); 9] = [
        ("another schema", |run| run["schema"] = json!("rtmpspec-results-v2")),
        ("an unknown member", |run| run["cases"][0]["colour"] = json!("red")),
        ("a missing member", |run| {
            run["cases"][0].as_object_mut().unwrap().remove("because");
        }),
        ("a failure without a cause", |run| run["cases"][2]["because"] = json!(null)),
        ("a wrong level", |run| run["cases"][0]["level"] = json!("defacto")),
        ("a wrong overlay", |run| run["cases"][0]["overlay"] = json!("fixed")),
        ("a negative count", |run| run["summary"]["pass"] = json!(-1)),
        ("an exit code of its own", |run| run["summary"]["exit_code"] = json!(7)),
        ("a local time", |run| run["run"]["started"] = json!("2026-11-20T09:46:26+01:00")),
    ];
    for (what, change) in changes {
        let mut run = sample();
        change(&mut run);
        assert_ne!(complaints(&run), Vec::<String>::new(), "{what}");
    }
}

#[test]
fn an_unknown_member_can_be_read() {
    let mut run = sample();
    run["cases"][0]["colour"] = json!("red");
    assert!(Results::from_json(&run.to_string()).is_ok());
}

#[test]
fn every_member_is_written_even_when_absent() {
    let run: Value = serde_json::from_str(&sample::clean_run().to_json()).unwrap();
    assert_eq!(run["baseline"], Value::Null);
    for name in ["because", "overlay", "transcript", "rss_kib"] {
        assert_eq!(run["cases"][0].get(name), Some(&Value::Null), "{name}");
    }
}

#[test]
fn a_time_that_is_not_a_number_is_written_as_zero() {
    let mut run = sample::clean_run();
    run.cases[0].ms = f64::NAN;
    run.cases[1].ms = 1.23456789;
    let value: Value = serde_json::from_str(&run.to_json()).unwrap();
    assert_eq!(value["cases"][0]["ms"], json!(0.0));
    assert_eq!(value["cases"][1]["ms"], json!(1.235));
}

#[test]
fn load_errors_name_the_problem() {
    let error = |json: &str| Results::from_json(json).unwrap_err().to_string();
    assert_eq!(
        error(r#"{"schema": "rtmpspec-results-v9\u001b"}"#),
        "results schema is \"rtmpspec-results-v9\\u{1b}\"; this version reads \"rtmpspec-results-v1\""
    );
    assert_eq!(error("{}"), "no results schema is named; this version reads \"rtmpspec-results-v1\"");
    assert!(error("not json").starts_with("not a results file: expected ident at line 1"));
    assert!(error(&"[".repeat(100_000)).starts_with("not a results file: "));
}
