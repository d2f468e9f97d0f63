//! A vector is added: composed, checked as all vectors are, and written to `gen/added`, which the generator reads.

use std::collections::BTreeSet;
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::corpus::{self, Corpus, CorpusError, Document, shown};
use super::json::{Kind, Node, NotJson, Position, parse, position, quoted};
use super::{Problem, did_you_mean, layout, lint, nearest, schema};

/// What is known of the vector.
#[derive(Debug, Clone, Default)]
pub struct Addition {
    /// Family, with or without its version: `amf0` or `amf0-v1`.
    pub family: String,
    /// Permanent id.
    pub id: String,
    /// One line.
    pub title: String,
    /// Requirement ids.
    pub requirements: Vec<String>,
    /// Hexadecimal, with spaces between parts.
    pub bytes: String,
    /// The option that `bytes` came from.
    pub origin: &'static str,
    /// `valid`, `invalid` or `lenient`.
    pub result: String,
    /// JSON array of what a decoder is to find.
    pub yields: Given,
    /// JSON array of `{"reading": ..., "yields": [...]}`.
    pub alternatives: Option<Given>,
    /// Sizes of successive reads.
    pub feeds: Vec<u64>,
    /// Flags.
    pub flags: Vec<String>,
    /// Explains the one flag that the family does not know yet.
    pub note_of_flag: Option<FlagNote>,
    /// Outcomes besides the result.
    pub allow: Vec<String>,
    /// No error before this offset.
    pub error_at: Option<u64>,
    /// The bytes end inside a message.
    pub pending: bool,
    /// Ranges of lengths that are refused.
    pub cuts: Vec<[u64; 2]>,
    /// The bytes are what an encoder writes.
    pub canonical: bool,
    /// A remark.
    pub note: Option<String>,
    /// What a decoder starts from, as words.
    pub state: Vec<(String, String)>,
    /// `generated`, `captured` or `spec`.
    pub source: String,
    /// What the bytes were made with.
    pub tool: String,
    /// Its version.
    pub tool_version: String,
    /// `YYYY-MM-DD`.
    pub made: String,
}

/// The note of a flag.
#[derive(Debug, Clone, Default)]
pub struct FlagNote {
    /// `ambiguity`, `choice`, `de-facto`, `hostile` or `interop`.
    pub kind: String,
    /// Requirement id.
    pub rule: String,
    /// What goes wrong.
    pub effect: String,
    /// Where it is discussed.
    pub links: Vec<String>,
}

/// JSON that the user gave, and where it stands.
#[derive(Debug, Clone, Default)]
pub struct Given {
    /// The file, or the option.
    pub shown: String,
    /// The text.
    pub text: String,
}

/// Why a vector is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The option and the place in it.
    pub place: String,
    /// What is wrong and what to do.
    pub message: String,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.message)
    }
}

fn refuse<T>(place: impl Into<String>, message: impl Into<String>) -> Result<T, Vec<Refused>> {
    Err(vec![Refused { place: place.into(), message: message.into() }])
}

impl From<CorpusError> for Refused {
    fn from(error: CorpusError) -> Self {
        Self { place: "the corpus".into(), message: error.to_string() }
    }
}

/// What is to be written.
#[derive(Debug)]
pub struct Plan {
    /// Family and version.
    pub family: String,
    /// File of `gen/added`.
    pub path: PathBuf,
    /// It, for people.
    pub shown: String,
    /// Line of the vector in it, from 1.
    pub line: usize,
    /// The vector, laid out.
    pub vector: String,
    /// What a decoder starts from, as JSON.
    pub state: String,
    /// What the person who adds it may want to know.
    pub remarks: Vec<String>,
    text: String,
    before: Option<String>,
    lock: PathBuf,
    lock_text: String,
    lock_before: String,
}

