//! `list` and `explain`: the catalogue without a target.

use clap::Args;
use serde_json::json;

use super::{complain, print};
use crate::case::{Case, Company};
use crate::catalogue::{Catalogue, Level};
use crate::outcome::COMMON_CAUSES;
use crate::select;

/// `rtmpspec list`
#[derive(Args)]
#[command(
    after_help = "Examples:\n  rtmpspec list\n  rtmpspec list 'ctrl/**' level:must\n  rtmpspec list rule:CHUNK-031 --json"
)]
pub struct List {
    /// Case ids or globs, `rule:ID`, `level:LEVEL`, `profile:PROFILE`, `!PATTERN`; none: all.
    select: Vec<String>,
    /// JSON instead of lines.
    #[arg(long)]
    json: bool,
}

impl List {
    /// Runs it; the exit code.
    pub fn run(self) -> u8 {
        let all = crate::cases::all();
        let cases = match select::select(&all, &self.select, &[]) {
            Ok(cases) => cases,
            Err(error) => {
                complain(&error.to_string());
                return 4;
            }
        };
        if self.json {
            let list: Vec<_> = cases.iter().map(|c| describe_json(c)).collect();
            print(&format!("{}\n", serde_json::to_string_pretty(&list).unwrap_or_default()));
            return 0;
        }
        let width = cases.iter().map(|c| c.id.len()).max().unwrap_or(0);
        let mut out = String::new();
        for case in &cases {
            out += &format!(
                "{:width$}  {:8}  {:7}  {}\n",
                case.id,
                case.level.word(),
                case.profile.word(),
                case.title
            );
        }
        out += &format!("{} cases\n", cases.len());
        print(&out);
        0
    }
}

fn describe_json(case: &Case) -> serde_json::Value {
    json!({
        "id": case.id,
        "title": case.title,
        "rules": case.rules.iter().map(|r| r.id()).collect::<Vec<_>>(),
        "level": case.level.word(),
        "profile": case.profile.word(),
        "company": company(case),
        "after": case.after,
        "since": case.since,
    })
}

fn company(case: &Case) -> &'static str {
    match case.company {
        Company::Shared => "shared",
        Company::Negative => "negative",
        Company::Hostile => "hostile",
    }
}

/// `rtmpspec explain`
#[derive(Args)]
#[command(
    after_help = "Examples:\n  rtmpspec explain chunk/extended-timestamp/type-3-repeats\n  rtmpspec explain CHUNK-031"
)]
pub struct Explain {
    /// A case id or a requirement id.
    id: String,
}

impl Explain {
    /// Runs it; the exit code.
    pub fn run(self) -> u8 {
        let catalogue = Catalogue::builtin();
        if let Some(text) = catalogue.explain_rule(&self.id.to_uppercase()) {
            print(&text);
            return 0;
        }
        let all = crate::cases::all();
        if let Some(case) = all.iter().find(|c| c.id == self.id) {
            print(&explain_case(case));
            return 0;
        }
        match select::select(&all, std::slice::from_ref(&self.id), &[]) {
            Ok(cases) if cases.len() == 1 => {
                print(&explain_case(cases[0]));
                0
            }
            Ok(cases) => {
                let ids: Vec<&str> = cases.iter().map(|c| c.id).collect();
                complain(&format!("`{}` names {} cases: {}", self.id, cases.len(), ids.join(", ")));
                4
            }
            Err(error) => {
                complain(&error.to_string());
                4
            }
        }
    }
}

fn explain_case(case: &Case) -> String {
    let catalogue = Catalogue::builtin();
    let mut out = format!(
        "{}\n  {}\n\n  level    {}\n  profile  {}\n  company  {}\n  since    {}\n",
        case.id,
        case.title,
        case.level,
        case.profile,
        match case.company {
            Company::Shared => "valid traffic, runs beside other cases",
            Company::Negative =>
                "something a target may refuse; a fresh connection must be served afterwards",
            Company::Hostile =>
                "runs alone; a fresh connection and a healthy bystander must be fine afterwards",
        },
        case.since,
    );
    if !case.after.is_empty() {
        out += &format!("  after    {}\n", case.after.join(", "));
    }
    out += "\nRequirements\n";
    for rule in case.rules {
        out += &catalogue.explain_rule(rule.id()).unwrap_or_default();
        out += "\n";
    }
    out += "Cause codes of its own\n";
    if case.causes.is_empty() {
        out += "  none\n";
    }
    for (code, meaning) in case.causes {
        out += &format!("  {code:24} {meaning}\n");
    }
    out += "\nCause codes of every case\n";
    for (code, meaning) in COMMON_CAUSES {
        out += &format!("  {code:24} {meaning}\n");
    }
    out
}

/// Reads a comma list of levels.
pub(super) fn levels(list: &str) -> Result<Vec<Level>, String> {
    list.split(',')
        .map(|word| {
            Level::parse(word.trim())
                .ok_or_else(|| format!("`{word}` is no level: must, should, may, de-facto, safety"))
        })
        .collect()
}
