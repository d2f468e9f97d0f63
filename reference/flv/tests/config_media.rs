//! What the files of tests/data, and those of the directory that `RTMP_FLV_MEDIA` names, are said to
//! hold, beside what ffmpeg says. `--nocapture` prints it.

use std::path::Path;

use rtmp_flv::{Demuxed, TagKind, config, demux};

/// File, video and audio. From `ffprobe -show_streams` 5.1.9, for codecs of Enhanced RTMP from
/// `ffmpeg -i` 9.0.2, which leaves out level and tier: those are from `-bsf:v trace_headers`.
const EXPECTED: [(&str, &str, &str); 24] = [
    ("aac_only", "", "AAC-LC 44100 Hz mono"),
    ("av1_aac", "AV1 Main@2.0 160x90", "AAC-LC 44100 Hz mono"),
    ("flashsv", "Screen Video 160x90", ""),
    ("flv1_mp3", "Sorenson H.263 160x90", "MP3 44100 Hz mono"),
    ("flv1_nelly", "Sorenson H.263 160x90", "Nellymoser 22050 Hz mono"),
    ("h264_aac", H264, "AAC-LC 44100 Hz mono"),
    ("h264_ac3", H264, "AC-3 44100 Hz mono"),
    ("h264_adpcm", H264, "ADPCM 22050 Hz mono"),
    ("h264_alaw", H264, "G.711 A-law 8000 Hz mono"),
    // ffprobe prints level_idc, 11; with constraint_set3_flag it means 1b (H.264 7.4.2.1.1).
    ("h264_bframes_aac", "H.264 Main@1b 160x90 15 fps", "AAC-LC 44100 Hz stereo"),
    ("h264_flac", H264, "FLAC 16000 Hz mono 16 bit"),
    ("h264_mp3", H264, "MP3 44100 Hz mono"),
    ("h264_mp3_f9", H264, "MP3 44100 Hz mono"),
    ("h264_mulaw", H264, "G.711 mu-law 8000 Hz mono"),
    ("h264_nelly", H264, "Nellymoser 44100 Hz mono"),
    ("h264_nelly8k", H264, "Nellymoser 8000 Hz mono"),
    ("h264_only", H264, ""),
    ("h264_opus", H264, "Opus 48000 Hz mono"),
    ("h264_pcm16", H264, "linear PCM, little-endian 11025 Hz mono 16 bit"),
    ("h264_speex", H264, "Speex 16000 Hz mono"),
    ("hevc_aac", "HEVC Main@1.0 160x90 15 fps", "AAC-LC 44100 Hz mono"),
    ("mp3_only", "", "MP3 44100 Hz mono"),
    ("vp9_aac", "VP9 Profile 0@1.0 160x90", "AAC-LC 44100 Hz mono"),
    ("vvc_aac", "VVC Main 10@1.0 160x90 10 bit", "AAC-LC 44100 Hz mono"),
];
const H264: &str = "H.264 Constrained Baseline@1.0 160x90 15 fps";

#[test]
fn the_files_hold_what_ffmpeg_says() {
    let mut directories = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data")];
    directories.extend(std::env::var_os("RTMP_FLV_MEDIA").map(Into::into));
    let mut checked = 0;
    for directory in directories {
        for (name, video, audio) in EXPECTED {
            let Ok(file) = std::fs::read(directory.join(name).with_extension("flv")) else { continue };
            let found = demux(&file);
            assert_eq!((found.error, &found.tolerated[..]), (None, &[][..]), "{name}");
            let (found_video, found_audio) = (of(&found, TagKind::Video), of(&found, TagKind::Audio));
            println!("{name:18} {found_video:46} {found_audio}");
            assert_eq!((&found_video[..], &found_audio[..]), (video, audio), "{name}");
            checked += 1;
        }
    }
    assert!(checked >= 3);
}

/// What the first tags say: the configuration, and what a frame adds to it.
fn of(file: &Demuxed, kind: TagKind) -> String {
    let mut summary: Option<config::Summary> = None;
    for tag in file.tags.iter().filter(|tag| tag.kind == kind).take(8) {
        let Some(found) = config::of_payload(kind, &tag.payload).unwrap() else { continue };
        summary = Some(match summary {
            None => found,
            Some(first) => config::Summary {
                width: first.width.or(found.width),
                height: first.height.or(found.height),
                ..first
            },
        });
    }
    summary.map_or_else(String::new, |summary| summary.to_string())
}
