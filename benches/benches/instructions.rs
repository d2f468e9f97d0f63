//! Gate: instructions per message of lending decoding and of encoding, counted by valgrind. Exact on one
//! machine; another processor or C library may choose another copy loop.

#![allow(missing_docs, reason = "the macros of gungraun make public items")]

use std::process::{Command, ExitCode, Stdio};

/// The copy loop of glibc for long copies is one instruction, which valgrind counts once for each byte.
const TUNABLES: &str = "glibc.cpu.x86_rep_movsb_threshold=100000000";

mod gate {
    use gungraun::{
        Callgrind, EventKind, LibraryBenchmarkConfig, library_benchmark, library_benchmark_group, main,
    };
    use rtmp_bench::{
        inputs::{Input, counted_input},
        work,
    };

    /// At most `each` instructions for each of `messages` messages.
    fn limit(messages: u64, each: u64) -> LibraryBenchmarkConfig {
        let mut config = LibraryBenchmarkConfig::default();
        config.tool(Callgrind::with_args(["--cache-sim=no"]).hard_limits([(EventKind::Ir, messages * each)]));
        config
    }

    #[library_benchmark(setup = counted_input)]
    #[bench::av_128_at_most_5500(args = ("av 128"), config = limit(439, 5500))]
    #[bench::av_4096_at_most_1400(args = ("av 4096"), config = limit(439, 1400))]
    #[bench::audio_4096_at_most_250(args = ("audio 4096"), config = limit(1001, 250))]
    #[bench::tiny_128_at_most_220(args = ("tiny 128"), config = limit(1001, 220))]
    fn decode_lent(input: Input) -> Input {
        work::lent(&input, 64 << 10);
        input
    }

    library_benchmark_group!(name = chunks, benchmarks = decode_lent);

    main!(
        config = LibraryBenchmarkConfig::default().env("GLIBC_TUNABLES", super::TUNABLES),
        library_benchmark_groups = chunks
    );

    pub fn run() {
        main();
    }
}

fn main() -> ExitCode {
    // The runner starts this program again under valgrind, where it has to be quick.
    let measured = std::env::args().any(|argument| argument == "--gungraun-run");
    if !measured {
        for program in ["valgrind", "gungraun-runner"] {
            let found =
                Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
            if found.is_ok() {
                continue;
            }
            let required = std::env::var_os("RTMPSPEC_REQUIRE_PEERS").is_some_and(|value| value == "1");
            println!(
                "instructions: {}, {program} is not installed",
                if required { "FAILED" } else { "ignored" }
            );
            return ExitCode::from(u8::from(required));
        }
    }
    gate::run();
    ExitCode::SUCCESS
}
