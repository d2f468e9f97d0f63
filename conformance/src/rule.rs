//! Requirement ids as constants, so that a case cites a row that exists.

use std::fmt;

mod ids;

pub use ids::*;

/// The id of one row of the requirement catalogue, such as `CHUNK-031`.
///
/// Values exist only as constants ([`CHUNK_031`]) and through [`Rule::find`]; all of them are in [`ALL`].
#[derive(Copy, Clone, Eq, PartialEq, Ord, PartialOrd, Hash, Debug)]
pub struct Rule(&'static str);

impl Rule {
    /// The id as it is written in reports: area, hyphen, three digits.
    pub const fn id(self) -> &'static str {
        self.0
    }

    /// The area in front of the hyphen: `CHUNK` of `CHUNK-031`.
    pub fn area(self) -> &'static str {
        self.0.split_once('-').map_or(self.0, |(area, _)| area)
    }

    /// The rule with exactly this id.
    pub fn find(id: &str) -> Option<Self> {
        ALL.iter().copied().find(|rule| rule.0 == id)
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.0)
    }
}

impl serde::Serialize for Rule {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fmt::Write as _;

    use super::*;
    use crate::catalogue::Catalogue;

    const IDS_FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/rule/ids.rs");

    /// The text of `rule/ids.rs` for the catalogue as it is now.
    fn generated() -> String {
        let catalogue = Catalogue::builtin();
        let mut out = String::from(
            "// Generated from conformance/requirements; do not edit. After a change there:\n\
             // UPDATE=1 cargo test -p rtmpspec rule\n\n\
             use super::Rule;\n",
        );
        let mut all = String::new();
        for area in catalogue.areas() {
            for row in catalogue.in_area(&area.key) {
                let name = row.id.replace('-', "_");
                let text = escape_markdown(&row.text);
                write!(out, "\n/// {text}\npub const {name}: Rule = Rule(\"{}\");\n", row.id).unwrap();
                writeln!(all, "    {name},").unwrap();
            }
        }
        let count = catalogue.requirements().len();
        writeln!(out, "\n/// Every rule, areas and rows in the order of the catalogue.").unwrap();
        writeln!(out, "#[rustfmt::skip]\npub const ALL: [Rule; {count}] = [\n{all}];").unwrap();
        out
    }

    fn escape_markdown(text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        for c in text.chars() {
            if matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|') {
                out.push('\\');
            }
            out.push(c);
        }
        out
    }

    #[test]
    fn constants_match_the_catalogue() {
        let expected = generated();
        if std::env::var_os("UPDATE").is_some_and(|value| value == "1") {
            std::fs::write(IDS_FILE, &expected).unwrap();
        }
        let found = std::fs::read_to_string(IDS_FILE).unwrap().replace("\r\n", "\n");
        assert!(
            found == expected,
            "conformance/src/rule/ids.rs does not match conformance/requirements; \
             run `UPDATE=1 cargo test -p rtmpspec rule` and commit the result"
        );
    }

    #[test]
    fn every_row_has_exactly_one_constant() {
        let constants: BTreeSet<&str> = ALL.iter().map(|rule| rule.id()).collect();
        let rows: BTreeSet<&str> =
            Catalogue::builtin().requirements().iter().map(|row| row.id.as_str()).collect();
        assert_eq!(constants, rows);
        assert_eq!(constants.len(), ALL.len());
    }

    #[test]
    fn displays_as_its_id() {
        assert_eq!(CHUNK_031.to_string(), "CHUNK-031");
        assert_eq!(format!("{CHUNK_031:>11}"), "  CHUNK-031");
        assert_eq!(CHUNK_031.area(), "CHUNK");
        assert_eq!(AMF0_001.area(), "AMF0");
        assert_eq!(Rule::find("CHUNK-031"), Some(CHUNK_031));
        assert_eq!(Rule::find("CHUNK-31"), None);
        assert_eq!(serde_json::to_string(&CHUNK_031).unwrap(), "\"CHUNK-031\"");
    }
}
