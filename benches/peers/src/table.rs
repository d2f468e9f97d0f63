//! What a run measured, by group, input and library.

use rtmp_bench::ratios::{Measured, Nanoseconds};

#[derive(Default)]
pub struct Table {
    pub rows: Vec<Measured>,
    /// Decoders that got timestamps wrong, by input.
    pub wrong_times: Vec<(&'static str, &'static str)>,
    /// Whether ratios are those of the least times.
    pub by_least: bool,
}

impl Table {
    pub fn has(&self, input: &str) -> bool {
        self.rows.iter().any(|row| row.input == input)
    }

    /// Nanoseconds per message: the median, or the least.
    pub fn ns(&self, group: &str, input: &str, who: &str) -> Option<f64> {
        let row = self.rows.iter().find(|row| (row.group, row.input, row.who) == (group, input, who))?;
        row.ns.as_ref().ok().map(|ns| self.of(ns))
    }

    pub fn best(&self, group: &str, input: &str, who: &[&str]) -> Option<f64> {
        who.iter().filter_map(|who| self.ns(group, input, who)).min_by(f64::total_cmp)
    }

    /// The fastest peer; a decoder that gets timestamps wrong does not count.
    pub fn best_peer(&self, group: &str, input: &str) -> Option<f64> {
        let peers = self.rows.iter().filter(|row| {
            let own = ["ours", "floor", "memcpy"].iter().any(|own| row.who.starts_with(own));
            (row.group, row.input) == (group, input) && !own && !self.is_wrong(row)
        });
        peers.filter_map(|row| row.ns.as_ref().ok().map(|ns| self.of(ns))).min_by(f64::total_cmp)
    }

    fn of(&self, ns: &Nanoseconds) -> f64 {
        if self.by_least { ns.least } else { ns.median }
    }

    pub fn is_wrong(&self, row: &Measured) -> bool {
        row.group != "encode" && self.wrong_times.contains(&(row.input, row.who))
    }
}
