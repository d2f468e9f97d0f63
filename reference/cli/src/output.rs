//! Progress: a live line on a terminal, plain lines elsewhere. All of it on stderr.

use std::io::IsTerminal;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};
use rtmp_net::client::{Counts, Update};
use rtmp_proto::HandshakeReport;

/// Time between two plain lines.
const PLAIN_INTERVAL: Duration = Duration::from_secs(10);

pub struct Progress {
    verb: &'static str,
    bar: Option<ProgressBar>,
    last_line: Instant,
    has_media: bool,
}

impl Progress {
    /// `total` is the length of what is read, in bytes, where that is known.
    pub fn new(verb: &'static str, target: &str, total: Option<u64>) -> Self {
        eprintln!("{verb} {target}");
        let bar = std::io::stderr().is_terminal().then(|| {
            let (bar, template) = match total {
                Some(total) => (ProgressBar::new(total), "{spinner} {msg} {wide_bar} {percent}%"),
                None => (ProgressBar::new_spinner(), "{spinner} {msg}"),
            };
            if let Ok(style) = ProgressStyle::with_template(template) {
                bar.set_style(style);
            }
            bar.enable_steady_tick(Duration::from_millis(200));
            bar.set_message("connecting");
            bar
        });
        Self { verb, bar, last_line: Instant::now(), has_media: false }
    }

    pub fn update(&mut self, update: Update) {
        match update {
            Update::Connected => self.say("connected"),
            Update::Started => self.say("the server said Start"),
            Update::Media(counts) => self.media(&counts),
            _ => {}
        }
    }

    fn media(&mut self, counts: &Counts) {
        if let Some(bar) = &self.bar {
            bar.set_position(counts.position);
            bar.set_message(describe(counts));
        } else if !self.has_media || self.last_line.elapsed() >= PLAIN_INTERVAL {
            self.last_line = Instant::now();
            let text = if self.has_media { describe(counts) } else { "media flows".into() };
            eprintln!("{}: {text}", self.verb);
        }
        self.has_media = true;
    }

    fn say(&self, text: &'static str) {
        match &self.bar {
            Some(bar) => bar.set_message(text),
            None => eprintln!("{}: {text}", self.verb),
        }
    }

    /// Removes the live line.
    pub fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

/// Counts in words.
pub fn describe(counts: &Counts) -> String {
    format!(
        "{:.1} s, {} video, {} audio, {} data messages, {} kB",
        counts.media_time.as_secs_f64(),
        counts.video,
        counts.audio,
        counts.data,
        counts.bytes.div_ceil(1000),
    )
}

/// What a handshake other than the plain one adds to the summary.
pub fn handshake(report: Option<HandshakeReport>) -> String {
    report
        .filter(|report| report.layout.is_some())
        .map_or_else(String::new, |report| format!(", handshake {report}"))
}
