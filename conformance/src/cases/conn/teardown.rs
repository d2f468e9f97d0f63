//! What the end of a connection frees.

use super::name_is_free;
use crate::case;
use crate::outcome::{expect, want};

case! {
    /// Field habit and the most reported trouble of all: an encoder that lost its connection comes back and
    /// finds its own name taken.
    FIN = "conn/teardown/fin-frees-name" {
        title: "After a publisher's FIN its name can be published again",
        rules: [CONN_061],
        level: DeFacto, profile: Publish, company: Shared,
        after: ["conn/create-stream/result"],
        causes: [("still-published", "the name is refused although its publisher is gone")],
    }
    async fn(s) {
        let mut live = s.publisher().await?;
        live.link.finish().await;
        let seen = name_is_free(s, &live.name).await;
        s.check("another publisher of the name", seen, expect(want::equal("accepted")).cause("still-published"));
        Ok(())
    }
}

case! {
    /// As with FIN, for a connection that ends by RST.
    RST = "conn/teardown/rst-frees-name" {
        title: "After a publisher's RST its name can be published again",
        rules: [CONN_061],
        level: DeFacto, profile: Publish, company: Shared,
        after: ["conn/create-stream/result"],
        causes: [("still-published", "the name is refused although its publisher is gone")],
    }
    async fn(s) {
        let live = s.publisher().await?;
        let name = live.name.clone();
        live.link.reset();
        let seen = name_is_free(s, &name).await;
        s.check("another publisher of the name", seen, expect(want::equal("accepted")).cause("still-published"));
        Ok(())
    }
}
