//! Escaping and fitting of strings that may come from a hostile peer.

use std::fmt::Write as _;

/// One line of printable text: control characters, line breaks, bidirectional controls, invisible
/// format characters and noncharacters become visible escapes (`\n`, `\u{7}`).
pub(crate) fn clean(input: &str) -> String {
    let mut out = String::with_capacity(input.len());
    for c in input.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if acts_on_a_reader(c) => {
                let _ = write!(out, "\\u{{{:x}}}", c as u32);
            }
            c => out.push(c),
        }
    }
    out
}

fn acts_on_a_reader(c: char) -> bool {
    let n = c as u32;
    c.is_control()
        || matches!(n, 0xad | 0x61c | 0x180e | 0x200b..=0x200f | 0x2028..=0x202e | 0x2060..=0x206f | 0xfeff)
        || matches!(n, 0xfdd0..=0xfdef | 0xfff9..=0xfffb | 0xe0000..=0xe007f)
        || n & 0xfffe == 0xfffe
}

/// At most `max` characters, the last one `…` where something was left out.
pub(crate) fn clip(input: &str, max: usize) -> String {
    if input.chars().nth(max).is_none() {
        return input.to_owned();
    }
    let mut out: String = input.chars().take(max.saturating_sub(1)).collect();
    out.push('…');
    out
}

/// Lines of at most `width` characters, broken at spaces where possible, at most `max_lines` of them.
pub(crate) fn wrap(input: &str, width: usize, max_lines: usize) -> Vec<String> {
    let width = width.max(8);
    let input = clip(input, width * (max_lines + 1));
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut used = 0;
    for word in input.split(' ').filter(|word| !word.is_empty()) {
        let mut word: Vec<char> = word.chars().collect();
        if used > 0 && used + 1 + word.len() > width {
            lines.push(std::mem::take(&mut line));
            used = 0;
        }
        while word.len() > width {
            let rest = word.split_off(width);
            lines.push(word.into_iter().collect());
            word = rest;
        }
        if used > 0 {
            line.push(' ');
            used += 1;
        }
        used += word.len();
        line.extend(word);
    }
    if !line.is_empty() {
        lines.push(line);
    }
    if lines.len() > max_lines {
        lines.truncate(max_lines);
        if let Some(last) = lines.last_mut() {
            *last = clip(&format!("{last} …"), width);
        }
    }
    lines
}

/// `text` in a form for people: 31 ms, 4.2 s, 3 min 05 s.
pub(crate) fn duration(ms: f64) -> String {
    match ms {
        ms if !ms.is_finite() || ms < 0.0 => "0 ms".into(),
        ms if ms < 999.5 => format!("{ms:.0} ms"),
        ms if ms < 59_950.0 => format!("{:.1} s", ms / 1000.0),
        ms => {
            let seconds = (ms / 1000.0).round() as u64;
            format!("{} min {:02} s", seconds / 60, seconds % 60)
        }
    }
}

/// `3 cases`, `1 case`.
pub(crate) fn counted(n: usize, noun: &str) -> String {
    format!("{n} {noun}{}", if n == 1 { "" } else { "s" })
}

/// The ids that fit into `width` characters, then how many more there are. Names at least one.
pub(crate) fn listed(ids: &[&str], width: usize) -> String {
    let mut out = String::new();
    for (i, id) in ids.iter().enumerate() {
        let id = clean(id);
        let rest = ids.len() - i - 1;
        let tail = if rest > 0 { format!(" +{rest}").chars().count() } else { 0 };
        let room = out.chars().count() + 2 + id.chars().count() + tail <= width;
        if i > 0 && !room {
            let _ = write!(out, " +{}", ids.len() - i);
            return out;
        }
        if i > 0 {
            out.push_str(", ");
        }
        out.push_str(&clip(&id, width.saturating_sub(tail).max(8)));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clean_shows_what_a_terminal_would_obey() {
        assert_eq!(clean("a\u{1b}[31mb\0\r\n\u{7f}\u{9b}"), "a\\u{1b}[31mb\\u{0}\\r\\n\\u{7f}\\u{9b}");
        assert_eq!(
            clean("\u{202e}x\u{2066}\u{feff}\u{ffff}\u{1fffe}"),
            "\\u{202e}x\\u{2066}\\u{feff}\\u{ffff}\\u{1fffe}"
        );
        assert_eq!(clean("Übertragung 日本 …"), "Übertragung 日本 …");
    }

    #[test]
    fn clip_counts_characters() {
        assert_eq!(clip("äöü", 3), "äöü");
        assert_eq!(clip("äöüß", 3), "äö…");
    }

    #[test]
    fn wrap_breaks_at_spaces_and_bounds() {
        assert_eq!(wrap("one two three four", 9, 9), ["one two", "three", "four"]);
        assert_eq!(wrap("abcdefghijklmnop", 8, 9), ["abcdefgh", "ijklmnop"]);
        assert_eq!(wrap("one two three four five", 9, 2), ["one two", "three …"]);
        assert_eq!(wrap("", 9, 2), Vec::<String>::new());
        assert_eq!(wrap(&"x".repeat(1_000_000), 20, 3).len(), 3);
    }

    #[test]
    fn durations() {
        assert_eq!(duration(31.4), "31 ms");
        assert_eq!(duration(999.7), "1.0 s");
        assert_eq!(duration(185_000.0), "3 min 05 s");
        assert_eq!(duration(f64::NAN), "0 ms");
    }

    #[test]
    fn listed_names_at_least_one() {
        assert_eq!(listed(&["a/b", "a/c", "a/d"], 100), "a/b, a/c, a/d");
        assert_eq!(listed(&["a/b", "a/c", "a/d"], 12), "a/b, a/c +1");
        assert_eq!(listed(&["a/long-name", "a/c"], 4), "a/long-… +1");
    }
}
