//! Text of a stranger, made fit to print: stream keys are masked by the same number of `x`, control characters
//! and direction marks are replaced, lengths are bounded.

/// Longest piece of foreign text in one line, in characters.
const FOREIGN: usize = 160;

/// The same number of `x`, up to 256.
#[must_use]
pub fn masked(secret: &str) -> String {
    "x".repeat(secret.len().min(256))
}

/// Replaces what a terminal would act on, and cuts after `longest` characters.
#[must_use]
pub fn printable(text: &str, longest: usize) -> String {
    let mut out: String = text.chars().take(longest).map(|c| if acts(c) { '\u{FFFD}' } else { c }).collect();
    if text.chars().nth(longest).is_some() {
        out.push_str("...");
    }
    out
}

/// Control characters, line separators, direction marks and zero-width characters.
fn acts(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{AD}' | '\u{61C}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
}

/// Foreign text without the secrets.
#[must_use]
pub fn foreign(text: &str, secrets: &[String]) -> String {
    // Masked before it is cut: the cut could split a secret.
    let bounded: String = text.chars().take(8 * FOREIGN).collect();
    printable(&crate::wire::redact::text(&bounded, secrets), FOREIGN)
}

/// An app: the first segment stays, further segments and the values of a query are masked, because some
/// encoders put the key there.
#[must_use]
pub fn app(app: &str) -> String {
    let (path, query) = app.split_once('?').map_or((app, None), |(path, query)| (path, Some(query)));
    let lead = path.len() - path.trim_start_matches('/').len();
    let mut out = "/".repeat(lead.min(8));
    for (i, segment) in path[lead..].split('/').enumerate() {
        if i > 0 {
            out.push('/');
        }
        out += &if i == 0 { segment.to_owned() } else { masked(segment) };
    }
    if let Some(query) = query {
        out.push('?');
        out += &self::query(query);
    }
    printable(&out, FOREIGN)
}

/// A URL: user info and fragment masked, path and query as in [`app`].
#[must_use]
pub fn url(url: &str) -> String {
    let (url, fragment) = url.split_once('#').map_or((url, None), |(url, fragment)| (url, Some(fragment)));
    let (scheme, rest) = url.split_once("://").map_or(("", url), |(scheme, rest)| (scheme, rest));
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let mut out = String::new();
    if !scheme.is_empty() || url.contains("://") {
        out = format!("{scheme}://");
    }
    match authority.rsplit_once('@') {
        Some((user, host)) => out += &format!("{}@{host}", masked(user)),
        None => out += authority,
    }
    out += &app(path);
    if let Some(fragment) = fragment {
        out.push('#');
        out += &masked(fragment);
    }
    printable(&out, FOREIGN)
}

fn query(query: &str) -> String {
    query
        .split('&')
        .map(|pair| match pair.split_once('=') {
            Some((key, value)) => format!("{key}={}", masked(value)),
            None => masked(pair),
        })
        .collect::<Vec<_>>()
        .join("&")
}

#[cfg(test)]
mod tests {
    use super::{app, foreign, masked, printable, url};

    #[test]
    fn keys_become_the_same_number_of_x() {
        assert_eq!(masked("s3cret"), "xxxxxx");
        assert_eq!(app("live"), "live");
        assert_eq!(app("live/s3cret?token=abc&flag"), "live/xxxxxx?token=xxx&xxxx");
        assert_eq!(url("rtmp://u:p@h:1935/live/key?a=bc#f"), "rtmp://xxx@h:1935/live/xxx?a=xx#x");
        assert_eq!(url("rtmp://[::1]/live"), "rtmp://[::1]/live");
        assert_eq!(url("no url"), "no url");
        assert_eq!(foreign("enc s3cret 1", &["s3cret".into()]), "enc xxxxxx 1");
        let cut = foreign(&format!("{}s3cret", "a".repeat(157)), &["s3cret".into()]);
        assert_eq!(cut, format!("{}xxx...", "a".repeat(157)));
    }

    #[test]
    fn nothing_a_terminal_acts_on() {
        assert_eq!(
            printable("a\u{1b}[31m\r\n\u{9b}\u{202e}b", 100),
            "a\u{FFFD}[31m\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}b"
        );
        assert_eq!(printable("abcdef", 3), "abc...");
    }
}
