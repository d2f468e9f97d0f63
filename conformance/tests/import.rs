//! `vectors import`: TLS opened with logged secrets, stream files with keys replaced, the schema of its JSON.

#[path = "import/packets.rs"]
mod packets;
#[path = "import/rtmp.rs"]
mod rtmp;
#[path = "import/schema.rs"]
mod schema;
#[path = "import/streams.rs"]
mod streams;
#[path = "import/tls.rs"]
mod tls;
#[path = "import/tls_peers.rs"]
mod tls_peers;
#[path = "import/tunnel.rs"]
mod tunnel;
