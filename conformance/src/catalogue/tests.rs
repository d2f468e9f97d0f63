use super::*;
use crate::rule::{self, Rule};

/// Rows per area of the source catalogue: must, should, may, de-facto.
const COUNTS: [(&str, [usize; 4]); 29] = [
    ("HS", [15, 4, 4, 12]),
    ("HSD", [0, 0, 0, 22]),
    ("TIME", [5, 3, 2, 2]),
    ("CHUNK", [50, 9, 1, 12]),
    ("CTRL", [22, 5, 1, 17]),
    ("UCM", [10, 3, 1, 15]),
    ("MSG", [17, 2, 1, 14]),
    ("AMF0", [26, 4, 1, 11]),
    ("AMF3", [34, 0, 0, 7]),
    ("SO", [17, 0, 0, 7]),
    ("CONN", [31, 8, 7, 22]),
    ("NSP", [10, 1, 0, 26]),
    ("NSS", [28, 2, 0, 20]),
    ("STAT", [11, 0, 1, 10]),
    ("AUX", [0, 0, 0, 15]),
    ("DATA", [5, 0, 0, 10]),
    ("FLV", [33, 2, 0, 8]),
    ("ERV", [29, 0, 0, 5]),
    ("ERA", [18, 0, 0, 3]),
    ("ERM", [22, 7, 2, 4]),
    ("ERC", [9, 6, 3, 6]),
    ("URI", [5, 3, 1, 3]),
    ("RTMPS", [1, 0, 1, 6]),
    ("RTMPT", [0, 0, 0, 18]),
    ("RTMPE", [0, 0, 0, 14]),
    ("AUTH", [0, 0, 1, 19]),
    ("SWFV", [0, 0, 0, 6]),
    ("RTMFP", [5, 1, 0, 1]),
    ("ROB", [1, 0, 0, 13]),
];

#[test]
fn every_row_came_over() {
    let catalogue = Catalogue::builtin();
    let keys: Vec<&str> = catalogue.areas().iter().map(|area| area.key.as_str()).collect();
    assert_eq!(keys, COUNTS.map(|(key, _)| key));
    for (key, counts) in COUNTS {
        let rows = catalogue.in_area(key);
        let found = [Level::Must, Level::Should, Level::May, Level::DeFacto]
            .map(|level| rows.iter().filter(|row| row.source_level == level).count());
        assert_eq!(found, counts, "{key}");
        for (index, row) in rows.iter().enumerate() {
            assert_eq!(row.id, format!("{key}-{:03}", index + 1));
            assert_eq!(row.area(), key);
        }
    }
    let rows = catalogue.requirements();
    assert_eq!(rows.len(), 819);
    assert_eq!(rows.iter().filter(|row| row.codec_only).count(), 142);
    let binds = |binds| rows.iter().filter(|row| row.binds == binds).count();
    assert_eq!([binds(Binds::Client), binds(Binds::Server), binds(Binds::Both)], [113, 215, 491]);
    assert_eq!(catalogue.errata().len(), 98);
    assert!(rows.iter().all(|row| !format!("{row:?}").contains("&#")));
}

#[test]
fn rulings_override_the_row() {
    let catalogue = Catalogue::builtin();
    let levels = |id: &str| {
        let row = catalogue.get(id).unwrap();
        (row.source_level, row.level)
    };
    assert_eq!(levels("HS-027"), (Level::DeFacto, Level::Safety));
    assert_eq!(levels("ROB-001"), (Level::DeFacto, Level::Safety));
    assert_eq!(levels("ROB-014"), (Level::DeFacto, Level::DeFacto));
    assert_eq!(levels("STAT-005"), (Level::Must, Level::Should));
    assert_eq!(levels("STAT-013"), (Level::DeFacto, Level::DeFacto));
    assert_eq!(levels("DATA-007"), (Level::DeFacto, Level::Should));
    assert_eq!(levels("CHUNK-023"), (Level::Must, Level::Must));
    assert!(catalogue.get("CHUNK-023").unwrap().ruling.as_ref().unwrap().contains("Lenient"));
    assert!(catalogue.in_area("SO").iter().all(|row| row.ruling.is_some()));
}

