//! What a conformance case is: a constant header and an asynchronous function.

use std::fmt;
use std::future::Future;
use std::pin::Pin;

use serde::{Deserialize, Serialize};

use crate::outcome::Stop;
use crate::rule::Rule;
use crate::stage::Stage;

/// What a case's function returns: set-up that fails is a [`Stop`], never a failure of the rule.
/// Everything that was seen stands in the [`Stage`].
pub type Step = Result<(), Stop>;

/// The boxed future of a case.
pub type Run<'a> = Pin<Box<dyn Future<Output = Step> + Send + 'a>>;

pub use crate::catalogue::Level;

/// The group of features that a target has to offer for a case to make sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Profile {
    /// Handshake, chunk stream, control messages, connect and createStream.
    Core,
    /// A publisher is accepted.
    Publish,
    /// A player is served.
    Play,
    /// What is published reaches players.
    Relay,
}

impl Profile {
    /// Every profile, in order.
    pub const ALL: [Self; 4] = [Self::Core, Self::Publish, Self::Play, Self::Relay];

    /// The word used on the command line and in files.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Core => "core",
            Self::Publish => "publish",
            Self::Play => "play",
            Self::Relay => "relay",
        }
    }

    /// Reads the word; `None` for any other.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|profile| profile.word() == word)
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// How a case may share the target with others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Company {
    /// Valid traffic: runs beside others.
    Shared,
    /// Sends something that a target may refuse: runs beside others; afterwards a fresh connection must
    /// be served.
    Negative,
    /// Tries to hurt: runs alone beside a healthy bystander; afterwards a fresh connection must be
    /// served and the bystander be unbroken.
    Hostile,
}

/// One conformance case for a server.
pub struct Case {
    /// Permanent id, `area/topic/what`, listed in `ids.lock`.
    pub id: &'static str,
    /// One line: what a conforming target does.
    pub title: &'static str,
    /// Requirement ids judged.
    pub rules: &'static [Rule],
    /// How binding.
    pub level: Level,
    /// Features needed.
    pub profile: Profile,
    /// Cases that have to pass before this one says anything; blocked otherwise.
    pub after: &'static [&'static str],
    /// Version of the suite that brought it.
    pub since: &'static str,
    /// Company it keeps.
    pub company: Company,
    /// Cause codes of its own, beside those of [`crate::outcome::COMMON_CAUSES`]: code, meaning.
    pub causes: &'static [(&'static str, &'static str)],
    /// The stimulus and the observations.
    pub run: for<'a> fn(&'a mut Stage) -> Run<'a>,
}

impl Case {
    /// The first part of the id.
    #[must_use]
    pub fn area(&self) -> &'static str {
        self.id.split('/').next().unwrap_or(self.id)
    }

    /// Whether it runs alone beside a bystander.
    #[must_use]
    pub fn hostile(&self) -> bool {
        self.company == Company::Hostile
    }
}

impl fmt::Debug for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Case").field("id", &self.id).finish_non_exhaustive()
    }
}

/// Defines a case: a constant header and a boxed async function.
///
/// ```text
/// case! {
///     /// RTMP 5.3.1.3: while in use, the field stands on every continuation chunk.
///     TYPE3_REPEATS = "chunk/extended-timestamp/type-3-repeats" {
///         title: "A continuation chunk repeats the extended timestamp",
///         rules: [CHUNK_031],
///         level: Must, profile: Relay, company: Shared,
///         after: ["nsp/relay/audio-and-video"],
///         causes: [],
///     }
///     async fn(s) { ... Ok(()) }
/// }
/// ```
#[macro_export]
macro_rules! case {
    (
        $(#[$doc:meta])*
        $name:ident = $id:literal {
            title: $title:literal,
            rules: [$($rule:ident),+ $(,)?],
            level: $level:ident, profile: $profile:ident, company: $company:ident,
            after: [$($after:literal),* $(,)?],
            causes: [$(($cause:literal, $meaning:literal)),* $(,)?] $(,)?
        }
        async fn($stage:ident) $body:block
    ) => {
        $(#[$doc])*
        pub const $name: $crate::case::Case = $crate::case::Case {
            id: $id,
            title: $title,
            rules: &[$($crate::rule::$rule),+],
            level: $crate::case::Level::$level,
            profile: $crate::case::Profile::$profile,
            after: &[$($after),*],
            since: "0.1",
            company: $crate::case::Company::$company,
            causes: &[$(($cause, $meaning)),*],
            run: {
                fn run(stage: &mut $crate::stage::Stage) -> $crate::case::Run<'_> {
                    Box::pin(async move {
                        let $stage = stage;
                        $body
                    })
                }
                run
            },
        };
    };
}
