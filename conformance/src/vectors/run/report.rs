//! What came of several decoders, for people and for programs.

use std::collections::{BTreeMap, BTreeSet};

use globset::{Glob, GlobMatcher};
use serde::{Deserialize, Serialize};

use super::protocol::{Depth, Hello};
use super::{Item, Judged, Verdict};

/// Name and version of the form.
pub const SCHEMA: &str = "rtmp-vectors-run-v1";

/// Several decoders and one corpus. Nothing in it depends on time or machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// [`SCHEMA`].
    pub schema: String,
    /// The vectors that were selected.
    pub corpus: Selected,
    /// In the order they were named.
    pub decoders: Vec<Row>,
}

/// Which vectors.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Selected {
    /// How many.
    pub vectors: usize,
    /// How many of each family.
    pub families: BTreeMap<String, usize>,
    /// SHA-256 of `manifest.json`, which holds those of the files.
    pub manifest: String,
}

/// One decoder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// Its name in the table.
    pub name: String,
    /// What it says of itself; nothing where it did not run.
    pub hello: Option<Hello>,
    /// Why it did not run.
    pub not_run: Option<String>,
    /// Counts by family and verdict.
    pub families: BTreeMap<String, BTreeMap<String, usize>>,
    /// All verdicts but `passed` and `shallow`, in the order of the corpus.
    pub findings: Vec<Finding>,
}

/// A verdict on one vector.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Finding {
    /// The vector.
    pub id: String,
    /// Its family.
    pub family: String,
    /// Its line.
    pub title: String,
    /// Its requirements.
    pub requirements: Vec<String>,
    /// Level of what it asks: `may` and `de-facto` are no matter of conformance.
    pub level: String,
    /// What came of it.
    #[serde(flatten)]
    pub verdict: Verdict,
    /// What is known of it, in neutral words.
    pub cause: Option<String>,
}

impl Finding {
    /// Whether it is a habit of the field, or optional, and no matter of conformance. A crash, a hang and memory
    /// always matter.
    #[must_use]
    pub fn is_habit(&self) -> bool {
        matches!(self.verdict, Verdict::Failed(_)) && matches!(self.level.as_str(), "may" | "de-facto")
    }
}

impl Row {
    /// A decoder that was judged.
    #[must_use]
    pub fn new(name: &str, judged: &Judged, items: &[Item<'_>], causes: &Causes) -> Self {
        let (mut families, mut findings) = (BTreeMap::<String, BTreeMap<String, usize>>::new(), Vec::new());
        for item in items {
            let Some(verdict) = judged.verdicts.get(&item.vector.id) else { continue };
            let counts = families.entry(item.family.to_owned()).or_default();
            *counts.entry(verdict.word().to_owned()).or_default() += 1;
            if matches!(verdict, Verdict::Passed | Verdict::Shallow) {
                continue;
            }
            findings.push(Finding {
                id: item.vector.id.clone(),
                family: item.family.to_owned(),
                title: item.vector.title.clone(),
                requirements: item.vector.requirements.clone(),
                level: item.level.word().to_owned(),
                verdict: verdict.clone(),
                cause: causes.of(&item.vector.id).filter(|_| verdict.is_failure()),
            });
        }
        Self { name: name.to_owned(), hello: Some(judged.hello.clone()), not_run: None, families, findings }
    }

    /// A decoder that did not run.
    #[must_use]
    pub fn absent(name: &str, why: String) -> Self {
        Self {
            name: name.to_owned(),
            hello: None,
            not_run: Some(why),
            families: BTreeMap::new(),
            findings: Vec::new(),
        }
    }

    /// How many vectors have one of these verdicts.
    #[must_use]
    pub fn count(&self, words: &[&str]) -> usize {
        let all = self.families.values().flat_map(BTreeMap::iter);
        all.filter(|(word, _)| words.contains(&word.as_str())).map(|(_, count)| count).sum()
    }

    /// Failures that are a matter of conformance or safety.
    #[must_use]
    pub fn weighty(&self) -> usize {
        self.failures().filter(|finding| !finding.is_habit()).count()
    }

    fn failures(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.verdict.is_failure())
    }

