//! The information object of `onStatus`, `_result` and `_error` (RTMP 7.2.2; E-RTMP v2, onStatus).

use alloc::string::String;
use alloc::vec::Vec;

use rtmp_amf::Value;

use crate::{Command, TransactionId};

/// `level`, `code` and `description` of an information object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusInfo {
    /// `status`, `warning` or `error`.
    pub level: String,
    /// For programs, e.g. `NetStream.Publish.Start`.
    pub code: String,
    /// For people. Empty where the peer sent none.
    pub description: String,
}

impl StatusInfo {
    /// Level `status`.
    #[must_use]
    pub fn status(code: &str, description: &str) -> Self {
        Self { level: "status".into(), code: code.into(), description: description.into() }
    }

    /// Level `error`.
    #[must_use]
    pub fn error(code: &str, description: &str) -> Self {
        Self { level: "error".into(), code: code.into(), description: description.into() }
    }

    /// What an information object says. `None` where it has no properties; a missing description is
    /// empty (STAT-004), a missing level `status`.
    #[must_use]
    pub fn from_value(value: &Value) -> Option<Self> {
        value.properties()?;
        let text = |key: &str| value.property(key).and_then(Value::as_str).map(String::from);
        Some(Self {
            level: text("level").unwrap_or_else(|| "status".into()),
            code: text("code").unwrap_or_default(),
            description: text("description").unwrap_or_default(),
        })
    }

    /// Whether the level is `error`.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.level == "error"
    }

    /// The information object, in the order level, code, description.
    #[must_use]
    pub fn into_value(self) -> Value {
        let mut properties = Vec::with_capacity(4);
        properties.push(("level".into(), Value::String(self.level)));
        properties.push(("code".into(), Value::String(self.code)));
        properties.push(("description".into(), Value::String(self.description)));
        Value::Object(properties)
    }

    /// `onStatus` with transaction id 0 and a null command object (RTMP 7.2.2).
    #[must_use]
    pub fn into_on_status(self) -> Command {
        Command::new("onStatus", TransactionId(0.0), Vec::from([self.into_value()]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_information_object_both_ways() {
        let info = StatusInfo::error("NetStream.Publish.BadName", "The name is taken.");
        let command = info.clone().into_on_status();
        assert_eq!((command.name.as_str(), command.transaction), ("onStatus", TransactionId(0.0)));
        assert_eq!(command.object, Value::Null);
        let value = &command.arguments[0];
        assert_eq!(value.property("level"), Some(&"error".into()));
        assert_eq!(value.property("code"), Some(&"NetStream.Publish.BadName".into()));
        assert_eq!(value.property("description"), Some(&"The name is taken.".into()));
        assert_eq!(StatusInfo::from_value(value), Some(info));
    }

    #[test]
    fn what_is_missing_or_of_another_type() {
        let bare = Value::ecma_array([("code", Value::from("X")), ("level", Value::Number(2.0))]);
        assert_eq!(StatusInfo::from_value(&bare), Some(StatusInfo::status("X", "")));
        assert_eq!(StatusInfo::from_value(&Value::Null), None);
    }
}
