//! Every planted fault under its own name: its cases have to fail with the declared cause, the other cases of
//! their areas have to stay as they are. `rtmpspec-faults check --beside everybody` runs the full matrix.

use std::process::ExitCode;
use std::time::Duration;

use libtest_mimic::{Arguments, Failed, Trial};
use rtmpspec::faults::check::{Beside, plant, unproven};
use rtmpspec::runner::Options;

/// Faults in flight at one time: they mostly wait.
const AT_ONE_TIME: usize = 6;
/// Long enough for a slow machine; only a fault whose sign is silence waits for it.
const PATIENCE: Duration = Duration::from_secs(5);

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    arguments.test_threads.get_or_insert(AT_ONE_TIME);
    let mut trials: Vec<Trial> = rtmpspec::faults::all()
        .into_iter()
        .map(|fault| {
            Trial::test(fault.id, move || {
                let options = Options { patience: PATIENCE, jobs: 8, ..Options::default() };
                let runtime = tokio::runtime::Runtime::new().map_err(|e| Failed::from(e.to_string()))?;
                let planted = runtime.block_on(plant(fault, Beside::Area, &options)).map_err(Failed::from)?;
                if planted.problems.is_empty() {
                    Ok(())
                } else {
                    Err(Failed::from(planted.problems.join("\n")))
                }
            })
        })
        .collect();
    trials.push(Trial::test("every-case-has-a-fault", || match unproven() {
        none if none.is_empty() => Ok(()),
        some => Err(Failed::from(format!("no fault makes these cases fail: {}", some.join(", ")))),
    }));
    libtest_mimic::run(&arguments, trials).exit_code()
}
