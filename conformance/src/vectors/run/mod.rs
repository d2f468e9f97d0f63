//! Decoders in any language, judged by the corpus through the line protocol of `vectors/PROTOCOL.md`.

mod child;
mod judge;
pub mod losses;
pub mod matrix;
pub mod protocol;
pub mod report;
pub mod serve;

use std::collections::BTreeMap;
use std::time::Duration;

use rtmp_vectors::{File, Group, Vector};
use serde::{Deserialize, Serialize};

use crate::catalogue::{Catalogue, Level};

pub use child::Program;
use child::{Lost, Running};
use judge::Asked;
use losses::Loss;
use protocol::{HELLO, Hello};

/// A vector of the corpus in its group.
#[derive(Debug, Clone, Copy)]
pub struct Item<'a> {
    /// Its family, such as `amf0-v1`.
    pub family: &'a str,
    /// Its group.
    pub group: &'a Group,
    /// Itself.
    pub vector: &'a Vector,
    /// The strongest level of its requirements; `de-facto` where a note says that it asks a habit of the field.
    pub level: Level,
}

impl<'a> Item<'a> {
    /// A vector with what its file says of its flags.
    #[must_use]
    pub fn new(file: &'a File, group: &'a Group, vector: &'a Vector) -> Self {
        let habit = |flag: &String| file.notes.get(flag).is_some_and(|note| note.kind == "de-facto");
        let rows = vector.requirements.iter().filter_map(|id| Catalogue::builtin().get(id));
        let strongest = rows.map(|row| row.level).min_by_key(|level| match level {
            Level::Must => 0,
            Level::Safety => 1,
            Level::Should => 2,
            Level::May => 3,
            Level::DeFacto => 4,
        });
        let level = match strongest {
            Some(level) if !vector.flags.iter().any(habit) => level,
            _ => Level::DeFacto,
        };
        Self { family: &file.schema, group, vector, level }
    }
}

/// What a program may take.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// For one answer.
    pub patience: Duration,
    /// Resident at any time, in MiB.
    pub memory: u64,
    /// After so many vectors without an answer the rest is not asked.
    pub hangs: usize,
    /// After so many ends in a row the rest is not asked.
    pub ends: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { patience: Duration::from_secs(10), memory: 1024, hangs: 10, ends: 25 }
    }
}

/// What came of one vector.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "verdict", content = "why")]
pub enum Verdict {
    /// It does what the vector asks.
    Passed,
    /// It takes and refuses as the vector asks; what it found is not known.
    Shallow,
    /// It does something else.
    Failed(String),
    /// The program ended, or caught a panic.
    Crashed(String),
    /// No answer in time.
    Hung(String),
    /// More memory than the bound.
    Memory(String),
    /// It cannot be asked this.
    Cannot(String),
    /// The program broke the protocol: nothing is known of the decoder.
    Fault(String),
    /// The program was given up before.
    NotAsked(String),
}

impl Verdict {
    /// The decoder did something that the vector forbids.
    #[must_use]
    pub fn is_failure(&self) -> bool {
        matches!(self, Self::Failed(_) | Self::Crashed(_) | Self::Hung(_) | Self::Memory(_))
    }

    /// Its name.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Shallow => "shallow",
            Self::Failed(_) => "failed",
            Self::Crashed(_) => "crashed",
            Self::Hung(_) => "hung",
            Self::Memory(_) => "memory",
            Self::Cannot(_) => "cannot",
            Self::Fault(_) => "fault",
            Self::NotAsked(_) => "not-asked",
        }
    }

    /// In words, where it has some.
    #[must_use]
    pub fn why(&self) -> &str {
        match self {
            Self::Passed | Self::Shallow => "",
            Self::Failed(why)
            | Self::Crashed(why)
            | Self::Hung(why)
            | Self::Memory(why)
            | Self::Cannot(why)
            | Self::Fault(why)
            | Self::NotAsked(why) => why,
        }
    }
}

/// What came of all vectors that a decoder was asked.
#[derive(Debug, Clone)]
pub struct Judged {
    /// What it says of itself.
    pub hello: Hello,
    /// Verdict by id. Vectors of families it does not name are absent.
    pub verdicts: BTreeMap<String, Verdict>,
}

/// Why nothing came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoDecoder(pub String);

impl std::fmt::Display for NoDecoder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// Asks the program every vector of its families; `told` hears each verdict.
///
/// # Errors
/// It cannot be started, or does not answer the hello as the protocol says.
pub async fn judge(
    program: &Program,
    items: &[Item<'_>],
    bounds: &Bounds,
    mut told: impl FnMut(&Item<'_>, &Verdict),
) -> Result<Judged, NoDecoder> {
    let (mut running, hello) = begin(program, bounds).await?;
    let mut asked = Asked::new(&hello);
    let mut verdicts = BTreeMap::new();
    let (mut hangs, mut ends, mut given_up) = (0, 0, None::<String>);
    for item in items.iter().filter(|item| hello.families.contains_key(item.family)) {
        let verdict = match &given_up {
            Some(why) => Verdict::NotAsked(why.clone()),
            None => asked.vector(&mut running, item, bounds).await,
        };
        told(item, &verdict);
        let gone = matches!(verdict, Verdict::Crashed(_) | Verdict::Hung(_) | Verdict::Memory(_))
            || matches!(&verdict, Verdict::Fault(_) if asked.out_of_step());
        hangs += usize::from(matches!(verdict, Verdict::Hung(_)));
        ends = if matches!(verdict, Verdict::Crashed(_)) { ends + 1 } else { 0 };
        verdicts.insert(item.vector.id.clone(), verdict);
        if gone && given_up.is_none() {
            if hangs >= bounds.hangs {
                given_up = Some(format!("given up after {hangs} vectors without an answer"));
            } else if ends >= bounds.ends {
                given_up = Some(format!("given up after {ends} crashes in a row"));
            } else if !asked.still_there() {
                match begin(program, bounds).await {
                    Ok((again, _)) => running = again,
                    Err(NoDecoder(why)) => given_up = Some(format!("it does not start again: {why}")),
                }
            }
        }
    }
    Ok(Judged { hello, verdicts })
}

async fn begin(program: &Program, bounds: &Bounds) -> Result<(Running, Hello), NoDecoder> {
    let name = program.argv.join(" ");
    let mut running =
        Running::start(program).map_err(|error| NoDecoder(format!("`{name}` cannot be started: {error}")))?;
    let answer = running.ask(HELLO, bounds.patience).await.map_err(|lost| {
        NoDecoder(match lost {
            Lost::Ended(how) => format!("`{name}` does not answer the hello: {how}"),
            Lost::Silent => format!("`{name}` does not answer the hello within {:?}", bounds.patience),
            Lost::Endless => format!("`{name}` answers the hello without an end of line"),
        })
    })?;
    let hello: Hello = serde_json::from_str(&answer).map_err(|error| {
        NoDecoder(format!(
            "`{name}` answers the hello with what PROTOCOL.md does not know: {error}: {answer:.200}"
        ))
    })?;
    let known = rtmp_vectors::families();
    if let Some(other) = hello.families.keys().find(|family| !known.contains(family.as_str())) {
        let near = super::did_you_mean(&super::nearest(known.iter().copied(), other, 0.7));
        return Err(NoDecoder(format!(
            "`{name}` names the family {other}, which the corpus does not have{near}"
        )));
    }
    Ok((running, hello))
}
