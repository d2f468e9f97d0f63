//! Stream names that are none.

use crate::case;
use crate::outcome::{expect, want};
use crate::pen::amf::{number, text};
use crate::pen::{Amf, command};
use crate::stage::create_stream;

case! {
    /// AMF0 1.3.1: strings are UTF-8. C0 80 is not: refuse it, replace it, close, or take it as bytes.
    NOT_UTF8 = "rob/names/not-utf-8" {
        title: "A stream name that is not UTF-8 is survived",
        rules: [ROB_011],
        level: Safety, profile: Publish, company: Hostile,
        after: [],
        causes: [],
    }
    async fn(s) {
        let mut link = s.connected("publisher").await?;
        let msid = create_stream(&mut link).await?;
        let name = Amf::Raw(vec![0x02, 0, 2, 0xC0, 0x80]);
        let publish = command::command("publish", 0.0, Amf::Null, &[name, text("live")]).for_stream(msid).on(8);
        link.lie("NameIsNotUtf8", &publish.chunks(link.chunk_size).concat()).await;
        let seen = link.barrier().await;
        s.check("the connection after publish C0 80", seen, expect(want::ANSWERED).or(want::CLOSED));
        Ok(())
    }
}

case! {
    /// Names that leave the directory where streams are kept. Playing one must not hand out the file.
    /// Publishing one is harmless where live streams are not stored under their name, so that is only survived.
    TRAVERSAL = "rob/names/path-traversal" {
        title: "A stream name with ../ reaches no file",
        rules: [ROB_012],
        level: Safety, profile: Core, company: Hostile,
        after: [],
        causes: [("file-served", "playing ../../etc/passwd returned the content of a file")],
    }
    async fn(s) {
        for name in ["../../../../../../../../etc/passwd", "mp4:../../../../../../../../etc/passwd"] {
            let mut link = s.connected("player").await?;
            let msid = create_stream(&mut link).await?;
            link.mark();
            link.send(&command::play(msid, name, &[])).await;
            let seen = link.barrier().await;
            s.check(&format!("the connection after play {name}"), seen, expect(want::ANSWERED).or(want::CLOSED));
            let served = link.since_mark().iter().any(|h| h.message.body.windows(7).any(|w| w == b"root:x:"));
            s.check_fact(
                &format!("content of a file after play {name}"),
                served,
                expect(want::equal(false)).cause("file-served"),
            );
        }
        let name = format!("../../{}", s.fresh_name());
        let mut link = s.connected("publisher").await?;
        let msid = create_stream(&mut link).await?;
        link.send(&command::publish(msid, &name, "live")).await;
        let seen = link.barrier().await;
        s.check("the connection after publish ../../", seen, expect(want::ANSWERED).or(want::CLOSED));
        Ok(())
    }
}

case! {
    /// Some encoders stop with publish(false), others send null or nothing at all where the name stands.
    NO_NAME = "rob/names/no-name" {
        title: "publish with false, null, a number or nothing for a name is survived",
        rules: [ROB_010],
        level: Safety, profile: Publish, company: Hostile,
        after: [],
        causes: [],
    }
    async fn(s) {
        let variants: [(&str, &[Amf]); 5] = [
            ("false", &[Amf::Boolean(0)]),
            ("null", &[Amf::Null]),
            ("undefined", &[Amf::Undefined, text("live")]),
            ("a number", &[number(5.0), text("live")]),
            ("nothing", &[]),
        ];
        for (what, arguments) in variants {
            let mut live = s.publisher().await?;
            let publish =
                command::command("publish", 0.0, Amf::Null, arguments).for_stream(live.msid).on(8);
            live.link.lie(&format!("PublishName: {what}"), &publish.chunks(live.link.chunk_size).concat()).await;
            let seen = live.link.barrier().await;
            s.check(
                &format!("the publisher after publish with {what} for a name"),
                seen,
                expect(want::ANSWERED).or(want::CLOSED),
            );
        }
        Ok(())
    }
}
