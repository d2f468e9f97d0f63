//! Which vectors are meant.

use globset::GlobMatcher;

use super::corpus::Vector;
use super::{did_you_mean, nearest};
use crate::select::glob;

/// The vectors that match all kinds of `arguments`, in order: ids or globs of ids, `family:`, `rule:`, `flag:` and
/// `result:` with a word or glob; several of one kind are alternatives, `!PATTERN` excludes.
///
/// # Errors
/// An argument is no pattern, or matches no vector; with near names.
pub fn select<'a>(all: &[Vector<'a>], arguments: &[String]) -> Result<Vec<Vector<'a>>, String> {
    let patterns = arguments.iter().map(|a| Pattern::read(a)).collect::<Result<Vec<_>, _>>()?;
    for pattern in &patterns {
        if !all.iter().any(|vector| pattern.matches(vector)) {
            return Err(pattern.nothing(all));
        }
    }
    let chosen = all.iter().filter(|vector| {
        patterns.iter().all(|pattern| {
            if pattern.excludes {
                return !pattern.matches(vector);
            }
            let same = patterns.iter().filter(|p| p.kind == pattern.kind && !p.excludes);
            same.into_iter().any(|p| p.matches(vector))
        })
    });
    Ok(chosen.copied().collect())
}

const KINDS: [&str; 4] = ["family", "rule", "flag", "result"];

struct Pattern<'a> {
    argument: &'a str,
    excludes: bool,
    kind: Option<&'a str>,
    word: String,
    glob: GlobMatcher,
}

impl<'a> Pattern<'a> {
    fn read(argument: &'a str) -> Result<Self, String> {
        let pattern = argument.strip_prefix('!').unwrap_or(argument);
        let (kind, word) = match pattern.split_once(':') {
            Some((kind, word)) if KINDS.contains(&kind) => (Some(kind), word),
            Some((kind, _)) => {
                let near = did_you_mean(&nearest(KINDS.into_iter(), kind, 0.7));
                return Err(format!(
                    "`{kind}:` is none of {}{near}",
                    KINDS.map(|k| format!("{k}:")).join(", ")
                ));
            }
            None => (None, pattern),
        };
        let word = if kind == Some("rule") { word.to_uppercase() } else { word.to_owned() };
        let glob = glob(&word).map_err(|why| format!("`{argument}` is no pattern: {why}"))?;
        Ok(Self { argument, excludes: pattern.len() != argument.len(), kind, word, glob })
    }

    fn names<'v>(&self, vector: &Vector<'v>) -> Vec<&'v str> {
        match self.kind {
            Some("family") => vec![vector.family(), vector.schema()],
            Some("rule") => vector.requirements().collect(),
            Some("flag") => vector.flags().collect(),
            Some(_) => vec![vector.result()],
            None => vec![vector.id()],
        }
    }

    fn matches(&self, vector: &Vector<'_>) -> bool {
        self.names(vector).into_iter().any(|name| self.glob.is_match(name))
    }

    fn nothing(&self, all: &[Vector<'_>]) -> String {
        let names = all.iter().flat_map(|vector| self.names(vector));
        format!("no vector matches `{}`{}", self.argument, did_you_mean(&nearest(names, &self.word, 0.75)))
    }
}
