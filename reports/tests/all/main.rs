//! The schema and every output, against runs made up here.

mod outputs;
mod sample;
mod schema;