#[test]
fn sources_name_documents_and_programs() {
    let catalogue = Catalogue::builtin();
    let keys = |source: &str| -> Vec<&str> {
        catalogue.cited_in(source).into_iter().map(|source| source.key.as_str()).collect()
    };
    assert_eq!(keys("R 5.3.1.3; EA 5.1"), ["R", "EA"]);
    assert_eq!(keys("I:ngx,srs; contradicts R 6.1"), ["R", "I:ngx", "I:srs"]);
    assert_eq!(keys("transport; I:nms had an off-by-offset copy here"), ["I:nms", "transport"]);
    assert_eq!(keys("RFC 7425 5.1 (excerpt seen); EA 7"), ["EA", "RFC 7425"]);
    assert_eq!(keys("I:srs; MEM(lib)"), ["I:srs", "MEM"]);
    assert_eq!(keys("FLV E.4.2.1; E2"), ["E2", "FLV"]);
    assert_eq!(keys("R 5.4.3 (32-bit field)"), ["R"]);
    assert_eq!(keys("R 5.2.1, transport"), ["R", "transport"]);
    assert_eq!(keys("ERTMP"), [""; 0]);
    // `practice`, `compat` and the like speak for themselves.
    let silent = catalogue.requirements().iter().filter(|row| keys(&row.source).is_empty()).count();
    assert!(silent < 10, "{silent} rows cite no known source");
}

const AREA: &str = r#"
[area]
key = "HS"
title = "Plain handshake"

[[rule]]
id = "HS-001"
source_level = "must"
level = "must"
binds = "both"
text = "First"
source = "R 5.2"
observe = "[CAP]"

[[rule]]
id = "HS-002"
source_level = "de-facto"
level = "safety"
binds = "server"
text = "Second"
source = "hygiene"
observe = "watch"
ruling = "Safety."

[[rule]]
id = "HS-003"
source_level = "must"
level = "must"
binds = "both"
text = "Third"
source = "R 5.2"
observe = "[CODEC]"
literal_keyword = true
codec_only = true

[[rule]]
id = "HS-004"
source_level = "may"
level = "may"
binds = "client"
text = "Fourth"
source = "R 5.2"
observe = "[CAP]"
"#;

const ERRATA: &str = r#"
[[erratum]]
id = "E-01"
area = "HS"
title = "time2"
text = "Two readings."
policy = "Accept both."
rules = ["HS-002"]
"#;

const SOURCES: &str = r#"
[[source]]
key = "R"
title = "RTMP 1.0"
basis = "full text"
"#;

fn small(area: &str, errata: &str, accounting: &str) -> Result<Catalogue, CatalogueError> {
    Catalogue::from_files(&Files {
        areas: &[File { name: "hs.toml", text: area }],
        errata: File { name: "errata.toml", text: errata },
        sources: File { name: "sources.toml", text: SOURCES },
        accounting: File { name: "accounting.toml", text: accounting },
    })
}

fn refusal(area: &str, errata: &str, accounting: &str) -> String {
    small(area, errata, accounting).expect_err("must be refused").to_string()
}

#[test]
fn mistakes_in_rows_are_named_with_their_line() {
    let with = |from: &str, to: &str| refusal(&AREA.replacen(from, to, 1), "", "");
    assert_eq!(with("HS-003", "HS-002"), "hs.toml:26: HS-002 is out of order or used twice");
    assert_eq!(with("HS-003", "HSD-003"), "hs.toml:26: \"HSD-003\" is not HS- and three digits");
    assert_eq!(with("HS-003", "HS-3"), "hs.toml:26: \"HS-3\" is not HS- and three digits");
    assert_eq!(
        with("ruling = \"Safety.\"\n", ""),
        "hs.toml:16: HS-002 is judged as safety instead of de-facto without a ruling"
    );
    assert_eq!(
        with("source_level = \"may\"", "source_level = \"safety\""),
        "hs.toml:37: HS-004: safety is a level of rulings, not of a source"
    );
    assert!(with("binds = \"server\"", "binds = \"relay\"").starts_with("hs.toml:19: "));
    assert!(with("observe = \"watch\"", "obsrve = \"watch\"").starts_with("hs.toml:"));
}

