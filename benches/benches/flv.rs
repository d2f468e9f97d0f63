//! FLV files: reading and writing the tags of an ordinary recording.

use std::hint::black_box;

use bytes::Bytes;
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use rtmp_bench::{PIECES, inputs::audio_and_video};
use rtmp_flv::{FileHeader, FlvReader, FlvWriter, Tag, TagKind};
use rtmp_proto::MessageType;

fn tags() -> Vec<Tag> {
    let tag = |message: rtmp_proto::Message| Tag {
        kind: if message.kind == MessageType::VIDEO { TagKind::Video } else { TagKind::Audio },
        timestamp: message.timestamp.0,
        payload: message.payload,
    };
    audio_and_video(60).into_iter().map(tag).collect()
}

fn mux(tags: &[Tag]) -> Bytes {
    let mut writer = FlvWriter::new(FileHeader::new(true, true));
    for tag in tags {
        writer.write(tag).expect("payloads are below 16 MiB");
    }
    writer.take()
}

fn demux(file: &[u8], piece: usize) -> usize {
    let mut reader = FlvReader::new();
    let mut count = 0;
    for piece in file.chunks(piece) {
        reader.push(piece);
        while let Some(tag) = reader.next_tag().expect("the file is well-formed") {
            black_box(tag);
            count += 1;
        }
    }
    count
}

fn flv(criterion: &mut Criterion) {
    let tags = tags();
    let file = mux(&tags);
    let mut group = criterion.benchmark_group("flv");
    group.throughput(Throughput::Elements(tags.len() as u64));
    for (name, piece) in PIECES {
        group.bench_function(BenchmarkId::new("demux", name), |bencher| {
            bencher.iter(|| assert_eq!(demux(&file, piece), tags.len()));
        });
    }
    group.bench_function("mux", |bencher| bencher.iter(|| mux(&tags)));
    group.finish();
}

criterion_group!(benches, flv);
criterion_main!(benches);
