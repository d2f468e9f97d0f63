//! What went wrong, what to do about it, and the exit code.

use std::process::ExitCode;

use rtmp_net::client::{ClientError, Step};
use rtmp_proto::RtmpUrl;

/// Refused by the server, or failed.
const FAILED: u8 = 1;
/// Wrong use of the command line.
const USAGE: u8 = 2;
/// The server cannot be reached.
const UNREACHABLE: u8 = 5;
/// By Ctrl-C.
const INTERRUPTED: u8 = 130;

#[derive(Debug)]
pub struct Failure {
    message: String,
    next_step: Option<String>,
    code: u8,
}

impl Failure {
    pub fn new(message: String) -> Self {
        Self { message, next_step: None, code: FAILED }
    }

    pub fn usage(message: String) -> Self {
        Self { message, next_step: None, code: USAGE }
    }

    pub fn interrupted() -> Self {
        Self { message: "interrupted".into(), next_step: None, code: INTERRUPTED }
    }

    #[must_use]
    pub fn next_step(mut self, next_step: &str) -> Self {
        self.next_step = Some(next_step.into());
        self
    }

    pub fn report(&self) {
        eprintln!("rtmpref: {}", self.message);
        if let Some(next_step) = &self.next_step {
            eprintln!("  {next_step}");
        }
    }

    pub fn exit_code(&self) -> ExitCode {
        ExitCode::from(self.code)
    }
}

impl From<ClientError> for Failure {
    fn from(error: ClientError) -> Self {
        let code = if error.is_unreachable() { UNREACHABLE } else { FAILED };
        Self { message: error.to_string(), next_step: next_step(&error).map(Into::into), code }
    }
}

fn next_step(error: &ClientError) -> Option<&'static str> {
    match error {
        _ if error.is_unreachable() => {
            Some("Is a server running there? `rtmpref serve` starts one on 127.0.0.1:1935.")
        }
        ClientError::Refused { info, .. } => match info.code.as_str() {
            "NetStream.Publish.BadName" => {
                Some("Another publisher uses the name, or the server does not know it: try another name.")
            }
            "NetStream.Play.StreamNotFound" => Some("Nobody publishes the name: start the publisher first."),
            "NetConnection.Connect.Rejected" => {
                Some("Check the application, the part of the URL between host and name.")
            }
            _ => None,
        },
        ClientError::Timeout { step: Step::Connect, .. } => {
            Some("The port is open, but does not answer like an RTMP server: check host and port.")
        }
        ClientError::Timeout { step: Step::Media, .. } => {
            Some("Does somebody publish the name? --timeout SECS allows for a longer wait.")
        }
        ClientError::Closed { step: Step::Connect | Step::Publish | Step::Play } => {
            Some("Some servers close when they do not know the application or the name: check both.")
        }
        _ => None,
    }
}

/// Reads a URL that names a stream. The text itself is a secret, so no message repeats it.
pub fn parse_url(text: &str) -> Result<RtmpUrl, Failure> {
    let hint = "A URL looks like this: rtmp://HOST[:PORT]/APP/NAME";
    let url: RtmpUrl =
        text.parse().map_err(|error| Failure::usage(format!("the URL is wrong: {error}")).next_step(hint))?;
    if url.stream_key().is_none() {
        let message = format!("the URL {} names no stream", url.redacted());
        return Err(Failure::usage(message).next_step(hint));
    }
    Ok(url)
}
