//! Made-up runs. No number here comes from a real server.

use rtmp_report::*;
use serde_json::json;

fn rule(id: &str, level: Level, source: &str, text: &str) -> RuleRef {
    RuleRef { id: id.into(), level, source: source.into(), text: text.into() }
}

pub fn case(id: &str, title: &str, verdict: Verdict) -> CaseResult {
    CaseResult {
        id: id.into(),
        title: title.into(),
        area: id.split('/').next().unwrap().into(),
        rules: vec![rule(
            "CHUNK-031",
            Level::Must,
            "RTMP 5.3.1.3",
            "The extended field is repeated in every type 3 chunk while indicated",
        )],
        level: Level::Must,
        profile: "core".into(),
        hostile: false,
        verdict,
        because: None,
        detail: None,
        blocked_by: None,
        observations: Vec::new(),
        expected: "ping 7 answered".into(),
        seen: "ping 7 answered".into(),
        ms: 31.25,
        overlay: None,
        counts: true,
        attempts: Vec::new(),
        transcript: None,
        transcript_tail: Vec::new(),
        stderr_tail: Vec::new(),
        rerun: format!("rtmpspec server rtmp://127.0.0.1:1935/live {id}"),
        rss_kib: None,
        descriptors: None,
        baseline_reason: None,
    }
}

fn results(cases: Vec<CaseResult>, exit_code: u8) -> Results {
    Results {
        schema: SCHEMA.into(),
        run: Run {
            id: "20261120T094626Z-127.0.0.1".into(),
            started: "2026-11-20T09:46:26Z".into(),
            ms: 4210,
            seed: 7,
            command: ["rtmpspec", "server", "rtmp://127.0.0.1:1935/live"].map(String::from).into(),
            jobs: 4,
            timeout_ms: 2000,
            levels: vec![Level::Must, Level::Safety],
            profiles: vec!["core".into(), "publish".into(), "play".into()],
            selected: cases.len(),
            interrupted: false,
        },
        tool: Tool { name: "rtmpspec".into(), version: "0.1.0".into() },
        target: Target {
            url: "rtmp://127.0.0.1:1935/live".into(),
            kind: TargetKind::Url,
            probe: json!({"connect": true, "publish": true, "play": true, "ping_answered": false, "server": "made-up 1.0", "features": ["amf0"]}),
            fidelity: Some("verbatim".into()),
            restarts: 0,
        },
        environment: Environment { os: "linux".into(), arch: "x86_64".into(), cpus: 2 },
        summary: Summary::count(&cases, exit_code),
        cases,
        findings: Vec::new(),
        baseline: None,
    }
}

pub fn clean_run() -> Results {
    let mut recorded = case("aux/fcpublish/answer", "FCPublish is answered or ignored", Verdict::Info);
    recorded.because = Some("ignored".into());
    results(
        vec![
            case("hs/s0/version", "S0 answers version 3", Verdict::Pass),
            case("chunk/abort/drops", "Abort drops the message begun", Verdict::Pass),
            recorded,
        ],
        0,
    )
}

pub fn all_skipped() -> Results {
    let mut cases = Vec::new();
    for id in ["rob/limits/many-streams", "rob/limits/huge-message"] {
        let mut skipped = case(id, "A limit holds", Verdict::Skipped);
        skipped.because = Some("hostile-not-allowed".into());
        skipped.detail = Some("the address is neither loopback nor private; pass --allow-hostile".into());
        skipped.level = Level::Safety;
        (skipped.expected, skipped.seen) = (String::new(), String::new());
        cases.push(skipped);
    }
    let mut unsupported = case("amf0/avmplus/accepts", "The AVM+ switch is read", Verdict::Unsupported);
    unsupported.because = Some("no-amf3".into());
    unsupported.detail = Some("a plain AMF3 connect was refused too".into());
    cases.push(unsupported);
    results(cases, 4)
}

