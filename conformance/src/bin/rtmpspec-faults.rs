//! Test support: plants faults into the embedded reference server and checks that exactly the cases that
//! each fault names fail. Not part of the product; `rtmpref` and `rtmpspec` have no path to a fault.
#![forbid(unsafe_code)]

use std::io::Write as _;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, Subcommand};
use rtmpspec::faults::check::{Beside, plant, unproven};
use rtmpspec::runner::Options;

/// Plants faults into the embedded reference and checks that exactly their cases fail.
#[derive(Parser)]
#[command(
    after_help = "Examples:\n  rtmpspec-faults list\n  rtmpspec-faults check chunk\n  rtmpspec-faults check --beside everybody"
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// One line per fault: id, clause, what it does, its cases.
    List,
    /// Plants each fault whose id begins with one of PREFIX (none: all).
    Check {
        /// Beginnings of fault ids.
        prefix: Vec<String>,
        /// Which other cases run beside a fault's own: nobody, area, everybody.
        #[arg(long, default_value = "area")]
        beside: String,
        /// Patience per awaited event, in milliseconds.
        #[arg(long, default_value_t = 1500)]
        timeout_ms: u64,
        /// Faults in flight at one time.
        #[arg(long, default_value_t = 4)]
        jobs: usize,
    },
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    match cli.command {
        Command::List => {
            for fault in rtmpspec::faults::all() {
                let cases: Vec<&str> = fault.cases.iter().map(|(id, _)| *id).collect();
                println!("{:45} {:18} {} [{}]", fault.id, fault.clause, fault.what, cases.join(", "));
            }
            ExitCode::SUCCESS
        }
        Command::Check { prefix, beside, timeout_ms, jobs } => {
            let beside = match beside.as_str() {
                "nobody" => Beside::Nobody,
                "area" => Beside::Area,
                "everybody" => Beside::Everybody,
                other => {
                    eprintln!("--beside {other}: nobody, area or everybody");
                    return ExitCode::from(2);
                }
            };
            let runtime = tokio::runtime::Runtime::new().expect("a tokio runtime");
            runtime.block_on(check(prefix, beside, Duration::from_millis(timeout_ms), jobs))
        }
    }
}

async fn check(prefix: Vec<String>, beside: Beside, patience: Duration, jobs: usize) -> ExitCode {
    let faults: Vec<_> = rtmpspec::faults::all()
        .into_iter()
        .filter(|f| prefix.is_empty() || prefix.iter().any(|p| f.id.starts_with(p.as_str())))
        .collect();
    if faults.is_empty() {
        eprintln!("no fault begins with {}", prefix.join(" or "));
        return ExitCode::from(4);
    }
    let options = Options { patience, jobs: 8, ..Options::default() };
    let total = faults.len();
    let mut waiting = faults.into_iter();
    let mut running = tokio::task::JoinSet::new();
    let (mut passed, mut failed) = (0, 0);
    loop {
        while running.len() < jobs.max(1) {
            let Some(fault) = waiting.next() else { break };
            let options = options.clone();
            running.spawn(async move { (fault.id, plant(fault, beside, &options).await) });
        }
        let Some(done) = running.join_next().await else { break };
        let (id, problems) = match done {
            Ok((id, Ok(planted))) => (id, planted.problems),
            Ok((id, Err(why))) => (id, vec![why]),
            Err(error) => ("(a fault's task)", vec![error.to_string()]),
        };
        if problems.is_empty() {
            passed += 1;
            println!("ok     {id}");
        } else {
            failed += 1;
            println!("FAILED {id}");
            for problem in problems {
                println!("       {problem}");
            }
        }
        let _ = std::io::stdout().flush();
    }
    if prefix.is_empty() {
        for id in unproven() {
            failed += 1;
            println!("FAILED {id}: no fault makes this case fail");
        }
    }
    println!("{total} faults planted");
    println!("{passed} passed, {failed} failed");
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::from(1) }
}
