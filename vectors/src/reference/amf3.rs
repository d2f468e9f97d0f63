use crate::{Amf3, Entry, Found, Member};
use rtmp_amf::Limits;
use rtmp_amf::amf3::{Decoder, Value, encode_all};

use crate::hex;
use crate::judge::{Outcome, found};

pub fn decode(bytes: &[u8]) -> Outcome {
    let (values, error) = values(bytes);
    Outcome { yields: values.iter().map(|value| found(Found::Amf3(form(value)))).collect(), error }
}

pub fn encode(bytes: &[u8]) -> Result<Vec<u8>, String> {
    encode_all(&values(bytes).0).map_err(|error| error.to_string())
}

fn values(bytes: &[u8]) -> (Vec<Value>, Option<String>) {
    let mut decoder = Decoder::new(bytes, &Limits::default()).keep_opaque();
    let mut values = Vec::new();
    loop {
        match decoder.next_value() {
            Ok(Some(value)) => values.push(value),
            Ok(None) => return (values, None),
            Err(error) => return (values, Some(error.to_string())),
        }
    }
}

pub fn form(value: &Value) -> Amf3 {
    let bits = |number: f64| format!("{:016x}", number.to_bits());
    let all = |values: &[Value]| values.iter().map(form).collect();
    match value {
        Value::Undefined => Amf3::Undefined,
        Value::Null => Amf3::Null,
        Value::Boolean(value) => Amf3::Boolean { value: *value },
        Value::Integer(value) => Amf3::Integer { value: *value },
        Value::Double(number) => Amf3::Double { bits: bits(*number), value: None },
        Value::String(text) => Amf3::String { value: text.clone(), times: None },
        Value::XmlDocument(text) => Amf3::XmlDocument { value: text.clone(), times: None },
        Value::Xml(text) => Amf3::Xml { value: text.clone(), times: None },
        Value::Date(millis) => Amf3::Date { bits: bits(*millis), value: None },
        Value::Array { associative, dense } => {
            Amf3::Array { associative: members(associative), dense: all(dense) }
        }
        Value::Object(object) => Amf3::Object {
            class: object.class.clone(),
            dynamic: object.dynamic.is_some(),
            sealed: members(&object.sealed),
            members: members(object.dynamic.as_deref().unwrap_or_default()),
        },
        Value::Flex(flex) => Amf3::Externalizable {
            class: flex.class.name().to_owned(),
            hex: None,
            value: Some(Box::new(form(&flex.value))),
        },
        Value::Opaque(opaque) => Amf3::Externalizable {
            class: opaque.class.clone(),
            hex: Some(hex::encode(&opaque.bytes)),
            value: None,
        },
        Value::ByteArray(bytes) => Amf3::ByteArray { hex: hex::encode(bytes) },
        Value::VectorInt { fixed, items } => Amf3::VectorInt { fixed: *fixed, items: items.clone() },
        Value::VectorUint { fixed, items } => Amf3::VectorUint { fixed: *fixed, items: items.clone() },
        Value::VectorDouble { fixed, items } => {
            Amf3::VectorDouble { fixed: *fixed, items: items.iter().copied().map(bits).collect() }
        }
        Value::VectorObject(vector) => Amf3::VectorObject {
            fixed: vector.fixed,
            class: vector.type_name.clone(),
            items: all(&vector.items),
        },
        Value::Dictionary { weak, entries } => Amf3::Dictionary {
            weak: *weak,
            entries: entries.iter().map(|(k, v)| Entry { key: form(k), value: form(v) }).collect(),
        },
        Value::Reference(index) | Value::MessageReference(index) => Amf3::Reference { index: *index },
    }
}

fn members(members: &[(String, Value)]) -> Vec<Member> {
    members.iter().map(|(key, value)| Member { key: key.clone(), value: form(value) }).collect()
}
