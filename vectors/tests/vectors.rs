//! Every vector under its own name against this workspace's codec, and the laws of the corpus.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, ExitCode};

use libtest_mimic::{Arguments, Completion, Failed, Trial};
use rtmp_vectors::{
    Amf0, Amf3, Expected, FILES, File, Found, Group, MANIFEST, SCHEMA, Vector, Yield, hex, judge, load_all,
    reference,
};
use serde_json::Value;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let mut trials = Vec::new();
    for file in load_all() {
        for group in &file.groups {
            for vector in &group.tests {
                let name = format!("{}/{}", file.schema, vector.id);
                let (schema, group, vector) = (file.schema.clone(), group.clone(), vector.clone());
                trials.push(Trial::test(name, move || decodes(&schema, &group, &vector)));
            }
        }
    }
    for (name, text) in FILES {
        trials.push(Trial::test(format!("schema/{name}"), move || follows_schema(text)));
    }
    trials.extend([
        Trial::test("schema/refuses-mutations", schema_refuses),
        Trial::test("laws/judge-refuses", judge_refuses),
        Trial::test("laws/ids-are-unique", ids_are_unique),
        Trial::test("laws/flags-have-notes", flags_have_notes),
        Trial::test("laws/requirements-exist", requirements_exist),
        Trial::test("laws/manifest-agrees", manifest_agrees),
        Trial::ignorable_test("generator/reproduces-the-files", generator_reproduces),
    ]);
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn decodes(schema: &str, group: &Group, vector: &Vector) -> Result<(), Failed> {
    Ok(reference::passes(schema, &group.state, vector)?)
}

fn validator() -> Result<jsonschema::Validator, Failed> {
    let schema: Value = serde_json::from_str(SCHEMA)?;
    Ok(jsonschema::draft202012::options().build(&schema).map_err(|e| e.to_string())?)
}

fn follows_schema(text: &str) -> Result<(), Failed> {
    jsonschema::draft202012::meta::validate(&serde_json::from_str(SCHEMA)?).map_err(|e| e.to_string())?;
    let file: Value = serde_json::from_str(text)?;
    let errors: Vec<String> =
        validator()?.iter_errors(&file).map(|e| format!("{}: {e:.300}", e.instance_path())).collect();
    if errors.is_empty() { Ok(()) } else { Err(errors.join("\n").into()) }
}

/// The schema is of use only if it refuses something.
fn schema_refuses() -> Result<(), Failed> {
    let validator = validator()?;
    type Mutation = fn(&mut Value);
    let mutations: [(&str, Mutation); 10] = [
        ("unknown property of a file", |f| f["extra"] = 1.into()),
        ("unknown family", |f| f["schema"] = "chunk-stream-v9".into()),
        ("group without a source", |f| drop(f["groups"][0].as_object_mut().unwrap().remove("source"))),
        ("unknown property of a vector", |f| test(f)["extra"] = 1.into()),
        ("odd hexadecimal", |f| test(f)["bytes"] = "0".into()),
        ("lenient without flags", |f| {
            test(f)["result"] = "lenient".into();
            test(f).as_object_mut().unwrap().remove("flags");
        }),
        ("allow on a valid vector", |f| {
            test(f)["result"] = "valid".into();
            test(f)["allow"] = serde_json::json!(["accept"]);
        }),
        ("bytes and runs", |f| test(f)["runs"] = serde_json::json!([{"hex": "00", "times": 2}])),
        ("no requirement", |f| test(f)["requirements"] = serde_json::json!([])),
        ("unknown property of what is found", |f| {
            test(f)["yields"] = serde_json::json!([{"type": 9, "extra": 1}]);
        }),
    ];
    for (name, text) in FILES {
        for (what, mutate) in &mutations {
            let mut file: Value = serde_json::from_str(text)?;
            mutate(&mut file);
            if validator.is_valid(&file) {
                return Err(format!("{name}: accepted with {what}").into());
            }
        }
    }
    Ok(())
}

fn test(file: &mut Value) -> &mut Value {
    &mut file["groups"][0]["tests"][0]
}

fn vectors(files: &[File]) -> impl Iterator<Item = (&File, &Vector)> {
    files.iter().flat_map(|file| file.groups.iter().flat_map(move |g| g.tests.iter().map(move |t| (file, t))))
}

