#![no_main]
//! Decoder configuration records: a record that decodes can be encoded and says the same after that.

use libfuzzer_sys::fuzz_target;
use rtmp_flv::FourCc;
use rtmp_flv::config::*;

macro_rules! round_trip {
    ($type:ty, $data:expr) => {
        if let Ok(record) = <$type>::decode($data) {
            if let Ok(bytes) = record.encode() {
                let again = <$type>::decode(&bytes).expect("what was encoded can be decoded");
                assert_eq!(again, record);
            }
        }
    };
}

fuzz_target!(|data: &[u8]| {
    round_trip!(AudioSpecificConfig, data);
    round_trip!(AvcDecoderConfigurationRecord, data);
    round_trip!(HevcDecoderConfigurationRecord, data);
    round_trip!(VvcDecoderConfigurationRecord, data);
    round_trip!(Av1CodecConfigurationRecord, data);
    round_trip!(VpCodecConfigurationRecord, data);
    round_trip!(OpusHead, data);
    round_trip!(FlacStreamInfo, data);
    let _ = (AvcSps::decode(data), HevcSps::decode(data), Av1SequenceHeader::find(data));
    let _ = (ac3_frame(data), mp3_frame(data), vp8_key_frame(data), vp9_key_frame(data));
    for summary in [of_video(data), of_audio(data)].into_iter().flatten().flatten() {
        assert!(!summary.to_string().is_empty());
    }
    if let Some((four_cc, body)) = data.split_first_chunk() {
        let _ = (of_sequence_header(FourCc(*four_cc), body), of_frame(FourCc(*four_cc), body));
    }
});
