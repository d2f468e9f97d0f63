#![no_main]
//! URLs: what parses prints and parses again, and never shows its key.

use libfuzzer_sys::fuzz_target;
use rtmp_proto::RtmpUrl;

fuzz_target!(|data: &[u8]| {
    let Ok(text) = core::str::from_utf8(data) else { return };
    if let Ok(url) = text.parse::<RtmpUrl>() {
        let again: RtmpUrl = url.to_secret_string().parse().expect("what was printed can be parsed");
        assert_eq!(again, url);
        let _ = (url.tc_url(), url.address(), url.connect_arguments());
        // Another key of the same form shows the same.
        if let Some(key) = url.stream_key() {
            let other: String = key.chars().map(|c| if c.is_alphanumeric() { 'q' } else { c }).collect();
            let [this, other] = [key, &other].map(|key| url.clone().with_stream_key(key));
            assert_eq!(format!("{this} {this:?}"), format!("{other} {other:?}"));
            assert_eq!(format!("{url}").len(), format!("{url:?}").len() - "RtmpUrl()".len());
        }
        let _ = url.resolve(text);
    }
    let _ = RtmpUrl::parse_with_options(text);
    let _ = RtmpUrl::from_tc_url(text);
});
