//! The reference codec against the floor and other libraries: the same inputs, interleaved in one
//! process, median of the rounds. Prints the table and the goals; `--json FILE` writes them too.

use std::process::ExitCode;

use rtmp_bench::{
    amf,
    inputs::{Input, chunk_inputs},
    ratios::{Row, measure},
    work::{self, Keep},
};
use serde_json::json;

use crate::{
    decode::{Pass, Seen},
    table::Table,
};

mod amf0;
mod decode;
mod encode;
mod goals;
mod table;

const USAGE: &str = "rtmp-peers [--rounds N] [--piece BYTES] [--json FILE] [INPUT...]
  --rounds N      samples of each row, 15 unless told
  --piece BYTES   pieces in which the inputs are fed, 65536 unless told; 0: whole
  INPUT           parts of names: av 128, av 4096, av 60000, av_ilv 4096, audio 4096, amf 128, tiny 128, amf0";

struct Options {
    rounds: usize,
    piece: usize,
    json: Option<String>,
    inputs: Vec<String>,
}

fn options() -> Result<Options, String> {
    let mut options = Options { rounds: 15, piece: 64 << 10, json: None, inputs: Vec::new() };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or(format!("{argument} needs a value"));
        let number = |text: String| text.parse::<usize>().map_err(|_| format!("{text}: not a number"));
        match &argument[..] {
            "--rounds" => options.rounds = number(value()?)?.max(1),
            "--piece" => options.piece = number(value()?)?,
            "--json" => options.json = Some(value()?),
            name if name.starts_with('-') => return Err(USAGE.to_owned()),
            _ => options.inputs.push(argument),
        }
    }
    if options.piece == 0 {
        options.piece = usize::MAX;
    }
    Ok(options)
}

fn main() -> ExitCode {
    let options = match options() {
        Ok(options) => options,
        Err(text) => {
            eprintln!("{text}");
            return ExitCode::from(2);
        }
    };
    std::panic::set_hook(Box::new(|_| {}));
    let wanted =
        |name: &str| options.inputs.is_empty() || options.inputs.iter().any(|part| name.contains(&part[..]));
    let mut table = Table::default();
    for input in chunk_inputs().iter().filter(|input| wanted(input.name)) {
        eprintln!("{} ...", input.name);
        codec(input, &options, &mut table);
    }
    if wanted("amf0") {
        eprintln!("amf0 ...");
        let bodies: Vec<Vec<u8>> = std::iter::repeat_n(amf::messages(), 250).flatten().collect();
        let (decoding, encoding) = amf0::rows(&bodies);
        table.rows.extend(measure(decoding, bodies.len() as u64, options.rounds));
        table.rows.extend(measure(encoding, bodies.len() as u64, options.rounds));
    }
    print(&table);
    let goals = goals::goals(&mut table);
    println!("\nGoals: ratio of medians, ratio of least times, verdict by the medians");
    for goal in &goals {
        println!("{}", goal.line());
    }
    match options.json.as_ref().map(|file| (file, write_json(file, &options, &table, &goals))) {
        Some((file, Err(error))) => {
            eprintln!("{file}: {error}");
            ExitCode::from(2)
        }
        _ => ExitCode::SUCCESS,
    }
}

