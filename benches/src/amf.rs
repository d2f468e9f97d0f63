//! AMF0 bodies of a publish and a play, written by hand: they depend on no encoder under test.

/// Writes one value.
type Part<'a> = &'a dyn Fn(&mut Vec<u8>);

/// Bodies of connect, its answer, createStream, publish, play, onStatus, onMetaData and a small data
/// message; 248 bytes and 14.5 values on average.
#[must_use]
pub fn messages() -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    let mut add = |parts: &[Part<'_>]| {
        let mut body = Vec::new();
        parts.iter().for_each(|part| part(&mut body));
        all.push(body);
    };
    add(&[&string("connect"), &number(1.0), &|out| {
        object(out, |out| {
            member(out, "app", string("live"));
            member(out, "flashVer", string("FMLE/3.0 (compatible; FMSc/1.0)"));
            member(out, "tcUrl", string("rtmp://media.example.org:1935/live"));
            member(out, "swfUrl", string("rtmp://media.example.org:1935/live"));
            member(out, "fpad", boolean(false));
            member(out, "capabilities", number(239.0));
            member(out, "audioCodecs", number(3575.0));
            member(out, "videoCodecs", number(252.0));
            member(out, "videoFunction", number(1.0));
            member(out, "type", string("nonprivate"));
        });
    }]);
    add(&[
        &string("_result"),
        &number(1.0),
        &|out| {
            object(out, |out| {
                member(out, "fmsVer", string("FMS/3,5,7,7009"));
                member(out, "capabilities", number(31.0));
                member(out, "mode", number(1.0));
            });
        },
        &|out| {
            object(out, |out| {
                member(out, "level", string("status"));
                member(out, "code", string("NetConnection.Connect.Success"));
                member(out, "description", string("Connection succeeded."));
                member(out, "objectEncoding", number(0.0));
            });
        },
    ]);
    add(&[&string("createStream"), &number(4.0), &null]);
    add(&[&string("publish"), &number(5.0), &null, &string("camera-7?token=0123456789"), &string("live")]);
    add(&[&string("play"), &number(6.0), &null, &string("camera-7"), &number(-2000.0)]);
    add(&[&string("onStatus"), &number(0.0), &null, &|out| {
        object(out, |out| {
            member(out, "level", string("status"));
            member(out, "code", string("NetStream.Publish.Start"));
            member(out, "description", string("Publishing camera-7."));
            member(out, "clientid", number(17.0));
        });
    }]);
    for _ in 0..5 {
        add(&[&string("@setDataFrame"), &string("onMetaData"), &|out| {
            out.push(8);
            out.extend_from_slice(&20u32.to_be_bytes());
            for (name, value) in [
                ("duration", 0.0),
                ("fileSize", 0.0),
                ("width", 1280.0),
                ("height", 720.0),
                ("videodatarate", 2500.0),
                ("framerate", 30.0),
                ("audiodatarate", 128.0),
                ("audiosamplerate", 44_100.0),
                ("audiosamplesize", 16.0),
                ("audiochannels", 2.0),
            ] {
                member(out, name, number(value));
            }
            member(out, "videocodecid", string("avc1"));
            member(out, "audiocodecid", string("mp4a"));
            for name in ["stereo", "2.1", "3.1", "4.0", "4.1", "5.1", "7.1"] {
                member(out, name, boolean(name == "stereo"));
            }
            member(out, "encoder", string("obs-output module (libobs version 30.2.2)"));
            out.extend_from_slice(&[0, 0, 9]);
        }]);
    }
    all
}

fn string(text: &str) -> impl Fn(&mut Vec<u8>) + '_ {
    move |out| {
        out.push(2);
        name(out, text);
    }
}

fn number(value: f64) -> impl Fn(&mut Vec<u8>) {
    move |out| {
        out.push(0);
        out.extend_from_slice(&value.to_be_bytes());
    }
}

fn boolean(value: bool) -> impl Fn(&mut Vec<u8>) {
    move |out| out.extend_from_slice(&[1, u8::from(value)])
}

fn null(out: &mut Vec<u8>) {
    out.push(5);
}

fn object(out: &mut Vec<u8>, members: impl Fn(&mut Vec<u8>)) {
    out.push(3);
    members(out);
    out.extend_from_slice(&[0, 0, 9]);
}

fn member(out: &mut Vec<u8>, key: &str, value: impl Fn(&mut Vec<u8>)) {
    name(out, key);
    value(out);
}

fn name(out: &mut Vec<u8>, text: &str) {
    out.extend_from_slice(&(text.len() as u16).to_be_bytes());
    out.extend_from_slice(text.as_bytes());
}
