//! Why rows have no case: `accounting.toml`.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use toml::Spanned;

use super::{Binds, Catalogue, CatalogueError, File, Requirement};

/// Reasons for rows without a case.
#[derive(Clone, Default, Debug)]
pub struct Accounting {
    accounts: Vec<Account>,
    by_id: HashMap<String, usize>,
    selectors: Vec<(Selector, usize)>,
}

/// One reason, for one or more rows.
#[derive(Clone, Eq, PartialEq, Debug)]
pub struct Account {
    /// What kind of reason it is.
    pub kind: AccountKind,
    /// For [`AccountKind::Implied`]: the ids that together say the same.
    pub by: Vec<String>,
    /// For [`AccountKind::Contradictory`]: the errata that describe it.
    pub errata: Vec<String>,
    /// The reason in words.
    pub reason: String,
}

/// Why a row has no case.
#[derive(Copy, Clone, Eq, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AccountKind {
    /// Other rows say the same.
    Implied,
    /// Nothing a peer sends can violate it, or no peer can see it.
    Untestable,
    /// The text gives no single answer.
    Contradictory,
    /// Still open; a later part of the suite covers it.
    Planned,
}

impl Accounting {
    /// The reason why a row has no case: one that names it, else the first selector that fits.
    pub fn of(&self, row: &Requirement) -> Option<&Account> {
        let index = self.by_id.get(&row.id).copied().or_else(|| {
            self.selectors.iter().find(|(selector, _)| selector.fits(row)).map(|&(_, index)| index)
        })?;
        self.accounts.get(index)
    }

    pub(super) fn read(file: File<'_>, catalogue: &Catalogue) -> Result<Self, CatalogueError> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct AccountingFile {
            #[serde(default)]
            row: Vec<Spanned<RawRow>>,
        }
        let mut accounting = Self::default();
        for (index, spanned) in file.parse::<AccountingFile>()?.row.into_iter().enumerate() {
            let at = spanned.span();
            accounting
                .add(spanned.into_inner(), catalogue)
                .map_err(|message| file.error(Some(at), format!("row {}: {message}", index + 1)))?;
        }
        accounting.check_chains().map_err(|message| file.error(None, message))?;
        Ok(accounting)
    }

    fn add(&mut self, raw: RawRow, catalogue: &Catalogue) -> Result<(), String> {
        let ids = expand(&raw.ids, catalogue)?;
        let by = expand(&raw.by, catalogue)?;
        let selector = Selector { areas: raw.areas, binds: raw.binds, codec_only: raw.codec_only };
        if raw.reason.trim().is_empty() {
            return Err("the reason is empty".to_owned());
        }
        if (raw.kind == AccountKind::Implied) == by.is_empty() {
            return Err("`by` belongs to implied rows, and they need it".to_owned());
        }
        if (raw.kind == AccountKind::Contradictory) == raw.errata.is_empty() {
            return Err("`errata` belongs to contradictory rows, and they need it".to_owned());
        }
        if let Some(id) = raw.errata.iter().find(|id| catalogue.erratum(id).is_none()) {
            return Err(format!("there is no erratum {id:?}"));
        }
        if let Some(area) = selector.areas.iter().find(|key| catalogue.area(key).is_none()) {
            return Err(format!("there is no area {area:?}"));
        }
        if ids.is_empty() == selector.is_empty() {
            return Err("it needs either ids or a selector (areas, binds, codec_only)".to_owned());
        }
        if !selector.is_empty() && raw.kind != AccountKind::Planned {
            return Err("only planned rows may be selected without naming their ids".to_owned());
        }
        let index = self.accounts.len();
        for id in ids {
            if by.contains(&id) {
                return Err(format!("{id} cannot imply itself"));
            }
            if self.by_id.insert(id.clone(), index).is_some() {
                return Err(format!("{id} is named twice"));
            }
        }
        if !selector.is_empty() {
            self.selectors.push((selector, index));
        }
        self.accounts.push(Account { kind: raw.kind, by, errata: raw.errata, reason: raw.reason });
        Ok(())
    }

    /// An implied row rests on rows that are tested, not on further implications.
    fn check_chains(&self) -> Result<(), String> {
        let without_test =
            |id: &&String| self.by_id.get(*id).is_some_and(|&i| !self.accounts[i].can_be_tested());
        let mut named: Vec<(&String, &usize)> = self.by_id.iter().collect();
        named.sort();
        for (id, &index) in named {
            if let Some(base) = self.accounts[index].by.iter().find(without_test) {
                return Err(format!("{id} is implied by {base}, which has no test of its own"));
            }
        }
        Ok(())
    }
}

impl Account {
    fn can_be_tested(&self) -> bool {
        self.kind == AccountKind::Planned
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRow {
    #[serde(default)]
    ids: Vec<String>,
    #[serde(default)]
    areas: Vec<String>,
    binds: Option<Binds>,
    #[serde(default)]
    codec_only: bool,
    kind: AccountKind,
    #[serde(default)]
    by: Vec<String>,
    #[serde(default)]
    errata: Vec<String>,
    reason: String,
}

#[derive(Clone, Debug)]
struct Selector {
    areas: Vec<String>,
    binds: Option<Binds>,
    codec_only: bool,
}

impl Selector {
    fn is_empty(&self) -> bool {
        self.areas.is_empty() && self.binds.is_none() && !self.codec_only
    }

    fn fits(&self, row: &Requirement) -> bool {
        (self.areas.is_empty() || self.areas.iter().any(|area| area == row.area()))
            && self.binds.is_none_or(|binds| binds == row.binds)
            && (!self.codec_only || row.codec_only)
    }
}

/// Ids and ranges (`HS-003..008`) as single ids, all of which exist.
fn expand(specs: &[String], catalogue: &Catalogue) -> Result<Vec<String>, String> {
    let mut ids = Vec::new();
    for spec in specs {
        let Some((first, last)) = spec.split_once("..") else {
            ids.push(spec.clone());
            continue;
        };
        let parsed = first
            .rsplit_once('-')
            .and_then(|(area, from)| Some((area, from.parse::<u16>().ok()?, last.parse::<u16>().ok()?)));
        match parsed {
            Some((area, from, to)) if from < to => ids.extend((from..=to).map(|n| format!("{area}-{n:03}"))),
            _ => return Err(format!("{spec:?} is not a range such as HS-003..008")),
        }
    }
    match ids.iter().find(|id| catalogue.get(id).is_none()) {
        Some(id) => Err(format!("there is no requirement {id:?}")),
        None => Ok(ids),
    }
}
