use crate::{Found, Url};
use rtmp_proto::RtmpUrl;

use crate::judge::{Outcome, found};

pub fn decode(bytes: &[u8]) -> Outcome {
    let read = || -> Result<RtmpUrl, String> {
        let text = std::str::from_utf8(bytes).map_err(|error| error.to_string())?;
        RtmpUrl::parse_with_options(text).map(|(url, _)| url).map_err(|error| error.to_string())
    };
    match read() {
        Ok(url) => Outcome { yields: vec![found(Found::Url(form(&url)))], error: None },
        Err(error) => Outcome { yields: vec![], error: Some(error) },
    }
}

fn form(url: &RtmpUrl) -> Url {
    Url {
        scheme: url.scheme().as_str().to_owned(),
        host: url.host().to_owned(),
        port: url.port(),
        app: url.app().to_owned(),
        key: url.stream_key().map(str::to_owned),
        tc_url: url.tc_url(),
        arguments: url.connect_arguments(),
    }
}
