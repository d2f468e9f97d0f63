#![no_main]
//! Both sides of a tunnel: portions and one piece find the same; what was read is the same written and read again.

use bytes::BytesMut;
use libfuzzer_sys::fuzz_target;
use rtmp_proto::rtmpt::{HttpResponse, RequestDecoder, RequestKind, ResponseDecoder, TunnelLimits};
use rtmp_proto::rtmpt::{TunnelRequest, TunnelResponse};

/// All that `next` takes off the front of the portions, and how it ended.
fn read<T, E: core::fmt::Debug>(
    portions: core::slice::Chunks<'_, u8>,
    mut next: impl FnMut(&mut BytesMut) -> Result<Option<T>, E>,
) -> (Vec<T>, String) {
    let (mut input, mut found) = (BytesMut::new(), Vec::new());
    for portion in portions {
        input.extend_from_slice(portion);
        loop {
            match next(&mut input) {
                Ok(Some(item)) => found.push(item),
                Ok(None) => break,
                Err(error) => return (found, format!("{error:?}")),
            }
        }
    }
    (found, String::new())
}

fn requests(bytes: &[u8], size: usize) -> (Vec<TunnelRequest>, String) {
    let mut decoder = RequestDecoder::new(TunnelLimits::embedded());
    read(bytes.chunks(size), |input| decoder.decode(input))
}

fn responses(bytes: &[u8], size: usize) -> (Vec<HttpResponse>, String) {
    let mut decoder = ResponseDecoder::new(TunnelLimits::embedded());
    read(bytes.chunks(size), |input| decoder.decode(input))
}

fuzz_target!(|data: &[u8]| {
    let Some((portion, bytes)) = data.split_first() else { return };
    let size = usize::from(*portion) + 1;
    let whole = bytes.len().max(1);

    let (asked, end) = requests(bytes, whole);
    assert_eq!(requests(bytes, size), (asked.clone(), end));
    let mut out = Vec::new();
    for request in &asked {
        request.encode("localhost", &mut out).expect("the host is one");
    }
    assert_eq!(requests(&out, size), (asked, String::new()));

    let (said, end) = responses(bytes, whole);
    assert_eq!(responses(bytes, size), (said.clone(), end));
    let mut out = Vec::new();
    for response in &said {
        response.encode(&mut out);
        for kind in RequestKind::ALL {
            if let Ok(meaning) = TunnelResponse::read(kind, response) {
                assert_eq!(TunnelResponse::read(kind, &meaning.clone().into_http()), Ok(meaning));
            }
        }
    }
    assert_eq!(responses(&out, size), (said, String::new()));
});
