//! AMF0 as a server reads it, looked at through connect, createStream, stream names and metadata.

mod broken;
mod connect;
mod metadata;
mod scalar;

use crate::case::Case;

/// Cases of this area.
pub const CASES: &[&Case] = &[
    &scalar::NUMBER,
    &scalar::BOOLEAN,
    &scalar::UTF8_NAME,
    &connect::LONG_STRING,
    &connect::NESTED_OBJECT,
    &connect::UNDEFINED,
    &connect::REFERENCE,
    &connect::ECMA_COUNT,
    &connect::ECMA_OBJECT,
    &connect::STRICT_ARRAY,
    &connect::DATE,
    &connect::XML,
    &connect::TYPED_OBJECT,
    &connect::LONG_KEY,
    &connect::DUPLICATE_KEY,
    &broken::REFERENCE_OUT_OF_RANGE,
    &broken::CYCLE,
    &broken::STRAY_END,
    &broken::UNKNOWN_MARKER,
    &broken::TRUNCATED,
    &metadata::LONG_VALUE,
    &metadata::NO_END_MARKER,
    &metadata::KEY_ORDER,
    &metadata::NUMBERS,
];
