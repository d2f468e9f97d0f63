//! Connections and calls that a server refuses (RTMP 7.2.1.1, 7.2).

use super::{first_reply, if_answered, is_reply, members, wire};
use crate::case;
use crate::outcome::{Seen, Stop, expect, want};
use crate::pen::{Amf, command};
use crate::stage::Stage;
use crate::wire::link::command_seen;

/// connect to an application that surely does not exist; the reply.
async fn connect_nowhere(s: &mut Stage) -> Result<Seen, Stop> {
    let app = format!("no-such-app-{:016x}", s.fresh_seed());
    let authority = s.place.tc_url.strip_suffix(&s.place.app).unwrap_or("rtmp://localhost/").to_owned();
    let mut link = s.shaken("client").await?;
    Ok(link.connect(&app, &format!("{authority}{app}")).await)
}

case! {
    /// RTMP 7.2.1.1 and E-RTMP v2 (NetConnection status table): a refused connect is `_error` with level
    /// error. A client that only sees the connection end tries for ever.
    UNKNOWN_APP = "conn/connect/unknown-app" {
        title: "connect to an unknown application is accepted, or refused by _error with level error",
        rules: [CONN_035],
        level: Must, profile: Core, company: Negative,
        after: ["conn/connect/result"],
        causes: [
            ("level", "the refusal's level is not error")
        ],
    }
    async fn(s) {
        let seen = connect_nowhere(s).await?;
        let level = match &seen {
            Seen::Command { name, level, .. } if name == "_error" => level.clone(),
            _ => Some("error".into()),
        };
        if s.check("reply to connect", seen, expect(want::RESULT).or(want::ERROR)) {
            s.check_fact("level of a refusal", level, expect(want::equal("error")).cause("level"));
        }
        Ok(())
    }
}

case! {
    /// RTMP 7.2.2 and E-RTMP v2 (NetConnection status table): the codes that clients know for a refused
    /// application.
    CODE = "conn/connect/refusal-code" {
        title: "The refusal of an unknown application has code NetConnection.Connect.Rejected or InvalidApp",
        rules: [CONN_036],
        level: DeFacto, profile: Core, company: Negative,
        after: ["conn/connect/result"],
        causes: [("other-code", "the refusal has another code or none")],
    }
    async fn(s) {
        let seen = connect_nowhere(s).await?;
        if let Seen::Command { name, .. } = &seen
            && name == "_result"
        {
            return Err(Stop::Unsupported { proof: "connect to an application that cannot exist was accepted".into() });
        }
        let silent = "there is no refusal to look at; conn/connect/unknown-app judges that";
        let expected = expect(want::status("NetConnection.Connect.Rejected"))
            .or(want::status("NetConnection.Connect.InvalidApp"))
            .or_info(want::CLOSED, silent)
            .or_info(want::SILENT, silent);
        s.check("code of the refusal", seen, expected.cause("other-code"));
        Ok(())
    }
}

case! {
    /// Field habit: a connection has one application. A second connect that is accepted mixes the state of
    /// two.
    SECOND_CONNECT = "conn/connect/second" {
        title: "A second connect on one connection is refused, and not accepted again",
        rules: [CONN_037],
        level: DeFacto, profile: Core, company: Negative,
        after: ["conn/create-stream/result"],
        causes: [("accepted-again", "the second connect got _result")],
    }
    async fn(s) {
        let mut link = s.connected("client").await?;
        let mark = link.mark();
        let object = Amf::Object(members(s, &[]));
        link.send_all(&[command::command("connect", 9.0, object, &[]), command::create_stream(10.0)]).await;
        let seen = first_reply(&mut link, mark, 9.0, 10.0).await;
        let expected = expect(want::ERROR)
            .or(want::CLOSED)
            .or_info(want::equal("ignored"), "no answer to it, and the next call is answered");
        let expected = if_answered(expected, &seen, "accepted-again");
        s.check("answer to the second connect", seen, expected);
        Ok(())
    }
}

case! {
    /// RTMP 7.2.1.1: connect comes first. What is asked for before it has no application to belong to.
    BEFORE_CONNECT = "conn/connect/commands-before" {
        title: "createStream and publish before connect are not served",
        rules: [CONN_038],
        level: DeFacto, profile: Core, company: Negative,
        after: ["conn/connect/result"],
        causes: [("served-before-connect", "the command was carried out without a connect")],
    }
    async fn(s) {
        let mut link = s.shaken("client").await?;
        let connect = command::connect(&s.place.app, &s.place.tc_url);
        let early = [command::create_stream(2.0), connect.clone()].map(|m| wire(&link, &m)).concat();
        link.lie("CreateStreamBeforeConnect", &early).await;
        let seen = first_reply(&mut link, 0, 2.0, 1.0).await;
        let refused = |seen: &Seen| {
            let expected = expect(want::ERROR).or(want::CLOSED).or(want::equal("ignored"));
            if_answered(expected, seen, "served-before-connect")
        };
        let expected = refused(&seen);
        if !s.check("createStream before connect", seen, expected) {
            return Ok(());
        }

        let name = s.fresh_name();
        let mut link = s.shaken("client").await?;
        let early = [command::publish(1, &name, "live"), connect].map(|m| wire(&link, &m)).concat();
        link.lie("PublishBeforeConnect", &early).await;
        let seen = link
            .wait(|v| {
                v.heard.iter().filter_map(|h| command_seen(&h.message)).find(|seen| {
                    is_reply(seen) || matches!(seen, Seen::Command { name, .. } if name == "onStatus")
                })
            })
            .await
            .unwrap_or_else(|seen| seen);
        let seen = match seen {
            Seen::Command { name, txn, .. } if name != "onStatus" && txn == 1.0 => Seen::fact("ignored"),
            other => other,
        };
        let expected = refused(&seen).or(want::status_level("*", "error"));
        s.check("publish before connect", seen, expected);
        Ok(())
    }
}
