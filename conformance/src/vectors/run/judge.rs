use rtmp_vectors::judge::{Outcome, without_null};
use rtmp_vectors::trial::{Due, Reads, Trial, trials};
use rtmp_vectors::{Allowed, Expected, Vector, Yield, hex};

use super::child::{Lost, Running};
use super::losses::{expected, found, has_avm_plus, has_reference};
use super::protocol::{Answer, Depth, Hello, Request};
use super::{Bounds, Item, Loss, Verdict};

/// A program in the middle of its questions.
pub(super) struct Asked<'h> {
    hello: &'h Hello,
    n: u64,
    there: bool,
}

impl<'h> Asked<'h> {
    pub(super) fn new(hello: &'h Hello) -> Self {
        Self { hello, n: 0, there: true }
    }

    /// Whether the program can be asked on.
    pub(super) fn still_there(&mut self) -> bool {
        std::mem::replace(&mut self.there, true)
    }

    /// Whether an answer may come late, so that the next would be taken for another.
    pub(super) fn out_of_step(&self) -> bool {
        !self.there
    }

    pub(super) async fn vector(
        &mut self,
        running: &mut Running,
        item: &Item<'_>,
        bounds: &Bounds,
    ) -> Verdict {
        let vector = item.vector;
        let bytes = match vector.input() {
            Ok(bytes) => bytes,
            Err(why) => return Verdict::Fault(format!("the vector has no bytes: {why}")),
        };
        let loses = &self.hello.loses;
        let some = |has: fn(&[Yield]) -> bool| {
            has(&vector.yields) || vector.alternatives.iter().any(|a| has(&a.yields))
        };
        let shallow = self.hello.families.get(item.family) == Some(&Depth::Verdict)
            || loses.contains(&Loss::References) && some(has_reference)
            || loses.contains(&Loss::AvmPlus) && some(has_avm_plus);
        let due = match lessened(vector, loses) {
            Ok(due) => due,
            Err(why) => return Verdict::Fault(why),
        };
        let state = serde_json::to_value(&item.group.state).map(without_null).unwrap_or_default();
        for trial in trials(item.family, &item.group.state, vector, bytes.len()) {
            self.n += 1;
            let (reads, every) = match &trial.reads {
                Reads::Whole => (None, None),
                Reads::Sizes(sizes) => (Some(sizes.clone()), None),
                Reads::Every(size) => (None, Some(*size)),
            };
            let request = Request {
                n: self.n,
                family: item.family.to_owned(),
                state: state.clone(),
                bytes: hex::encode(&bytes[..trial.end]),
                reads,
                every,
            };
            let line = serde_json::to_string(&request).unwrap_or_default();
            let answer = match running.ask(&line, bounds.patience).await {
                Ok(answer) => answer,
                Err(lost) => {
                    self.there = false;
                    return lost_verdict(&trial, lost, bounds);
                }
            };
            if running.peak_kib().is_some_and(|kib| kib > bounds.memory << 10) {
                self.there = false;
                return Verdict::Memory(format!("{}: more than {} MiB", trial.words(), bounds.memory));
            }
            if let Some(verdict) = self.one(item.family, &due, &trial, &answer, shallow) {
                return verdict;
            }
        }
        if shallow { Verdict::Shallow } else { Verdict::Passed }
    }

    /// A verdict that ends the vector, or nothing where the answer is right.
    fn one(
        &mut self,
        family: &str,
        due: &Vector,
        trial: &Trial,
        line: &str,
        shallow: bool,
    ) -> Option<Verdict> {
        let answer: Answer = match serde_json::from_str(line) {
            Ok(answer) => answer,
            Err(error) => {
                self.there = false;
                return Some(Verdict::Fault(format!("no answer of PROTOCOL.md: {error}: {line:.200}")));
            }
        };
        if answer.n != self.n {
            self.there = false;
            return Some(Verdict::Fault(format!("answer {} to request {}", answer.n, self.n)));
        }
        if let Some(why) = answer.cannot {
            let fault = why.starts_with("adapter:");
            return Some(if fault { Verdict::Fault(why) } else { Verdict::Cannot(why) });
        }
        if answer.panic {
            let said = answer.error.unwrap_or_default();
            return Some(Verdict::Crashed(format!("{}: {said:.300}", trial.words())));
        }
        if shallow {
            return takes(due, trial, answer.error.as_deref()).err().map(Verdict::Failed);
        }
        let Some(values) = &answer.yields else {
            return Some(Verdict::Fault("an answer without `yields` for a family of depth `yields`".into()));
        };
        let yields = match found(values, &self.hello.loses) {
            Ok(yields) => yields,
            Err(why) => return Some(Verdict::Fault(why)),
        };
        if yields.is_empty() && answer.error.is_some() && as_a_whole(family) && refused(due, trial) {
            return None;
        }
        trial.judge(due, &Outcome { yields, error: answer.error }).err().map(Verdict::Failed)
    }
}

fn lost_verdict(trial: &Trial, lost: Lost, bounds: &Bounds) -> Verdict {
    match lost {
        Lost::Ended(how) => Verdict::Crashed(format!("{}: {how}", trial.words())),
        Lost::Silent => Verdict::Hung(format!("{}: no answer within {:?}", trial.words(), bounds.patience)),
        Lost::Endless => Verdict::Fault("an answer without an end of line".into()),
    }
}

/// A decoder may hand out what these hold only as a whole: it finds nothing before an error (README.md "Judging").
fn as_a_whole(family: &str) -> bool {
    matches!(family, "amf0-v1" | "amf3-v1" | "message-v1" | "aggregate-v1" | "flv-file-v1")
}

/// Whether nothing but an error is right.
fn refused(due: &Vector, trial: &Trial) -> bool {
    trial.due == Due::Outcome && due.result == Expected::Invalid && due.allow.is_empty()
}

/// The vector without what the decoder's values lose.
fn lessened(vector: &Vector, loses: &std::collections::BTreeSet<Loss>) -> Result<Vector, String> {
    let mut due = vector.clone();
    due.yields = expected(&vector.yields, loses)?;
    for (alternative, lessened) in vector.alternatives.iter().zip(&mut due.alternatives) {
        lessened.yields = expected(&alternative.yields, loses)?;
    }
    Ok(due)
}

/// Whether taking or refusing is what the trial asks; what was found is not looked at.
fn takes(vector: &Vector, trial: &Trial, error: Option<&str>) -> Result<(), String> {
    let allows = |wanted: &[Allowed]| vector.allow.iter().any(|allowed| wanted.contains(allowed));
    let may_take = allows(&[Allowed::Accept, Allowed::Alternative]);
    let (take, refuse) = match (trial.due, vector.result) {
        (Due::NoError, _) | (Due::Outcome, Expected::Valid) => (true, false),
        (Due::Error, _) => (false, true),
        (Due::Outcome, Expected::Invalid) if vector.allow.is_empty() => (false, true),
        (Due::Outcome, Expected::Invalid | Expected::Lenient) => (may_take, allows(&[Allowed::Close])),
    };
    match error {
        None if !take => Err(format!("{}: taken, an error is due", trial.words())),
        Some(error) if !refuse => Err(format!("{}: refused: {error:.300}", trial.words())),
        _ => Ok(()),
    }
}
