use alloc::format;

use super::*;

fn parse(text: &str) -> RtmpUrl {
    text.parse().unwrap()
}

#[test]
fn application_and_key() {
    for (url, app, key) in [
        ("rtmp://h", "", None),
        ("rtmp://h/", "", None),
        ("rtmp://h/live", "live", None),
        ("rtmp://h/live/", "live", None),
        ("rtmp://h/live?token=x", "live?token=x", None),
        ("rtmp://h/live/?token=x", "live?token=x", None),
        ("rtmp://h/live/key", "live", Some("key")),
        ("RTMP://h/live/key?auth=a/b", "live", Some("key?auth=a/b")),
        ("rtmp://h/live/inst/key", "live/inst", Some("key")),
        ("rtmp://h/v2/pub/NAME?token", "v2/pub", Some("NAME?token")),
        ("rtmp://h/live//key", "live", Some("key")),
        ("rtmp://h//key", "", Some("key")),
        ("rtmp://h/live?vhost=example.org/key", "live?vhost=example.org", Some("key")),
        ("rtmp://h/live/inst?x=1#na%6de", "live/inst?x=1", Some("name")),
        ("rtmp://h/app#", "app", None),
    ] {
        let parsed = parse(url);
        assert_eq!((parsed.app(), parsed.stream_key()), (app, key), "{url}");
        assert_eq!(parsed.tc_url(), format!("rtmp://h/{app}"));
    }
}

#[test]
fn hosts_and_ports() {
    for (url, host, port, address) in [
        ("rtmp://example.org/a", "example.org", 1935, "example.org:1935"),
        ("rtmp://example.org:/a", "example.org", 1935, "example.org:1935"),
        ("rtmp://127.0.0.1:1936/a", "127.0.0.1", 1936, "127.0.0.1:1936"),
        ("rtmp://[::1]/a", "::1", 1935, "[::1]:1935"),
        ("rtmp://[2001:db8::2]:1936", "2001:db8::2", 1936, "[2001:db8::2]:1936"),
    ] {
        let parsed = parse(url);
        assert_eq!((parsed.host(), parsed.port(), parsed.address().as_str()), (host, port, address));
    }
    assert_eq!(parse("rtmp://[::1]:1936/a/k").tc_url(), "rtmp://[::1]:1936/a");
    assert_eq!(parse("rtmp://[::1]/a/k").tc_url(), "rtmp://[::1]/a");
}

#[test]
fn userinfo_becomes_arguments_and_stays_out_of_tc_url() {
    let url = parse("rtmp://us%40er:pa:@host/app/key");
    assert_eq!(url.connect_arguments(), ["us@er", "pa", ""]);
    assert_eq!(url.tc_url(), "rtmp://host/app");
    assert!(parse("rtmp://host/app").connect_arguments().is_empty());
    assert_eq!(parse("rtmp://%zz%ff@host").connect_arguments(), ["%zz%ff"]);
}

#[test]
fn secrets_are_crossed_out() {
    let text = "rtmp://u:p@h:99/live/inst/séc?t=1";
    let url = parse(text);
    assert_eq!(url.redacted(), "rtmp://xxx@h:99/live/inst/xxxxxxx");
    assert_eq!(format!("{url}"), url.redacted());
    assert_eq!(format!("{url:?}"), "RtmpUrl(rtmp://xxx@h:99/live/inst/xxxxxxx)");
    assert_eq!(url.to_secret_string(), text);
    assert_eq!(parse("rtmp://h/live?token=s").redacted(), "rtmp://h/live?xxxxxxx");
    assert_eq!(parse("rtmp://h/live#key").to_secret_string(), "rtmp://h/live#key");
    assert_eq!(url.with_stream_key("other").to_secret_string(), "rtmp://u:p@h:99/live/inst/other");
}

