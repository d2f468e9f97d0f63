//! What a decoder's values cannot express is taken out of both sides before they are compared.

use std::collections::BTreeSet;

use rtmp_vectors::Yield;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// What is not compared (`vectors/PROTOCOL.md`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Loss {
    /// The count that an ECMA array announces.
    EcmaCount,
    /// The time zone of an AMF0 date.
    DateZone,
    /// The order of properties.
    Order,
    /// Undefined from null.
    Undefined,
    /// The marker Unsupported from null.
    Unsupported,
    /// The marker Unsupported from undefined.
    UnsupportedUndefined,
    /// XML from strings.
    Xml,
    /// The text and the kind of XML.
    XmlText,
    /// Dates from numbers.
    Date,
    /// AMF3 integers from doubles.
    Integer,
    /// ECMA arrays from objects.
    ArrayKind,
    /// The class of a typed object.
    Class,
    /// Sealed members of AMF3 objects from dynamic ones.
    Sealed,
    /// What a reference refers to.
    References,
    /// What stands behind 0x11 in AMF0.
    AvmPlus,
    /// AMF3 vectors from arrays.
    VectorKind,
    /// The chunk stream id of a message.
    Csid,
    /// What the body of a control message says.
    Control,
    /// Messages of type 1, 2, 3, 5 and 6.
    ControlMessages,
}

/// Names of all, for messages.
pub const ALL: [Loss; 19] = [
    Loss::EcmaCount,
    Loss::DateZone,
    Loss::Order,
    Loss::Undefined,
    Loss::Unsupported,
    Loss::UnsupportedUndefined,
    Loss::Xml,
    Loss::XmlText,
    Loss::Date,
    Loss::Integer,
    Loss::ArrayKind,
    Loss::Class,
    Loss::Sealed,
    Loss::References,
    Loss::AvmPlus,
    Loss::VectorKind,
    Loss::Csid,
    Loss::Control,
    Loss::ControlMessages,
];

impl Loss {
    /// As a program writes it.
    #[must_use]
    pub fn name(self) -> String {
        serde_json::to_value(self).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
    }
}

/// What was found, without what is lost.
///
/// # Errors
/// A value has no form of the corpus; in words.
pub fn found(values: &[Value], losses: &BTreeSet<Loss>) -> Result<Vec<Yield>, String> {
    let mut yields = Vec::new();
    for (index, value) in values.iter().enumerate() {
        // Losing something from a value that has no form hides that it has none.
        let whole: Result<Yield, _> = serde_json::from_value(value.clone());
        whole
            .map_err(|_| format!("yields[{index}] has no form of the corpus: {:.300}", value.to_string()))?;
        if let Some(kept) = lose_yield(value.clone(), losses) {
            yields.push(serde_json::from_value(kept).map_err(|error| format!("yields[{index}]: {error}"))?);
        }
    }
    Ok(yields)
}

/// What was expected, without what is lost.
///
/// # Errors
/// Never for the forms of the corpus.
pub fn expected(yields: &[Yield], losses: &BTreeSet<Loss>) -> Result<Vec<Yield>, String> {
    if losses.is_empty() {
        return Ok(yields.to_vec());
    }
    let values: Result<Vec<Value>, _> = yields.iter().map(serde_json::to_value).collect();
    found(&values.map_err(|error| error.to_string())?, losses)
}

/// Whether a reference stands anywhere in it.
#[must_use]
pub fn has_reference(yields: &[Yield]) -> bool {
    has_kind(yields, &["reference"])
}

/// Whether AMF3 stands behind 0x11 of AMF0 anywhere in it.
#[must_use]
pub fn has_avm_plus(yields: &[Yield]) -> bool {
    has_kind(yields, &["amf3", "avm-plus"])
}

fn has_kind(yields: &[Yield], kinds: &[&str]) -> bool {
    fn within(value: &Value, kinds: &[&str]) -> bool {
        match value {
            Value::Object(members) => {
                members.get("type").and_then(Value::as_str).is_some_and(|kind| kinds.contains(&kind))
                    || members.values().any(|member| within(member, kinds))
            }
            Value::Array(items) => items.iter().any(|item| within(item, kinds)),
            _ => false,
        }
    }
    yields.iter().any(|one| serde_json::to_value(one).is_ok_and(|value| within(&value, kinds)))
}

fn lose_yield(value: Value, losses: &BTreeSet<Loss>) -> Option<Value> {
    let is_message = value.get("csid").is_some();
    if is_message
        && losses.contains(&Loss::ControlMessages)
        && matches!(value["type"].as_u64(), Some(1 | 2 | 3 | 5 | 6))
    {
        return None;
    }
    let mut kept = lose(value, losses);
    if is_message {
        if losses.contains(&Loss::Csid) {
            kept["csid"] = 3.into();
        }
        if losses.contains(&Loss::Control) {
            kept["control"] = Value::Null;
        }
    }
    Some(kept)
}

