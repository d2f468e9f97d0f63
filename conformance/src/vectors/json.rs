//! JSON with the place of every value, in the order of the text.

use std::fmt;

use serde_json::Value;

/// A value and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Offset of its first byte.
    pub at: usize,
    /// Offset behind its last byte.
    pub end: usize,
    /// What it is.
    pub kind: Kind,
}

/// What a value is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// Properties in the order of the text; a name can stand twice.
    Object(Vec<(Key, Node)>),
    /// Items.
    Array(Vec<Node>),
    /// A string, unescaped.
    Text(String),
    /// A number, `true`, `false` or `null`, as it is written.
    Word(String),
}

/// The name of a property.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// Offset of its opening quote.
    pub at: usize,
    /// The name, unescaped.
    pub name: String,
}

/// Line and column, both from 1; columns count characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Line.
    pub line: usize,
    /// Column.
    pub column: usize,
}

/// Text that is no JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotJson {
    /// Where.
    pub position: Position,
    /// Why.
    pub message: String,
}

impl fmt::Display for NotJson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}: {}", self.position.line, self.position.column, self.message)
    }
}

impl std::error::Error for NotJson {}

/// Where the byte at `offset` stands.
#[must_use]
pub fn position(text: &str, offset: usize) -> Position {
    let before = text.get(..offset).unwrap_or(text);
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    Position { line: before.matches('\n').count() + 1, column: before[start..].chars().count() + 1 }
}

/// Reads a text: as plain values, and with places.
///
/// # Errors
/// It is no JSON, or nests deeper than 127 levels.
pub fn parse(text: &str) -> Result<(Value, Node), NotJson> {
    let value: Value = serde_json::from_str(text).map_err(|error| {
        let message = error.to_string();
        let end = message.rfind(" at line ").unwrap_or(message.len());
        let why = &message[..end];
        let why = if text.starts_with('\u{feff}') {
            "it begins with a byte order mark: save it without".to_owned()
        } else if text.trim().is_empty() {
            "it is empty".to_owned()
        } else if error.is_eof() {
            format!("it ends in the middle ({why}): is it cut off?")
        } else {
            why.to_owned()
        };
        NotJson {
            position: Position { line: error.line().max(1), column: error.column().max(1) },
            message: format!("no JSON: {why}"),
        }
    })?;
    // The text is valid and its depth is bounded: what follows cannot fail.
    let node = Reader { text, at: 0 }.value();
    Ok((value, node))
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn peek(&mut self) -> u8 {
        let bytes = self.text.as_bytes();
        while bytes.get(self.at).is_some_and(|b| matches!(b, b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
        bytes.get(self.at).copied().unwrap_or(0)
    }

    /// Whether another item follows; steps over the comma or the closing bracket.
    fn more(&mut self) -> bool {
        let byte = self.peek();
        self.at += 1;
        byte == b','
    }

    fn value(&mut self) -> Node {
        let first = self.peek();
        let at = self.at;
        let kind = match first {
            b'{' => {
                self.at += 1;
                let mut members = Vec::new();
                let mut more = self.peek() != b'}' || self.more();
                while more {
                    self.peek();
                    let key = Key { at: self.at, name: self.string() };
                    self.peek();
                    self.at += 1;
                    members.push((key, self.value()));
                    more = self.more();
                }
                Kind::Object(members)
            }
            b'[' => {
                self.at += 1;
                let mut items = Vec::new();
                let mut more = self.peek() != b']' || self.more();
                while more {
                    items.push(self.value());
                    more = self.more();
                }
                Kind::Array(items)
            }
            b'"' => Kind::Text(self.string()),
            _ => {
                let rest = &self.text[at..];
                let end = rest.find([',', ']', '}', ' ', '\n', '\r', '\t']).unwrap_or(rest.len());
                self.at += end;
                Kind::Word(rest[..end].to_owned())
            }
        };
        Node { at, end: self.at, kind }
    }

    fn string(&mut self) -> String {
        let bytes = self.text.as_bytes();
        let mut end = self.at + 1;
        while bytes.get(end).is_some_and(|b| *b != b'"') {
            end += if bytes[end] == b'\\' { 2 } else { 1 };
        }
        let end = (end + 1).min(bytes.len());
        let text = serde_json::from_str(&self.text[self.at..end]).unwrap_or_default();
        self.at = end;
        text
    }
}

impl Node {
    /// Properties; none of anything but an object.
    #[must_use]
    pub fn members(&self) -> &[(Key, Node)] {
        match &self.kind {
            Kind::Object(members) => members,
            _ => &[],
        }
    }

    /// Items; none of anything but an array.
    #[must_use]
    pub fn items(&self) -> &[Node] {
        match &self.kind {
            Kind::Array(items) => items,
            _ => &[],
        }
    }

    /// The property `name`; the last one if it stands twice, as most readers take it.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&Node> {
        self.members().iter().rev().find(|(key, _)| key.name == name).map(|(_, node)| node)
    }

    /// The text of a string.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Text(text) => Some(text),
            _ => None,
        }
    }

    /// A number without sign and fraction.
    #[must_use]
    pub fn number(&self) -> Option<usize> {
        match &self.kind {
            Kind::Word(word) => word.parse().ok(),
            _ => None,
        }
    }

    /// The strings among the items of property `name`.
    pub fn texts(&self, name: &str) -> impl Iterator<Item = (&Node, &str)> {
        self.find(name)
            .map_or(&[][..], Node::items)
            .iter()
            .filter_map(|item| item.text().map(|text| (item, text)))
    }

    /// Follows a JSON pointer (RFC 6901) as far as it leads.
    #[must_use]
    pub fn follow(&self, pointer: &str) -> &Node {
        let mut node = self;
        for step in pointer.split('/').skip(1) {
            let next = match &node.kind {
                Kind::Object(_) => node.find(&step.replace("~1", "/").replace("~0", "~")),
                Kind::Array(items) => step.parse().ok().and_then(|index: usize| items.get(index)),
                _ => None,
            };
            let Some(next) = next else { break };
            node = next;
        }
        node
    }

    /// The value on one line, as `vectors/gen/generate.py` writes it: ASCII, `, ` and `: ` between.
    #[must_use]
    pub fn compact(&self) -> String {
        match &self.kind {
            Kind::Word(word) => word.clone(),
            Kind::Text(text) => quoted(text),
            Kind::Array(items) => {
                format!("[{}]", items.iter().map(Node::compact).collect::<Vec<_>>().join(", "))
            }
            Kind::Object(members) => {
                let member = |(key, node): &(Key, Node)| format!("{}: {}", quoted(&key.name), node.compact());
                format!("{{{}}}", members.iter().map(member).collect::<Vec<_>>().join(", "))
            }
        }
    }
}

