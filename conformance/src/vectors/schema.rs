//! The JSON Schema, with the place of each fault and words for it.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind as Fault;
use serde_json::{Value, json};

use super::corpus::{CorpusError, Document};
use super::json::Node;
use super::lint::Problem;
use super::{did_you_mean, nearest};

/// One validator for each family, made when a file needs it.
pub(super) struct Schemas<'a> {
    schema: &'a Value,
    families: BTreeMap<&'a str, Family<'a>>,
    /// Every property the schema names.
    names: BTreeSet<String>,
    /// The properties of a file and of a vector in all families.
    common: BTreeSet<String>,
}

struct Family<'a> {
    /// Its name in `$defs`.
    definition: &'a str,
    validator: OnceCell<Result<jsonschema::Validator, String>>,
}

impl<'a> Schemas<'a> {
    /// The schema lists the families in `oneOf`; a message about a fault needs the one that is meant.
    pub fn new(schema: &'a Value) -> Result<Self, CorpusError> {
        let broken = |why: String| CorpusError::new(format!("the schema of the vectors: {why}"));
        let definitions = schema["$defs"].as_object().ok_or_else(|| broken("no `$defs`".into()))?;
        let mut families = BTreeMap::new();
        for (name, definition) in definitions {
            let Some(family) = definition["properties"]["schema"]["const"].as_str() else { continue };
            families.insert(family, Family { definition: name, validator: OnceCell::new() });
        }
        let (mut names, mut common) = (BTreeSet::new(), BTreeSet::new());
        properties(schema, &mut names);
        for definition in ["file", "test"] {
            let own = schema["$defs"][definition]["properties"].as_object();
            common.extend(own.into_iter().flat_map(|own| own.keys().cloned()));
        }
        common.extend(["schema".to_owned(), "groups".to_owned()]);
        Ok(Self { schema, families, names, common })
    }

    fn validator(&self, family: &str) -> Option<&Result<jsonschema::Validator, String>> {
        let family = self.families.get(family)?;
        Some(family.validator.get_or_init(|| {
            let one = json!({
                "$schema": self.schema["$schema"],
                "$ref": format!("#/$defs/{}", family.definition),
                "$defs": self.schema["$defs"],
            });
            jsonschema::draft202012::options().build(&one).map_err(|error| error.to_string())
        }))
    }

