//! `colorInfo`: the colours of high dynamic range video (E-RTMP v2 "Metadata Frame").

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::ops::RangeInclusive;

use rtmp_amf::{Value, amf3};

/// An object of optional numbers, with whatever else stands in it.
macro_rules! numbers {
    (
        $(#[$about:meta])* $name:ident as $path:literal {
            $($(#[$doc:meta])* $field:ident: $key:literal in $range:expr,)+
        }
    ) => {
        $(#[$about])*
        #[derive(Debug, Clone, PartialEq, Default)]
        pub struct $name {
            $($(#[$doc])* pub $field: Option<f64>,)+
            /// Members without a field of their own, and members of these names that are no
            /// numbers.
            pub other: Vec<(String, Value)>,
        }

        impl $name {
            fn from_members(members: &[(String, Value)]) -> Self {
                let mut object = Self::default();
                for (key, value) in members {
                    match (key.as_str(), value.as_f64()) {
                        $(($key, Some(number)) => object.$field = Some(number),)+
                        _ => object.other.push((key.clone(), value.clone())),
                    }
                }
                object
            }

            fn to_value(&self) -> Value {
                let mut members = Vec::new();
                $(members.extend(self.$field.map(|number| (String::from($key), Value::Number(number))));)+
                members.extend_from_slice(&self.other);
                Value::Object(members)
            }

            fn check(&self) -> Result<(), OutOfRange> {
                $(in_range(concat!($path, ".", $key), self.$field, $range)?;)+
                Ok(())
            }
        }
    };
}

const INDEX: RangeInclusive<f64> = 0.0..=255.0;
const LIGHT_LEVEL: RangeInclusive<f64> = 0.0001..=10_000.0;
const X: RangeInclusive<f64> = 0.0001..=0.74;
const Y: RangeInclusive<f64> = 0.0001..=0.84;

numbers! {
    /// How colours are coded. The indices are those of ITU-T H.273.
    ColorConfig as "colorConfig" {
        /// Bits per colour channel: 8, 10 or 12.
        bit_depth: "bitDepth" in 8.0..=12.0,
        /// Index of the colour primaries.
        color_primaries: "colorPrimaries" in INDEX,
        /// Index of the transfer characteristics.
        transfer_characteristics: "transferCharacteristics" in INDEX,
        /// Index of the matrix coefficients.
        matrix_coefficients: "matrixCoefficients" in INDEX,
    }
}

numbers! {
    /// Light levels of the whole sequence in cd/m2.
    HdrCll as "hdrCll" {
        /// The largest average of a frame.
        max_fall: "maxFall" in LIGHT_LEVEL,
        /// The largest of a pixel.
        max_cll: "maxCLL" in LIGHT_LEVEL,
    }
}

numbers! {
    /// Colour volume of the mastering display (SMPTE ST 2086): chromaticities in CIE 1931 with four
    /// decimal places, luminances in cd/m2.
    HdrMdcv as "hdrMdcv" {
        /// x of the red primary.
        red_x: "redX" in X,
        /// y of the red primary.
        red_y: "redY" in Y,
        /// x of the green primary.
        green_x: "greenX" in X,
        /// y of the green primary.
        green_y: "greenY" in Y,
        /// x of the blue primary.
        blue_x: "blueX" in X,
        /// y of the blue primary.
        blue_y: "blueY" in Y,
        /// x of the white point.
        white_point_x: "whitePointX" in X,
        /// y of the white point.
        white_point_y: "whitePointY" in Y,
        /// The largest luminance.
        max_luminance: "maxLuminance" in 5.0..=10_000.0,
        /// The smallest luminance.
        min_luminance: "minLuminance" in 0.0001..=5.0,
    }
}

/// The value of `colorInfo`. Nothing is assumed for what is absent (E-RTMP v2 "Conventions").
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ColorInfo {
    /// `colorConfig`.
    pub color_config: Option<ColorConfig>,
    /// `hdrCll`, the content light level.
    pub hdr_cll: Option<HdrCll>,
    /// `hdrMdcv`, the mastering display colour volume.
    pub hdr_mdcv: Option<HdrMdcv>,
    /// Members without a field of their own, and members of these names that are no objects.
    pub other: Vec<(String, Value)>,
}

impl ColorInfo {
    /// The colours that an object or an ECMA array states, in AMF0 or behind the switch to AMF3;
    /// `None` for other values. Of members with the same name the last one counts. AMF3 references
    /// are not followed.
    #[must_use]
    pub fn from_value(value: &Value) -> Option<Self> {
        let mut info = Self::default();
        for (key, value) in members(value)?.iter() {
            match (key.as_str(), members(value)) {
                ("colorConfig", Some(members)) => {
                    info.color_config = Some(ColorConfig::from_members(&members));
                }
                ("hdrCll", Some(members)) => info.hdr_cll = Some(HdrCll::from_members(&members)),
                ("hdrMdcv", Some(members)) => info.hdr_mdcv = Some(HdrMdcv::from_members(&members)),
                _ => info.other.push((key.clone(), value.clone())),
            }
        }
        Some(info)
    }

    /// The object, members in the order of the specification and then the other ones.
    #[must_use]
    pub fn to_value(&self) -> Value {
        let named = [
            ("colorConfig", self.color_config.as_ref().map(ColorConfig::to_value)),
            ("hdrCll", self.hdr_cll.as_ref().map(HdrCll::to_value)),
            ("hdrMdcv", self.hdr_mdcv.as_ref().map(HdrMdcv::to_value)),
        ];
        let mut members: Vec<_> =
            named.into_iter().filter_map(|(key, value)| Some((String::from(key), value?))).collect();
        members.extend_from_slice(&self.other);
        Value::Object(members)
    }

    /// Compares each number with the range that the specification gives it.
    ///
    /// # Errors
    /// The first number that is out of its range or not finite.
    pub fn check(&self) -> Result<(), OutOfRange> {
        self.color_config.as_ref().map_or(Ok(()), ColorConfig::check)?;
        self.hdr_cll.as_ref().map_or(Ok(()), HdrCll::check)?;
        self.hdr_mdcv.as_ref().map_or(Ok(()), HdrMdcv::check)
    }
}

/// The members of an object or array with names, in AMF0 or AMF3.
pub(super) fn members(value: &Value) -> Option<Cow<'_, [(String, Value)]>> {
    let Value::AvmPlus(value) = value else { return value.properties().map(Cow::Borrowed) };
    let (first, second): (&[_], &[_]) = match &**value {
        amf3::Value::Object(object) => (&object.sealed, object.dynamic.as_deref().unwrap_or_default()),
        amf3::Value::Array { associative, dense } if dense.is_empty() => (associative, &[]),
        _ => return None,
    };
    let behind_switch =
        |(key, value): &(String, amf3::Value)| (key.clone(), Value::AvmPlus(Box::new(value.clone())));
    Some(first.iter().chain(second).map(behind_switch).collect())
}

/// A number of `colorInfo` that its range does not allow.
#[derive(Debug, Clone, PartialEq)]
pub struct OutOfRange {
    /// The member, like `hdrCll.maxFall`.
    pub member: &'static str,
    /// Its value.
    pub value: f64,
    /// What is allowed.
    pub range: RangeInclusive<f64>,
}

impl fmt::Display for OutOfRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { member, value, range } = self;
        write!(f, "colorInfo.{member} is {value}; {} to {} are allowed", range.start(), range.end())
    }
}

impl core::error::Error for OutOfRange {}

fn in_range(member: &'static str, number: Option<f64>, range: RangeInclusive<f64>) -> Result<(), OutOfRange> {
    match number {
        Some(value) if !range.contains(&value) => Err(OutOfRange { member, value, range }),
        _ => Ok(()),
    }
}
