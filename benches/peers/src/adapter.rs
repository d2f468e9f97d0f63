//! The line protocol of `vectors/PROTOCOL.md`.

use std::{
    io::{BufRead, Write},
    panic::{AssertUnwindSafe, catch_unwind},
};

use serde_json::{Value, json};

/// A request, read.
pub struct Request {
    /// As in the vector's group.
    pub state: Value,
    pub bytes: Vec<u8>,
    /// What control messages say is asked for, too (`control-v1`).
    pub control: bool,
    sizes: Vec<usize>,
}

impl Request {
    fn of(line: &Value) -> Option<Self> {
        let text = line["bytes"].as_str()?;
        let digits = |at: usize| u8::from_str_radix(text.get(at..at + 2)?, 16).ok();
        let bytes: Vec<u8> = (0..text.len()).step_by(2).map(digits).collect::<Option<_>>()?;
        let size = |value: &Value| usize::try_from(value.as_u64()?).ok();
        let sizes = match (size(&line["every"]), line["reads"].as_array()) {
            (Some(every), _) => vec![every.max(1); bytes.len().div_ceil(every.max(1))],
            (None, Some(reads)) => reads.iter().map(size).collect::<Option<_>>()?,
            (None, None) => Vec::new(),
        };
        Some(Self { state: line["state"].clone(), bytes, control: line["family"] == "control-v1", sizes })
    }

    /// The bytes as they arrive; all at once where the request does not say.
    pub fn reads(&self) -> impl Iterator<Item = &[u8]> {
        let mut rest = &self.bytes[..];
        let mut sizes = self.sizes.iter();
        std::iter::from_fn(move || {
            if rest.is_empty() {
                return None;
            }
            let size = sizes.next().copied().unwrap_or(rest.len()).min(rest.len());
            let read;
            (read, rest) = rest.split_at(size);
            Some(read)
        })
    }
}

/// Why a decoder came to no end.
pub enum Failed {
    /// It gave up.
    Error(String),
    /// It cannot be asked this.
    Cannot(String),
}

/// The decoder's error in its own words.
pub fn error(error: impl std::fmt::Debug) -> Failed {
    let mut text = format!("{error:?}");
    if let Some((end, _)) = text.char_indices().nth(300) {
        text.truncate(end);
    }
    Failed::Error(text)
}

/// What a decoder found, in the forms of `vectors/README.md`.
pub type Found = Vec<Value>;

/// Puts what is found into the list, up to an error.
pub type Decode = fn(&Request, &mut Found) -> Result<(), Failed>;

/// A decoder and what it can be asked.
pub struct Peer {
    /// Of the crate in Cargo.lock.
    pub name: &'static str,
    /// Families whose answers say what was found.
    pub yields: &'static [(&'static str, Decode)],
    /// Families whose answers only say whether there was an error.
    pub verdicts: &'static [(&'static str, Decode)],
    pub loses: &'static [&'static str],
    pub note: &'static str,
}

impl Peer {
    fn hello(&self) -> Value {
        let kind = |list: &[(&str, Decode)], kind: &str| {
            list.iter().map(|(family, _)| ((*family).to_owned(), json!(kind))).collect::<Vec<_>>()
        };
        let families: serde_json::Map<_, _> =
            kind(self.yields, "yields").into_iter().chain(kind(self.verdicts, "verdict")).collect();
        json!({
            "name": self.name, "version": version(self.name), "families": families, "loses": self.loses,
            "note": self.note,
        })
    }

    fn answer(&self, line: &Value) -> Value {
        let n = &line["n"];
        let named = |(family, _): &&(&str, Decode)| line["family"] == *family;
        let Some((_, decode)) = self.yields.iter().chain(self.verdicts).find(named) else {
            return json!({"n": n, "cannot": "no such family here"});
        };
        let Some(request) = Request::of(line) else {
            return json!({"n": n, "cannot": "adapter: a request that it cannot read"});
        };
        if !request.state["knows"].is_null() {
            return json!({"n": n, "cannot": "no decoder here can be told externalizable classes"});
        }
        let mut found = Vec::new();
        let result = catch_unwind(AssertUnwindSafe(|| decode(&request, &mut found)));
        let mut answer = match result {
            Ok(Ok(())) => json!({"n": n, "error": null}),
            Ok(Err(Failed::Error(text))) => json!({"n": n, "error": text}),
            Ok(Err(Failed::Cannot(text))) => return json!({"n": n, "cannot": text}),
            Err(panic) => {
                let text = panic.downcast_ref::<String>().map(String::as_str);
                let text = text.or_else(|| panic.downcast_ref().copied()).unwrap_or_default();
                json!({"n": n, "error": format!("panic: {text}"), "panic": true})
            }
        };
        if self.yields.iter().any(|one| named(&one)) {
            answer["yields"] = Value::Array(found);
        }
        answer
    }

    /// Answers requests until standard input ends.
    pub fn serve(&self) {
        let mut out = std::io::stdout().lock();
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            let answer = match serde_json::from_str::<Value>(&line) {
                Ok(line) if line.get("hello").is_some() => self.hello(),
                Ok(line) => self.answer(&line),
                Err(error) => json!({"cannot": format!("adapter: {error}")}),
            };
            if writeln!(out, "{answer}").and_then(|()| out.flush()).is_err() {
                return;
            }
        }
    }
}

/// As pinned in Cargo.lock.
fn version(name: &str) -> &'static str {
    let lock = include_str!("../Cargo.lock");
    let entry = lock.split("[[package]]").find(|entry| entry.contains(&format!("\nname = \"{name}\"\n")));
    let line = entry.and_then(|entry| entry.lines().find_map(|line| line.strip_prefix("version = \"")));
    line.map_or("", |line| line.trim_end_matches('"'))
}