    /// The families, by name.
    pub fn names(&self) -> impl Iterator<Item = &'a str> {
        self.families.keys().copied()
    }

    pub fn lint(&self, file: &Document, value: &Value, root: &Node) -> Vec<Problem> {
        let Some(schema) = root.find("schema") else {
            return vec![Problem::new(
                file,
                root.at,
                "the property `schema` is missing: it names the family",
            )];
        };
        let Some(validator) = schema.text().and_then(|name| self.validator(name)) else {
            let name = schema.text().unwrap_or_default();
            let near = did_you_mean(&nearest(self.families.keys().copied(), name, 0.7));
            return vec![Problem::new(file, schema.at, format!("unknown family {}{near}", schema.compact()))];
        };
        let validator = match validator {
            Ok(validator) => validator,
            Err(why) => {
                return vec![Problem::new(file, schema.at, format!("the schema of the vectors: {why}"))];
            }
        };
        let mut found = Vec::new();
        for error in validator.iter_errors(value) {
            self.describe(&error, root, &mut found);
        }
        self.without_echoes(&mut found);
        let found = several_missing(found);
        found.into_iter().map(|told| Problem::new(file, told.offset, told.message)).collect()
    }

    fn describe(&self, error: &ValidationError<'_>, root: &Node, found: &mut Vec<Told>) {
        let path = error.instance_path().as_str();
        let node = root.follow(path);
        // What depends on the result cannot be said without one.
        let steps: Vec<&str> = path.splitn(6, '/').take(5).collect();
        let test = root.follow(&steps.join("/"));
        let conditional = ["/then", "/else"].iter().any(|c| error.evaluation_path().as_str().contains(c));
        if conditional && test.find("id").is_some() && test.find("result").is_none() {
            return;
        }
        let mut tell = |offset: usize, name: Option<&str>, message: String| {
            let echo = name.filter(|_| matches!(error.kind(), Fault::UnevaluatedProperties { .. }));
            found.push(Told { path: path.to_owned(), offset, message, echo: echo.map(str::to_owned) });
        };
        match error.kind() {
            Fault::AdditionalProperties { unexpected } | Fault::UnevaluatedProperties { unexpected } => {
                for name in unexpected {
                    let key = node.members().iter().rev().find(|(key, _)| key.name == *name);
                    let near = nearest(self.names.iter().map(String::as_str), name, 0.85);
                    let near = did_you_mean(&near.into_iter().filter(|n| n != name).collect::<Vec<_>>());
                    let offset = key.map_or(node.at, |(key, _)| key.at);
                    tell(offset, Some(name), format!("unknown property `{name}`{near}"));
                }
            }
            Fault::Required { property } => {
                let name = property.as_str().unwrap_or_default();
                let provenance =
                    if path.ends_with("/source") || name == "source" { "provenance: " } else { "" };
                tell(node.at, None, format!("{provenance}the property `{name}` is missing{}", needed(name)));
            }
            Fault::PropertyNames { error } => {
                let name = error.instance().as_str().unwrap_or_default().to_owned();
                let key = node.members().iter().find(|(key, _)| key.name == name);
                let message =
                    format!("`{name}` is no name for a flag: letters and digits, the first a capital");
                tell(key.map_or(node.at, |(key, _)| key.at), None, message);
            }
            Fault::OneOfNotValid { context } | Fault::AnyOf { context } => match branch(context, path) {
                Some(errors) => errors.iter().for_each(|error| self.describe(error, root, found)),
                None if node.find("bytes").is_none() && node.find("id").is_some() => {
                    tell(node.at, None, "neither `bytes` nor `runs`".into());
                }
                None => {
                    let forms = if path.contains("/yields/") {
                        "; vectors/README.md describes the forms"
                    } else {
                        ""
                    };
                    tell(node.at, None, format!("of no known form: {:.120}{forms}", node.compact()));
                }
            },
            Fault::OneOfMultipleValid { .. } if node.find("runs").is_some() => {
                tell(node.at, None, "both `bytes` and `runs`".into());
            }
            Fault::FalseSchema => {
                let name = path.rsplit('/').next().unwrap_or_default();
                let message = if name == "state" {
                    "`state` has a property that this family does not know".to_owned()
                } else {
                    format!("`{name}` has no meaning with this result or in this family: leave it out")
                };
                tell(node.at, None, message);
            }
            Fault::Enum { options } => {
                let options: Vec<String> = options
                    .as_array()
                    .into_iter()
                    .flatten()
                    .map(|o| o.as_str().map_or_else(|| o.to_string(), str::to_owned))
                    .collect();
                tell(node.at, None, format!("{:.80} is none of {}", node.compact(), options.join(", ")));
            }
            Fault::Constant { expected_value } => {
                tell(node.at, None, format!("{:.80} stands where only {expected_value} can", node.compact()));
            }
            // The rules name the character.
            Fault::Pattern { .. } if is_bytes(path) => {}
            Fault::Pattern { pattern } => {
                let value = node.text().unwrap_or_default();
                tell(node.at, None, what(path, value, pattern));
            }
            Fault::MinLength { limit: 1 } => tell(node.at, None, format!("{} is empty", label(path))),
            Fault::MinItems { limit: 1 } if path.ends_with("/requirements") => {
                tell(node.at, None, "`requirements` is empty: name what the vector shows".into());
            }
            Fault::MinItems { limit: 1 } => {
                tell(node.at, None, format!("{} is empty: leave it out, or fill it", label(path)));
            }
            Fault::MinItems { .. } | Fault::MaxItems { .. } if path.contains("/cuts/") => {
                tell(node.at, None, "a range of `cuts` is two lengths, the first and the last".into());
            }
            Fault::UniqueItems => tell(node.at, None, format!("{} has an item twice", label(path))),
            _ => tell(node.at, None, error.masked_with(label(path)).to_string()),
        }
    }

    /// A fault within an object makes all its properties unevaluated: those that the schema knows are echoes.
    fn without_echoes(&self, found: &mut Vec<Told>) {
        let faults: Vec<String> = found.iter().filter(|t| t.echo.is_none()).map(|t| t.path.clone()).collect();
        let mut unknown: BTreeMap<String, bool> = BTreeMap::new();
        for told in found.iter() {
            if let Some(name) = &told.echo {
                *unknown.entry(told.path.clone()).or_default() |= !self.known(name);
            }
        }
        found.retain(|told| {
            let Some(name) = &told.echo else { return true };
            let beside =
                |fault: &String| fault == &told.path || fault.starts_with(&format!("{}/", told.path));
            !(self.known(name)
                && (faults.iter().any(beside) || unknown[&told.path] || self.below(&told.path, &unknown)))
        });
    }

    fn known(&self, name: &str) -> bool {
        self.common.contains(name) || MESSAGE.contains(&name)
    }

    fn below(&self, path: &str, unknown: &BTreeMap<String, bool>) -> bool {
        let prefix = format!("{path}/");
        unknown.keys().any(|other| other.starts_with(&prefix))
    }
}