/// Depth of the corpus' values is bounded by the parser of JSON.
fn lose(value: Value, losses: &BTreeSet<Loss>) -> Value {
    match value {
        Value::Array(items) => Value::Array(items.into_iter().map(|item| lose(item, losses)).collect()),
        Value::Object(members) => {
            let members: Map<String, Value> = members
                .into_iter()
                .map(|(key, value)| {
                    let value = lose(value, losses);
                    let named =
                        matches!(key.as_str(), "properties" | "members" | "associative" | "sealed" | "slots");
                    let value = if named && losses.contains(&Loss::Order) { ordered(value) } else { value };
                    (key, value)
                })
                .collect();
            lose_kind(Value::Object(members), losses)
        }
        other => other,
    }
}

fn lose_kind(mut value: Value, losses: &BTreeSet<Loss>) -> Value {
    let lost = |loss: Loss| losses.contains(&loss);
    let kind = value.get("type").and_then(Value::as_str).unwrap_or_default().to_owned();
    if kind == "object" && lost(Loss::Sealed) && value.get("sealed").is_some() {
        let part = |name: &str| value[name].as_array().cloned().unwrap_or_default();
        let members = Value::Array([part("sealed"), part("members")].concat());
        value["members"] = if lost(Loss::Order) { ordered(members) } else { members };
        value["sealed"] = json!([]);
        value["dynamic"] = true.into();
    }
    match kind.as_str() {
        "ecma-array" if lost(Loss::ArrayKind) => json!({"type": "object", "properties": value["properties"]}),
        "ecma-array" if lost(Loss::EcmaCount) => {
            value["count"] = 0.into();
            value
        }
        "date" if lost(Loss::Date) && value.get("zone").is_some() => {
            json!({"type": "number", "bits": value["bits"]})
        }
        "date" if lost(Loss::Date) => json!({"type": "double", "bits": value["bits"]}),
        "date" if lost(Loss::DateZone) && value.get("zone").is_some() => {
            value["zone"] = 0.into();
            value
        }
        "undefined" if lost(Loss::Undefined) => json!({"type": "null"}),
        "unsupported" if lost(Loss::Unsupported) => json!({"type": "null"}),
        "unsupported" if lost(Loss::UnsupportedUndefined) => json!({"type": "undefined"}),
        "xml" | "xml-document" if lost(Loss::Xml) => {
            value["type"] = "string".into();
            value
        }
        "xml" | "xml-document" if lost(Loss::XmlText) => json!({"type": "xml-document", "value": ""}),
        "integer" if lost(Loss::Integer) => double(value["value"].as_f64().unwrap_or_default()),
        "array"
            if lost(Loss::ArrayKind) && value["associative"].as_array().is_some_and(|a| !a.is_empty()) =>
        {
            let mut members = value["associative"].as_array().cloned().unwrap_or_default();
            let dense = value["dense"].as_array().into_iter().flatten().enumerate();
            members.extend(dense.map(|(index, item)| json!({"key": index.to_string(), "value": item})));
            let members = Value::Array(members);
            let members = if lost(Loss::Order) { ordered(members) } else { members };
            json!({"type": "object", "class": "", "dynamic": true, "sealed": [], "members": members})
        }
        "typed-object" if lost(Loss::Class) => json!({"type": "object", "properties": value["properties"]}),
        "object" if lost(Loss::Class) && value.get("class").is_some() => {
            value["class"] = "".into();
            value
        }
        "vector-int" | "vector-uint" if lost(Loss::VectorKind) => {
            let items = value["items"].as_array().cloned().unwrap_or_default();
            let number = |item: Value| match item.as_i64() {
                Some(small) if !lost(Loss::Integer) && (-(1 << 28)..1 << 28).contains(&small) => {
                    json!({"type": "integer", "value": small})
                }
                _ => double(item.as_f64().unwrap_or_default()),
            };
            dense(items.into_iter().map(number).collect())
        }
        "vector-double" if lost(Loss::VectorKind) => {
            let items = value["items"].as_array().cloned().unwrap_or_default();
            dense(items.into_iter().map(|bits| json!({"type": "double", "bits": bits})).collect())
        }
        "vector-object" if lost(Loss::VectorKind) => {
            dense(value["items"].as_array().cloned().unwrap_or_default())
        }
        _ => value,
    }
}

fn dense(items: Vec<Value>) -> Value {
    json!({"type": "array", "associative": [], "dense": items})
}

fn double(number: f64) -> Value {
    json!({"type": "double", "bits": format!("{:016x}", number.to_bits())})
}

