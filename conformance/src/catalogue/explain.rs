//! A row in words, for `rtmpspec explain` and failure reports.

use super::{Catalogue, Source, wrap};

const LABEL: usize = 10;
const WIDTH: usize = 100;

impl Catalogue {
    /// A text block about one row: level, who is bound, the claim, sources with their titles, how it is observed,
    /// the ruling, related errata. `None` when there is no such row.
    pub fn explain_rule(&self, id: &str) -> Option<String> {
        let row = self.get(id)?;
        let title = self.area(row.area()).map_or("", |area| area.title.as_str());
        let mut out = format!("{id}  {title}\n");
        let keyword = if row.literal_keyword { " (literal keyword in the source)" } else { "" };
        if row.level == row.source_level {
            field(&mut out, "Level", &format!("{}{keyword}", row.level));
        } else {
            field(
                &mut out,
                "Level",
                &format!("{} by ruling; the source says {}{keyword}", row.level, row.source_level),
            );
        }
        field(&mut out, "Binds", &row.binds.to_string());
        field(&mut out, "Text", &row.text);
        field(&mut out, "Source", &row.source);
        for source in self.cited_in(&row.source) {
            field(&mut out, "", &format!("{} = {}", source.key, source.title));
        }
        field(&mut out, "Observe", &row.observe);
        if let Some(ruling) = &row.ruling {
            field(&mut out, "Ruling", ruling);
        }
        for erratum in self.errata_of(id) {
            let policy = erratum.policy.as_ref().map_or(String::new(), |policy| format!(" Policy: {policy}"));
            field(&mut out, &erratum.id, &format!("{}: {}{policy}", erratum.title, erratum.text));
        }
        Some(out)
    }

    /// The sources whose keys stand in a row's `source`, in the order of `sources.toml`.
    pub fn cited_in(&self, source: &str) -> Vec<&Source> {
        self.sources().iter().filter(|candidate| cites(source, &candidate.key)).collect()
    }
}

fn field(out: &mut String, label: &str, text: &str) {
    out.push_str(&format!("{label:<LABEL$}{}\n", wrap(text, LABEL, LABEL, WIDTH)));
}

/// `I:ngx` also stands in `I:srs,ngx`; an abbreviation (`R`) stands as a word of its own; a plain word (`field`)
/// opens a clause, so that it is not found in prose.
fn cites(source: &str, key: &str) -> bool {
    let word = |c: char| c.is_ascii_alphanumeric();
    if let Some((kind, name)) = key.split_once(':') {
        let end = |c: char| !(c.is_ascii_lowercase() || c.is_ascii_digit() || c == ',');
        source.match_indices(kind).any(|(at, _)| {
            let list = source[at + kind.len()..].strip_prefix(':').and_then(|list| list.split(end).next());
            !source[..at].ends_with(word) && list.is_some_and(|list| list.split(',').any(|n| n == name))
        })
    } else if key.starts_with(|c: char| c.is_ascii_lowercase()) {
        source
            .split([';', ','])
            .any(|clause| clause.trim_start().strip_prefix(key).is_some_and(|rest| !rest.starts_with(word)))
    } else {
        source.match_indices(key).any(|(at, _)| {
            let after = &source[at + key.len()..];
            !source[..at].ends_with(word) && !after.starts_with(|c| word(c) || c == ':')
        })
    }
}
