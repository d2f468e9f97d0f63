//! AMF0: decoding to owned and to borrowed values, and encoding, over the commands and metadata of an
//! ordinary publish. Throughput counts messages.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use rtmp_amf::{Limits, Value, decode_all, decode_all_ref, encode_all};

/// A publisher in the manner of OBS Studio and a server in the manner of nginx-rtmp.
fn messages() -> Vec<Vec<Value>> {
    let text = |text: &str| Value::from(text);
    let number = Value::Number;
    vec![
        vec![
            text("connect"),
            number(1.0),
            Value::object([
                ("app", text("live")),
                ("type", text("nonprivate")),
                ("flashVer", text("FMLE/3.0 (compatible; FMSc/1.0)")),
                ("swfUrl", text("rtmp://media.example.org:1935/live")),
                ("tcUrl", text("rtmp://media.example.org:1935/live")),
                ("capsEx", number(15.0)),
                ("fourCcList", Value::StrictArray(["av01", "hvc1", "avc1"].map(Value::from).into())),
            ]),
        ],
        vec![
            text("_result"),
            number(1.0),
            Value::object([("fmsVer", text("FMS/3,0,1,123")), ("capabilities", number(31.0))]),
            Value::object([
                ("level", text("status")),
                ("code", text("NetConnection.Connect.Success")),
                ("description", text("Connection succeeded.")),
                ("objectEncoding", number(0.0)),
            ]),
        ],
        vec![text("createStream"), number(4.0), Value::Null],
        vec![text("publish"), number(5.0), Value::Null, text("obs-stream-0123456789"), text("live")],
        vec![
            text("onStatus"),
            number(0.0),
            Value::Null,
            Value::object([
                ("level", text("status")),
                ("code", text("NetStream.Publish.Start")),
                ("description", text("Start publishing")),
            ]),
        ],
        vec![text("@setDataFrame"), text("onMetaData"), metadata()],
    ]
}

fn metadata() -> Value {
    let number = Value::Number;
    Value::ecma_array([
        ("duration", number(0.0)),
        ("fileSize", number(0.0)),
        ("width", number(1920.0)),
        ("height", number(1080.0)),
        ("videocodecid", number(7.0)),
        ("videodatarate", number(2500.0)),
        ("framerate", number(30.0)),
        ("audiocodecid", number(10.0)),
        ("audiodatarate", number(160.0)),
        ("audiosamplerate", number(48_000.0)),
        ("audiosamplesize", number(16.0)),
        ("audiochannels", number(2.0)),
        ("stereo", Value::Boolean(true)),
        ("2.1", Value::Boolean(false)),
        ("3.1", Value::Boolean(false)),
        ("4.0", Value::Boolean(false)),
        ("4.1", Value::Boolean(false)),
        ("5.1", Value::Boolean(false)),
        ("7.1", Value::Boolean(false)),
        ("encoder", Value::from("obs-output module (libobs version 30.0.2)")),
    ])
}

fn amf0(c: &mut Criterion) {
    let messages = messages();
    let wire: Vec<Vec<u8>> =
        messages.iter().map(|message| encode_all(message).expect("the values of this bench")).collect();
    let limits = Limits::default();

    let mut group = c.benchmark_group("amf0");
    group.throughput(Throughput::Elements(messages.len() as u64));
    group.bench_function("decode owned", |b| {
        b.iter(|| {
            wire.iter().map(|bytes| decode_all(black_box(bytes), &limits).unwrap().len()).sum::<usize>()
        });
    });
    group.bench_function("decode borrowed", |b| {
        b.iter(|| {
            wire.iter().map(|bytes| decode_all_ref(black_box(bytes), &limits).unwrap().len()).sum::<usize>()
        });
    });
    group.bench_function("encode", |b| {
        b.iter(|| messages.iter().map(|values| encode_all(black_box(values)).unwrap().len()).sum::<usize>());
    });
    group.finish();
}

criterion_group!(benches, amf0);
criterion_main!(benches);
