#![no_main]
//! URLs: what parses prints and parses again, and never shows its key. Rejections that ask for a password.

use libfuzzer_sys::fuzz_target;
use rtmp_proto::RtmpUrl;
use rtmp_proto::auth::{AuthRequest, Credentials};

fuzz_target!(|data: &[u8]| {
    let Ok(text) = core::str::from_utf8(data) else { return };
    if let Ok(url) = text.parse::<RtmpUrl>() {
        let again: RtmpUrl = url.to_secret_string().parse().expect("what was printed can be parsed");
        assert_eq!(again, url);
        let _ = (url.tc_url(), url.address(), url.connect_arguments());
        // What people see is a URL of the same form, and its key is crossed out.
        let shown: RtmpUrl = url.to_string().parse().expect("what was shown can be parsed");
        assert!(shown.stream_key().unwrap_or("").chars().all(|c| c == 'x'), "{url}");
        assert_eq!(format!("{url:?}"), format!("RtmpUrl({url})"));
        let _ = url.resolve(text);
    }
    if let Some(request) = AuthRequest::read(text) {
        let _ = request.answer(&Credentials::new("user", "password", [1; 8]), "live");
    }
    let _ = RtmpUrl::parse_with_options(text);
    let _ = RtmpUrl::from_tc_url(text);
});
