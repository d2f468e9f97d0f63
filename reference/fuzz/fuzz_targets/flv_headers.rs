#![no_main]
//! Codec headers of audio and video payloads, tracks, colour and channel information, legacy picture headers.

use libfuzzer_sys::fuzz_target;
use rtmp_amf::Limits;
use rtmp_flv::{audio, video};

fuzz_target!(|data: &[u8]| {
    let _ = (video::is_key_frame(data), video::is_sequence_header(data), video::cache_key(data));
    let _ = (audio::is_sequence_header(data), audio::is_silence(data), audio::cache_key(data));
    let _ = video::picture_size(data);

    if let Ok((header, body)) = video::Header::decode(data) {
        let mut out = Vec::new();
        if header.encode(&mut out).is_ok() {
            out.extend_from_slice(body);
            let (again, same) = video::Header::decode(&out).expect("what was encoded can be decoded");
            assert_eq!((again, same), (header.clone(), body));
        }
        for track in header.tracks(body) {
            if track.is_err() {
                break;
            }
        }
        let _ = header.track_ids(body);
        if let Ok(metadata) = video::Metadata::decode(body, &Limits::default()) {
            let _ = metadata.color_change();
            let _ = metadata.encode(&mut Vec::new());
        }
    }
    if let Ok((header, body)) = audio::Header::decode(data) {
        let mut out = Vec::new();
        if header.encode(&mut out).is_ok() {
            out.extend_from_slice(body);
            let (again, same) = audio::Header::decode(&out).expect("what was encoded can be decoded");
            assert_eq!((again, same), (header.clone(), body));
        }
        for track in header.tracks(body) {
            if track.is_err() {
                break;
            }
        }
        let _ = header.track_ids(body);
    }
    if let Ok((config, _)) = audio::MultichannelConfig::decode(data) {
        let _ = (config.channels().count(), config.is_consistent());
    }
    for streams in [1, 2, 255] {
        let _ = audio::OpusPacket::decode_streams(data, streams);
    }
    let _ = video::SorensonHeader::decode(data);
    let _ = video::ScreenHeader::decode(data);
    let _ = video::Vp6KeyFrame::decode(data);
    let _ = (video::Vp6Crop::decode(data), video::Vp6Alpha::decode(data));
});