#[test]
fn errors_say_where() {
    for (url, what, at) in [
        ("", "the URL does not start with rtmp:// or its like", 0),
        ("http://h/a", "the URL does not start with rtmp:// or its like", 0),
        ("rtmpx://h/a", "the URL does not start with rtmp:// or its like", 0),
        ("rtmp://", "the URL has no host", 7),
        ("rtmp:///app", "the URL has no host", 7),
        ("rtmp://u@:1935/app", "the URL has no host", 9),
        ("rtmp://h:0/a", "the port is not a number from 1 to 65535", 9),
        ("rtmp://h:65536/a", "the port is not a number from 1 to 65535", 9),
        ("rtmp://h:+1/a", "the port is not a number from 1 to 65535", 9),
        ("rtmp://::1/a", "an IPv6 address needs brackets", 7),
        ("rtmp://[::1/a", "the IPv6 address has no closing bracket", 7),
        ("rtmp://[1.2.3.4]/a", "this is no IPv6 address", 8),
        ("rtmp://[::1]1935/a", "only a port may follow the IPv6 address", 12),
        ("rtmp://h/a live=1", "a space or control character in the URL", 10),
    ] {
        assert_eq!(url.parse::<RtmpUrl>(), Err(UrlError { what, at }), "{url}");
    }
}

proptest::proptest! {
    #[test]
    fn what_is_written_reads_the_same(
        text in "rtmp://([a-c:%]{0,3}@)?(h|\\[::1\\])(:[1-9]{1,4})?/[a-c]{1,3}(/[a-cé]{1,3}){1,3}(\\?[a-c=/]{0,5})?",
    ) {
        let url: RtmpUrl = text.parse().unwrap();
        proptest::prop_assert_eq!(url.to_secret_string(), text);
    }

    #[test]
    fn no_text_panics_or_leaks(text in "rtmp://[a-c:@\\[\\]]{0,5}[a-c/?#%é]{0,12}", key in "SECRET[a-z/?#]{0,3}") {
        if let Ok(url) = text.parse::<RtmpUrl>() {
            let url = url.with_stream_key(&key);
            let shown = format!("{url} {url:?}");
            proptest::prop_assert!(!shown.contains("SECRET"), "{}", shown);
        }
    }
}

/// An application that looks like a file keeps the empty fragment that made it one.
#[test]
fn an_application_that_looks_like_a_file() {
    for text in ["rtmp://h/a/raw:b#", "rtmp://h/a/raw:b?c/d#", "rtmp://h/a/mp4:b/c#"] {
        let url: RtmpUrl = text.parse().unwrap();
        assert_eq!((url.stream_key(), url.to_secret_string().as_str()), (None, text));
    }
    let url: RtmpUrl = "rtmp://h/a/raw:b".parse().unwrap();
    assert_eq!((url.app(), url.stream_key()), ("a", Some("raw:b")));
}

#[test]
fn schemes_and_default_ports() {
    for (url, scheme, port) in [
        ("rtmp://h/a", Scheme::Rtmp, 1935),
        ("rtmps://h/a", Scheme::Rtmps, 443),
        ("rtmpt://h/a", Scheme::Rtmpt, 80),
        ("RtmpTS://h/a", Scheme::Rtmpts, 443),
        ("rtmpe://h/a", Scheme::Rtmpe, 1935),
        ("rtmpte://h/a", Scheme::Rtmpte, 80),
        ("rtmfp://h/a", Scheme::Rtmfp, 1935),
        ("rtmps://h:/a", Scheme::Rtmps, 443),
        ("rtmps://[::1]/a/k", Scheme::Rtmps, 443),
        ("rtmps://h:1936/a", Scheme::Rtmps, 1936),
        ("rtmpt://h:1/a", Scheme::Rtmpt, 1),
        ("rtmp://h:65535/a", Scheme::Rtmp, 65535),
    ] {
        let parsed = parse(url);
        assert_eq!((parsed.scheme(), parsed.port()), (scheme, port), "{url}");
        assert!(parsed.tc_url().starts_with(&format!("{scheme}://")), "{url}");
        assert_eq!(parse(&parsed.to_secret_string()), parsed);
    }
    assert_eq!(parse("rtmps://h:443/a/k").tc_url(), "rtmps://h:443/a");
}

#[test]
fn link_local_addresses_have_zones() {
    for text in ["rtmp://[fe80::1%25eth0]:1936/a/k", "rtmp://[fe80::1%eth0]:1936/a/k"] {
        let url = parse(text);
        assert_eq!((url.host(), url.zone()), ("fe80::1", Some("eth0")));
        assert_eq!(url.address(), "[fe80::1%eth0]:1936");
        assert_eq!(url.tc_url(), "rtmp://[fe80::1]:1936/a");
        assert_eq!(url.to_secret_string(), "rtmp://[fe80::1%25eth0]:1936/a/k");
    }
    for text in ["rtmp://[fe80::1%25]/a", "rtmp://[fe80::1%]/a", "rtmp://[fe80::1%25a%2Fb]/a"] {
        assert!(text.parse::<RtmpUrl>().is_err(), "{text}");
    }
}

