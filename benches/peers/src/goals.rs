//! The goals of the codec, as ratios of what one run measured.

use crate::table::Table;

/// A goal and how it went.
pub struct Goal {
    pub what: String,
    /// The ratio that was measured; above `bound` is good when `at_least`, else below.
    pub ratio: Option<f64>,
    /// The same from the least times.
    pub least: Option<f64>,
    pub bound: f64,
    pub at_least: bool,
}

impl Goal {
    pub fn reached(&self) -> Option<bool> {
        let ratio = self.ratio?;
        Some(if self.at_least { ratio >= self.bound } else { ratio <= self.bound })
    }

    pub fn line(&self) -> String {
        let sign = if self.at_least { ">=" } else { "<=" };
        let least = self.least.unwrap_or(f64::NAN);
        let found = match (self.ratio, self.reached()) {
            (Some(ratio), Some(true)) => format!("{ratio:7.2} {least:7.2}  reached"),
            (Some(ratio), _) => {
                let by = (ratio / self.bound - 1.0).abs() * 100.0;
                format!("{ratio:7.2} {least:7.2}  missed by {by:.0} %")
            }
            (None, _) => "not measured".to_owned(),
        };
        format!("{:70} {sign} {:<5} {found}", self.what, self.bound)
    }
}

/// Every goal whose inputs were measured.
pub fn goals(table: &mut Table) -> Vec<Goal> {
    table.by_least = true;
    let least = ratios(table);
    table.by_least = false;
    let mut goals = ratios(table);
    goals.iter_mut().zip(least).for_each(|(goal, least)| goal.least = least.ratio);
    goals
}

fn ratios(table: &Table) -> Vec<Goal> {
    let mut goals = Vec::new();
    let mut add =
        |what: String, ratio, bound, at_least| goals.push(Goal { what, ratio, least: None, bound, at_least });
    let lent = |input| table.ns("decode", input, "ours lent");
    let ratio = |over: Option<f64>, under: Option<f64>| Some(over? / under?);
    for input in ["av 128", "av 4096", "av 60000", "av_ilv 4096", "audio 4096", "amf 128", "tiny 128"] {
        if !table.has(input) {
            continue;
        }
        let owned = table.best("decode", input, &["ours owned", "ours next", "ours shared"]);
        let retained = table.best("retain", input, &["ours owned", "ours next", "ours shared"]);
        let peer = table.best_peer("decode", input);
        let kept_peer = table.best_peer("retain", input);
        let peer_encoder = table.best_peer("encode", input);
        let speed = |name: &str, bound: f64| format!("{name}, {input}: at least {bound} times as fast");
        match input {
            "av 128" => {
                let other = table.ns("decode", input, "rtmp-rs");
                add(speed("decode owned against rtmp-rs", 1.9), ratio(other, owned), 1.9, true);
                add(speed("decode lent against rtmp-rs", 1.9), ratio(other, lent(input)), 1.9, true);
                let floor = table.ns("decode", input, "floor lent");
                add(
                    format!("decode lent, {input}: time over the floor's"),
                    ratio(lent(input), floor),
                    1.1,
                    false,
                );
            }
            "av 4096" | "av 60000" => {
                add(speed("decode lent against the best peer", 1.05), ratio(peer, lent(input)), 1.05, true);
                let memcpy = table.ns("decode", input, "memcpy");
                add(
                    format!("decode lent, {input}: time over memcpy's"),
                    ratio(lent(input), memcpy),
                    2.0,
                    false,
                );
                add(speed("decode owned against the best peer", 1.0), ratio(peer, owned), 1.0, true);
            }
            "audio 4096" | "tiny 128" => {
                let other = table.ns("decode", input, "shiguredo");
                let bound = if input == "tiny 128" { 4.0 } else { 2.5 };
                add(speed("decode lent against shiguredo", bound), ratio(other, lent(input)), bound, true);
                add(speed("decode owned against the best peer", 1.5), ratio(peer, owned), 1.5, true);
                add(
                    speed("decode retained against the best peer", 1.5),
                    ratio(kept_peer, retained),
                    1.5,
                    true,
                );
            }
            _ => continue,
        }
        let other = table.ns("encode", input, "shiguredo");
        let copying = table.ns("encode", input, "ours copying");
        add(speed("encode copying against shiguredo", 1.1), ratio(other, copying), 1.1, true);
        let iovec = table.ns("encode", input, "ours iovec");
        add(speed("encode iovec against the best peer", 5.0), ratio(peer_encoder, iovec), 5.0, true);
    }
    if table.has("amf") {
        let decoded = |who| table.ns("amf0 decode", "amf", who);
        let name = "AMF0 decode owned against rml_amf0: at least twice as fast";
        add(name.to_owned(), ratio(decoded("rml_amf0"), decoded("ours owned")), 2.0, true);
        let peer = table.best_peer("amf0 decode", "amf");
        let name = "AMF0 decode borrowed against the best peer: at least 3 times as fast";
        add(name.to_owned(), ratio(peer, decoded("ours borrowed")), 3.0, true);
        let encoded = |who| table.ns("amf0 encode", "amf", who);
        let name = "AMF0 encode against oxideav: at least twice as fast";
        add(name.to_owned(), ratio(encoded("oxideav"), encoded("ours")), 2.0, true);
    }
    goals
}
