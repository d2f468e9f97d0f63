//! Laws of the catalogue of cases.

use std::collections::{BTreeMap, BTreeSet};

use rtmpspec::case::{Company, Level};
use rtmpspec::catalogue::{CaseRef, Catalogue};

const LOCK: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/ids.lock");

/// An id in `ids.lock` belongs to one case for ever; one that is gone is marked with `-` and never used again.
/// `UPDATE=1` adds new ids.
#[test]
fn ids_are_permanent() {
    let text = std::fs::read_to_string(LOCK).unwrap_or_default();
    let mut locked: BTreeSet<String> = BTreeSet::new();
    let mut retired: BTreeSet<String> = BTreeSet::new();
    for line in text.lines().filter(|l| !l.starts_with('#') && !l.is_empty()) {
        match line.strip_prefix("- ") {
            Some(id) => retired.insert(id.to_owned()),
            None => locked.insert(line.to_owned()),
        };
    }
    let present: BTreeSet<String> = rtmpspec::cases::all().iter().map(|c| c.id.to_owned()).collect();
    if std::env::var_os("UPDATE").is_some() {
        let mut out = String::from(
            "# Ids of cases are permanent. A case that is gone keeps its line, marked with `- `.\n",
        );
        for id in locked.union(&present) {
            out += &format!("{id}\n");
        }
        for id in &retired {
            out += &format!("- {id}\n");
        }
        std::fs::write(LOCK, out).unwrap();
        return;
    }
    let gone: Vec<_> = locked.difference(&present).collect();
    assert!(gone.is_empty(), "ids that vanished: {gone:?}; mark them with `- ` in ids.lock");
    let new: Vec<_> = present.difference(&locked).collect();
    assert!(new.is_empty(), "ids that are not locked yet: {new:?}; run with UPDATE=1");
    let reused: Vec<_> = present.intersection(&retired).collect();
    assert!(reused.is_empty(), "ids that were retired and are used again: {reused:?}");
}

#[test]
fn ids_are_unique_and_well_formed() {
    let mut seen = BTreeMap::new();
    for case in rtmpspec::cases::all() {
        assert!(seen.insert(case.id, ()).is_none(), "{} stands twice", case.id);
        let parts: Vec<&str> = case.id.split('/').collect();
        assert!(parts.len() >= 2, "{}", case.id);
        for part in parts {
            let good = part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
            assert!(good && !part.is_empty(), "{}", case.id);
        }
        assert!(!case.title.ends_with('.') && !case.title.is_empty(), "{}", case.id);
    }
}

#[test]
fn prerequisites_exist_and_do_not_circle() {
    let all = rtmpspec::cases::all();
    let by_id: BTreeMap<&str, _> = all.iter().map(|c| (c.id, *c)).collect();
    for case in &all {
        let mut open = case.after.to_vec();
        let mut steps = 0;
        while let Some(id) = open.pop() {
            let before =
                by_id.get(id).unwrap_or_else(|| panic!("{} comes after {id}, which is no case", case.id));
            assert!(!before.hostile(), "{} comes after a hostile case", case.id);
            assert_ne!(before.id, case.id, "{} comes after itself", case.id);
            open.extend(before.after);
            steps += 1;
            assert!(steps < 1000, "{} has circular prerequisites", case.id);
        }
    }
}

/// A case must not be stricter than the strictest row it cites. Safety is judged whatever the row says, but only
/// of stimuli that can hurt (rulings: every failure of severity 4).
#[test]
fn levels_follow_the_catalogue() {
    let strictness = |level: Level| match level {
        Level::May => 0,
        Level::DeFacto => 1,
        Level::Should => 2,
        Level::Must | Level::Safety => 3,
    };
    let mut wrong = Vec::new();
    for case in rtmpspec::cases::all() {
        let rows: Vec<_> = case
            .rules
            .iter()
            .map(|r| Catalogue::builtin().get(r.id()).expect("a rule of the catalogue"))
            .collect();
        let most = rows.iter().map(|r| strictness(r.level)).max().unwrap_or(0);
        let fits = match case.level {
            Level::Safety => case.company != Company::Shared,
            level => strictness(level) <= most,
        };
        if !fits {
            let rows: Vec<_> = rows.iter().map(|r| format!("{} {}", r.id, r.level)).collect();
            wrong.push(format!("{} is {} but cites {}", case.id, case.level, rows.join(", ")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The size and spread that this version promises.
#[test]
fn the_catalogue_is_as_large_as_promised() {
    let all = rtmpspec::cases::all();
    assert!(all.len() >= 80, "{} cases", all.len());
    let ids: BTreeSet<&str> = all.iter().flat_map(|c| c.rules.iter().map(|r| r.id())).collect();
    assert!(ids.len() >= 80, "{} requirement ids", ids.len());
    for area in ["HS", "CHUNK", "CTRL", "UCM", "AMF0", "CONN", "NSP", "NSS", "AUX", "ROB"] {
        let n = ids.iter().filter(|id| id.split('-').next() == Some(area)).count();
        assert!(n >= 5, "{n} requirement ids of {area}");
    }
}

/// A requirement that was once accounted for (covered, implied, untestable, contradictory) does not become open
/// again. `UPDATE=1` adds new ones to `accounted.lock`.
#[test]
fn what_was_accounted_for_stays_so() {
    const ACCOUNTED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/accounted.lock");
    let all = rtmpspec::cases::all();
    let cases: Vec<_> = all.iter().map(|c| CaseRef { id: c.id, rules: c.rules }).collect();
    let report = Catalogue::builtin().coverage(&cases);
    let open: BTreeSet<&str> = report.strict().iter().map(|row| row.id.as_str()).collect();
    let now: BTreeSet<String> = Catalogue::builtin()
        .requirements()
        .iter()
        .map(|r| r.id.clone())
        .filter(|id| !open.contains(id.as_str()))
        .collect();
    let locked: BTreeSet<String> = std::fs::read_to_string(ACCOUNTED)
        .unwrap_or_default()
        .lines()
        .filter(|l| !l.starts_with('#') && !l.is_empty())
        .map(str::to_owned)
        .collect();
    if std::env::var_os("UPDATE").is_some() {
        let mut out = String::from("# Requirements that are accounted for. None becomes open again.\n");
        for id in locked.union(&now) {
            out += &format!("{id}\n");
        }
        std::fs::write(ACCOUNTED, out).unwrap();
        return;
    }
    let lost: Vec<_> = locked.difference(&now).collect();
    assert!(lost.is_empty(), "requirements that are open again: {lost:?}");
    let new: Vec<_> = now.difference(&locked).collect();
    assert!(new.is_empty(), "requirements accounted for and not locked yet: {new:?}; run with UPDATE=1");
}
