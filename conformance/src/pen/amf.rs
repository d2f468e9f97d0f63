//! AMF0 values as the suite writes them (AMF0 specification, December 2007).

/// A value to be written. [`Amf::Raw`] carries bytes that the case wrote by hand.
#[derive(Debug, Clone, PartialEq)]
pub enum Amf {
    /// 0x00.
    Number(f64),
    /// 0x01, any byte: 0 is false.
    Boolean(u8),
    /// 0x02 with a 16-bit length; longer than 65,535 bytes is written as 0x0C.
    Text(String),
    /// 0x0C whatever the length.
    LongText(String),
    /// 0x03.
    Object(Vec<(String, Amf)>),
    /// 0x05.
    Null,
    /// 0x06.
    Undefined,
    /// 0x07.
    Reference(u16),
    /// 0x08 with the count that it claims.
    Ecma(u32, Vec<(String, Amf)>),
    /// 0x0A.
    Strict(Vec<Amf>),
    /// 0x0B: milliseconds, zone.
    Date(f64, i16),
    /// 0x0D.
    Unsupported,
    /// 0x0F.
    Xml(String),
    /// 0x10.
    Typed(String, Vec<(String, Amf)>),
    /// Bytes as they are.
    Raw(Vec<u8>),
}

/// A string.
pub fn text(value: impl Into<String>) -> Amf {
    Amf::Text(value.into())
}

/// A number.
#[must_use]
pub fn number(value: f64) -> Amf {
    Amf::Number(value)
}

/// An object.
#[must_use]
pub fn object(members: &[(&str, Amf)]) -> Amf {
    Amf::Object(members.iter().map(|(k, v)| ((*k).to_owned(), v.clone())).collect())
}

/// A sequence of values, as the body of a command or data message.
#[must_use]
pub fn sequence(values: &[Amf]) -> Vec<u8> {
    let mut out = Vec::new();
    for value in values {
        value.write(&mut out);
    }
    out
}

impl Amf {
    /// Appends the value.
    pub fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Number(v) => {
                out.push(0x00);
                out.extend(v.to_be_bytes());
            }
            Self::Boolean(v) => out.extend([0x01, *v]),
            Self::Text(v) if v.len() <= 0xFFFF => {
                out.push(0x02);
                short(out, v);
            }
            Self::Text(v) | Self::LongText(v) => {
                out.push(0x0C);
                long(out, v);
            }
            Self::Object(members) => {
                out.push(0x03);
                properties(out, members);
            }
            Self::Null => out.push(0x05),
            Self::Undefined => out.push(0x06),
            Self::Reference(index) => {
                out.push(0x07);
                out.extend(index.to_be_bytes());
            }
            Self::Ecma(count, members) => {
                out.push(0x08);
                out.extend(count.to_be_bytes());
                properties(out, members);
            }
            Self::Strict(values) => {
                out.push(0x0A);
                out.extend(u32::try_from(values.len()).unwrap_or(u32::MAX).to_be_bytes());
                for value in values {
                    value.write(out);
                }
            }
            Self::Date(millis, zone) => {
                out.push(0x0B);
                out.extend(millis.to_be_bytes());
                out.extend(zone.to_be_bytes());
            }
            Self::Unsupported => out.push(0x0D),
            Self::Xml(v) => {
                out.push(0x0F);
                long(out, v);
            }
            Self::Typed(class, members) => {
                out.push(0x10);
                short(out, class);
                properties(out, members);
            }
            Self::Raw(bytes) => out.extend(bytes),
        }
    }
}

fn short(out: &mut Vec<u8>, v: &str) {
    let len = u16::try_from(v.len()).expect("the suite writes keys of at most 65,535 bytes");
    out.extend(len.to_be_bytes());
    out.extend(v.as_bytes());
}

fn long(out: &mut Vec<u8>, v: &str) {
    let len = u32::try_from(v.len()).expect("the suite writes strings of less than 4 GiB");
    out.extend(len.to_be_bytes());
    out.extend(v.as_bytes());
}

fn properties(out: &mut Vec<u8>, members: &[(String, Amf)]) {
    for (key, value) in members {
        short(out, key);
        value.write(out);
    }
    out.extend([0, 0, 9]);
}

#[cfg(test)]
mod tests {
    use super::{Amf, sequence};

    fn hex(value: &Amf) -> String {
        sequence(std::slice::from_ref(value)).iter().map(|b| format!("{b:02x}")).collect()
    }

    /// The lines of the worked vectors, section V6.
    #[test]
    fn writes_the_worked_vectors() {
        let live = || vec![("app".to_owned(), super::text("live"))];
        assert_eq!(hex(&Amf::Number(1.0)), "003ff0000000000000");
        assert_eq!(hex(&super::text("connect")), "020007636f6e6e656374");
        assert_eq!(hex(&Amf::Object(live())), "0300036170700200046c697665000009");
        assert_eq!(hex(&Amf::Ecma(1, live())), "080000000100036170700200046c697665000009");
        assert_eq!(hex(&Amf::Strict(vec![super::text("av01")])), "0a0000000102000461763031");
        assert_eq!(hex(&Amf::Date(1000.0, 0)), "0b408f4000000000000000");
        assert_eq!(hex(&Amf::LongText("a".into())), "0c0000000161");
        assert_eq!(hex(&Amf::Xml("<a/>".into())), "0f000000043c612f3e");
        assert_eq!(
            hex(&Amf::Typed("C".into(), vec![("x".into(), Amf::Number(1.0))])),
            "10000143000178003ff0000000000000000009"
        );
    }
}