/// By key, of repeated keys the last.
fn ordered(properties: Value) -> Value {
    let Value::Array(items) = properties else { return properties };
    let mut kept = std::collections::BTreeMap::new();
    for mut item in items {
        let key = item["key"].as_str().unwrap_or_default();
        let times = item["key_times"].as_u64().map_or(1, |times| usize::try_from(times).unwrap_or(1));
        let key = key.repeat(times);
        if let Some(members) = item.as_object_mut() {
            members.remove("key_times");
            members.insert("key".into(), key.clone().into());
        }
        kept.insert(key, item);
    }
    Value::Array(kept.into_values().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(value: Value, losses: &[Loss]) -> Value {
        lose_yield(value, &losses.iter().copied().collect()).unwrap_or(Value::Null)
    }

    #[test]
    fn each_loss_takes_its_own() {
        let array = json!({"type": "ecma-array", "count": 7, "properties": [
            {"key": "b", "value": {"type": "undefined"}},
            {"key": "a", "value": {"type": "date", "bits": "0000000000000000", "value": 0.0, "zone": 60}},
            {"key": "b", "value": {"type": "null"}}]});
        assert_eq!(kept(array.clone(), &[Loss::EcmaCount])["count"], 0);
        assert_eq!(kept(array.clone(), &[Loss::DateZone])["properties"][1]["value"]["zone"], 0);
        assert_eq!(
            kept(array.clone(), &[Loss::Undefined])["properties"][0]["value"],
            json!({"type": "null"})
        );
        let sorted = kept(array.clone(), &[Loss::Order]);
        let keys: Vec<_> =
            sorted["properties"].as_array().into_iter().flatten().map(|p| p["key"].clone()).collect();
        assert_eq!(keys, ["a", "b"]);
        assert_eq!(sorted["properties"][1]["value"]["type"], "null");
        assert_eq!(kept(array.clone(), &[Loss::ArrayKind])["type"], "object");
        assert_eq!(kept(array.clone(), &[]), array);
    }

    #[test]
    fn amf3_losses() {
        let vector = json!({"amf3": {"type": "vector-uint", "fixed": true, "items": [1, 4_294_967_295_u32]}});
        let items = &kept(vector.clone(), &[Loss::VectorKind])["amf3"]["dense"];
        assert_eq!(items[0], json!({"type": "integer", "value": 1}));
        assert_eq!(items[1], json!({"type": "double", "bits": "41efffffffe00000"}));
        assert_eq!(
            kept(vector, &[Loss::VectorKind, Loss::Integer])["amf3"]["dense"][0],
            json!({"type": "double", "bits": "3ff0000000000000"})
        );
        let array = json!({"amf3": {"type": "array", "associative": [{"key": "k", "value": {"type": "null"}}],
            "dense": [{"type": "null"}]}});
        let object = &kept(array, &[Loss::ArrayKind])["amf3"];
        assert_eq!(object["members"][1]["key"], "0");
    }

    #[test]
    fn losses_of_values() {
        let amf0 = json!({"type": "date", "bits": "3ff0000000000000", "value": 1.0, "zone": 60});
        assert_eq!(kept(amf0, &[Loss::Date]), json!({"type": "number", "bits": "3ff0000000000000"}));
        let amf3 = json!({"amf3": {"type": "date", "bits": "3ff0000000000000"}});
        assert_eq!(kept(amf3, &[Loss::Date])["amf3"]["type"], "double");
        let unsupported = json!({"type": "unsupported"});
        assert_eq!(kept(unsupported, &[Loss::UnsupportedUndefined]), json!({"type": "undefined"}));
        let xml = json!({"amf3": {"type": "xml", "value": "a", "times": 3}});
        assert_eq!(kept(xml, &[Loss::XmlText])["amf3"], json!({"type": "xml-document", "value": ""}));
        let member = |key: &str| json!({"key": key, "value": {"type": "null"}});
        let object = json!({"amf3": {"type": "object", "class": "C", "dynamic": false,
            "sealed": [member("b")], "members": [member("a")]}});
        let merged = &kept(object.clone(), &[Loss::Sealed])["amf3"];
        assert_eq!(merged["members"], json!([member("b"), member("a")]));
        assert_eq!((&merged["sealed"], &merged["dynamic"]), (&json!([]), &json!(true)));
        let sorted = &kept(object, &[Loss::Sealed, Loss::Order, Loss::Class])["amf3"];
        assert_eq!(sorted["members"], json!([member("a"), member("b")]));
        assert_eq!(sorted["class"], "");
    }

    #[test]
    fn messages() {
        let message =
            json!({"type": 1, "csid": 2, "msid": 0, "ts": 0, "len": 4, "sha256": "", "control": null});
        assert_eq!(kept(message.clone(), &[Loss::ControlMessages]), Value::Null);
        assert_eq!(kept(message, &[Loss::Csid])["csid"], 3);
    }

    #[test]
    fn every_loss_stands_in_the_protocol() {
        let text = include_str!("../../../../vectors/PROTOCOL.md");
        for loss in ALL {
            assert!(text.contains(&format!("| `{}` |", loss.name())), "{} is not described", loss.name());
        }
        let rows =
            text.lines().skip_while(|l| !l.starts_with("| in `loses`")).filter(|l| l.starts_with("| `"));
        assert_eq!(rows.count(), ALL.len());
    }
}
