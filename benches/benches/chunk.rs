//! Decoding of chunks: the reference decoder, the floor, and a plain copy of the same bytes in the same
//! pieces.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use rtmp_bench::{
    PIECES,
    inputs::chunk_inputs,
    work::{self, Keep},
};

fn decode(criterion: &mut Criterion) {
    for input in chunk_inputs() {
        let mut group = criterion.benchmark_group(format!("decode/{}", input.name));
        group.throughput(Throughput::Elements(input.count()));
        for (name, piece) in PIECES {
            let mut bench = |what: &str, pass: &dyn Fn() -> u64| {
                group.bench_function(BenchmarkId::new(what, name), |bencher| {
                    bencher.iter(|| assert_eq!(pass(), input.count()));
                });
            };
            bench("memcpy", &|| work::memcpy(&input, piece));
            bench("floor_lent", &|| work::floor_lent(&input, piece));
            bench("floor_owned", &|| work::floor_owned(&input, piece, Keep::Not));
            bench("for_each", &|| work::lent(&input, piece));
            bench("next", &|| work::owned(&input, piece, Keep::Not));
            bench("next_retained", &|| work::owned(&input, piece, Keep::Retained));
            bench("for_each_owned", &|| work::given(&input, piece, 4096, Keep::Not));
            bench("for_each_owned_retained", &|| work::given(&input, piece, 4096, Keep::Retained));
            bench("for_each_shared_retained", &|| work::given(&input, piece, 0, Keep::Retained));
        }
        group.finish();
    }
}

criterion_group!(benches, decode);
criterion_main!(benches);
