//! Decoders that are wrong in a known way. The vectors of each family have to catch theirs, or the corpus says
//! nothing about a decoder that passes. (`ci/mutations.sh` does the same with one line of the real codec changed.)

mod broken;

use std::process::ExitCode;

use broken::{Broken, CODECS, EVERYWHERE, Question};
use libtest_mimic::{Arguments, Failed, Trial};
use rtmp_vectors::judge::Outcome;
use rtmp_vectors::trial::trials;
use rtmp_vectors::{Allowed, Expected, File, Vector, load_all};

/// Longer vectors show limits and take the most time; broken decoders are caught without them. In bytes.
const LONGEST: usize = 64 << 10;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let mut tests = vec![Trial::test("laws/every-family-has-a-broken-codec", every_family_has_one)];
    for file in load_all() {
        let family = file.schema.clone();
        for broken in CODECS.iter().filter(|broken| broken.family == family) {
            let file = file.clone();
            tests.push(Trial::test(format!("{family}/{}", broken.name), move || is_caught(&file, broken)));
        }
        for (name, decode) in EVERYWHERE {
            // Where every vector lets a decoder accept, one that knows no error is as good.
            if name != broken::NO_ERRORS || has_something_to_refuse(&file) {
                let file = file.clone();
                tests.push(Trial::test(format!("{family}/{name}"), move || {
                    says(&family_of(&file), name, &caught(&file, LONGEST, decode))
                }));
            }
        }
        tests.push(Trial::test(format!("{family}/intact"), move || passes(&file)));
    }
    libtest_mimic::run(&arguments, tests).exit_code()
}

fn family_of(file: &File) -> String {
    let vectors: usize = file.groups.iter().map(|group| group.tests.len()).sum();
    format!("{} ({vectors} vectors)", file.schema)
}

fn every_family_has_one() -> Result<(), Failed> {
    let families: Vec<String> = load_all().into_iter().map(|file| file.schema).collect();
    for family in &families {
        if !CODECS.iter().any(|broken| broken.family == family) {
            return Err(format!("{family} has no broken codec: add one to tests/broken/mod.rs").into());
        }
    }
    match CODECS.iter().find(|broken| !families.iter().any(|family| family == broken.family)) {
        Some(stray) => {
            Err(format!("{} is of a family that is not there: {}", stray.name, stray.family).into())
        }
        None => Ok(()),
    }
}

fn is_caught(file: &File, broken: &Broken) -> Result<(), Failed> {
    says(
        &family_of(file),
        &format!("{}, {}", broken.name, broken.seen),
        &caught(file, LONGEST, broken.decode),
    )
}

/// Tells which vectors caught it.
fn says(family: &str, name: &str, ids: &[&str]) -> Result<(), Failed> {
    if ids.is_empty() {
        return Err(format!("{family}: no vector catches {name}").into());
    }
    println!("{family}: {name}: caught by {}: {}", ids.len(), ids[..ids.len().min(4)].join(" "));
    Ok(())
}

fn passes(file: &File) -> Result<(), Failed> {
    match caught(file, usize::MAX, broken::intact)[..] {
        [] => Ok(()),
        ref ids => Err(format!("{}: refused by {ids:?}", family_of(file)).into()),
    }
}

/// The ids of the vectors that a decoder fails, of those of at most `longest` bytes.
fn caught(file: &File, longest: usize, decode: fn(&Question<'_>) -> Vec<Outcome>) -> Vec<&str> {
    let mut ids = Vec::new();
    for group in &file.groups {
        for vector in &group.tests {
            let bytes = vector.input().expect("the bytes of a vector are hexadecimal");
            if bytes.len() > longest {
                continue;
            }
            let fails = trials(&file.schema, &group.state, vector, bytes.len()).into_iter().any(|trial| {
                let bytes = &bytes[..trial.end];
                let split = trial.reads.sizes(bytes.len());
                let (family, state) = (file.schema.as_str(), &group.state);
                let answers = decode(&Question { family, state, bytes, split: &split, vector });
                assert!(!answers.is_empty(), "no decoder for {family}");
                answers.iter().any(|answer| trial.judge(vector, answer).is_err())
            });
            if fails {
                ids.push(vector.id.as_str());
            }
        }
    }
    ids
}

fn has_something_to_refuse(file: &File) -> bool {
    let refuses = |vector: &Vector| {
        let accepts = vector.allow.iter().any(|allowed| *allowed != Allowed::Close);
        (vector.result != Expected::Valid && !accepts) || !vector.cuts.is_empty()
    };
    file.groups.iter().flat_map(|group| &group.tests).any(refuses)
}