#[test]
fn names_of_files_keep_their_folders() {
    for (url, app, key) in [
        ("rtmp://h/vod/mp4:a/b/c.mp4?x=1", "vod", Some("mp4:a/b/c.mp4?x=1")),
        ("rtmp://h/vod/inst/flv:a/", "vod/inst", Some("flv:a/")),
        ("rtmp://h/vod?x=/mp4:a/b", "vod?x=/mp4:a", Some("b")),
        ("rtmp://h/mp4:a", "mp4:a", None),
        ("rtmp://h/live/http:a", "live", Some("http:a")),
    ] {
        let parsed = parse(url);
        assert_eq!((parsed.app(), parsed.stream_key()), (app, key), "{url}");
        assert_eq!(parse(&parsed.to_secret_string()), parsed, "{url}");
    }
}

#[test]
fn what_cannot_stand_in_the_path_goes_elsewhere() {
    for (url, key, written) in [
        ("rtmp://h/live", "a/b", "rtmp://h/live#a/b"),
        ("rtmp://h/live", "a b%#", "rtmp://h/live#a%20b%25#"),
        ("rtmp://h/live", "k?a=/", "rtmp://h/live/k?a=/"),
        ("rtmp://h/a/b/?x=1", "k", "rtmp://h/a/b?x=1#k"),
        ("rtmp://h/a/b/", "", "rtmp://h/a/b/"),
        ("rtmp://h/a/b/?x=/", "", "rtmp://h/a/b/?x=/"),
        ("rtmp://h", "k", "rtmp://h//k"),
        ("rtmp://h/live/k%2Fx%20y", "k%2Fx%20y", "rtmp://h/live/k%2Fx%20y"),
    ] {
        let changed = parse(url).with_stream_key(key);
        assert_eq!(changed.to_secret_string(), written, "{url} {key}");
        assert_eq!(parse(written), changed);
    }
    // A fragment without a name changes nothing about the application.
    assert_eq!(parse("rtmp://h/a/b#").to_secret_string(), "rtmp://h/a/b/");
}

#[test]
fn options_behind_a_url_are_kept_apart() {
    let (url, options) = RtmpUrl::parse_with_options("rtmp://h/app/name live=1  swfVfy token=a=b").unwrap();
    assert_eq!(url, parse("rtmp://h/app/name"));
    assert_eq!(options, [("live", "1"), ("swfVfy", ""), ("token", "a=b")]);
    assert_eq!(RtmpUrl::parse_with_options("rtmp://h/app").unwrap().1, []);
    assert!("rtmp://h/app/name live=1".parse::<RtmpUrl>().is_err());
}

#[test]
fn references_resolve_against_the_current_url() {
    let at = |base: &str, reference: &str| {
        let resolved = RtmpUrl::from_tc_url(base).unwrap().resolve(reference);
        resolved.map(|url| url.tc_url()).map_err(|error| error.what)
    };
    let base = "rtmp://one.example:1936/app/inst?x=1";
    for (reference, resolved) in [
        ("rtmp://foo.example.com:1935/realtimeapp", "rtmp://foo.example.com:1935/realtimeapp"),
        ("rtmps://127.0.0.1/realtimeapp", "rtmps://127.0.0.1/realtimeapp"),
        ("//192.0.2.0/realtimeapp", "rtmp://192.0.2.0/realtimeapp"),
        ("/realtimeapp", "rtmp://one.example:1936/realtimeapp"),
        ("other", "rtmp://one.example:1936/app/other"),
        ("mp4:x", "rtmp://one.example:1936/app/mp4:x"),
        ("../up?y=2", "rtmp://one.example:1936/up?y=2"),
        ("../../../up/./a/..", "rtmp://one.example:1936/up"),
        ("?y=2", "rtmp://one.example:1936/app/inst?y=2"),
        ("", "rtmp://one.example:1936/app/inst?x=1"),
        ("#f", "rtmp://one.example:1936/app/inst?x=1"),
    ] {
        assert_eq!(at(base, reference).as_deref(), Ok(resolved), "{reference}");
    }
    for refused in ["file:///etc/passwd", "http://h/a", "rtmp:///a", "rtmp:a", "//"] {
        assert!(at(base, refused).is_err(), "{refused}");
    }
    let zoned = parse("rtmp://u@[fe80::1%25eth0]/a").resolve("/b").unwrap();
    assert_eq!(zoned.to_secret_string(), "rtmp://u@[fe80::1%25eth0]/b");
}

