//! What the adapters of the peers share.

pub mod adapter;
pub mod forms;
pub mod streams;