#[test]
fn mistakes_in_errata_are_named() {
    let with = |from: &str, to: &str| refusal(AREA, &ERRATA.replacen(from, to, 1), "");
    assert_eq!(with("HS-002", "HS-099"), "errata.toml:2: E-01: there is no requirement \"HS-099\"");
    assert_eq!(with("\"HS\"", "\"HX\""), "errata.toml:2: E-01: there is no area \"HX\"");
    assert_eq!(refusal(AREA, &ERRATA.repeat(2), ""), "errata.toml:10: E-01 is used twice");
}

#[test]
fn mistakes_in_accounting_are_named() {
    let row = |body: &str| refusal(AREA, ERRATA, &format!("# head\n\n[[row]]\n{body}\n"));
    let at = "accounting.toml:3: row 1: ";
    for (body, message) in [
        ("ids = [\"HS-099\"]\nkind = \"planned\"\nreason = \"r\"", "there is no requirement \"HS-099\""),
        ("ids = [\"HS-003..009\"]\nkind = \"planned\"\nreason = \"r\"", "there is no requirement \"HS-005\""),
        (
            "ids = [\"HS-003..1\"]\nkind = \"planned\"\nreason = \"r\"",
            "\"HS-003..1\" is not a range such as HS-003..008",
        ),
        (
            "ids = [\"HS-001\"]\nkind = \"implied\"\nby = [\"HS-09\"]\nreason = \"r\"",
            "there is no requirement \"HS-09\"",
        ),
        (
            "ids = [\"HS-001\"]\nkind = \"implied\"\nby = [\"HS-001\"]\nreason = \"r\"",
            "HS-001 cannot imply itself",
        ),
        (
            "ids = [\"HS-001\"]\nkind = \"implied\"\nreason = \"r\"",
            "`by` belongs to implied rows, and they need it",
        ),
        (
            "ids = [\"HS-001\"]\nkind = \"contradictory\"\nerrata = [\"E-99\"]\nreason = \"r\"",
            "there is no erratum \"E-99\"",
        ),
        ("ids = [\"HS-001\", \"HS-001\"]\nkind = \"planned\"\nreason = \"r\"", "HS-001 is named twice"),
        ("ids = [\"HS-001\"]\nkind = \"planned\"\nreason = \" \"", "the reason is empty"),
        ("areas = [\"HX\"]\nkind = \"planned\"\nreason = \"r\"", "there is no area \"HX\""),
        (
            "areas = [\"HS\"]\nkind = \"untestable\"\nreason = \"r\"",
            "only planned rows may be selected without naming their ids",
        ),
        (
            "kind = \"planned\"\nreason = \"r\"",
            "it needs either ids or a selector (areas, binds, codec_only)",
        ),
    ] {
        assert_eq!(row(body), format!("{at}{message}"), "{body}");
    }
    let chain = r#"
        [[row]]
        ids = ["HS-001"]
        kind = "untestable"
        reason = "r"
        [[row]]
        ids = ["HS-002"]
        kind = "implied"
        by = ["HS-001"]
        reason = "r"
    "#;
    let message = "accounting.toml: HS-002 is implied by HS-001, which has no test of its own";
    assert_eq!(refusal(AREA, ERRATA, chain), message);
}

const ACCOUNTING: &str = r#"
[[row]]
ids = ["HS-001"]
kind = "implied"
by = ["HS-002..003"]
reason = "the same in two steps"

[[row]]
binds = "client"
kind = "planned"
reason = "with the client suite"
"#;

