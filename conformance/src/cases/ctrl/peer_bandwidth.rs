//! Set Peer Bandwidth with odd payloads (RTMP 5.4.5).

use crate::case;
use crate::outcome::{expect, want};
use crate::pen::control;

case! {
    /// RTMP 5.4.5 defines the limit types 0, 1 and 2.
    UNKNOWN_LIMIT_TYPE = "ctrl/peer-bandwidth/unknown-limit-type" {
        title: "Set Peer Bandwidth with limit type 9 does not end the session",
        rules: [CTRL_039],
        level: DeFacto, profile: Core, company: Negative,
        after: [],
        causes: [],
    }
    async fn(s) {
        let mut link = s.connected("client").await?;
        link.lie("UnknownLimitType", &control::set_peer_bandwidth(2_500_000, 9).chunks(128).concat()).await;
        let seen = link.barrier().await;
        s.check("a call after limit type 9", seen, expect(want::ANSWERED));
        Ok(())
    }
}

case! {
    /// RTMP 5.4.5: five bytes. librtmp and others accept four, as older peers sent them.
    WITHOUT_LIMIT_TYPE = "ctrl/peer-bandwidth/without-limit-type" {
        title: "Set Peer Bandwidth without a limit type does not end the session",
        rules: [CTRL_040],
        level: DeFacto, profile: Core, company: Negative,
        after: [],
        causes: [],
    }
    async fn(s) {
        let mut link = s.connected("client").await?;
        let mut message = control::set_peer_bandwidth(2_500_000, 2);
        message.body.truncate(4);
        link.lie("PeerBandwidthTooShort", &message.chunks(128).concat()).await;
        let seen = link.barrier().await;
        s.check("a call after four bytes", seen, expect(want::ANSWERED));
        Ok(())
    }
}
