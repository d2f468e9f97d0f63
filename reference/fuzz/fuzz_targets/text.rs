#![no_main]
//! URLs: what parses prints and parses again, and never shows its key.

use libfuzzer_sys::fuzz_target;
use rtmp_proto::{AudioCodecs, RtmpUrl};

fuzz_target!(|data: &[u8]| {
    let Ok(text) = core::str::from_utf8(data) else { return };
    if let Ok(url) = text.parse::<RtmpUrl>() {
        let again: RtmpUrl = url.to_secret_string().parse().expect("what was printed can be parsed");
        assert_eq!(again, url);
        let _ = (url.tc_url(), url.address(), url.connect_arguments());
        let shown = format!("{url} {url:?}");
        if let Some(key) = url.stream_key().filter(|key| key.len() > 3) {
            let elsewhere = format!("{} {} {}", url.app(), url.host(), url.scheme().as_str());
            assert!(elsewhere.contains(key) || !shown.contains(key), "{shown}");
        }
        let _ = url.resolve(text);
    }
    let _ = RtmpUrl::parse_with_options(text);
    let _ = RtmpUrl::from_tc_url(text);
    let _ = core::mem::size_of::<AudioCodecs>();
});
