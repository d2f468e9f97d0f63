//! Throw-away: runs cases by prefix against a URL and prints verdicts and transcripts.
use rtmpspec::{cases, probe::Probe, runner, target};
use std::sync::Arc;
use std::time::Duration;

#[tokio::main]
async fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let verbose = std::env::var("V").is_ok();
    let wanted = if args[0] == "embedded" {
        target::Wanted::Embedded
    } else {
        target::Wanted::Url(target::Address::parse(&args[0]).unwrap())
    };
    let mut target = target::Target::start(wanted, target::fresh_names()).await.unwrap();
    let patience =
        Duration::from_millis(std::env::var("T").ok().and_then(|t| t.parse().ok()).unwrap_or(3000));
    let (probe, t) = Probe::run_recorded(&target.place(), patience, 1, &target.counter()).await;
    println!("{}", probe.summary());
    if args.get(1).map(String::as_str) == Some("probe") {
        println!("{}\n{}", serde_json::to_string_pretty(&probe).unwrap(), t.text());
        return;
    }
    let all = cases::all();
    let selected: Vec<_> = all
        .iter()
        .copied()
        .filter(|c| args.len() < 2 || args[1..].iter().any(|a| c.id.starts_with(a.as_str())))
        .collect();
    let (_tx, rx) = tokio::sync::watch::channel(false);
    let options = runner::Options { patience, allow_hostile: true, ..Default::default() };
    let report = runner::run(&all, &selected, &mut target, Arc::new(probe), &options, rx, |_| {}).await;
    for o in &report.outcomes {
        println!(
            "{:12} {:55} {} {} [{} ms]",
            o.judged.verdict.word(),
            o.case.id,
            o.judged.because.as_deref().unwrap_or(""),
            o.judged.detail.as_deref().unwrap_or(""),
            o.took.as_millis()
        );
        if verbose {
            println!("{}", o.transcript.text());
        }
    }
    println!("{:?}", report.notes);
}
