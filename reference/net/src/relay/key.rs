//! The name under which publishers and players meet.

use std::fmt;

/// Application and stream name as one path, without queries and without empty segments.
///
/// Clients split a URL differently: for `rtmp://host/live/room/key` some say app `live/room` and
/// name `key`, others app `live` and name `room/key`. Both come to the same key. What follows a
/// `?`, in the app or in the name, takes no part: `key?token=x` is `key`.
///
/// `Debug` does not show it: it is what entitles a publisher to publish.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct StreamKey(String);

impl fmt::Debug for StreamKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StreamKey(..)")
    }
}

impl StreamKey {
    /// The key for `name` within `app`, both as the peer sent them.
    #[must_use]
    pub fn new(app: &str, name: &str) -> Self {
        let mut path = String::with_capacity(app.len() + name.len() + 1);
        for part in [app, name] {
            for segment in without_query(part).split('/').filter(|s| !s.is_empty()) {
                if !path.is_empty() {
                    path.push('/');
                }
                path.push_str(segment);
            }
        }
        Self(path)
    }
}

/// `app` without its query and without slashes at either end.
pub(crate) fn app_name(app: &str) -> &str {
    without_query(app).trim_matches('/')
}

fn without_query(part: &str) -> &str {
    part.split('?').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_url_meet() {
        let key = StreamKey::new("live", "key");
        for (app, name) in [
            ("live/", "key"),
            ("live", "/key"),
            ("live?a=b", "key"),
            ("live/?a=b/c", "key?token=x"),
            ("/live", "key?x=1/2"),
        ] {
            assert_eq!(StreamKey::new(app, name), key, "{app} {name}");
        }
        assert_eq!(StreamKey::new("live/room", "key"), StreamKey::new("live", "room/key"));
        assert_eq!(StreamKey::new("live", "room//key"), StreamKey::new("live", "room/key"));
    }

    #[test]
    fn different_names_stay_apart() {
        assert_ne!(StreamKey::new("live", "a"), StreamKey::new("live", "b"));
        assert_ne!(StreamKey::new("live", "a"), StreamKey::new("vod", "a"));
        assert_ne!(StreamKey::new("live", "a b"), StreamKey::new("live", "a"));
    }

    #[test]
    fn app_loses_query_and_slashes() {
        assert_eq!(app_name("live/?vhost=x"), "live");
        assert_eq!(app_name("/live/room/"), "live/room");
        assert_eq!(app_name(""), "");
    }
}
