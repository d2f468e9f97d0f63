//! The closed vocabularies of a results file, kebab-case in JSON and on the command line.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

macro_rules! vocabulary {
    ($(#[$doc:meta])* $name:ident, $what:literal { $($(#[$item_doc:meta])* $item:ident = $text:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum $name { $($(#[$item_doc])* $item,)+ }

        impl $name {
            /// Every value, in the order in which reports print them.
            pub const ALL: &'static [Self] = &[$(Self::$item,)+];

            /// The name as written in JSON.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$item => $text,)+ }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl FromStr for $name {
            type Err = UnknownName;

            fn from_str(given: &str) -> Result<Self, UnknownName> {
                match given {
                    $($text => Ok(Self::$item),)+
                    _ => Err(UnknownName {
                        what: $what,
                        given: crate::text::clip(&crate::text::clean(given), 60),
                        allowed: &[$($text,)+],
                    }),
                }
            }
        }
    };
}

vocabulary! {
    /// What a case ended in, derived from its raw observations.
    Verdict, "verdict" {
        /// The target did what the rule says.
        Pass = "pass",
        /// The target did something the rulings tolerate beside what the rule says.
        Lenient = "lenient",
        /// The target broke the rule.
        Fail = "fail",
        /// The case records a behaviour and does not judge it.
        Info = "info",
        /// A probe proved that the target lacks the feature.
        Unsupported = "unsupported",
        /// The set-up of the case failed, or a case it depends on did.
        Blocked = "blocked",
        /// The case did not run, for a stated reason.
        Skipped = "skipped",
        /// The target died.
        Crashed = "crashed",
        /// The target neither answered nor closed in time.
        Hung = "hung",
        /// The suite itself went wrong; says nothing about the target.
        HarnessFault = "harness-fault",
    }
}

vocabulary! {
    /// Force of a rule or a case.
    Level, "level" {
        /// Required by the specification.
        Must = "must",
        /// Recommended by the specification.
        Should = "should",
        /// Permitted by the specification.
        May = "may",
        /// A habit of the field, judged as interoperability and never as conformance.
        DeFacto = "de-facto",
        /// Crash, hang, unbounded memory, harm to another connection.
        Safety = "safety",
    }
}

vocabulary! {
    /// How a verdict compares with the baseline or with its own repetitions.
    Overlay, "overlay" {
        /// As an entry of the baseline states.
        Expected = "expected",
        /// A failure that no entry of the baseline states.
        New = "new",
        /// An entry of the baseline no longer holds (unexpected pass, or its `until` has passed).
        Stale = "stale",
        /// Repetitions ended differently.
        Flaky = "flaky",
    }
}

vocabulary! {
    /// How the target was reached.
    TargetKind, "target kind" {
        /// The reference server inside the suite's own process.
        Embedded = "embedded",
        /// A server that was already running at a URL.
        Url = "url",
        /// A program that the suite started (`--spawn`).
        Spawn = "spawn",
    }
}

impl Verdict {
    /// Whether the verdict is a failure before level and baseline are considered.
    pub const fn is_failure(self) -> bool {
        matches!(self, Self::Fail | Self::Crashed | Self::Hung | Self::HarnessFault)
    }

    /// Whether the case ran and was judged: everything but unsupported, blocked, skipped, harness-fault.
    pub const fn is_judged(self) -> bool {
        !matches!(self, Self::Unsupported | Self::Blocked | Self::Skipped | Self::HarnessFault)
    }
}

/// What a report or a test runner makes of a case, after level and baseline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Disposition {
    /// Pass, Lenient or Info: ok.
    Ok,
    /// A failure that the baseline expects (or expected until an expired date): ok, always shown.
    Expected,
    /// A failure at a level that does not reach the exit code: ok, shown as a finding.
    Finding,
    /// Unsupported, Skipped or Blocked: ignored, never called passed.
    Ignored,
    /// Fail, Crashed or Hung.
    Failed,
    /// HarnessFault.
    Errored,
}

/// A name outside its vocabulary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownName {
    what: &'static str,
    given: String,
    allowed: &'static [&'static str],
}

impl fmt::Display for UnknownName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "unknown {} \"{}\" (one of {})", self.what, self.given, self.allowed.join(", "))
    }
}

impl std::error::Error for UnknownName {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_agree_with_json() {
        for verdict in Verdict::ALL {
            assert_eq!(serde_json::to_value(verdict).unwrap(), verdict.as_str());
            assert_eq!(verdict.as_str().parse(), Ok(*verdict));
        }
        for level in Level::ALL {
            assert_eq!(serde_json::to_value(level).unwrap(), level.as_str());
        }
        for overlay in Overlay::ALL {
            assert_eq!(serde_json::to_value(overlay).unwrap(), overlay.as_str());
        }
        for kind in TargetKind::ALL {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
        }
    }

    #[test]
    fn unknown_name_lists_the_allowed_ones() {
        let error = "musst\u{7}".parse::<Level>().unwrap_err();
        assert_eq!(
            error.to_string(),
            "unknown level \"musst\\u{7}\" (one of must, should, may, de-facto, safety)"
        );
    }
}