/// Checks the vector as `vectors lint` does and says what would be written. Nothing is written.
///
/// # Errors
/// All that is wrong with it, or with the corpus.
pub fn plan(corpus: &Corpus, addition: &Addition) -> Result<Plan, Vec<Refused>> {
    let family = family(corpus, &addition.family)?;
    let roots = corpus.parsed().map_err(|error| vec![error.into()])?;
    let data = roots.iter().find(|(_, root)| root.find("schema").and_then(Node::text) == Some(&family));
    let Some((data, root)) = data else {
        let message = format!("{family} has no file in data/ yet: its first vectors go to a module in gen/");
        return refuse("FAMILY", message);
    };
    let mut refused = Vec::new();
    if let Some(gone) = lint::in_lock(&corpus.lock, &addition.id) {
        let why = if gone {
            "is that of a withdrawn vector; ids are never reused: choose another".to_owned()
        } else {
            format!("is taken; `rtmpspec vectors explain {}` shows its vector: choose another", addition.id)
        };
        refused.push(Refused { place: "--id".into(), message: format!("the id `{}` {why}", addition.id) });
    }
    let name = data.path.file_name().unwrap_or_default();
    let path = corpus.dir.join("gen/added").join(name);
    let before = corpus.added.iter().find(|file| file.path == path);
    if let Some(before) = before {
        sound(corpus, before)?;
    }
    let known: BTreeSet<&str> =
        root.find("notes").map_or(&[][..], Node::members).iter().map(|(key, _)| key.name.as_str()).collect();
    let new_flag = match new_flag(addition, &known) {
        Ok(flag) => flag,
        Err(wrong) => {
            refused.extend(wrong);
            None
        }
    };
    let (yields, alternatives) = (array(&addition.yields, "--yields"), addition.alternatives.as_ref());
    let alternatives = alternatives.map(|given| array(given, "--alternatives")).transpose();
    let (yields, alternatives) = match (yields, alternatives) {
        (Ok(yields), Ok(alternatives)) => (yields, alternatives),
        (yields, alternatives) => {
            refused.extend(yields.err());
            refused.extend(alternatives.err());
            return Err(refused);
        }
    };
    let state = state(&corpus.schema, &family, &addition.state).map_err(|wrong| vec![wrong])?;
    let composed = Composed { addition, state, yields: &yields, alternatives: alternatives.as_ref() };
    let text = composed.file(&family, before, new_flag).map_err(|why| vec![why])?;
    let shown = shown(&path);
    let file = Document { path, shown, text };
    let (_, added) = parse(&file.text).map_err(|why| vec![not_json("the vector", &why)])?;
    let problems = lint::candidate(corpus, &file).map_err(|error| vec![error.into()])?;
    let map =
        Map { addition, file: &file, root: &added, yields: &yields, alternatives: alternatives.as_ref() };
    // An id or flag that is refused already.
    let told = |more: &Refused| refused.iter().all(|before| before.place != more.place);
    let more: Vec<Refused> = problems.iter().map(|problem| map.refused(problem)).filter(told).collect();
    refused.extend(more);
    if !refused.is_empty() {
        return Err(refused);
    }
    let node = find(&added, &addition.id).unwrap_or(&added);
    let remarks = same_bytes(&roots, &family, node, &added).into_iter().collect();
    let (line, start) =
        (file.position(node.at).line, file.text[..node.at].rfind('\n').map_or(0, |at| at + 1));
    Ok(Plan {
        family,
        line,
        vector: file.text[start..node.end].to_owned(),
        state: composed.state,
        remarks,
        before: before.map(|file| file.text.clone()),
        lock: corpus.lock.path.clone(),
        lock_text: lint::lock_with(&corpus.lock, std::iter::once(addition.id.as_str())),
        lock_before: corpus.lock.text.clone(),
        path: file.path,
        shown: file.shown,
        text: file.text,
    })
}

impl Plan {
    /// Writes the file and `ids.lock`: both, or neither.
    ///
    /// # Errors
    /// The file that cannot be written.
    pub fn write(&self) -> Result<(), String> {
        let failed = |path: &Path, error: io::Error| format!("{}: {error}", shown(path));
        if let Some(folder) = self.path.parent() {
            fs::create_dir_all(folder).map_err(|error| failed(folder, error))?;
        }
        replace(&self.path, &self.text).map_err(|error| failed(&self.path, error))?;
        replace(&self.lock, &self.lock_text).map_err(|error| {
            let failed = failed(&self.lock, error);
            self.undo().err().map_or(failed.clone(), |more| format!("{failed}; {more}"))
        })
    }