/// Decoding and encoding of one input.
fn codec(input: &Input, options: &Options, table: &mut Table) {
    let piece = options.piece;
    let expected = Seen::expected(input);
    let plain = |group, who, pass: Box<dyn Fn() -> u64>| Row {
        group,
        input: input.name,
        who,
        pass: Box::new(move || Ok(pass())),
    };
    let owned = |group, who, keep, pass: Pass| Row {
        group,
        input: input.name,
        who,
        pass: Box::new(move || unless_panic(|| pass(input, piece, keep)).map(|seen| seen.messages)),
    };
    let ours: [(&'static str, Pass); 3] = [
        ("ours owned", decode::ours_owned),
        ("ours next", decode::ours_next),
        ("ours shared", decode::ours_shared),
    ];
    for (who, pass) in ours.into_iter().chain(decode::PEERS) {
        if unless_panic(|| pass(input, piece, Keep::Not)).is_ok_and(|seen| seen.times != expected.times) {
            table.wrong_times.push((input.name, who));
        }
    }
    // The closures below borrow `input` for as long as the rows live.
    let input_ref: &'static Input = Box::leak(Box::new(Input {
        name: input.name,
        chunk_size: input.chunk_size,
        messages: input.messages.clone(),
        wire: input.wire.clone(),
    }));
    let mut rows = vec![
        plain("decode", "memcpy", Box::new(move || work::memcpy(input_ref, piece))),
        plain("decode", "floor lent", Box::new(move || work::floor_lent(input_ref, piece))),
        plain("decode", "floor owned", Box::new(move || work::floor_owned(input_ref, piece, Keep::Not))),
        plain("decode", "ours lent", Box::new(move || work::lent(input_ref, piece))),
    ];
    rows.extend(
        ours.into_iter().chain(decode::PEERS).map(|(who, pass)| owned("decode", who, Keep::Not, pass)),
    );
    table.rows.extend(measure(rows, input.count(), options.rounds));
    let floor = Box::new(move || work::floor_owned(input_ref, piece, Keep::Retained));
    let mut rows = vec![plain("retain", "floor owned", floor)];
    let kept = |(who, pass)| owned("retain", who, Keep::Retained, pass);
    rows.extend(ours.into_iter().chain(decode::PEERS).map(kept));
    table.rows.extend(measure(rows, input.count(), options.rounds));
    let mut rows = vec![
        plain("encode", "floor iovec", Box::new(move || work::floor_encode_iovec(input_ref))),
        plain("encode", "floor copying", Box::new(move || work::floor_encode_copying(input_ref))),
        plain("encode", "ours iovec", Box::new(move || work::encode_iovec(input_ref))),
        plain("encode", "ours copying", Box::new(move || work::encode_copying(input_ref))),
    ];
    rows.extend(encode::rows(input));
    table.rows.extend(measure(rows, input.count(), options.rounds));
}

/// A panic of a library on a valid input is a result, too.
fn unless_panic(pass: impl FnOnce() -> Result<Seen, String>) -> Result<Seen, String> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(pass)).unwrap_or_else(|_| Err("panics".to_owned()))
}

/// A table for each group: libraries down, inputs across, median ns per message.
fn print(table: &Table) {
    let unique = |mut names: Vec<&'static str>| {
        let mut seen = Vec::new();
        names.retain(|name| {
            !seen.contains(name) && {
                seen.push(*name);
                true
            }
        });
        names
    };
    let titles = [
        ("decode", "Decode, dropped at once"),
        ("retain", "Decode, the last 256 messages kept"),
        ("encode", "Encode"),
        ("amf0 decode", "AMF0 decode"),
        ("amf0 encode", "AMF0 encode"),
    ];
    for (group, title) in titles {
        let of_group = || table.rows.iter().filter(move |row| row.group == group);
        let inputs = unique(of_group().map(|row| row.input).collect());
        if inputs.is_empty() {
            continue;
        }
        println!("\n{title}, ns per message, median");
        print!("{:16}", "");
        inputs.iter().for_each(|input| print!("{input:>13}"));
        println!();
        for who in unique(of_group().map(|row| row.who).collect()) {
            print!("{who:16}");
            for input in &inputs {
                let row = of_group().find(|row| row.who == who && row.input == *input);
                match row.map(|row| (&row.ns, table.is_wrong(row))) {
                    Some((Ok(ns), wrong)) => print!("{:>12.1}{}", ns.median, if wrong { "*" } else { " " }),
                    Some((Err(_), _)) => print!("{:>12} ", "fails"),
                    None => print!("{:>12} ", ""),
                }
            }
            println!();
        }
    }
    if !table.wrong_times.is_empty() {
        println!("\n* timestamps differ from those that were sent");
    }
    for row in &table.rows {
        if let Err(error) = &row.ns {
            println!("fails: {}, {}, {}: {error}", row.group, row.input, row.who);
        }
    }
}

fn write_json(file: &str, options: &Options, table: &Table, goals: &[goals::Goal]) -> std::io::Result<()> {
    let rows: Vec<_> = table
        .rows
        .iter()
        .map(|row| {
            let ns = row.ns.as_ref();
            json!({
                "group": row.group, "input": row.input, "who": row.who,
                "median_ns": ns.map(|ns| ns.median).ok(), "least_ns": ns.map(|ns| ns.least).ok(),
                "error": ns.err(), "timestamps_differ": table.is_wrong(row),
            })
        })
        .collect();
    let goals: Vec<_> = goals
        .iter()
        .map(|goal| {
            json!({
                "goal": goal.what, "ratio": goal.ratio, "ratio_of_least": goal.least, "bound": goal.bound,
                "at_least": goal.at_least, "reached": goal.reached(),
            })
        })
        .collect();
    let all = json!({ "rounds": options.rounds, "piece": options.piece, "rows": rows, "goals": goals });
    std::fs::write(file, serde_json::to_string_pretty(&all)? + "\n")
}