#[test]
fn the_length_is_bounded() {
    let text = |len: usize| format!("rtmp://h/{}", "a".repeat(len - 9));
    assert_eq!(parse(&text(65_535)).app().len(), 65_526);
    let error = text(65_536).parse::<RtmpUrl>().unwrap_err();
    assert_eq!(error.at, RtmpUrl::MAX_LEN);
}

proptest::proptest! {
    #[test]
    fn whatever_is_read_is_written_and_read_again(
        text in "(rtmp|rtmps|rtmpt|rtmpts|rtmpe|rtmpte)://([a-c:%]{0,3}@)?(h|\\[::1\\]|\\[fe80::1%25e\\])(:[0-9]{1,5})?[/?#]?([a-c/?#%:é4mp.@]|/mp4:|/raw:){0,16}",
        key in "[a-c/?#% é:]{0,6}",
    ) {
        if let Ok(url) = text.parse::<RtmpUrl>() {
            proptest::prop_assert_eq!(&parse(&url.to_secret_string()), &url);
            let other = url.with_stream_key(&key);
            proptest::prop_assert_eq!(&parse(&other.to_secret_string()), &other);
            let tc_url = RtmpUrl::from_tc_url(&other.tc_url()).unwrap();
            proptest::prop_assert_eq!(tc_url.app(), other.app());
        }
    }

    #[test]
    fn resolving_gives_the_family_or_an_error(reference in "[a-c/.:?#%]{0,12}|rtmps?:[/a-c]{0,6}") {
        let base = parse("rtmp://h/app/inst");
        if let Ok(url) = base.resolve(&reference) {
            proptest::prop_assert!(url.stream_key().is_none());
            proptest::prop_assert_eq!(&parse(&url.to_secret_string()), &url);
        }
    }
}

/// The matrix of application, instance, key and query that servers and clients split differently.
#[test]
fn applications_keys_and_queries() {
    for (url, tc_url, key) in [
        ("rtmp://h/live/k", "rtmp://h/live", Some("k")),
        ("rtmp://h/live/inst/k", "rtmp://h/live/inst", Some("k")),
        ("rtmp://h/live//k", "rtmp://h/live", Some("k")),
        ("rtmp://h/app//key", "rtmp://h/app", Some("key")),
        ("rtmp://h/live/k?x=1", "rtmp://h/live", Some("k?x=1")),
        ("rtmp://h/live/?auth=x", "rtmp://h/live?auth=x", None),
        ("rtmp://h/live?auth=x/k", "rtmp://h/live?auth=x", Some("k")),
        ("rtmp://h/live/k?sign=a/b&t=http://c/d", "rtmp://h/live", Some("k?sign=a/b&t=http://c/d")),
        ("rtmp://h/k?u=a&p=b", "rtmp://h/k?u=a&p=b", None),
        ("rtmp://h/v2/pub/k?tok", "rtmp://h/v2/pub", Some("k?tok")),
        ("rtmp://h/app", "rtmp://h/app", None),
        ("rtmp://h", "rtmp://h/", None),
        (
            "rtmps://live.example:443/rtmp/ID?s_bl=1&a=b",
            "rtmps://live.example:443/rtmp",
            Some("ID?s_bl=1&a=b"),
        ),
        ("rtmps://h/a/k", "rtmps://h/a", Some("k")),
        ("rtmp://[::1]/a/k", "rtmp://[::1]/a", Some("k")),
        ("rtmp://[::1]:1936/a/k", "rtmp://[::1]:1936/a", Some("k")),
        ("rtmp://h/live/%2Fk%20", "rtmp://h/live", Some("%2Fk%20")),
    ] {
        let parsed = parse(url);
        assert_eq!((parsed.tc_url().as_str(), parsed.stream_key()), (tc_url, key), "{url}");
        assert_eq!(parse(&parsed.to_secret_string()), parsed, "{url}");
        // The two halves, given apart as encoders ask for them, come to the same.
        let halves = RtmpUrl::from_tc_url(tc_url).unwrap().with_stream_key(key.unwrap_or_default());
        assert_eq!((halves.app(), halves.stream_key()), (parsed.app(), parsed.stream_key()), "{url}");
        assert!(key.is_none_or(|key| key.len() < 3 || !format!("{parsed} {parsed:?}").contains(key)));
    }
}