    /// Brings back what was there before [`Plan::write`].
    ///
    /// # Errors
    /// The file that cannot be written.
    pub fn undo(&self) -> Result<(), String> {
        let failed = |path: &Path, error: io::Error| format!("{}: {error}", shown(path));
        match &self.before {
            Some(text) => replace(&self.path, text),
            None => fs::remove_file(&self.path),
        }
        .map_err(|error| failed(&self.path, error))?;
        replace(&self.lock, &self.lock_before).map_err(|error| failed(&self.lock, error))
    }
}

/// A reader of the file sees all of the old text or all of the new.
fn replace(path: &Path, text: &str) -> io::Result<()> {
    let beside = path.with_extension("new");
    fs::write(&beside, text)?;
    fs::rename(&beside, path)
}

/// The family of a name with or without its version.
///
/// # Errors
/// There is none; with near names. Or the schema of the corpus is broken.
pub fn family(corpus: &Corpus, name: &str) -> Result<String, Vec<Refused>> {
    let schemas = schema::Schemas::new(&corpus.schema).map_err(|error| vec![error.into()])?;
    let families: Vec<String> = schemas.names().map(str::to_owned).collect();
    let named = |family: &&String| {
        *family == name || family.rsplit_once("-v").is_some_and(|(family, _)| family == name)
    };
    if let Some(family) = families.iter().rev().find(named) {
        return Ok(family.clone());
    }
    let short: Vec<&str> =
        families.iter().map(|family| family.rsplit_once("-v").map_or(family.as_str(), |(f, _)| f)).collect();
    let near = did_you_mean(&nearest(short.iter().copied(), name, 0.7));
    refuse("FAMILY", format!("`{name}` is none of {}{near}", short.join(", ")))
}

/// The file in `gen/added` has to be good before it grows.
fn sound(corpus: &Corpus, file: &Document) -> Result<(), Vec<Refused>> {
    let problems = lint::candidate(corpus, file).map_err(|error| vec![error.into()])?;
    let refused = |p: Problem| Refused {
        place: format!("{}:{}:{}", p.file, p.line, p.column),
        message: format!("{}; mend this first", p.message),
    };
    if problems.is_empty() { Ok(()) } else { Err(problems.into_iter().map(refused).collect()) }
}

/// The flag that `--note-...` explains, if there is one.
fn new_flag<'a>(addition: &'a Addition, known: &BTreeSet<&str>) -> Result<Option<&'a str>, Vec<Refused>> {
    let new: Vec<&str> =
        addition.flags.iter().map(String::as_str).filter(|flag| !known.contains(flag)).collect();
    match (&new[..], &addition.note_of_flag) {
        ([], None) => Ok(None),
        ([one], Some(_)) => Ok(Some(one)),
        ([], Some(_)) => refuse(
            "--note-kind",
            "explains no flag: each --flag has its note already, which stays as it is; leave out --note-kind, \
             --note-rule, --note-effect and --note-link",
        ),
        (several, Some(_)) => refuse(
            "--note-kind",
            format!("explains one new flag, and these are {}: add one vector for each", several.join(", ")),
        ),
        (several, None) => {
            let unknown = |flag: &&str| {
                let near = did_you_mean(&nearest(known.iter().copied(), flag, 0.75));
                let end = if near.is_empty() { "." } else { "" };
                let message = format!(
                    "unknown flag `{flag}`{near}{end} A new flag is explained with --note-kind, --note-rule, \
                     --note-effect and --note-link; `rtmpspec vectors list --by flag` shows those there are"
                );
                Refused { place: "--flag".into(), message }
            };
            Err(several.iter().map(unknown).collect())
        }
    }
}

fn not_json(place: &str, why: &NotJson) -> Refused {
    Refused {
        place: format!("{place}:{}:{}", why.position.line, why.position.column),
        message: why.message.clone(),
    }
}

/// A JSON array with the places of its items.
fn array(given: &Given, option: &str) -> Result<Node, Refused> {
    let (_, node) = parse(&given.text).map_err(|why| not_json(&given.shown, &why))?;
    if matches!(node.kind, Kind::Array(_)) {
        return Ok(node);
    }
    let message = format!("{option} is a JSON array: `[]` for nothing, else `[...]` around what is found");
    Err(Refused { place: given.shown.clone(), message })
}

