//! What both ends say at connect about Enhanced RTMP (E-RTMP v2 "Enhancing NetConnection connect
//! Command").

use core::fmt;
use core::ops::{BitOr, BitOrAssign};

macro_rules! flags {
    ($name:ident, $prefix:literal) => {
        impl $name {
            /// No flag.
            pub const NONE: Self = Self(0);

            /// The flags of an AMF number. What is no number of flags (negative, fractional, NaN,
            /// over 32 bits) is refused.
            #[must_use]
            pub fn from_f64(number: f64) -> Option<Self> {
                let bits = number as u32;
                (f64::from(bits) == number).then_some(Self(bits))
            }

            /// The AMF number.
            #[must_use]
            pub fn as_f64(self) -> f64 {
                f64::from(self.0)
            }

            /// Whether all flags of `other` are set.
            #[must_use]
            pub const fn contains(self, other: Self) -> bool {
                self.0 & other.0 == other.0
            }

            /// The flags that both have.
            #[must_use]
            pub const fn common(self, other: Self) -> Self {
                Self(self.0 & other.0)
            }

            /// Whether no flag is set.
            #[must_use]
            pub const fn is_empty(self) -> bool {
                self.0 == 0
            }
        }

        impl BitOr for $name {
            type Output = Self;

            fn bitor(self, other: Self) -> Self {
                Self(self.0 | other.0)
            }
        }

        impl BitOrAssign for $name {
            fn bitor_assign(&mut self, other: Self) {
                self.0 |= other.0;
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "({})"), self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write_flags(f, self.0, Self::NAMES)
            }
        }
    };
}

/// A value of `audioFourCcInfoMap` or `videoFourCcInfoMap`: what an end can do with one codec.
/// Unknown bits are kept.
///
/// The key `"*"` stands for every codec. The text says that it overrides what stands under a
/// FourCC, its example adds to it; adding harms nobody (errata E-66): judge a codec by
/// `map[fourcc] | map["*"]`.
///
/// ```
/// use rtmp_flv::FourCcInfo;
/// let info = FourCcInfo::from_f64(5.0).unwrap();
/// assert_eq!(info, FourCcInfo::CAN_DECODE | FourCcInfo::CAN_FORWARD);
/// assert_eq!(info.to_string(), "CanDecode|CanForward");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct FourCcInfo(pub u32);

impl FourCcInfo {
    /// The codec can be decoded.
    pub const CAN_DECODE: Self = Self(1);
    /// The codec can be encoded.
    pub const CAN_ENCODE: Self = Self(2);
    /// Messages with the codec can be relayed.
    pub const CAN_FORWARD: Self = Self(4);

    const NAMES: &[&str] = &["CanDecode", "CanEncode", "CanForward"];
}

flags!(FourCcInfo, "FourCcInfo");

/// The `capsEx` property: what an end understands of Enhanced RTMP v2 beyond codecs. Unknown bits
/// are kept.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct CapsEx(pub u32);

impl CapsEx {
    /// Reconnect requests are understood (E-RTMP v2 "Reconnect Request").
    pub const RECONNECT: Self = Self(1);
    /// Multitrack payloads are understood.
    pub const MULTITRACK: Self = Self(2);
    /// The ModEx part of a header is parsed, if only to skip what is not known.
    pub const MOD_EX: Self = Self(4);
    /// The nanosecond offset in a ModEx part is applied.
    pub const TIMESTAMP_NANO_OFFSET: Self = Self(8);

    const NAMES: &[&str] = &["Reconnect", "Multitrack", "ModEx", "TimestampNanoOffset"];
}

flags!(CapsEx, "CapsEx");

fn write_flags(f: &mut fmt::Formatter<'_>, bits: u32, names: &[&str]) -> fmt::Result {
    let mut separator = "";
    for (bit, name) in names.iter().enumerate() {
        if bits & (1 << bit) != 0 {
            write!(f, "{separator}{name}")?;
            separator = "|";
        }
    }
    let unknown = bits & !((1 << names.len()) - 1);
    if unknown != 0 {
        return write!(f, "{separator}{unknown:#x}");
    }
    if bits == 0 { f.write_str("none") } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_become_flags_and_back() {
        assert_eq!(CapsEx::from_f64(15.0).map(|caps| caps.contains(CapsEx::MOD_EX)), Some(true));
        assert_eq!(CapsEx(19).to_string(), "Reconnect|Multitrack|0x10");
        assert_eq!(CapsEx::NONE.to_string(), "none");
        assert_eq!(CapsEx(16).to_string(), "0x10");
        assert_eq!((FourCcInfo::CAN_DECODE | FourCcInfo::CAN_ENCODE).as_f64(), 3.0);
        assert_eq!(CapsEx(7).common(CapsEx(10)), CapsEx::MULTITRACK);
        for number in [-1.0, 0.5, f64::NAN, f64::INFINITY, 4_294_967_296.0] {
            assert_eq!(FourCcInfo::from_f64(number), None, "{number}");
        }
        assert_eq!(FourCcInfo::from_f64(4_294_967_295.0), Some(FourCcInfo(u32::MAX)));
    }
}
