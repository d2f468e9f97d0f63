//! What the bodies of commands, data and shared object messages have in common: AMF values with a
//! format selector in front for the types of AMF3 (EA 7.2).

use alloc::boxed::Box;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use rtmp_amf::Value;
use rtmp_amf::amf3::Value as Amf3;

use crate::{Limits, MessageType};

/// The AMF0 values of a body: types 17 and 15 start with a format selector byte, which has to be 0
/// (EA 7.2). A body that starts with a string marker lacks it and is taken as it is (MSG-014). `Err`
/// holds any other selector.
pub(crate) fn amf0_body(kind: MessageType, payload: &[u8]) -> Result<&[u8], u8> {
    match (kind, payload.first()) {
        (MessageType::COMMAND_AMF3 | MessageType::DATA_AMF3, Some(0)) => Ok(&payload[1..]),
        (MessageType::COMMAND_AMF3 | MessageType::DATA_AMF3, Some(&selector)) if selector != 2 => {
            Err(selector)
        }
        _ => Ok(payload),
    }
}

/// The start of a body that [`amf0_body`] reads.
pub(crate) fn selector(kind: MessageType) -> Vec<u8> {
    let mut out = Vec::with_capacity(64);
    if matches!(kind, MessageType::COMMAND_AMF3 | MessageType::DATA_AMF3) {
        out.push(0);
    }
    out
}

pub(crate) fn amf_limits(limits: &Limits) -> rtmp_amf::Limits {
    rtmp_amf::Limits {
        depth: limits.amf_depth,
        nodes: limits.amf_nodes,
        string_bytes: limits.message_len as usize,
        table_entries: limits.amf_nodes.min(rtmp_amf::Limits::default().table_entries),
    }
}

/// What values cost: how many there are, and the bytes of their text, names and arrays.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Weight {
    pub(crate) nodes: u32,
    pub(crate) bytes: usize,
}

impl Weight {
    pub(crate) fn of<'a>(values: impl IntoIterator<Item = &'a Value>) -> Self {
        let mut weight = Self::default();
        let mut pending: Vec<&Value> = values.into_iter().collect();
        while let Some(value) = pending.pop() {
            match value {
                Value::AvmPlus(value) => weight.add_amf3(value),
                Value::StrictArray(items) => pending.extend(items),
                Value::String(text) | Value::XmlDocument(text) => weight.bytes += text.len(),
                Value::TypedObject(object) => weight.bytes += object.class.len(),
                _ => {}
            }
            weight.nodes = weight.nodes.saturating_add(1);
            for (name, value) in value.properties().unwrap_or_default() {
                weight.bytes += name.len();
                pending.push(value);
            }
        }
        weight
    }

    fn add_amf3(&mut self, value: &Amf3) {
        let mut pending = Vec::from([value]);
        while let Some(value) = pending.pop() {
            self.nodes = self.nodes.saturating_add(1);
            let members = |weight: &mut Self, members: &[(String, Amf3)]| {
                weight.bytes += members.iter().map(|(name, _)| name.len()).sum::<usize>();
            };
            match value {
                Amf3::String(text) | Amf3::Xml(text) | Amf3::XmlDocument(text) => self.bytes += text.len(),
                Amf3::ByteArray(bytes) => self.bytes += bytes.len(),
                Amf3::VectorInt { items, .. } => self.bytes += items.len() * 4,
                Amf3::VectorUint { items, .. } => self.bytes += items.len() * 4,
                Amf3::VectorDouble { items, .. } => self.bytes += items.len() * 8,
                Amf3::VectorObject(vector) => {
                    self.bytes += vector.type_name.len();
                    pending.extend(&vector.items);
                }
                Amf3::Array { associative, dense } => {
                    members(self, associative);
                    pending.extend(associative.iter().map(|(_, value)| value));
                    pending.extend(dense);
                }
                Amf3::Object(object) => {
                    let dynamic = object.dynamic.as_deref().unwrap_or_default();
                    self.bytes += object.class.len();
                    members(self, &object.sealed);
                    members(self, dynamic);
                    pending.extend(object.sealed.iter().chain(dynamic).map(|(_, value)| value));
                }
                Amf3::Flex(flex) => pending.push(&flex.value),
                Amf3::Opaque(opaque) => self.bytes += opaque.class.len(),
                Amf3::Dictionary { entries, .. } => {
                    pending.extend(entries.iter().flat_map(|(key, value)| [key, value]));
                }
                _ => {}
            }
        }
    }
}

/// The values of one message with those of AMF3 in the form of AMF0, each that AMF0 can express whole.
/// Others stay: byte arrays, vectors, dictionaries, opaque objects and what holds references. So does a
/// message with references of AMF0, because these count values that would then be more.
pub(crate) fn in_amf0(mut values: Vec<Value>) -> Vec<Value> {
    if values.iter().any(|value| holds(value, &|value| matches!(value, Value::AvmPlus(_))))
        && !holds_references(&values)
    {
        values.iter_mut().for_each(translate);
    }
    values
}

