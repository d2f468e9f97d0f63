//! The generator, run to compare.

use std::io::Read as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Regenerated {
    /// The files are what the generator writes.
    Same,
    /// They are not: its lines.
    Differs(Vec<String>),
    /// It did not run, and why.
    Skipped(String),
}

/// Far above the seconds it takes.
const PATIENCE: Duration = Duration::from_secs(300);
/// Bytes of its output that are kept.
const OUTPUT: u64 = 64 << 10;

/// Runs `gen/generate.py --check` of the folder `dir` with `python`.
#[must_use]
pub fn regenerate(dir: &Path, python: &str) -> Regenerated {
    let script = dir.join("gen/generate.py");
    if !script.is_file() {
        return Regenerated::Skipped("gen/generate.py is not there".into());
    }
    match Command::new(python).args(["-c", "import tomllib"]).stderr(Stdio::null()).status() {
        Err(error) => return Regenerated::Skipped(format!("{python}: {error}")),
        Ok(status) if !status.success() => {
            return Regenerated::Skipped(format!("{python} is older than 3.11"));
        }
        Ok(_) => {}
    }
    let mut command = Command::new(python);
    command.arg(&script).arg("--check").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(error) => return Regenerated::Skipped(format!("{python}: {error}")),
    };
    let errors = child.stderr.take();
    let reader = thread::spawn(move || {
        let mut text = Vec::new();
        if let Some(mut errors) = errors {
            let _ = errors.by_ref().take(OUTPUT).read_to_end(&mut text);
            let _ = std::io::copy(&mut errors, &mut std::io::sink());
        }
        String::from_utf8_lossy(&text).into_owned()
    });
    let deadline = Instant::now() + PATIENCE;
    let status = loop {
        match child.try_wait() {
            Ok(Some(status)) => break status,
            Ok(None) if Instant::now() < deadline => thread::sleep(Duration::from_millis(20)),
            Ok(None) | Err(_) => {
                let _ = child.kill();
                let _ = child.wait();
                return Regenerated::Differs(vec![format!("no end within {} s", PATIENCE.as_secs())]);
            }
        }
    };
    let lines: Vec<String> = reader.join().unwrap_or_default().lines().map(str::to_owned).collect();
    if status.success() {
        Regenerated::Same
    } else if lines.is_empty() {
        Regenerated::Differs(vec![format!("{python} ended with {status}")])
    } else {
        Regenerated::Differs(lines)
    }
}
