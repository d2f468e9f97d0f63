//! `doctor`: which step of an ordinary session works, and what the target is like.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use clap::Args;

use super::{complain, print};
use crate::probe::Probe;
use crate::target::{Address, Target, Wanted, fresh_names};

/// `rtmpspec doctor`
#[derive(Args)]
#[command(
    after_help = "Examples:\n  rtmpspec doctor rtmp://127.0.0.1/live\n  rtmpspec doctor rtmp://127.0.0.1/live --json\n\nExit codes: 0 every step works, 1 a step fails, 2 usage, 5 not reachable"
)]
pub struct Doctor {
    /// rtmp://HOST[:PORT]/APP
    url: String,
    /// JSON instead of text.
    #[arg(long)]
    json: bool,
    /// Patience per awaited event, in seconds.
    #[arg(long, default_value_t = 3.0, value_name = "SECONDS")]
    timeout: f64,
    /// Template of the stream name, `{n}` is replaced by a number; also from RTMPSPEC_STREAM.
    #[arg(long, env = "RTMPSPEC_STREAM", hide_env_values = true)]
    stream: Option<String>,
    /// Print what went over the wire as well.
    #[arg(long)]
    trace: bool,
}

impl Doctor {
    /// Runs it; the exit code.
    pub async fn run(self) -> u8 {
        let address = match Address::parse(&self.url) {
            Ok(address) => address,
            Err(why) => {
                complain(&format!("{}: {why}", self.url));
                return 2;
            }
        };
        let Ok(patience) = Duration::try_from_secs_f64(self.timeout) else {
            complain("--timeout is a number of seconds");
            return 2;
        };
        let names = self.stream.clone().unwrap_or_else(fresh_names);
        let target = match Target::start(Wanted::Url(address), names).await {
            Ok(target) => target,
            Err(why) => {
                complain(&why);
                return 5;
            }
        };
        let place = target.place();
        if let Err(why) = Probe::reach(place.addr, patience).await {
            complain(&why);
            return 5;
        }
        let (probe, transcript) =
            Probe::run_recorded(&place, patience, 1, &Arc::new(AtomicU64::new(0))).await;
        let secrets: Vec<String> =
            self.stream.iter().flat_map(|s| s.split("{n}")).map(str::to_owned).collect();
        let mut out = if self.json {
            format!("{}\n", serde_json::to_string_pretty(&probe).unwrap_or_default())
        } else {
            text(&target.url, &probe)
        };
        if self.trace {
            out += &transcript.text();
        }
        print(&crate::wire::redact::text(&out, &secrets));
        u8::from(probe.failed_step().is_some())
    }
}

fn text(url: &str, probe: &Probe) -> String {
    let mut out = format!("{url}\n\n");
    for step in &probe.steps {
        let mark = if step.ok { "ok  " } else { "FAIL" };
        out += &format!("  {mark}  {:26} {:7.1} ms  {}\n", step.name, step.ms, step.detail);
    }
    out += &format!("\n  ping {}\n", if probe.answers_ping { "answered" } else { "not answered" });
    if let Some(fidelity) = probe.fidelity {
        out += &format!("  relay {}\n", fidelity.describe());
    }
    for (name, value) in &probe.features {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        out += &format!("  {name}: {}\n", value.chars().filter(|c| !c.is_control()).collect::<String>());
    }
    if let Some(step) = probe.failed_step() {
        out += &format!("\n  The first step that fails is {}: {}\n", step.name, step.detail);
        out += "  Next: run with --trace to see the bytes' story, or `rtmpspec server URL` for verdicts.\n";
    }
    out
}