/// The state as JSON: numbers where the schema of the family has numbers.
fn state(schema: &Value, family: &str, words: &[(String, String)]) -> Result<String, Refused> {
    let definitions = schema["$defs"].as_object();
    let file = definitions.and_then(|d| d.values().find(|v| v["properties"]["schema"]["const"] == family));
    let form = file.map(|file| &file["properties"]["groups"]["items"]["properties"]["state"]);
    let mut members = Vec::new();
    for (name, word) in words {
        let number = form.is_some_and(|form| is_number(schema, form, Some(name), 0));
        if number && word.parse::<u64>().is_err() {
            let message = format!("`{word}` is no number");
            return Err(Refused { place: format!("--state {name}"), message });
        }
        let list = word.starts_with('[').then(|| parse(word).ok()).flatten();
        let value = match list {
            Some((_, list)) => list.compact(),
            None if number => word.clone(),
            None => quoted(word),
        };
        members.push(format!("{}: {value}", quoted(name)));
    }
    Ok(format!("{{{}}}", members.join(", ")))
}

/// Whether the property `name` of a form, or without a name the form, is a number.
fn is_number(schema: &Value, form: &Value, name: Option<&str>, depth: usize) -> bool {
    if depth > 8 {
        return false;
    }
    if let Some(definition) = form["$ref"].as_str().and_then(|r| r.strip_prefix("#/$defs/")) {
        return is_number(schema, &schema["$defs"][definition], name, depth + 1);
    }
    if let Some(name) = name {
        let branches = form["oneOf"].as_array().into_iter().flatten();
        return form["properties"].get(name).is_some_and(|p| is_number(schema, p, None, depth + 1))
            || branches.into_iter().any(|branch| is_number(schema, branch, Some(name), depth + 1));
    }
    form["type"] == "integer" || form["const"].is_number() || form["enum"][0].is_number()
}

/// The parts of the new file.
struct Composed<'a> {
    addition: &'a Addition,
    state: String,
    yields: &'a Node,
    alternatives: Option<&'a Node>,
}

impl Composed<'_> {
    fn test(&self) -> String {
        let a = self.addition;
        let mut members = Vec::new();
        let mut put = |name: &str, value: String| members.push(format!("{}: {value}", quoted(name)));
        put("id", quoted(&a.id));
        put("title", quoted(&a.title));
        put("requirements", texts(&a.requirements));
        put("bytes", quoted(&a.bytes));
        put("result", quoted(&a.result));
        if !a.feeds.is_empty() {
            put("feeds", format!("{:?}", a.feeds));
        }
        if !a.flags.is_empty() {
            put("flags", texts(&a.flags));
        }
        if !a.allow.is_empty() {
            put("allow", texts(&a.allow));
        }
        put("yields", self.yields.compact());
        if let Some(alternatives) = self.alternatives {
            put("alternatives", alternatives.compact());
        }
        if let Some(at) = a.error_at {
            put("error_at", at.to_string());
        }
        if a.pending {
            put("pending", "true".into());
        }
        if !a.cuts.is_empty() {
            put("cuts", format!("{:?}", a.cuts));
        }
        if a.canonical {
            put("canonical", "true".into());
        }
        if let Some(note) = &a.note {
            put("note", quoted(note));
        }
        format!("{{{}}}", members.join(", "))
    }

    fn source(&self) -> String {
        let a = self.addition;
        let [name, tool, version, made] = [&a.source, &a.tool, &a.tool_version, &a.made].map(|t| quoted(t));
        format!(r#"{{"name": {name}, "tool": {tool}, "version": {version}, "made": {made}}}"#)
    }

    /// The whole file, laid out: what stands in it, and the vector at the end of the group with its source and state.
    fn file(
        &self,
        family: &str,
        before: Option<&Document>,
        new_flag: Option<&str>,
    ) -> Result<String, Refused> {
        let before = before.map(|file| parse(&file.text)).transpose();
        let before = before.map_err(|why| not_json("gen/added", &why))?.map(|(_, root)| root);
        let list = |name: &str| before.as_ref().and_then(|root| root.find(name));
        let mut notes: Vec<String> = list("notes")
            .map_or(&[][..], Node::members)
            .iter()
            .map(|(key, node)| format!("{}: {}", quoted(&key.name), node.compact()))
            .collect();
        if let (Some(flag), Some(note)) = (new_flag, &self.addition.note_of_flag) {
            let [kind, rule, effect] = [&note.kind, &note.rule, &note.effect].map(|t| quoted(t));
            let links = texts(&note.links);
            notes.push(format!(
                r#"{}: {{"kind": {kind}, "rule": {rule}, "effect": {effect}, "links": {links}}}"#,
                quoted(flag)
            ));
        }
        let (source, state) = (self.source(), &self.state);
        let same = |group: &Node| {
            let is =
                |name, text: &str| group.find(name).map(Node::compact).is_some_and(|is| same_json(&is, text));
            is("source", &source) && is("state", state)
        };
        let mut groups = Vec::new();
        let mut placed = false;
        for group in list("groups").map_or(&[][..], Node::items) {
            let mut tests: Vec<String> =
                group.find("tests").map_or(&[][..], Node::items).iter().map(Node::compact).collect();
            if !placed && same(group) {
                tests.push(self.test());
                placed = true;
            }
            let part = |name| group.find(name).map_or_else(|| "{}".into(), Node::compact);
            groups.push(grouped(&part("source"), &part("state"), &tests));
        }
        if !placed {
            groups.push(grouped(&source, state, &[self.test()]));
        }
        let text = format!(
            r#"{{"schema": {}, "licence": "CC0-1.0", "notes": {{{}}}, "groups": [{}]}}"#,
            quoted(family),
            notes.join(", "),
            groups.join(", ")
        );
        layout::canonical(&text).map_err(|why| not_json("the vector", &why))
    }
}