/// Every verdict, overlay and section at once.
pub fn with_failures() -> Results {
    let mut fail = case(
        "chunk/extended-timestamp/type-3-repeats",
        "A continuation chunk repeats the extended timestamp",
        Verdict::Fail,
    );
    fail.rules.push(rule("TIME-007", Level::DeFacto, "I:ngx", "Time stays monotonic across the wrap"));
    fail.because = Some("closed-before-barrier".into());
    fail.detail = Some("the connection was reset after the second chunk of the message".into());
    fail.expected = "two video messages whose timestamps differ by 40 ms, payloads intact (412 B and 300 B), then ping 7 answered".into();
    fail.seen = "closed (RST)".into();
    fail.overlay = Some(Overlay::New);
    fail.observations = vec![Observation {
        label: "relay".into(),
        expected: fail.expected.clone(),
        seen: fail.seen.clone(),
        ok: false,
        raw: json!({"events": [{"at_ms": 31.0, "closed": "rst"}]}),
    }];
    fail.transcript = Some("cases/chunk__extended-timestamp__type-3-repeats/wire.txt".into());
    fail.transcript_tail = vec![
        "+10.9ms > csid 2 fmt 0 set chunk size 128 [5.4.1]".into(),
        "+12.4ms > csid 6 fmt 0 ts 16777216* video 412 B key [5.3.1.3]".into(),
        "+12.9ms > csid 6 fmt 3 ts 16777216* video continuation".into(),
        "+31.0ms < closed (RST)".into(),
    ];

    let mut unlike = case("chunk/csid/high", "Chunk stream id 65599 is read", Verdict::Fail);
    unlike.because = Some("refuses-csid".into());
    unlike.seen = "closed (FIN)".into();
    unlike.overlay = Some(Overlay::Flaky);
    unlike.attempts = vec![Verdict::Pass, Verdict::Fail, Verdict::Fail];

    let mut crashed = case("rob/amf0/deep-nesting", "A deeply nested object does no harm", Verdict::Crashed);
    crashed.rules = vec![rule("ROB-014", Level::Safety, "field", "Nesting is bounded")];
    crashed.level = Level::Safety;
    crashed.hostile = true;
    crashed.because = Some("process-died".into());
    crashed.expected = "closed, or ping 9 answered".into();
    crashed.seen = "the process ended with signal 11".into();
    crashed.stderr_tail = vec!["made-up[4711]: segfault at 0".into()];
    crashed.rss_kib = Some(10_240);
    crashed.descriptors = Some(12);
    crashed.overlay = Some(Overlay::New);

    let mut fault = case("ctrl/ack/window", "An acknowledgement is sent in time", Verdict::HarnessFault);
    fault.because = Some("script-error".into());
    fault.detail = Some("the script sent bytes that are neither valid nor a named lie".into());
    (fault.expected, fault.seen) = (String::new(), String::new());

    let mut hung = case("nsp/publish/bad-name", "A second publisher is refused", Verdict::Hung);
    hung.because = Some("no-answer".into());
    hung.seen = "nothing within 2000 ms".into();
    hung.overlay = Some(Overlay::Expected);
    hung.baseline_reason = Some("a second publisher waits without an answer".into());

    let mut expected =
        case("nsp/publish/start", "publish is answered with NetStream.Publish.Start", Verdict::Fail);
    expected.because = Some("no-answer".into());
    expected.seen = "nothing within 2000 ms".into();
    expected.overlay = Some(Overlay::Expected);
    expected.baseline_reason = Some("known upstream".into());

    let mut expired = case("nsp/unpublish/notify", "Players learn that the publisher left", Verdict::Fail);
    expired.because = Some("silent-end".into());
    expired.seen = "nothing".into();
    expired.overlay = Some(Overlay::Stale);
    expired.baseline_reason = Some("fix announced".into());

    let mut finding = case("stat/play/start", "play is answered with a description", Verdict::Fail);
    finding.level = Level::Should;
    finding.counts = false;
    finding.because = Some("no-description".into());
    finding.detail = Some("the status object has no description".into());
    finding.seen = "status without description".into();

    let mut lenient =
        case("conn/optional/null", "connect answers with an information object", Verdict::Lenient);
    lenient.because = Some("null-object".into());
    lenient.seen = "null".into();

    let mut info = case("ucm/stream-begin/zero", "StreamBegin for stream 0 is recorded", Verdict::Info);
    info.because = Some("sent".into());
    info.seen = "StreamBegin 0 after 3 ms".into();

    let mut blocked = case("nss/play/reset", "play with reset", Verdict::Blocked);
    blocked.blocked_by = Some("nss/play/start".into());
    blocked.overlay = Some(Overlay::New);

    let mut excused = case("nsp/publish/again", "publish again after closeStream", Verdict::Blocked);
    excused.blocked_by = Some("nsp/publish/start".into());
    excused.overlay = Some(Overlay::Expected);

    let mut unsupported = case("amf0/avmplus/accepts", "The AVM+ switch is read", Verdict::Unsupported);
    unsupported.because = Some("no-amf3".into());

    let mut skipped = case("rob/limits/many-streams", "Many streams do no harm", Verdict::Skipped);
    skipped.because = Some("quarantined".into());

    let mut fixed = case("hs/c1/time-zero", "C1 with a time of zero is read", Verdict::Pass);
    fixed.overlay = Some(Overlay::Stale);

    let cases = vec![
        case("hs/s0/version", "S0 answers version 3", Verdict::Pass),
        fixed,
        fail,
        unlike,
        fault,
        info,
        unsupported,
        lenient,
        expected,
        hung,
        expired,
        excused,
        blocked,
        finding,
        crashed,
        skipped,
    ];
    let mut results = results(cases, 1);
    results.target.restarts = 1;
    results.findings = vec![
        Finding {
            code: "unattributed-crash".into(),
            level: Some(Level::Safety),
            text: "The target died while 3 cases were in flight; none of them alone reproduces it.".into(),
            cases: vec!["chunk/abort/drops".into(), "hs/s0/version".into(), "ucm/ping/answer".into()],
            counts: true,
        },
        Finding {
            code: "relay-fidelity".into(),
            level: None,
            text: "The relay rebuilds metadata; unknown keys are lost.".into(),
            cases: Vec::new(),
            counts: false,
        },
    ];
    results.baseline = Some(BaselineInfo {
        path: "conformance/baselines/made-up.toml".into(),
        entries: 5,
        matched: 2,
        stale: vec![
            StaleEntry {
                case: "hs/c1/**".into(),
                outcome: Verdict::Fail,
                because: Some("closed-before-barrier".into()),
                reason: "known upstream".into(),
                why: "hs/c1/time-zero passed".into(),
            },
            StaleEntry {
                case: "nsp/unpublish/notify".into(),
                outcome: Verdict::Fail,
                because: None,
                reason: "fix announced".into(),
                why: "its date 2026-10-01 has passed".into(),
            },
        ],
        quarantined: vec![Quarantined {
            case: "rob/limits/many-streams".into(),
            reason: "fills the disk".into(),
        }],
    });
    results
}