    /// `35/37`: passed of asked; `(1)` of the rest are habits of the field; `s` behind it where passes are shallow, `-` where the family is not its own.
    fn cell(&self, family: &str) -> String {
        let Some(counts) = self.families.get(family) else { return "-".into() };
        let of = |words: &[&str]| words.iter().filter_map(|word| counts.get(*word)).sum::<usize>();
        let (passed, shallow) = (of(&["passed"]), of(&["shallow"]));
        let asked = of(&["passed", "shallow", "failed", "crashed", "hung", "memory"]);
        let mark = match (passed, shallow) {
            (_, 0) => "",
            (0, _) => " s",
            _ => " +s",
        };
        let habits = self.findings.iter().filter(|f| f.family == family && f.is_habit()).count();
        let habits = if habits > 0 { format!(" ({habits})") } else { String::new() };
        format!("{}/{asked}{habits}{mark}", passed + shallow)
    }
}

/// Known causes by glob of ids.
#[derive(Debug, Default)]
pub struct Causes(Vec<(String, GlobMatcher, String)>);

impl Causes {
    /// Reads the globs.
    ///
    /// # Errors
    /// One is no glob.
    pub fn new(causes: &BTreeMap<String, String>) -> Result<Self, String> {
        let read = |(glob, cause): (&String, &String)| match Glob::new(glob) {
            Ok(read) => Ok((glob.clone(), read.compile_matcher(), cause.clone())),
            Err(error) => Err(format!("causes: {error}")),
        };
        causes.iter().map(read).collect::<Result<_, _>>().map(Self)
    }

    fn of(&self, id: &str) -> Option<String> {
        self.0.iter().find(|(_, glob, _)| glob.is_match(id)).map(|(_, _, cause)| cause.clone())
    }

    /// Globs that no failure of the row matches.
    #[must_use]
    pub fn stale(&self, row: &Row) -> Vec<&str> {
        let used = |glob: &GlobMatcher| row.failures().any(|finding| glob.is_match(&finding.id));
        self.0.iter().filter(|(_, glob, _)| !used(glob)).map(|(text, _, _)| text.as_str()).collect()
    }
}

impl Report {
    /// The table, and of each decoder at most `most` failures.
    #[must_use]
    pub fn text(&self, most: usize) -> String {
        let mut out = self.table();
        for row in &self.decoders {
            out += &format!("\n{}", row.head());
            let failures: Vec<&Finding> = row.failures().collect();
            for finding in failures.iter().take(most) {
                let (word, id) = (finding.verdict.word(), &finding.id);
                out += &format!("  {word:<8}{id}  {}\n", finding.title);
                out += &format!("          {} ({})\n", finding.requirements.join(", "), finding.level);
                let why = finding.verdict.why().replace('\n', "\n          ");
                out += &format!("          {why}\n");
                if let Some(cause) = &finding.cause {
                    out += &format!("          known: {cause}\n");
                }
            }
            let (left, more) =
                (failures.len().saturating_sub(most), if most == 0 { "failures" } else { "more" });
            if left > 0 {
                out += &format!("  {left} {more}: --failures all, or --json\n");
            }
            for (word, say) in
                [("cannot", "cannot be asked"), ("fault", "fault of the adapter"), ("not-asked", "not asked")]
            {
                let of: Vec<&Finding> = row.findings.iter().filter(|f| f.verdict.word() == word).collect();
                let mut reasons = BTreeMap::<&str, usize>::new();
                of.iter().for_each(|finding| *reasons.entry(finding.verdict.why()).or_default() += 1);
                for (reason, count) in reasons {
                    let first = of.iter().find(|f| f.verdict.why() == reason).map_or("", |f| f.id.as_str());
                    out += &format!("  {say}: {count} (first {first}): {reason:.300}\n");
                }
            }
        }
        out
    }

    fn table(&self) -> String {
        let mut rows = vec![self.decoders.iter().map(|row| row.name.clone()).collect::<Vec<_>>()];
        let families: Vec<&String> = self.corpus.families.keys().collect();
        rows.extend(families.iter().map(|family| self.decoders.iter().map(|row| row.cell(family)).collect()));
        let first = families.iter().map(|family| family.len()).max().unwrap_or(0);
        let widths: Vec<usize> = (0..self.decoders.len())
            .map(|column| rows.iter().map(|row| row[column].len()).max().unwrap_or(0))
            .collect();
        let mut out = String::new();
        for (index, row) in rows.iter().enumerate() {
            let label = if index == 0 { "passed of asked" } else { families[index - 1] };
            out += &format!("{label:<width$}", width = first.max(15));
            for (cell, width) in row.iter().zip(&widths) {
                out += &format!("  {cell:>width$}");
            }
            out += "\n";
        }
        out + "(n)  failed, but only habits of the field or optional   s  shallow: only taking and refusing compared\n"
    }

