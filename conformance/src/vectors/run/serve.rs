//! The codec of this workspace behind the same protocol.

use std::collections::BTreeMap;
use std::io::{self, BufRead, Read as _, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};

use rtmp_vectors::{State, hex, reference};
use serde_json::{Value, json};

use super::protocol::{Answer, Request};

/// Bytes of the longest request.
const LINE: u64 = 256 << 20;

/// Answers until the input ends.
///
/// # Errors
/// Input or output fails, or the input is no JSON.
pub fn serve(mut input: impl BufRead, mut output: impl Write) -> io::Result<()> {
    let families: BTreeMap<&str, &str> = families();
    loop {
        let mut line = String::new();
        if (&mut input).take(LINE).read_line(&mut line)? == 0 {
            return Ok(());
        }
        let request: Value = serde_json::from_str(&line).map_err(io::Error::other)?;
        let answer = if request.get("hello").is_some() {
            json!({"name": "rtmpspec reference", "version": env!("CARGO_PKG_VERSION"), "families": families})
        } else {
            let request: Request = serde_json::from_value(request).map_err(io::Error::other)?;
            serde_json::to_value(answer(&request)).map_err(io::Error::other)?
        };
        writeln!(output, "{answer}")?;
        output.flush()?;
    }
}

fn families() -> BTreeMap<&'static str, &'static str> {
    rtmp_vectors::families().into_iter().map(|family| (family, "yields")).collect()
}

fn answer(request: &Request) -> Answer {
    let empty = Answer { n: request.n, ..Answer::default() };
    let state: State = match serde_json::from_value(request.state.clone()) {
        Ok(state) => state,
        Err(error) => return Answer { cannot: Some(format!("state: {error}")), ..empty },
    };
    let bytes = match hex::decode(&request.bytes) {
        Ok(bytes) => bytes,
        Err(why) => return Answer { cannot: Some(why), ..empty },
    };
    let split = request.arrival().sizes(bytes.len());
    let outcomes =
        catch_unwind(AssertUnwindSafe(|| reference::decode(&request.family, &state, &bytes, &split)));
    let Ok(mut outcomes) = outcomes else {
        return Answer { yields: Some(vec![]), error: Some("panic".into()), panic: true, ..empty };
    };
    let Some(first) = outcomes.pop() else {
        return Answer { cannot: Some(format!("no decoder for {}", request.family)), ..empty };
    };
    if outcomes
        .iter()
        .any(|other| other.yields != first.yields || other.error.is_some() != first.error.is_some())
    {
        let error = Some("two ways to drive the decoder disagree".to_owned());
        return Answer { yields: Some(vec![]), error, panic: true, ..empty };
    }
    let yields = first.yields.iter().map(|one| serde_json::to_value(one).unwrap_or_default()).collect();
    Answer { yields: Some(yields), error: first.error, ..empty }
}
