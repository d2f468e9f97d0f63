//! AMF0 by each library, over the bodies of `rtmp_bench::amf`.

use std::hint::black_box;

use rtmp_bench::ratios::Row;

type Result<T> = std::result::Result<T, String>;

fn text(error: impl std::fmt::Debug) -> String {
    format!("{error:?}")
}

/// Decodes every body into values that are dropped at once.
fn decode<'a, T>(
    who: &'static str,
    bodies: &'a [Vec<u8>],
    one: impl Fn(&'a [u8]) -> Result<T> + 'a,
) -> Row<'a> {
    let pass = move || {
        for body in bodies {
            black_box(one(body)?);
        }
        Ok(bodies.len() as u64)
    };
    Row { group: "amf0 decode", input: "amf", who, pass: Box::new(pass) }
}

/// Encodes what `read` makes of every body; `one` returns the bytes.
fn encode<'a, T: 'a, B>(
    who: &'static str,
    bodies: &'a [Vec<u8>],
    read: impl Fn(&'a [u8]) -> Result<T>,
    one: impl Fn(&T) -> Result<B> + 'a,
) -> Row<'a> {
    let values: Result<Vec<T>> = bodies.iter().map(|body| read(body)).collect();
    let pass = move || {
        for value in values.as_ref().map_err(Clone::clone)? {
            black_box(one(value)?);
        }
        Ok(bodies.len() as u64)
    };
    Row { group: "amf0 encode", input: "amf", who, pass: Box::new(pass) }
}

fn ours(body: &[u8]) -> Result<Vec<rtmp_amf::Value>> {
    rtmp_amf::decode_all(body, &rtmp_amf::Limits::default()).map_err(text)
}

fn rml(mut body: &[u8]) -> Result<Vec<rml_amf0::Amf0Value>> {
    rml_amf0::deserialize(&mut body).map_err(text)
}

fn oxideav(body: &[u8]) -> Result<Vec<oxideav_rtmp::amf::Amf0Value>> {
    oxideav_rtmp::amf::decode_all(body).map_err(text)
}

fn rtmp_rs(body: &[u8]) -> Result<Vec<rtmp_rs::amf::AmfValue>> {
    rtmp_rs::amf::amf0::decode_all(body).map_err(text)
}

fn shiguredo(mut body: &[u8]) -> Result<Vec<shiguredo_rtmp::tests::Amf0Value>> {
    let mut values = Vec::new();
    while !body.is_empty() {
        let (used, value) = shiguredo_rtmp::tests::Amf0Value::decode(body).map_err(text)?;
        body = &body[used..];
        values.push(value);
    }
    Ok(values)
}

/// Decoding and encoding, ours and the peers'.
pub fn rows(bodies: &[Vec<u8>]) -> (Vec<Row<'_>>, Vec<Row<'_>>) {
    let borrowed = |body| rtmp_amf::decode_all_ref(body, &rtmp_amf::Limits::default()).map_err(text);
    let decoding = vec![
        decode("ours owned", bodies, ours),
        decode("ours borrowed", bodies, borrowed),
        decode("rml_amf0", bodies, rml),
        decode("oxideav", bodies, oxideav),
        decode("shiguredo", bodies, shiguredo),
        decode("rtmp-rs", bodies, rtmp_rs),
    ];
    let encoding = vec![
        encode("ours", bodies, ours, |values| rtmp_amf::encode_all(values).map_err(text)),
        encode("rml_amf0", bodies, rml, |values| rml_amf0::serialize(values).map_err(text)),
        encode("oxideav", bodies, oxideav, |values| {
            let mut out = Vec::with_capacity(128);
            values.iter().for_each(|value| oxideav_rtmp::amf::encode(&mut out, value));
            Ok(out)
        }),
        encode("shiguredo", bodies, shiguredo, |values| {
            let mut out = Vec::with_capacity(128);
            values.iter().for_each(|value| value.encode(&mut out));
            Ok(out)
        }),
        encode("rtmp-rs", bodies, rtmp_rs, |values| Ok(rtmp_rs::amf::amf0::encode_all(values))),
    ];
    (decoding, encoding)
}