/// What a decoder finds must matter: outcomes that differ from a strict vector are refused.
fn judge_refuses() -> Result<(), Failed> {
    let files = load_all();
    for (_, vector) in vectors(&files).filter(|(_, v)| v.allow.is_empty()) {
        let error = (vector.result == Expected::Invalid).then(|| "an error".to_owned());
        let told = |yields: Vec<Yield>, error| judge::judge(vector, &judge::Outcome { yields, error });
        told(vector.yields.clone(), error.clone())?;
        let other = if error.is_some() { None } else { Some("an error".to_owned()) };
        let mut shorter = vector.yields.clone();
        let shortened = shorter.pop().is_some();
        let mut longer = vector.yields.clone();
        longer.push(Yield::Amf0(Amf0::Null));
        let mut accepted =
            vec![told(vector.yields.clone(), other).is_ok(), told(longer, error.clone()).is_ok()];
        accepted.push(shortened && told(shorter, error.clone()).is_ok());
        for index in 0..vector.yields.len() {
            let mut changed = vector.yields.clone();
            match &mut changed[index] {
                Yield::Message(message) => message.ts ^= 1,
                Yield::Handshake(handshake) => handshake.consumed += 1,
                Yield::Amf0(value) => *value = Amf0::StrictArray { items: vec![value.clone()] },
                Yield::Found(found) => {
                    **found = match &**found {
                        Found::Amf3(value) => {
                            Found::Amf3(Amf3::Array { associative: vec![], dense: vec![value.clone()] })
                        }
                        _ => Found::Amf3(Amf3::Null),
                    }
                }
            }
            accepted.push(told(changed, error.clone()).is_ok());
        }
        if accepted.contains(&true) {
            return Err(format!("{}: a wrong outcome passes: {accepted:?}", vector.id).into());
        }
    }
    Ok(())
}

fn ids_are_unique() -> Result<(), Failed> {
    let mut seen = BTreeSet::new();
    for (_, vector) in vectors(&load_all()) {
        if !seen.insert(vector.id.clone()) {
            return Err(format!("{} stands twice", vector.id).into());
        }
    }
    Ok(())
}

fn flags_have_notes() -> Result<(), Failed> {
    let files = load_all();
    for (file, vector) in vectors(&files) {
        if let Some(flag) = vector.flags.iter().find(|flag| !file.notes.contains_key(*flag)) {
            return Err(format!("{}: no note explains {flag}", vector.id).into());
        }
    }
    for file in &files {
        let used: BTreeSet<&String> =
            file.groups.iter().flat_map(|g| g.tests.iter().flat_map(|t| t.flags.iter())).collect();
        if let Some(note) = file.notes.keys().find(|note| !used.contains(note)) {
            return Err(format!("{}: the note {note} has no vector", file.schema).into());
        }
    }
    Ok(())
}

fn requirements_exist() -> Result<(), Failed> {
    let catalogue = Path::new(env!("CARGO_MANIFEST_DIR")).join("../conformance/requirements");
    let mut known = BTreeSet::new();
    for entry in std::fs::read_dir(catalogue)? {
        let text = std::fs::read_to_string(entry?.path())?;
        let ids = text.lines().filter_map(|line| line.strip_prefix("id = \"")?.split('"').next());
        known.extend(ids.map(str::to_owned));
    }
    let files = load_all();
    let cited = vectors(&files).flat_map(|(_, v)| v.requirements.iter().map(move |r| (r, v.id.as_str())));
    let noted = files.iter().flat_map(|f| f.notes.iter().map(|(flag, note)| (&note.rule, flag.as_str())));
    for (rule, by) in cited.chain(noted) {
        if !known.contains(rule) {
            return Err(format!("{by} cites {rule}, which the catalogue does not have").into());
        }
    }
    Ok(())
}

fn manifest_agrees() -> Result<(), Failed> {
    let manifest: Value = serde_json::from_str(MANIFEST)?;
    let files = load_all();
    let entries = manifest["files"].as_array().ok_or("no files")?;
    if entries.len() != FILES.len() || manifest["vectors"] != vectors(&files).count() {
        return Err("the manifest counts other files or vectors".into());
    }
    for (entry, (name, text)) in entries.iter().zip(FILES) {
        if entry["path"] != format!("data/{name}") || entry["sha256"] != hex::sha256(text.as_bytes()) {
            return Err(format!("{name}: path or hash differ in the manifest").into());
        }
    }
    Ok(())
}

fn generator_reproduces() -> Result<Completion, Failed> {
    match Command::new("python3").args(["-c", "import tomllib"]).output() {
        Err(error) => return Ok(Completion::ignored_with(format!("python3: {error}"))),
        Ok(output) if !output.status.success() => {
            return Ok(Completion::ignored_with("python3 is older than 3.11"));
        }
        Ok(_) => {}
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("gen/generate.py");
    let output = Command::new("python3").arg(script).arg("--check").output()?;
    if output.status.success() {
        return Ok(Completion::Completed);
    }
    Err(String::from_utf8_lossy(&output.stderr).into_owned().into())
}
