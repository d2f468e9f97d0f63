//! Encoding of messages to chunks: copied into a buffer, and as slices for a gathering write.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use rtmp_bench::{inputs::chunk_inputs, work};

fn encode(criterion: &mut Criterion) {
    for input in chunk_inputs() {
        let mut group = criterion.benchmark_group(format!("encode/{}", input.name));
        group.throughput(Throughput::Elements(input.count()));
        group.bench_function("floor_copying", |bencher| bencher.iter(|| work::floor_encode_copying(&input)));
        group.bench_function("copying", |bencher| bencher.iter(|| work::encode_copying(&input)));
        group.bench_function("floor_iovec", |bencher| bencher.iter(|| work::floor_encode_iovec(&input)));
        group.bench_function("iovec", |bencher| bencher.iter(|| work::encode_iovec(&input)));
        group.finish();
    }
}

criterion_group!(benches, encode);
criterion_main!(benches);