/// What a peer could put into a string to fool a terminal, an XML reader or a Markdown page.
pub const HOSTILE: &str =
    "\u{1b}[2J\0\u{7}\r\n</failure>]]>&<b>|`\u{202e}\u{fffe}\u{9b}31m @all ![x](https://a.example)\t\\";

/// Every free string of the run is [`HOSTILE`], once short and once long.
pub fn hostile_run() -> Results {
    let long = HOSTILE.repeat(400);
    let mut results = with_failures();
    results.target.url = HOSTILE.into();
    results.target.fidelity = Some(HOSTILE.into());
    results.target.probe = json!({HOSTILE: long, "ok": HOSTILE});
    results.tool.name = HOSTILE.into();
    results.run.command = vec![HOSTILE.into(), long.clone()];
    for (i, case) in results.cases.iter_mut().enumerate() {
        let text = if i % 2 == 0 { HOSTILE } else { &long };
        case.title = text.into();
        case.area = text.into();
        case.id = format!("{}{text}", case.id);
        case.because = Some(text.into());
        case.detail = Some(text.into());
        case.expected = text.into();
        case.seen = text.into();
        case.rerun = text.into();
        case.transcript = Some(text.into());
        case.transcript_tail = vec![text.into(); 30];
        case.stderr_tail = vec![text.into(); 30];
        case.baseline_reason = Some(text.into());
        case.blocked_by = case.blocked_by.as_ref().map(|_| text.into());
        for rule in &mut case.rules {
            (rule.id, rule.source, rule.text) = (text.into(), text.into(), text.into());
        }
    }
    for finding in &mut results.findings {
        (finding.code, finding.text, finding.cases) = (HOSTILE.into(), long.clone(), vec![long.clone(); 30]);
    }
    let baseline = results.baseline.as_mut().unwrap();
    baseline.path = long.clone();
    for entry in &mut baseline.stale {
        (entry.case, entry.reason, entry.why) = (HOSTILE.into(), long.clone(), HOSTILE.into());
    }
    results.summary.exit_meaning = HOSTILE.into();
    results
}