fn grouped(source: &str, state: &str, tests: &[String]) -> String {
    format!(r#"{{"source": {source}, "state": {state}, "tests": [{}]}}"#, tests.join(", "))
}

fn texts(items: &[String]) -> String {
    format!("[{}]", items.iter().map(|t| quoted(t)).collect::<Vec<_>>().join(", "))
}

fn same_json(a: &str, b: &str) -> bool {
    matches!((serde_json::from_str::<Value>(a), serde_json::from_str::<Value>(b)), (Ok(a), Ok(b)) if a == b)
}

/// The vector `id` of a file.
fn find<'a>(root: &'a Node, id: &str) -> Option<&'a Node> {
    let groups = root.find("groups").map_or(&[][..], Node::items);
    let mut tests = groups.iter().flat_map(|group| group.find("tests").map_or(&[][..], Node::items));
    tests.rfind(|test| test.find("id").and_then(Node::text) == Some(id))
}

/// Another vector of the family may have these bytes already.
fn same_bytes(roots: &[(&Document, Node)], family: &str, test: &Node, added: &Node) -> Option<String> {
    let joined = |test: &Node| {
        let parts = corpus::parts(test);
        parts
            .iter()
            .all(|(_, times)| *times == 1)
            .then(|| parts.iter().map(|(hex, _)| *hex).collect::<String>())
    };
    let state = |root: &Node, test: &Node| {
        let groups = root.find("groups").map_or(&[][..], Node::items);
        let group = groups.iter().find(|group| group.at <= test.at && test.end <= group.end);
        group.and_then(|group| group.find("state")).map(Node::compact)
    };
    let (bytes, own) = (joined(test)?, state(added, test));
    let twin = corpus::vectors(roots).find(|vector| {
        vector.schema() == family
            && joined(vector.node).as_ref() == Some(&bytes)
            && vector.group.find("state").map(Node::compact) == own
    })?;
    Some(format!("the vector `{}` has the same bytes and the same state", twin.id()))
}

/// From places in the composed file to the options that the user gave.
struct Map<'a> {
    addition: &'a Addition,
    file: &'a Document,
    root: &'a Node,
    yields: &'a Node,
    alternatives: Option<&'a Node>,
}

