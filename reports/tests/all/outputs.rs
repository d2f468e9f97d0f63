//! Every output under snapshot, and the laws that hold for hostile strings.

use insta::assert_snapshot;
use rtmp_report::{Results, Style, console, junit, markdown, progress_line};

use crate::sample;

const PLAIN: Style<'_> = Style { color: false, width: 100, report: Some(".rtmpspec/last") };

fn samples() -> [Results; 4] {
    [sample::clean_run(), sample::all_skipped(), sample::with_failures(), sample::hostile_run()]
}

#[test]
fn console_clean() {
    assert_snapshot!(console::summary(&sample::clean_run(), PLAIN));
}

#[test]
fn console_failures() {
    assert_snapshot!(console::summary(&sample::with_failures(), PLAIN));
}

#[test]
fn console_all_skipped() {
    assert_snapshot!(console::summary(&sample::all_skipped(), PLAIN));
}

#[test]
fn console_interrupted() {
    let mut run = sample::clean_run();
    run.run.interrupted = true;
    run.run.selected = 85;
    run.summary.exit_code = 130;
    run.summary.exit_meaning = "interrupted".into();
    assert_snapshot!(console::summary(&run, PLAIN));
}

#[test]
fn junit_failures() {
    assert_snapshot!(junit::render(&sample::with_failures()));
}

#[test]
fn junit_all_skipped() {
    assert_snapshot!(junit::render(&sample::all_skipped()));
}

#[test]
fn markdown_failures() {
    assert_snapshot!(markdown::render(&sample::with_failures()));
}

#[test]
fn markdown_clean() {
    assert_snapshot!(markdown::render(&sample::clean_run()));
}

#[test]
fn colour_adds_only_escapes() {
    for run in samples() {
        let coloured = console::summary(&run, Style { color: true, ..PLAIN });
        assert!(coloured.contains("\u{1b}["));
        let mut stripped = String::new();
        let mut rest = coloured.as_str();
        while let Some(at) = rest.find("\u{1b}[") {
            stripped.push_str(&rest[..at]);
            rest = &rest[at..];
            rest = &rest[rest.find('m').unwrap() + 1..];
        }
        stripped.push_str(rest);
        let trimmed =
            |text: &str| text.lines().map(|line| format!("{}\n", line.trim_end())).collect::<String>();
        assert_eq!(trimmed(&stripped), trimmed(&console::summary(&run, PLAIN)));
    }
}

#[test]
fn console_stays_in_its_width() {
    for run in samples() {
        for width in [60, 80, 100, 160] {
            let text = console::summary(&run, Style { width, ..PLAIN });
            let verbatim = ["      rerun:", "      see:", "report:", "result:"];
            for line in text.lines().filter(|line| !verbatim.iter().any(|label| line.starts_with(label))) {
                assert!(line.chars().count() <= width, "{} columns of {width}: {line}", line.chars().count());
            }
        }
    }
}

#[test]
fn no_control_character_gets_through() {
    let run = sample::hostile_run();
    for text in [console::summary(&run, PLAIN), junit::render(&run), markdown::render(&run)] {
        let odd = text.chars().find(|c| c.is_control() && *c != '\n' || matches!(c, '\u{202e}' | '\u{fffe}'));
        assert_eq!(odd, None);
    }
}

#[test]
fn markdown_rows_keep_their_cells() {
    for run in samples() {
        let page = markdown::render(&run);
        let mut columns = None;
        let mut fence: Option<&str> = None;
        for line in page.lines() {
            match fence {
                Some(open) if line == open => fence = None,
                None if line.starts_with("```") => fence = Some(line.trim_end_matches("text")),
                None if line.starts_with('|') => {
                    assert!(!line.contains("<b>"), "markup from a peer: {line}");
                    let cells = line.matches('|').count();
                    assert_eq!(*columns.get_or_insert(cells), cells, "{line}");
                }
                None => {
                    columns = None;
                    let code_span = line.starts_with('#');
                    assert!(code_span || !line.contains("<b>"), "markup from a peer: {line}");
                }
                _ => {}
            }
        }
        assert_eq!(fence, None, "a fence stays open");
    }
}

#[test]
fn progress_lines() {
    assert_eq!(progress_line(0, 85, 0, ""), "[ 0/85]");
    assert_eq!(progress_line(12, 85, 0, "chunk/abort/drops"), "[12/85] chunk/abort/drops");
    assert_eq!(progress_line(12, 85, 2, "chunk/abort/drops"), "[12/85] 2 failed  chunk/abort/drops");
    let hostile = progress_line(3, 5, 0, &sample::HOSTILE.repeat(100));
    assert_eq!(hostile.chars().count(), 79);
    assert!(hostile.chars().all(|c| !c.is_control()));
}
