//! The information object of `onStatus`, `_result` and `_error` (RTMP 7.2.2; E-RTMP v2, onStatus).

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use rtmp_amf::Value;

use crate::{Command, RtmpUrl, TransactionId, UrlError};

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

/// `NetConnection.Connect.ReconnectRequest`: the server wants the client on another connection
/// (E-RTMP v2 "Reconnect Request"). `Debug` leaves out what may be a secret in the URL.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct ReconnectRequest {
    /// Where to connect, absolute or relative to the current `tcUrl`; the current one where absent
    /// (ERC-014 to ERC-016).
    pub tc_url: Option<String>,
    /// For people.
    pub description: Option<String>,
}

impl ReconnectRequest {
    /// The code of the information object.
    pub const CODE: &str = "NetConnection.Connect.ReconnectRequest";

    /// A request to connect again to the same URL.
    #[must_use]
    pub fn to_same() -> Self {
        Self::default()
    }

    /// A request to connect to `tc_url`, absolute or relative.
    #[must_use]
    pub fn to(tc_url: &str) -> Self {
        Self { tc_url: Some(tc_url.into()), description: None }
    }

    /// What an information object says; `None` where its code is another. A `tcUrl` or description that
    /// is no string counts as absent (ERC-022), as does an empty `tcUrl`.
    #[must_use]
    pub fn from_value(value: &Value) -> Option<Self> {
        let text = |key: &str| value.property(key).and_then(Value::as_str).map(String::from);
        (text("code").as_deref() == Some(Self::CODE)).then(|| Self {
            tc_url: text("tcUrl").filter(|url| !url.is_empty()),
            description: text("description"),
        })
    }

    /// The information object: level `status`, code, then description and `tcUrl` where there are any.
    #[must_use]
    pub fn into_value(self) -> Value {
        let mut properties =
            Vec::from([("level".into(), Value::from("status")), ("code".into(), Value::from(Self::CODE))]);
        let optional = [("description", self.description), ("tcUrl", self.tc_url)];
        for (key, value) in optional.into_iter().filter_map(|(key, value)| Some((key, value?))) {
            properties.push((key.into(), Value::String(value)));
        }
        Value::Object(properties)
    }

    /// `onStatus` with transaction id 0 and a null command object, for message stream 0 (ERC-013).
    #[must_use]
    pub fn into_on_status(self) -> Command {
        Command::new("onStatus", TransactionId(0.0), Vec::from([self.into_value()]))
    }

    /// The URL to connect to, by a client that is connected to `current` (ERC-015, errata E-67).
    ///
    /// # Errors
    /// It is no URL of the RTMP family (ERC-024).
    pub fn target(&self, current: &RtmpUrl) -> Result<RtmpUrl, UrlError> {
        current.resolve(self.tc_url.as_deref().unwrap_or(""))
    }
}

impl fmt::Debug for ReconnectRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReconnectRequest")
            .field("has_tc_url", &self.tc_url.is_some())
            .field("description", &self.description)
            .finish_non_exhaustive()
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
