//! The JUnit report validates against its schema, by xmllint. Without xmllint the test is ignored with that reason;
//! with `RTMPSPEC_REQUIRE_PEERS=1` it fails.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

use libtest_mimic::{Arguments, Completion, Failed, Trial};
use rtmp_report::junit;

#[path = "all/sample.rs"]
mod sample;

fn main() -> ExitCode {
    let trials = vec![Trial::ignorable_test("junit-validates", junit_validates)];
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

fn junit_validates() -> Result<Completion, Failed> {
    if Command::new("xmllint").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_err()
    {
        return if std::env::var_os("RTMPSPEC_REQUIRE_PEERS").is_some_and(|value| value == "1") {
            Err("xmllint is missing".into())
        } else {
            Ok(Completion::ignored_with("xmllint is missing"))
        };
    }
    let xsd = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema/junit.xsd");
    for run in [sample::clean_run(), sample::all_skipped(), sample::with_failures(), sample::hostile_run()] {
        xmllint(&xsd, &junit::render(&run))?;
    }
    let wrong = junit::render(&sample::with_failures()).replace("<testcase ", "<testcase verdict=\"fail\" ");
    if xmllint(&xsd, &wrong).is_ok() {
        return Err("an unknown attribute validates".into());
    }
    Ok(Completion::Completed)
}

fn xmllint(xsd: &Path, xml: &str) -> Result<(), String> {
    let mut child = Command::new("xmllint")
        .args(["--nonet", "--noout", "--schema"])
        .arg(xsd)
        .arg("-")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(xml.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).into_owned()) }
}