/// A string in ASCII with its quotes.
#[must_use]
pub fn quoted(text: &str) -> String {
    let mut out = String::from('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            ' '..='~' => out.push(c),
            _ => {
                let mut units = [0; 2];
                for unit in c.encode_utf16(&mut units) {
                    out += &format!("\\u{unit:04x}");
                }
            }
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::{parse, position, quoted};

    #[test]
    fn places_are_those_of_the_text() {
        let text = "{\n \"a\\u00e9\": [1, \"\u{e9}\\\"x\", {}],\n \"b\": -1.5e3, \"c\": []}";
        let (_, root) = parse(text).unwrap();
        assert_eq!(root.members()[0].0.name, "a\u{e9}");
        let item = root.follow("/a\u{e9}/1");
        assert_eq!((item.text(), position(text, item.at).column), (Some("\u{e9}\"x"), 17));
        let b = root.follow("/b");
        assert_eq!((&text[b.at..b.end], position(text, b.at).line), ("-1.5e3", 3));
        assert_eq!(root.compact(), r#"{"a\u00e9": [1, "\u00e9\"x", {}], "b": -1.5e3, "c": []}"#);
        assert_eq!((root.at, root.end), (0, text.len()));
        assert!(root.follow("/c").items().is_empty());
    }

    #[test]
    fn beyond_the_first_plane_two_units() {
        assert_eq!(quoted("\u{1f600}\u{7f}\n"), r#""\ud83d\ude00\u007f\n""#);
    }

    #[test]
    fn faults_have_a_place_and_depth_a_bound() {
        let fault = parse("{\n \"a\": 1,\n}").unwrap_err();
        assert_eq!((fault.position.line, fault.position.column), (3, 1), "{fault}");
        assert!(parse(&"[".repeat(100_000)).is_err());
        assert!(parse(&format!("{}{}", "[".repeat(128), "]".repeat(128))).is_err());
        assert!(parse(&format!("{}{}", "[".repeat(127), "]".repeat(127))).is_ok());
    }
}
