use crate::{Amf0, Property, Yield};
use rtmp_amf::{Decoder, Limits, Value};

use super::amf3;
use crate::judge::Outcome;

pub fn decode(bytes: &[u8]) -> Outcome {
    let mut decoder = Decoder::new(bytes, &Limits::default());
    let mut yields = Vec::new();
    loop {
        match decoder.next_value() {
            Ok(Some(value)) => yields.push(Yield::Amf0(form(&value))),
            Ok(None) => return Outcome { yields, error: None },
            Err(error) => return Outcome { yields, error: Some(error.to_string()) },
        }
    }
}

pub fn form(value: &Value) -> Amf0 {
    let bits = |number: f64| format!("{:016x}", number.to_bits());
    match value {
        Value::Number(number) => Amf0::Number { bits: bits(*number), value: None },
        Value::Boolean(value) => Amf0::Boolean { value: *value },
        Value::String(text) => Amf0::String { value: text.clone(), times: None },
        Value::Object(members) => Amf0::Object { properties: properties(members) },
        Value::Null => Amf0::Null,
        Value::Undefined => Amf0::Undefined,
        Value::Reference(index) => Amf0::Reference { index: *index },
        Value::EcmaArray { count, properties: members } => {
            Amf0::EcmaArray { count: *count, properties: properties(members) }
        }
        Value::StrictArray(items) => Amf0::StrictArray { items: items.iter().map(form).collect() },
        Value::Date { millis, zone } => Amf0::Date { bits: bits(*millis), value: None, zone: *zone },
        Value::Unsupported => Amf0::Unsupported,
        Value::XmlDocument(text) => Amf0::XmlDocument { value: text.clone(), times: None },
        Value::TypedObject(object) => {
            Amf0::TypedObject { class: object.class.clone(), properties: properties(&object.properties) }
        }
        Value::AvmPlus(value) => Amf0::Amf3 { value: amf3::form(value) },
    }
}

pub fn properties(members: &[(String, Value)]) -> Vec<Property> {
    members
        .iter()
        .map(|(key, value)| Property { key: key.clone(), key_times: None, value: form(value) })
        .collect()
}