    /// The same as a page, with all failures gathered by cause.
    #[must_use]
    pub fn markdown(&self) -> String {
        let mut out =
            format!("{} vectors of {} families.\n\n", self.corpus.vectors, self.corpus.families.len());
        let names: Vec<&str> = self.decoders.iter().map(|row| row.name.as_str()).collect();
        out +=
            &format!("| passed of asked | {} |\n|---|{}\n", names.join(" | "), "---:|".repeat(names.len()));
        for family in self.corpus.families.keys() {
            let cells: Vec<String> = self.decoders.iter().map(|row| row.cell(family)).collect();
            out += &format!("| {family} | {} |\n", cells.join(" | "));
        }
        out += "\n`(n)`: so many of the failures are about habits of the field or options (de-facto, may), not conformance. `-`: not \
                asked. `s`: shallow, only taking and refusing was compared.\n";
        for row in &self.decoders {
            out += &format!("\n## {}\n\n", row.name);
            out += &row.head().lines().map(|line| format!("{}\n", line.trim())).collect::<String>();
            let mut causes = BTreeMap::<(&str, &str, &str), Vec<&str>>::new();
            for finding in row.failures() {
                let cause = finding.cause.as_deref().unwrap_or("no cause written down");
                let level = if finding.is_habit() { "habit" } else { finding.level.as_str() };
                causes.entry((cause, finding.verdict.word(), level)).or_default().push(&finding.id);
            }
            if !causes.is_empty() {
                out += "\n| what | | level | vectors |\n|---|---|---|---|\n";
            }
            for ((cause, word, level), ids) in causes {
                let ids: Vec<String> = ids.iter().map(|id| format!("`{id}`")).collect();
                out += &format!(
                    "| {} | {word} | {level} | {}: {} |\n",
                    cause.replace('|', "\\|"),
                    ids.len(),
                    ids.join(", ")
                );
            }
        }
        out
    }

    /// What differs from an earlier report, for the decoders that both have.
    #[must_use]
    pub fn against(&self, earlier: &Self) -> Comparison {
        let mut comparison = Comparison::default();
        for row in &self.decoders {
            let Some(before) = earlier.decoders.iter().find(|other| other.name == row.name) else {
                comparison.unknown.push(row.name.clone());
                continue;
            };
            let failures =
                |row: &Row| row.failures().map(|f| (f.id.clone(), f.verdict.word())).collect::<BTreeSet<_>>();
            let (then, now) = (failures(before), failures(row));
            let line = |(id, word): &(String, &str)| format!("{}: {id} {word}", row.name);
            comparison.new.extend(now.difference(&then).map(line));
            comparison.gone.extend(then.difference(&now).map(line));
        }
        comparison
    }
}

/// An earlier report and this one.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Comparison {
    /// Failures that were not there.
    pub new: Vec<String>,
    /// Failures that are there no more.
    pub gone: Vec<String>,
    /// Decoders that the earlier report does not have.
    pub unknown: Vec<String>,
}

impl Row {
    fn head(&self) -> String {
        let Some(hello) = &self.hello else {
            return format!("{}: not run: {}\n", self.name, self.not_run.as_deref().unwrap_or_default());
        };
        let mut out = format!("{}: {} {}\n", self.name, hello.name, hello.version);
        let counts =
            ["passed", "shallow", "failed", "crashed", "hung", "memory", "cannot", "fault", "not-asked"];
        let counts = counts.map(|word| (word, self.count(&[word])));
        let told: Vec<String> = counts
            .iter()
            .filter(|(word, count)| *count > 0 || matches!(*word, "passed" | "failed"))
            .map(|(word, count)| format!("{count} {}", word.replace('-', " ")))
            .collect();
        let habits = self.failures().filter(|finding| finding.is_habit()).count();
        let habits = if habits > 0 {
            format!(" ({habits} of them habits of the field or optional)")
        } else {
            String::new()
        };
        out += &format!("  {}{habits}\n", told.join(", "));
        if !hello.loses.is_empty() {
            let loses: Vec<String> = hello.loses.iter().map(|loss| loss.name()).collect();
            out += &format!("  not compared: {}\n", loses.join(", "));
        }
        let shallow: Vec<&str> = hello
            .families
            .iter()
            .filter(|(_, depth)| **depth == Depth::Verdict)
            .map(|(family, _)| family.as_str())
            .collect();
        if !shallow.is_empty() {
            out += &format!("  only taking and refusing: {}\n", shallow.join(", "));
        }
        if let Some(note) = &hello.note {
            out += &format!("  {note:.300}\n");
        }
        out
    }
}
