//! `rtmpref publish`.

use std::time::Duration;

use rtmp_net::Pace;
use rtmp_net::client::{ClientError, Ended, FlvSource, PublishOptions, SourceError, publish};

use crate::args::Publish;
use crate::failure::{Failure, parse_url};
use crate::output::{Progress, describe, handshake};

pub async fn run(args: Publish) -> Result<(), Failure> {
    let url = parse_url(&args.url)?;
    let file = args.file.display();
    let source = FlvSource::open(&args.file).map_err(|error| {
        let not_flv = matches!(error, SourceError::Flv { .. });
        let failure = Failure::new(format!("{file}: {error}"));
        if not_flv {
            failure.next_step("Other files become FLV with: ffmpeg -i FILE -c copy out.flv")
        } else {
            failure
        }
    })?;
    let options = PublishOptions {
        pace: if args.fast { Pace::Fast } else { Pace::RealTime },
        timeout: Duration::from_secs_f64(args.timeout),
        handshake: args.handshake.into(),
        ..PublishOptions::default()
    };
    let target = format!("{file} to {}", url.redacted());
    let mut progress = Progress::new("publish", &target, Some(source.len()));
    let stop = async {
        let _ = tokio::signal::ctrl_c().await;
    };
    let result =
        publish(&url, source.repeated(args.rounds), &options, stop, |update| progress.update(update)).await;
    progress.finish();
    let summary = result.map_err(|error| match error {
        ClientError::Source(error) => Failure::new(format!("{file}: {error}")),
        error => error.into(),
    })?;
    let how = if summary.ended == Ended::Stopped { "stopped" } else { "done" };
    eprintln!("publish: {how}: {}{}", describe(&summary.counts), handshake(summary.handshake));
    match summary.ended {
        Ended::Stopped => Err(Failure::interrupted()),
        _ => Ok(()),
    }
}
