//! `doctor`: which step of an ordinary session works, and what the target is like.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use clap::Args;

use super::{complain, print};
use crate::probe::Probe;
use crate::target::{Address, Target, Wanted, fresh_names};
use crate::wire::redact;

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
    // clap takes a bare {n} for a line end; the escape between is not printed.
    #[arg(
        long,
        help = "Template of the stream name, {\u{1b}[0mn} is replaced by a number; also from RTMPSPEC_STREAM",
        env = "RTMPSPEC_STREAM",
        hide_env_values = true,
        value_name = "TEMPLATE"
    )]
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
                complain(&format!("{}: {why}", redact::url(&self.url)));
                return 2;
            }
        };
        let patience = match super::patience(self.timeout) {
            Ok(patience) => patience,
            Err(why) => {
                complain(&why);
                return 2;
            }
        };
        let secrets = redact::secrets(self.stream.as_deref(), [address.app.as_str()]);
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
        let mut out = if self.json {
            let mut value = serde_json::to_value(&probe).unwrap_or_default();
            redact::json(&mut value, &secrets);
            format!("{}\n", serde_json::to_string_pretty(&value).unwrap_or_default())
        } else {
            redact::text(&text(&target.url, &probe), &secrets)
        };
        if self.trace {
            out += &redact::text(&transcript.text(), &secrets);
        }
        print(&out);
        u8::from(probe.failed_step().is_some())
    }
}

fn text(url: &str, probe: &Probe) -> String {
    let mut out = format!("{url}\n\n");
    for step in &probe.steps {
        let mark = if step.ok { "ok  " } else { "FAIL" };
        out += &format!("  {mark}  {:26} {:7.1} ms  {}\n", step.name, step.ms, line(&step.detail));
    }
    out += &format!("\n  ping {}\n", if probe.answers_ping { "answered" } else { "not answered" });
    if let Some(fidelity) = probe.fidelity {
        out += &format!("  relay {}\n", fidelity.describe());
    }
    for (name, value) in &probe.features {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        out += &format!("  {name}: {}\n", line(&value));
    }
    if let Some(step) = probe.failed_step() {
        out += &format!("\n  The first step that fails is {}: {}\n", step.name, line(&step.detail));
        out += "  Next: run with --trace to see the bytes' story, or `rtmpspec server URL` for verdicts.\n";
    }
    out
}

/// At most 300 characters, nothing that a terminal would obey: the text may come from the target.
fn line(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(300).collect()
}