impl Map<'_> {
    fn refused(&self, problem: &Problem) -> Refused {
        let at = offset(&self.file.text, Position { line: problem.line, column: problem.column });
        let (path, node) = follow(self.root, at);
        let steps: Vec<&str> = path.iter().map(String::as_str).collect();
        // What is missing has no place: its name stands in the message.
        let named = problem.message.split('`').nth(1).unwrap_or_default();
        let message = problem.message.clone();
        let place = match steps[..] {
            ["groups", _, "tests", _, "bytes"] => {
                let character = at.saturating_sub(node.at);
                match (character, self.addition.origin) {
                    (1.., "--bytes") => format!("--bytes, character {character}"),
                    (_, origin) => origin.to_owned(),
                }
            }
            ["groups", _, "tests", _, "yields", ref rest @ ..] => {
                given(&self.addition.yields, "--yields", self.yields, rest)
            }
            ["groups", _, "tests", _, "alternatives", ref rest @ ..] => {
                match (&self.addition.alternatives, self.alternatives) {
                    (Some(text), Some(node)) => given(text, "--alternatives", node, rest),
                    _ => "--alternatives".into(),
                }
            }
            ["groups", _, "tests", _, name, ..] => option(name),
            ["groups", _, "tests", _] => option(named),
            ["groups", _, "source", name] => match name {
                "name" => "--source-name".into(),
                "version" => "--tool-version".into(),
                name => option(name),
            },
            ["groups", _, "state", name, ..] => format!("--state {name}"),
            ["groups", _, "state"] => "--state".into(),
            ["notes", _, name, ..] => format!("--note-{}", if name == "links" { "link" } else { name }),
            ["notes", ..] => "--flag".into(),
            _ => format!("{}:{}:{}", problem.file, problem.line, problem.column),
        };
        Refused { place, message }
    }
}

fn option(property: &str) -> String {
    match property {
        "requirements" => "--requirement".into(),
        "flags" => "--flag".into(),
        name => format!("--{}", name.replace('_', "-")),
    }
}

/// A place in the JSON that the user gave.
fn given(given: &Given, option: &str, root: &Node, rest: &[&str]) -> String {
    let pointer: String =
        rest.iter().map(|s| format!("/{}", s.replace('~', "~0").replace('/', "~1"))).collect();
    let at = position(&given.text, root.follow(&pointer).at);
    let file = if given.shown == option { option.to_owned() } else { format!("{option} {}", given.shown) };
    format!("{file}:{}:{}", at.line, at.column)
}

/// Offset of a place.
fn offset(text: &str, at: Position) -> usize {
    let start: usize = text.split_inclusive('\n').take(at.line - 1).map(str::len).sum();
    text[start..].char_indices().nth(at.column - 1).map_or(text.len(), |(column, _)| start + column)
}

/// The steps to the innermost value, or property name, at `offset`.
fn follow(root: &Node, offset: usize) -> (Vec<String>, &Node) {
    let (mut path, mut node) = (Vec::new(), root);
    loop {
        let member = node.members().iter().find(|(key, value)| key.at <= offset && offset < value.end);
        let item = node.items().iter().enumerate().find(|(_, item)| item.at <= offset && offset < item.end);
        let (step, next) = match (member, item) {
            (Some((key, value)), _) => (key.name.clone(), value),
            (_, Some((index, item))) => (index.to_string(), item),
            _ => return (path, node),
        };
        path.push(step);
        node = next;
    }
}

#[cfg(test)]
mod tests {
    use super::{follow, is_number, offset, parse, position};

    #[test]
    fn places_lead_back_to_values() {
        let text = "{\"a\": [1, {\"\u{e9}\": \"x\"}],\n \"b\": true}";
        let (_, root) = parse(text).unwrap();
        for (marker, path) in
            [("\"x\"", &["a", "1", "\u{e9}"][..]), ("true", &["b"]), ("\"b\"", &["b"]), ("{\"a", &[])]
        {
            let at = text.find(marker).unwrap();
            assert_eq!(offset(text, position(text, at)), at);
            assert_eq!(follow(&root, at).0, path, "{marker}");
        }
    }

    #[test]
    fn numbers_of_the_state_are_those_of_the_schema() {
        let schema: serde_json::Value =
            serde_json::from_str(include_str!("../../../vectors/schema/vectors-v1.schema.json")).unwrap();
        let number = |state: &str, name| is_number(&schema, &schema["$defs"][state], Some(name), 0);
        assert!(number("chunkState", "chunk_size") && number("aggregateState", "ts"));
        assert!(number("messageState", "type") && number("rtmpeState", "version"));
        assert!(
            !number("rtmpeState", "private") && !number("authState", "cnonce") && !number("mediaState", "x")
        );
    }
}