fn report(cases: &[CaseRef<'_>]) -> CoverageReport {
    small(AREA, ERRATA, ACCOUNTING).unwrap().coverage(cases)
}

#[test]
fn a_case_wins_over_the_accounting() {
    let cases = [
        CaseRef { id: "handshake/b", rules: &[rule::HS_001, rule::HS_002] },
        CaseRef { id: "handshake/a", rules: &[rule::HS_001, rule::HS_001] },
    ];
    let report = report(&cases);
    let covered = Status::Covered { cases: vec!["handshake/a".into(), "handshake/b".into()] };
    assert_eq!(report.rows().next().unwrap().status, covered);
    assert_eq!(
        report.counts,
        Counts { total: 4, covered: 2, implied: 0, untestable: 0, contradictory: 0, open: 2, planned: 1 }
    );
    assert_eq!(report.counts.accounted(), 2);
    let open: Vec<&str> = report.strict().into_iter().map(|row| row.id.as_str()).collect();
    assert_eq!(open, ["HS-003", "HS-004"]);
}

#[test]
fn the_codec_filter_keeps_rows_with_a_codec_test_alone() {
    let report = report(&[]).codec_only();
    assert_eq!(report.counts.total, 1);
    assert_eq!(report.rows().map(|row| row.id.as_str()).collect::<Vec<_>>(), ["HS-003"]);
    assert!(report.filtered(|_| false).areas.is_empty());
}

#[test]
fn coverage_table() {
    let long: String = "chunk/with-a-very-long-name/".repeat(3);
    let cases = [
        CaseRef { id: "handshake/version", rules: &[rule::HS_002] },
        CaseRef { id: &long, rules: &[rule::HS_002] },
    ];
    let table = report(&cases).table(true);
    assert!(table.lines().all(|line| line.chars().count() <= 100), "{table}");
    insta::assert_snapshot!(table);
}

#[test]
fn coverage_json() {
    let json = report(&[CaseRef { id: "handshake/version", rules: &[rule::HS_002] }]).json();
    assert_eq!(json["total"], 4);
    assert_eq!(json["areas"][0]["area"], "HS");
    let rows = &json["areas"][0]["rows"];
    let expected = serde_json::json!([
        { "id": "HS-001", "level": "must", "codec_only": false, "status": "implied",
          "by": ["HS-002", "HS-003"], "reason": "the same in two steps" },
        { "id": "HS-002", "level": "safety", "codec_only": false, "status": "covered",
          "cases": ["handshake/version"] },
        { "id": "HS-003", "level": "must", "codec_only": true, "status": "open", "reason": null },
        { "id": "HS-004", "level": "may", "codec_only": false, "status": "open", "reason": "with the client suite" },
    ]);
    assert_eq!(*rows, expected);
}

#[test]
fn builtin_tables_fit_the_terminal() {
    let cases = [CaseRef { id: "chunk/extended-timestamp/type-3-repeats", rules: &rule::ALL[50..150] }];
    let table = Catalogue::builtin().coverage(&cases).table(true);
    for line in table.lines() {
        assert!(line.chars().count() <= 100, "{line}");
    }
    for rule in rule::ALL {
        let text = Catalogue::builtin().explain_rule(rule.id()).unwrap();
        assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
    }
}

#[test]
fn a_row_explained() {
    let explained = |rule: Rule| Catalogue::builtin().explain_rule(rule.id()).unwrap();
    insta::assert_snapshot!([rule::CHUNK_023, rule::STAT_005].map(explained).join("\n"));
    assert_eq!(Catalogue::builtin().explain_rule("CHUNK-999"), None);
}

#[test]
fn words_are_wrapped_and_long_ones_cut() {
    assert_eq!(wrap("aa bb cc", 2, 2, 7), "aa bb\n  cc");
    assert_eq!(wrap("aa bbbbbbb", 2, 2, 6), "aa\n  bbbb\n  bbb");
    assert_eq!(wrap("", 2, 2, 6), "");
    assert_eq!(wrap("äöüäöü", 0, 1, 4), "äöüä\n öü");
}