/// A value as [`in_amf0`] left it, with the members of an AMF3 object that AMF0 cannot express whole in
/// reach: an AMF0 object of the same members, each in the form of AMF0 where that can express it, as it
/// came where it stands for itself, and unsupported where it refers to what is outside it.
pub(crate) fn opened(value: Value) -> Value {
    match value {
        Value::AvmPlus(inner) if matches!(*inner, Amf3::Object(_)) => opened_member(*inner),
        other => other,
    }
}

fn opened_member(value: Amf3) -> Value {
    match value {
        Amf3::Object(object) => {
            let members = object.sealed.into_iter().chain(object.dynamic.unwrap_or_default());
            let members = members.map(|(name, value)| (name, opened_member(value)));
            match object.class.as_str() {
                "" => Value::object(members),
                class => Value::typed_object(class, members),
            }
        }
        other => match translated(&other) {
            Some(plain) => plain,
            None if refers(&other) => Value::Unsupported,
            None => Value::AvmPlus(Box::new(other)),
        },
    }
}

/// Whether an AMF3 value is or holds a reference. The decoder bounds the depth of what comes here.
fn refers(value: &Amf3) -> bool {
    let members = |members: &[(String, Amf3)]| members.iter().any(|(_, value)| refers(value));
    match value {
        Amf3::Reference(_) | Amf3::MessageReference(_) => true,
        Amf3::Array { associative, dense } => members(associative) || dense.iter().any(refers),
        Amf3::Object(object) => {
            members(&object.sealed) || members(object.dynamic.as_deref().unwrap_or_default())
        }
        Amf3::Flex(flex) => refers(&flex.value),
        Amf3::VectorObject(vector) => vector.items.iter().any(refers),
        Amf3::Dictionary { entries, .. } => entries.iter().any(|(key, value)| refers(key) || refers(value)),
        _ => false,
    }
}

/// Gives back the room that the decoder made for properties that did not come.
pub(crate) fn without_room(value: &mut Value) {
    let properties = match value {
        Value::Object(properties) | Value::EcmaArray { properties, .. } => properties,
        Value::TypedObject(object) => &mut object.properties,
        Value::StrictArray(items) => return items.iter_mut().for_each(without_room),
        _ => return,
    };
    properties.shrink_to_fit();
    properties.iter_mut().for_each(|(_, value)| without_room(value));
}

/// Whether references of AMF0 count the values of a message.
pub(crate) fn holds_references(values: &[Value]) -> bool {
    values.iter().any(|value| holds(value, &|value| matches!(value, Value::Reference(_))))
}

/// Whether a value or one inside it is meant.
pub(crate) fn holds(value: &Value, meant: &dyn Fn(&Value) -> bool) -> bool {
    meant(value)
        || match value {
            Value::StrictArray(items) => items.iter().any(|value| holds(value, meant)),
            _ => value.properties().unwrap_or_default().iter().any(|(_, value)| holds(value, meant)),
        }
}

fn translate(value: &mut Value) {
    match value {
        Value::AvmPlus(inner) => {
            if let Some(plain) = translated(inner) {
                *value = plain;
            }
        }
        Value::StrictArray(items) => items.iter_mut().for_each(translate),
        Value::Object(properties) | Value::EcmaArray { properties, .. } => {
            properties.iter_mut().for_each(|(_, value)| translate(value));
        }
        Value::TypedObject(object) => object.properties.iter_mut().for_each(|(_, value)| translate(value)),
        _ => {}
    }
}

/// The decoder bounds the depth of what comes here.
fn translated(value: &Amf3) -> Option<Value> {
    let members = |members: &[(String, Amf3)]| {
        members
            .iter()
            .map(|(name, value)| Some((name.clone(), translated(value)?)))
            .collect::<Option<Vec<(String, Value)>>>()
    };
    Some(match value {
        Amf3::Undefined => Value::Undefined,
        Amf3::Null => Value::Null,
        Amf3::Boolean(value) => Value::Boolean(*value),
        Amf3::Integer(number) => Value::Number(f64::from(*number)),
        Amf3::Double(number) => Value::Number(*number),
        Amf3::String(text) => Value::String(text.clone()),
        Amf3::XmlDocument(text) | Amf3::Xml(text) => Value::XmlDocument(text.clone()),
        Amf3::Date(millis) => Value::Date { millis: *millis, zone: 0 },
        Amf3::Array { associative, dense } if associative.is_empty() => {
            Value::StrictArray(dense.iter().map(translated).collect::<Option<_>>()?)
        }
        Amf3::Array { associative, dense } => {
            let mut properties = members(associative)?;
            for (index, value) in dense.iter().enumerate() {
                properties.push((index.to_string(), translated(value)?));
            }
            Value::ecma_array(properties)
        }
        Amf3::Object(object) => {
            let mut properties = members(&object.sealed)?;
            properties.extend(members(object.dynamic.as_deref().unwrap_or_default())?);
            match object.class.as_str() {
                "" => Value::Object(properties),
                class => Value::typed_object(class, properties),
            }
        }
        Amf3::Flex(flex) => translated(&flex.value)?,
        _ => return None,
    })
}
