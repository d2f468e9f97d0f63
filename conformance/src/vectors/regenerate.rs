//! The generator, run to compare or to write.

use std::ffi::OsStr;
use std::io;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::io::AsyncReadExt as _;
use tokio::process::Command;

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
    generator(dir, python, &["--check".as_ref()])
}

/// Runs `gen/generate.py` of the folder `dir` with `python`: it writes the files. [`Regenerated::Same`] says that
/// they are now what it writes, [`Regenerated::Differs`] that it failed.
#[must_use]
pub fn generate(dir: &Path, python: &str) -> Regenerated {
    generator(dir, python, &[])
}

fn generator(dir: &Path, python: &str, arguments: &[&OsStr]) -> Regenerated {
    let script = dir.join("gen/generate.py");
    if !script.is_file() {
        return Regenerated::Skipped("gen/generate.py is not there".into());
    }
    let version = command(python, &["-c".as_ref(), "import tomllib".as_ref()]);
    match ended(version) {
        Err(error) => return Regenerated::Skipped(format!("{python}: {error}")),
        Ok(None) => return Regenerated::Skipped(format!("{python} does not answer")),
        Ok(Some((status, _))) if !status.success() => {
            return Regenerated::Skipped(format!("{python} is older than 3.11"));
        }
        Ok(Some(_)) => {}
    }
    let arguments = [&[script.as_os_str()], arguments].concat();
    let (status, text) = match ended(command(python, &arguments)) {
        Ok(Some(ended)) => ended,
        Ok(None) => return Regenerated::Differs(vec![format!("no end within {} s", PATIENCE.as_secs())]),
        Err(error) => return Regenerated::Skipped(format!("{python}: {error}")),
    };
    let lines: Vec<String> = text.lines().map(str::to_owned).collect();
    if status.success() {
        Regenerated::Same
    } else if lines.is_empty() {
        Regenerated::Differs(vec![format!("{python} ended with {status}")])
    } else {
        Regenerated::Differs(lines)
    }
}

fn command(python: &str, arguments: &[&OsStr]) -> Command {
    let mut command = Command::new(python);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    command
}

/// How it ended and the beginning of its standard error; `None` where it took too long.
fn ended(command: Command) -> io::Result<Option<(ExitStatus, String)>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async { tokio::time::timeout(PATIENCE, run(command)).await.ok().transpose() })
}

/// Who stops waiting for it ends the process.
async fn run(mut command: Command) -> io::Result<(ExitStatus, String)> {
    let mut child = command.kill_on_drop(true).spawn()?;
    let mut text = Vec::new();
    if let Some(mut errors) = child.stderr.take() {
        (&mut errors).take(OUTPUT).read_to_end(&mut text).await?;
        tokio::io::copy(&mut errors, &mut tokio::io::sink()).await?;
    }
    Ok((child.wait().await?, String::from_utf8_lossy(&text).into_owned()))
}
