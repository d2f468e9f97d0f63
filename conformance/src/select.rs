//! SELECT arguments: which cases are meant.

use std::fmt;

use globset::{GlobBuilder, GlobMatcher};

use crate::case::Case;

/// An argument that says nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SelectError {
    argument: String,
    nearest: Vec<String>,
    broken: Option<String>,
}

impl fmt::Display for SelectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(why) = &self.broken {
            return write!(f, "`{}` is no pattern: {why}", self.argument);
        }
        if self.argument.trim_start_matches('!') == "failed" {
            return f.write_str("no case matches `failed`: none was bad in the last run");
        }
        write!(f, "no case matches `{}`", self.argument)?;
        match self.nearest.as_slice() {
            [] => write!(f, "; `rtmpspec list` shows them all"),
            [one] => write!(f, "; did you mean {one}?"),
            many => write!(f, "; did you mean one of {}?", many.join(", ")),
        }
    }
}

impl std::error::Error for SelectError {}

/// The cases that `arguments` name, in catalogue order: a union of what they select minus what `!PATTERN`
/// excludes. No argument, or only exclusions, starts from everything. `last_failed` is what `failed` means.
///
/// # Errors
/// When an argument matches nothing, with the nearest ids; `failed` may be empty only if nothing else selects.
pub fn select(
    all: &[&'static Case],
    arguments: &[String],
    last_failed: &[String],
) -> Result<Vec<&'static Case>, SelectError> {
    let (excludes, includes): (Vec<_>, Vec<_>) = arguments.iter().partition(|a| a.starts_with('!'));
    let mut chosen = vec![includes.is_empty(); all.len()];
    for argument in includes {
        mark(all, argument, argument, last_failed, &mut chosen, true)?;
    }
    for argument in excludes {
        mark(all, &argument[1..], argument, last_failed, &mut chosen, false)?;
    }
    Ok(all.iter().zip(chosen).filter(|(_, chosen)| *chosen).map(|(case, _)| *case).collect())
}

fn mark(
    all: &[&'static Case],
    pattern: &str,
    argument: &str,
    last_failed: &[String],
    chosen: &mut [bool],
    to: bool,
) -> Result<(), SelectError> {
    let matches = matcher(pattern, last_failed).map_err(|why| SelectError {
        argument: argument.into(),
        nearest: Vec::new(),
        broken: Some(why),
    })?;
    let mut any = false;
    for (case, chosen) in all.iter().zip(chosen) {
        if matches(case) {
            any = true;
            *chosen = to;
        }
    }
    if any {
        return Ok(());
    }
    Err(SelectError { argument: argument.into(), nearest: nearest(all, pattern), broken: None })
}

/// Whether a case is meant.
type Predicate<'a> = Box<dyn Fn(&Case) -> bool + 'a>;

fn matcher<'a>(pattern: &str, last_failed: &'a [String]) -> Result<Predicate<'a>, String> {
    if let Some(rule) = pattern.strip_prefix("rule:") {
        let glob = glob(&rule.to_uppercase())?;
        return Ok(Box::new(move |case| case.rules.iter().any(|r| glob.is_match(r.id()))));
    }
    if let Some(level) = pattern.strip_prefix("level:") {
        let level = level.to_owned();
        return Ok(Box::new(move |case| case.level.word() == level));
    }
    if let Some(profile) = pattern.strip_prefix("profile:") {
        let profile = profile.to_owned();
        return Ok(Box::new(move |case| case.profile.word() == profile));
    }
    if pattern == "failed" {
        return Ok(Box::new(move |case| last_failed.iter().any(|id| id == case.id)));
    }
    let pattern = pattern.trim_end_matches('/');
    let exact = glob(pattern)?;
    let below = glob(&format!("{pattern}/**"))?;
    Ok(Box::new(move |case| exact.is_match(case.id) || below.is_match(case.id)))
}

/// A glob over ids: `*` does not cross `/`, `**` does.
///
/// # Errors
/// What is wrong with it.
pub fn glob(pattern: &str) -> Result<GlobMatcher, String> {
    GlobBuilder::new(pattern)
        .literal_separator(true)
        .build()
        .map(|g| g.compile_matcher())
        .map_err(|e| e.kind().to_string())
}

/// At most three ids that look like `pattern`.
fn nearest(all: &[&'static Case], pattern: &str) -> Vec<String> {
    let mut scored: Vec<(f64, &str)> =
        all.iter().map(|c| (strsim::jaro_winkler(pattern, c.id), c.id)).collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0));
    scored.into_iter().filter(|(score, _)| *score > 0.75).take(3).map(|(_, id)| id.to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::select;

    fn ids(arguments: &[&str]) -> Result<Vec<&'static str>, String> {
        let all = crate::cases::all();
        let arguments: Vec<String> = arguments.iter().map(|a| (*a).to_owned()).collect();
        select(&all, &arguments, &["hs/s2/echoes-c1".to_owned()])
            .map(|cases| cases.iter().map(|c| c.id).collect())
            .map_err(|e| e.to_string())
    }

    #[test]
    fn globs_folders_rules_and_exclusions() {
        let everything = ids(&[]).unwrap();
        assert!(ids(&["hs"]).unwrap().iter().all(|id| id.starts_with("hs/")));
        assert_eq!(ids(&["hs/**"]).unwrap(), ids(&["hs/"]).unwrap());
        assert_eq!(ids(&["hs/s2/echoes-c1"]).unwrap(), ["hs/s2/echoes-c1"]);
        assert_eq!(ids(&["failed"]).unwrap(), ["hs/s2/echoes-c1"]);
        assert!(ids(&["rule:hs-018"]).unwrap().contains(&"hs/s2/echoes-c1"));
        let without = ids(&["!hs/**"]).unwrap();
        assert_eq!(without.len() + ids(&["hs"]).unwrap().len(), everything.len());
        // `*` stays within one part of an id.
        assert!(ids(&["hs*"]).is_ok() && ids(&["*/echoes-c1"]).is_err());
    }

    #[test]
    fn a_typo_names_the_nearest() {
        let error = ids(&["chunk/extended-timestmp/type-3-repeats"]).unwrap_err();
        assert!(error.contains("chunk/extended-timestamp/type-3-repeats"), "{error}");
        assert!(ids(&["level:mst"]).is_err());
        assert!(ids(&["hs/["]).unwrap_err().contains("is no pattern"));
    }
}