/// Properties of a message, the other object of the schema that is put together from parts.
const MESSAGE: [&str; 7] = ["type", "csid", "msid", "ts", "len", "sha256", "control"];

struct Told {
    path: String,
    offset: usize,
    message: String,
    /// The property, if it is unevaluated.
    echo: Option<String>,
}

/// Of several forms the one that was meant: the one whose `type` or other fixed value is right, or else the one that
/// lacks no property.
fn branch<'a>(
    context: &'a [Vec<ValidationError<'static>>],
    path: &str,
) -> Option<&'a [ValidationError<'static>]> {
    let fixed = |error: &ValidationError<'_>| {
        let own = error.instance_path().as_str().strip_prefix(path).unwrap_or_default();
        own.matches('/').count() <= 1
            && matches!(error.kind(), Fault::Constant { .. } | Fault::Enum { .. } | Fault::Type { .. })
    };
    let right: Vec<_> = context.iter().filter(|errors| !errors.iter().any(fixed)).collect();
    if let [one] = right[..] {
        return Some(one);
    }
    let lacks = |error: &ValidationError<'_>| {
        error.instance_path().as_str() == path && matches!(error.kind(), Fault::Required { .. })
    };
    let whole: Vec<_> = right.into_iter().filter(|errors| !errors.iter().any(lacks)).collect();
    if let [one] = whole[..] { Some(one) } else { None }
}

/// The name of what stands at `path`.
fn label(path: &str) -> String {
    let mut steps = path.rsplit('/').filter(|step| !step.is_empty());
    match (steps.next(), steps.next()) {
        (Some(index), Some(list)) if index.bytes().all(|b| b.is_ascii_digit()) => {
            format!("an item of `{list}`")
        }
        (Some(name), _) => format!("`{name}`"),
        _ => "the file".into(),
    }
}

/// What a property is needed for.
fn needed(name: &str) -> &'static str {
    match name {
        "source" => ": name, tool, version and made",
        "flags" => ": a lenient vector says with it what is special",
        "allow" => ": a lenient vector lists in it what passes",
        "alternatives" => ": `allow` has alternative",
        _ => "",
    }
}

/// One line for all properties that one object lacks.
fn several_missing(found: Vec<Told>) -> Vec<Told> {
    const START: &str = "the property `";
    const END: &str = "` is missing";
    let mut kept: Vec<Told> = Vec::new();
    for told in found {
        let name =
            told.message.strip_prefix(START).and_then(|rest| rest.strip_suffix(END)).map(str::to_owned);
        let before = kept.iter_mut().find(|other| {
            name.is_some()
                && other.path == told.path
                && other.message.starts_with("the propert")
                && other.message.ends_with("missing")
        });
        match (name, before) {
            (Some(name), Some(before)) => {
                let names =
                    before.message.trim_start_matches("the property ").trim_start_matches("the properties ");
                let names = names.trim_end_matches(" is missing").trim_end_matches(" are missing");
                before.message = format!("the properties {names}, `{name}` are missing");
            }
            _ => kept.push(told),
        }
    }
    kept
}

/// Whether it is a vector's `bytes`, or `hex` of its `runs`.
fn is_bytes(path: &str) -> bool {
    let steps: Vec<&str> = path.split('/').collect();
    matches!(
        steps[..],
        ["", "groups", _, "tests", _, "bytes"] | ["", "groups", _, "tests", _, "runs", _, "hex"]
    )
}

fn what(path: &str, value: &str, pattern: &str) -> String {
    let mut steps = path.rsplit('/');
    let (last, before) = (steps.next().unwrap_or_default(), steps.next().unwrap_or_default());
    let is = match (before, last) {
        (_, "id") => "no id: parts of a to z and 0 to 9 with a hyphen between",
        (_, "rule") | ("requirements", _) => "no requirement id, such as CHUNK-031",
        ("flags", _) => "no name for a flag: letters and digits, the first a capital",
        (_, "made") => "no date such as 2026-11-20",
        ("links", _) => "no https link",
        _ if pattern == "^[0-9a-f]{64}$" => "no SHA-256: 64 digits of 0 to 9, a to f",
        _ if pattern == "^([0-9a-f]{2})*$" => "bad hex: pairs of digits, 0 to 9 and a to f",
        _ => return format!("{}: `{value:.80}` does not match {pattern}", label(path)),
    };
    format!("`{value:.80}` is {is}")
}

fn properties(schema: &Value, names: &mut BTreeSet<String>) {
    match schema {
        Value::Object(members) => {
            for (key, value) in members {
                if key == "properties"
                    && let Some(own) = value.as_object()
                {
                    names.extend(own.keys().cloned());
                }
                properties(value, names);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| properties(item, names)),
        _ => {}
    }
}
