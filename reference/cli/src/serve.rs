//! `rtmpref serve`.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use rtmp_net::{Apps, Log, LogEvent, Observer, Server, ServerConfig};
use rtmp_proto::{SwfHash, SwfVerdict};
use serde_json::json;

use crate::args::Serve;
use crate::failure::Failure;

pub async fn run(args: Serve) -> Result<(), Failure> {
    let mut config =
        ServerConfig { max_connections: args.max_connections as usize, ..ServerConfig::default() };
    config.republish_wait_ms = (args.republish_wait * 1000.0) as u64;
    config.limits.chunk_size_out = args.chunk_size;
    if !args.apps.is_empty() {
        config.apps = Apps::Only(args.apps);
    }
    config.swf = args.swf.iter().map(|file| swf_hash(file)).collect::<Result<_, _>>()?;
    if !args.quiet {
        config.observer = Some(if args.json { observer(json_line) } else { observer(Log::to_string) });
    }
    let server = Server::bind(args.listen, config).await.map_err(|error| {
        Failure::new(format!("cannot listen on {}: {error}", args.listen))
            .next_step("Choose another address with --listen ADDR; port 0 picks a free one.")
    })?;
    let mut stdout = std::io::stdout();
    let line = writeln!(stdout, "listening on rtmp://{}", server.local_addr());
    line.and_then(|()| stdout.flush())
        .map_err(|error| Failure::new(format!("cannot write to stdout: {error}")))?;
    server.run(stop_signal()).await;
    Ok(())
}

/// Longest SWF file, uncompressed, in bytes.
const SWF_MAX: u32 = 64 << 20;

fn swf_hash(file: &Path) -> Result<SwfHash, Failure> {
    let failed = |error: &dyn std::fmt::Display| Failure::new(format!("{}: {error}", file.display()));
    let bytes = fs::read(file).map_err(|error| failed(&error))?;
    SwfHash::of(&bytes, SWF_MAX).map_err(|error| failed(&error))
}

fn observer(format: fn(&Log) -> String) -> Observer {
    Arc::new(move |log| {
        // Without anybody to read it the log is not worth stopping for.
        let _ = writeln!(std::io::stderr(), "{}", format(log));
    })
}

fn json_line(log: &Log) -> String {
    let mut line = json!({
        "connection": log.connection,
        "peer": log.peer.to_string(),
        "event": log.event.name(),
    });
    match &log.event {
        LogEvent::Handshake { report } => {
            line["version"] = json!(report.version);
            line["form"] = json!(report.to_string());
        }
        LogEvent::SwfVerification { verdict } => {
            line["verified"] = json!(matches!(verdict, SwfVerdict::Verified { .. }));
        }
        LogEvent::Connected { app } | LogEvent::Rejected { app } => line["app"] = json!(app),
        LogEvent::Closed { reason, received, sent } => {
            line["reason"] = json!(reason);
            line["received"] = json!(received);
            line["sent"] = json!(sent);
        }
        _ => {}
    }
    line.to_string()
}

async fn stop_signal() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}
