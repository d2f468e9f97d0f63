//! The codec against the floor: ns per message, median of interleaved passes.

use rtmp_bench::{
    inputs::chunk_inputs,
    ratios::{Row, measure},
    work::{self, Keep},
};

fn main() {
    let only = std::env::args().nth(1).unwrap_or_default();
    let piece = std::env::args().nth(2).and_then(|s| s.parse().ok()).unwrap_or(64 << 10);
    for input in chunk_inputs().iter().filter(|input| input.name.contains(&only)) {
        let row = |who, pass: Box<dyn Fn() -> u64>| Row {
            group: "",
            input: input.name,
            who,
            pass: Box::new(move || Ok(pass())),
        };
        let rows = vec![
            row("memcpy", Box::new(move || work::memcpy(input, piece))),
            row("floor lent", Box::new(move || work::floor_lent(input, piece))),
            row("lent", Box::new(move || work::lent(input, piece))),
            row("floor owned", Box::new(move || work::floor_owned(input, piece, Keep::Not))),
            row("owned", Box::new(move || work::owned(input, piece, Keep::Not))),
            row("floor retained", Box::new(move || work::floor_owned(input, piece, Keep::Retained))),
            row("retained", Box::new(move || work::owned(input, piece, Keep::Retained))),
            row("given", Box::new(move || work::given(input, piece, 4096, Keep::Not))),
            row("given retained", Box::new(move || work::given(input, piece, 4096, Keep::Retained))),
            row("shared retained", Box::new(move || work::given(input, piece, 0, Keep::Retained))),
            row("floor copying", Box::new(move || work::floor_encode_copying(input))),
            row("copying", Box::new(move || work::encode_copying(input))),
            row("floor iovec", Box::new(move || work::floor_encode_iovec(input))),
            row("iovec", Box::new(move || work::encode_iovec(input))),
        ];
        print!("{:14}", input.name);
        for m in measure(rows, input.count(), 25) {
            print!("  {} {:.1}", m.who, m.ns.unwrap().least);
        }
        println!();
    }
}
