use crate::{self as vectors, Found, FourCcFlags, Mask};
use rtmp_amf::{Limits, decode_all};
use rtmp_proto::{AudioCodecs as A, Capabilities, FourCcInfoMap, VideoCodecs as V, VideoFunction as F};

use crate::judge::{Outcome, found};

const AUDIO: [(A, &str); 12] = [
    (A::NONE, "none"),
    (A::ADPCM, "adpcm"),
    (A::MP3, "mp3"),
    (A::INTEL, "intel"),
    (A::UNUSED, "unused"),
    (A::NELLY8, "nelly8"),
    (A::NELLY, "nelly"),
    (A::G711A, "g711a"),
    (A::G711U, "g711u"),
    (A::NELLY16, "nelly16"),
    (A::AAC, "aac"),
    (A::SPEEX, "speex"),
];
const VIDEO: [(V, &str); 8] = [
    (V::UNUSED, "unused"),
    (V::JPEG, "jpeg"),
    (V::SORENSON, "sorenson"),
    (V::HOMEBREW, "homebrew"),
    (V::VP6, "vp6"),
    (V::VP6_ALPHA, "vp6-alpha"),
    (V::HOMEBREW_V, "homebrew-v"),
    (V::H264, "h264"),
];
const FUNCTION: [(F, &str); 4] = [
    (F::CLIENT_SEEK, "client-seek"),
    (F::CLIENT_HDR, "hdr"),
    (F::CLIENT_PACKET_TYPE_METADATA, "metadata-packet"),
    (F::CLIENT_LARGE_SCALE_TILE, "large-scale-tile"),
];

pub fn decode(bytes: &[u8]) -> Outcome {
    let values = match decode_all(bytes, &Limits::default()) {
        Ok(values) => values,
        Err(error) => return Outcome { yields: vec![], error: Some(error.to_string()) },
    };
    let said = Capabilities::from_value(&values[0]);
    let map = |map: FourCcInfoMap| {
        map.0
            .into_iter()
            .map(|(key, info)| FourCcFlags { fourcc: key.into_string(), flags: info.0 })
            .collect()
    };
    let list = said.four_cc_list.map(|list| list.into_iter().map(|key| key.into_string()).collect());
    let form = vectors::Capabilities {
        caps_ex: said.caps_ex.map(|caps| caps.0),
        fourcc_list: list,
        video: said.video.map(map),
        audio: said.audio.map(map),
        audio_codecs: said.audio_codecs.map(|said| mask(said.0, AUDIO, |bit| said.contains(bit))),
        video_codecs: said.video_codecs.map(|said| mask(said.0, VIDEO, |bit| said.contains(bit))),
        video_function: said.video_function.map(|said| mask(said.0, FUNCTION, |bit| said.contains(bit))),
    };
    Outcome { yields: vec![found(Found::Capabilities(form))], error: None }
}

fn mask<T, const N: usize>(mask: u32, bits: [(T, &str); N], has: impl Fn(T) -> bool) -> Mask {
    let names = bits.into_iter().filter_map(|(bit, name)| has(bit).then(|| name.to_owned())).collect();
    Mask { mask, names }
}
