//! `coverage`: requirements and the cases, or the vectors, that cite them.

use std::path::PathBuf;

use clap::Args;

use super::{complain, print};
use crate::catalogue::{CaseRef, Catalogue};
use crate::vectors::{Corpus, Unbreakable, corpus, coverage};

/// `rtmpspec coverage`
#[derive(Args)]
#[command(after_help = "Examples:
  rtmpspec coverage
  rtmpspec coverage --details
  rtmpspec coverage --json
  rtmpspec coverage --codec --strict        requirements that only a codec shows, with their vectors
  rtmpspec coverage --codec --details       the vectors of each, and whether it can be broken

With --codec a requirement needs a valid vector and an invalid one, or the reason in
unbreakable.toml why no bytes can violate it.

Exit codes: 0 done; 1 with --strict, not all is accounted for; 2 no vectors, or a bad
unbreakable.toml.")]
pub struct Coverage {
    /// A row per requirement instead of one per area.
    #[arg(long)]
    details: bool,
    /// JSON instead of a table.
    #[arg(long)]
    json: bool,
    /// Exit 1 if a requirement is not accounted for, with --codec also if it lacks a valid or an invalid vector.
    #[arg(long)]
    strict: bool,
    /// The requirements that only a codec shows, with the test vectors that cite them.
    #[arg(long)]
    codec: bool,
    /// With --codec: folder `vectors` of a checkout (default: of the one this program was built in).
    #[arg(long, value_name = "DIR", requires = "codec")]
    dir: Option<PathBuf>,
}

impl Coverage {
    /// Runs it; the exit code.
    pub fn run(self) -> u8 {
        if self.codec {
            return self.codec().unwrap_or_else(|error| {
                complain(&error.to_string());
                2
            });
        }
        let all = crate::cases::all();
        let cases: Vec<_> = all.iter().map(|c| CaseRef { id: c.id, rules: c.rules }).collect();
        let report = Catalogue::builtin().coverage(&cases);
        self.show(|| report.json(), || report.table(self.details), report.strict().len())
    }

    fn codec(&self) -> Result<u8, corpus::CorpusError> {
        let corpus = Corpus::read(self.dir.as_deref())?;
        let files = corpus.parsed()?;
        let vectors: Vec<_> = corpus::vectors(&files).collect();
        let unbreakable = Unbreakable::read(&corpus.dir, Catalogue::builtin())?;
        let report = coverage::coverage(Catalogue::builtin(), &vectors, &unbreakable)?;
        Ok(self.show(|| report.json(), || report.table(self.details), report.open))
    }

    fn show(&self, json: impl Fn() -> serde_json::Value, table: impl Fn() -> String, open: usize) -> u8 {
        if self.json {
            print(&format!("{}\n", serde_json::to_string_pretty(&json()).unwrap_or_default()));
        } else {
            print(&table());
        }
        if self.strict && open > 0 {
            complain(&format!("{open} requirements are not accounted for"));
            return 1;
        }
        0
    }
}
