//! The engine against servers made for one bad habit each: which verdicts, findings and exit codes come of it.
//! No test waits for a time to pass, only for the patience of waits that nothing can answer.

use std::io::Read as _;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use rtmp_net::{Server, ServerConfig, ServerHandle};
use rtmp_proto::MessageType;
use rtmp_proto::tamper::{HandshakePart, InputRuling, Tamper};
use rtmp_report::{CaseResult, Overlay, Results, Verdict};
use rtmpspec::faults::Hooks;
use rtmpspec::runner::{Options, Progress};
use rtmpspec::suite::{Judgement, Suite};
use rtmpspec::target::{Address, Wanted};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

/// For servers that never answer what is waited for: any patience gives the same verdicts.
const SHORT: Duration = Duration::from_millis(300);
/// For servers that answer everything but one stimulus.
const ENOUGH: Duration = Duration::from_secs(3);

const S2: &str = "hs/s2/echoes-c1";
const ZERO: &str = "ctrl/chunk-size/zero";
const CONNECT: &str = "conn/connect/result";
const CREATE: &str = "conn/create-stream/result";
const GARBAGE: &str = "rob/garbage/truncated-connect";
const BASIC: [&str; 4] = [S2, ZERO, CONNECT, CREATE];

fn suite(wanted: Wanted, patience: Duration, select: &[&str]) -> Suite {
    let mut suite = Suite::new(wanted).select(select.iter().copied());
    suite.options = Options { patience, ..Options::default() };
    suite
}

fn at(addr: SocketAddr) -> Wanted {
    Wanted::Url(Address::parse(&format!("rtmp://{addr}/live")).unwrap())
}

async fn run(suite: Suite) -> Judgement {
    let judged = suite.run(|_| {}).await.unwrap();
    valid(&judged.results);
    judged
}

/// What every run owes: one result per selected case unless it was cut short, and a file by the schema.
fn valid(results: &Results) {
    let schema = serde_json::from_str(rtmp_report::RESULTS_SCHEMA_JSON).unwrap();
    let instance = serde_json::from_str(&results.to_json()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let errors: Vec<String> = validator.iter_errors(&instance).map(|e| e.to_string()).collect();
    assert_eq!(errors, Vec::<String>::new());
}

fn case<'a>(judged: &'a Judgement, id: &str) -> &'a CaseResult {
    judged.results.cases.iter().find(|c| c.id == id).unwrap_or_else(|| panic!("{id} has no result"))
}

fn verdict(judged: &Judgement, id: &str) -> (Verdict, String) {
    let case = case(judged, id);
    (case.verdict, case.because.clone().unwrap_or_default())
}

fn exit(judged: &Judgement) -> u8 {
    judged.results.summary.exit_code
}

/// A raw server: `serve` gets every connection.
async fn raw<F>(serve: impl Fn(TcpStream) -> F + Send + 'static) -> SocketAddr
where
    F: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream));
        }
    });
    addr
}

/// The reference with deviations.
async fn reference(tamper: impl Fn() -> Box<dyn Tamper> + Send + Sync + 'static) -> ServerHandle {
    let config = ServerConfig { tamper: Some(Arc::new(tamper)), ..ServerConfig::default() };
    Server::bind("127.0.0.1:0", config).await.unwrap().spawn()
}

async fn honest() -> ServerHandle {
    Server::bind("127.0.0.1:0", ServerConfig::default()).await.unwrap().spawn()
}

/// A Set Chunk Size of `size` gets the ruling. The reference refuses a size of 0 before any hook of messages.
fn after_chunk_size(size: u32, ruling: impl Fn() -> InputRuling + Send + 'static) -> Box<dyn Tamper> {
    let mut wire = vec![2, 0, 0, 0, 0, 0, 4, 1, 0, 0, 0, 0];
    wire.extend(size.to_be_bytes());
    let mut last = Vec::new();
    Hooks::default()
        .bytes_in(move |bytes| {
            last.extend_from_slice(bytes);
            let met = last.windows(wire.len()).any(|w| w == wire);
            last.drain(..last.len().saturating_sub(wire.len() - 1));
            if met { ruling() } else { InputRuling::Process }
        })
        .boxed()
}

/// S2 with other random bytes: S2 must echo C1 (RTMP 5.2.4).
fn noisy_s2() -> Box<dyn Tamper> {
    Hooks::default()
        .handshake_out(|part, bytes| {
            if part == HandshakePart::S2
                && let Some(last) = bytes.last_mut()
            {
                *last ^= 0xFF;
            }
        })
        .boxed()
}

fn nothing_is_called_passed(judged: &Judgement) {
    assert_eq!(exit(judged), 1);
    assert_eq!(judged.results.cases.len(), BASIC.len());
    let sum = &judged.results.summary;
    assert_eq!((sum.pass, sum.harness_fault, sum.crashed), (0, 0, 0), "{}", judged.console(false));
    assert_eq!(case(judged, CREATE).blocked_by.as_deref(), Some(CONNECT));
    assert_eq!(verdict(judged, CREATE).0, Verdict::Blocked);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_target_that_says_nothing() {
    let addr = raw(|mut stream| async move {
        let mut sink = Vec::new();
        let _ = stream.read_to_end(&mut sink).await;
    })
    .await;
    nothing_is_called_passed(&run(suite(at(addr), SHORT, &BASIC)).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_target_that_closes_at_once() {
    let addr = raw(|stream| async move { drop(stream) }).await;
    nothing_is_called_passed(&run(suite(at(addr), SHORT, &BASIC)).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_target_that_speaks_http() {
    let addr = raw(|mut stream| async move {
        let mut request = [0; 16];
        let _ = stream.read_exact(&mut request).await;
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n").await;
    })
    .await;
    nothing_is_called_passed(&run(suite(at(addr), SHORT, &BASIC)).await);
}

/// Zeros read as empty messages without end; nothing of the suite may grow with them.
#[tokio::test(flavor = "multi_thread")]
async fn a_target_that_floods() {
    let addr = raw(|mut stream| async move {
        let mut begin = vec![3];
        begin.resize(1 << 16, 0);
        while stream.write_all(&begin).await.is_ok() {
            begin[0] = 0;
        }
    })
    .await;
    let judged = run(suite(at(addr), SHORT, &[CONNECT, CREATE, GARBAGE])).await;
    assert_eq!(exit(&judged), 1);
    assert_eq!((judged.results.summary.pass, judged.results.cases.len()), (0, 3));
    if let Some(kib) = rtmpspec::stage::rss_kib(std::process::id()) {
        assert!(kib < 3 << 19, "{kib} KiB after a flood");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_target_that_stalls_is_hung_and_confirmed_alone() {
    let server = reference(|| after_chunk_size(0, || InputRuling::Stall)).await;
    let judged = run(suite(at(server.local_addr()), ENOUGH, &[S2, ZERO, CONNECT])).await;
    assert_eq!(verdict(&judged, ZERO), (Verdict::Hung, "barrier-unanswered".into()));
    assert_eq!(case(&judged, ZERO).attempts, [Verdict::Hung, Verdict::Hung]);
    assert_eq!((verdict(&judged, S2).0, verdict(&judged, CONNECT).0), (Verdict::Pass, Verdict::Pass));
    assert_eq!(exit(&judged), 1);
    server.shutdown().await;
}

/// A hang that does not happen again alone is nobody's fault.
#[tokio::test(flavor = "multi_thread")]
async fn a_hang_in_company_alone_blames_nobody() {
    let armed = Arc::new(AtomicBool::new(true));
    let server = reference(move || {
        let armed = Arc::clone(&armed);
        after_chunk_size(0, move || match armed.swap(false, Ordering::Relaxed) {
            true => InputRuling::Stall,
            false => InputRuling::Process,
        })
    })
    .await;
    let judged = run(suite(at(server.local_addr()), ENOUGH, &[S2, ZERO, CONNECT])).await;
    assert_eq!(case(&judged, ZERO).attempts, [Verdict::Hung, Verdict::Pass], "{}", judged.console(false));
    assert_eq!((verdict(&judged, ZERO).0, exit(&judged)), (Verdict::Pass, 0));
    server.shutdown().await;
}

/// A proxy before the reference that is gone, listener first, once `end` is told.
async fn mortal(end: Arc<Notify>) -> (SocketAddr, ServerHandle) {
    let tell = Arc::clone(&end);
    let server = reference(move || {
        let tell = Arc::clone(&tell);
        after_chunk_size(0, move || {
            tell.notify_one();
            InputRuling::Stall
        })
    })
    .await;
    let behind = server.local_addr();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let mut connections = tokio::task::JoinSet::new();
        loop {
            tokio::select! {
                () = end.notified() => break,
                Ok((mut near, _)) = listener.accept() => {
                    connections.spawn(async move {
                        if let Ok(mut far) = TcpStream::connect(behind).await {
                            let _ = tokio::io::copy_bidirectional(&mut near, &mut far).await;
                        }
                    });
                }
            }
        }
        drop(listener);
        connections.shutdown().await;
    });
    (addr, server)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_target_that_ends_in_the_middle_keeps_the_results_so_far() {
    let (addr, server) = mortal(Arc::default()).await;
    let mut wanted = suite(at(addr), ENOUGH, &[S2, ZERO, CONNECT, CREATE, GARBAGE]);
    wanted.options.jobs = 1;
    let judged = run(wanted).await;
    assert_eq!(verdict(&judged, ZERO), (Verdict::Crashed, "process-ended".into()));
    assert_eq!(verdict(&judged, S2).0, Verdict::Pass);
    for id in [CONNECT, CREATE, GARBAGE] {
        assert_eq!(verdict(&judged, id).0, Verdict::Skipped, "{id}");
    }
    assert_eq!((judged.results.cases.len(), exit(&judged)), (5, 1));
    server.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_end_in_company_is_unattributed_and_loses_no_case() {
    let (addr, server) = mortal(Arc::default()).await;
    let judged = run(suite(at(addr), ENOUGH, &["hs", "ctrl/chunk-size", "conn", GARBAGE])).await;
    assert_eq!(judged.results.cases.len(), judged.results.run.selected);
    assert_eq!(exit(&judged), 1);
    let crashed = judged.results.summary.crashed;
    let findings: Vec<_> =
        judged.results.findings.iter().filter(|f| f.code == "unattributed-crash" && f.counts).collect();
    assert_eq!(crashed + findings.len(), 1, "{}", judged.console(false));
    assert!(findings.iter().all(|f| f.cases.len() > 1 && f.cases.iter().any(|c| c == ZERO)));
    server.shutdown().await;
}

// ----- targets that the suite starts: this test binary again -----

fn this_binary(test: &str) -> Wanted {
    let exe = std::env::current_exe().unwrap().display().to_string();
    let argv = [&exe, "--ignored", "--exact", "--nocapture", test, "{port}"];
    Wanted::Spawn { argv: argv.map(str::to_owned).to_vec(), address: None }
}

/// The port that [`this_binary`] gave, if this is such a run.
fn given_port() -> Option<u16> {
    std::env::args().next_back()?.parse().ok()
}

#[test]
#[ignore = "a target that other tests start"]
fn helper_that_exits_at_once() {
    if given_port().is_some() {
        eprintln!("no licence file");
        std::process::exit(7);
    }
}

#[test]
#[ignore = "a target that other tests start"]
fn helper_that_dies_of_chunk_size_zero() {
    let Some(port) = given_port() else { return };
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let tamper = || {
            after_chunk_size(0, || {
                eprint!("division by chunk size 0");
                std::process::exit(3)
            })
        };
        let config = ServerConfig { tamper: Some(Arc::new(tamper)), ..ServerConfig::default() };
        Server::bind(("127.0.0.1", port), config).await.unwrap().run(std::future::pending()).await;
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_exits_at_once_is_exit_5_with_a_sentence() {
    let error = suite(this_binary("helper_that_exits_at_once"), SHORT, &[S2]).run(|_| {}).await.unwrap_err();
    assert_eq!(error.exit, 5);
    assert!(error.text.contains("ended before it accepted connections: exit status: 7"), "{error}");
    assert!(error.text.ends_with("no licence file"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_is_none_is_exit_5() {
    let wanted = Wanted::Spawn { argv: vec!["rtmpspec-no-such-program".into()], address: None };
    let error = suite(wanted, SHORT, &[S2]).run(|_| {}).await.unwrap_err();
    assert_eq!(error.exit, 5);
    assert!(error.text.contains("`rtmpspec-no-such-program` cannot be started"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_port_that_is_taken_is_not_judged_instead() {
    let server = honest().await;
    let Wanted::Url(address) = at(server.local_addr()) else { unreachable!() };
    let argv = vec!["rtmpspec-no-such-program".into()];
    let wanted = Wanted::Spawn { argv, address: Some(address) };
    let error = suite(wanted, SHORT, &[S2]).run(|_| {}).await.unwrap_err();
    assert_eq!(error.exit, 5);
    assert!(error.text.contains("listens at") && error.text.contains("already"), "{error}");
    server.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_started_target_that_dies_is_started_again_and_its_case_named() {
    let wanted = this_binary("helper_that_dies_of_chunk_size_zero");
    let judged = run(suite(wanted, ENOUGH, &[S2, ZERO, CONNECT, CREATE])).await;
    assert_eq!(verdict(&judged, ZERO), (Verdict::Crashed, "process-ended".into()));
    let crashed = case(&judged, ZERO);
    assert!(crashed.detail.as_deref().unwrap_or_default().contains("exit status: 3"), "{:?}", crashed.detail);
    assert!(crashed.stderr_tail.iter().any(|l| l.contains("division by chunk size 0")), "{crashed:?}");
    for id in [S2, CONNECT, CREATE] {
        assert_eq!(verdict(&judged, id).0, Verdict::Pass, "{id}");
    }
    assert!(judged.results.target.restarts >= 1);
    assert!(judged.results.findings.iter().all(|f| f.code != "unattributed-crash"));
    assert_eq!(exit(&judged), 1);
    let addr = judged.results.target.url.trim_start_matches("rtmp://").trim_end_matches("/live").to_owned();
    assert!(TcpStream::connect(addr).await.is_err(), "the target still runs");
}

// ----- baselines -----

struct Baseline(tempfile::TempDir);

impl Baseline {
    fn new(entries: &[(&str, &str, &str, &str)]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let text: String = entries
            .iter()
            .map(|(case, outcome, because, more)| {
                format!(
                    "[[expect]]\ncase = \"{case}\"\noutcome = \"{outcome}\"\nbecause = \"{because}\"\n\
                     reason = \"known\"\n{more}\n"
                )
            })
            .collect();
        std::fs::write(dir.path().join("b.toml"), text).unwrap();
        Self(dir)
    }

    fn of(&self, suite: Suite) -> Suite {
        suite.baseline(self.0.path().join("b.toml"))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn baseline_entries_expected_new_and_expired() {
    let server = reference(noisy_s2).await;
    let wanted = || suite(at(server.local_addr()), ENOUGH, &[S2, CONNECT]);
    let bare = run(wanted()).await;
    assert_eq!((exit(&bare), case(&bare, S2).overlay), (1, None));
    let known = Baseline::new(&[(S2, "fail", "s2-echo", "")]);
    let judged = run(known.of(wanted())).await;
    assert_eq!((exit(&judged), case(&judged, S2).overlay), (0, Some(Overlay::Expected)));
    let other_cause = Baseline::new(&[(S2, "fail", "s2-time", "")]);
    let judged = run(other_cause.of(wanted())).await;
    assert_eq!((exit(&judged), case(&judged, S2).overlay), (1, Some(Overlay::New)));
    let expired = Baseline::new(&[(S2, "fail", "s2-echo", "until = \"2020-01-01\"")]);
    let judged = run(expired.of(wanted())).await;
    assert_eq!(judged.results.baseline.as_ref().unwrap().stale.len(), 1);
    assert!(judged.results.baseline.as_ref().unwrap().stale[0].why.contains("expired on 2020-01-01"));
    let expired_exit = exit(&judged);
    let stale = Baseline::new(&[(S2, "fail", "s2-echo", ""), (CONNECT, "fail", "no-answer", "")]);
    let judged = run(stale.of(wanted())).await;
    assert_eq!((exit(&judged), case(&judged, CONNECT).overlay), (3, Some(Overlay::Stale)));
    assert_eq!(judged.results.baseline.as_ref().unwrap().stale[0].why, "it passed");
    assert_eq!(expired_exit, 3);
    let nothing = Baseline::new(&[("hs/no-such/**", "fail", "s2-echo", "")]);
    let error = nothing.of(wanted()).run(|_| {}).await.unwrap_err();
    assert_eq!(error.exit, 2);
    assert!(error.text.contains("hs/no-such/**") && error.text.contains("line 1"), "{error}");
    server.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quarantined_case_does_not_run_and_is_shown() {
    let (addr, server) = mortal(Arc::default()).await;
    let baseline = Baseline::new(&[
        (ZERO, "crashed", "process-ended", "quarantine = true"),
        (CONNECT, "fail", "no-answer", "quarantine = true"),
    ]);
    let judged = run(baseline.of(suite(at(addr), ENOUGH, &[S2, ZERO, CREATE]))).await;
    let ids: Vec<&str> = judged.results.cases.iter().map(|c| c.id.as_str()).collect();
    assert_eq!(ids, [S2, CREATE]);
    // What comes after a quarantined case has no verdict, and is not called passed.
    assert_eq!(verdict(&judged, CREATE).0, Verdict::Skipped);
    assert_eq!(judged.results.baseline.as_ref().unwrap().quarantined[0].case, ZERO);
    assert!(judged.console(false).contains("QUARANTINED"));
    assert_eq!(exit(&judged), 0);
    server.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn blocked_counts_unless_its_blocker_is_expected() {
    let server = reference(|| {
        Hooks::default()
            .message_out(|messages| messages.retain(|m| !m.payload.starts_with(b"\x02\x00\x07_result")))
            .boxed()
    })
    .await;
    let wanted = || suite(at(server.local_addr()), Duration::from_secs(1), &[CONNECT, CREATE]);
    let judged = run(wanted()).await;
    assert_eq!(verdict(&judged, CONNECT), (Verdict::Fail, "no-answer".into()));
    assert_eq!(verdict(&judged, CREATE), (Verdict::Blocked, "prerequisite-failed".into()));
    assert!(case(&judged, CREATE).counts);
    assert_eq!(exit(&judged), 1);
    let known = Baseline::new(&[(CONNECT, "fail", "no-answer", "")]);
    let judged = run(known.of(wanted())).await;
    assert!(!case(&judged, CREATE).counts);
    assert_eq!((exit(&judged), judged.results.summary.pass), (0, 0));
    // A selection of the blocked case alone brings its prerequisite along.
    let judged = run(known.of(suite(at(server.local_addr()), Duration::from_secs(1), &[CREATE]))).await;
    assert_eq!((judged.results.cases.len(), verdict(&judged, CREATE).0), (1, Verdict::Blocked));
    // Nothing failed, nothing passed: no verdict was reached.
    assert_eq!(exit(&judged), 4);
    server.shutdown().await;
}

// ----- runs -----

#[tokio::test(flavor = "multi_thread")]
async fn an_interrupted_run_ends_soon_and_keeps_its_results() {
    let server = reference(|| after_chunk_size(0, || InputRuling::Stall)).await;
    let (stop, stopped) = tokio::sync::watch::channel(false);
    // Nobody would wait for this patience to end.
    let mut wanted = suite(at(server.local_addr()), Duration::from_secs(600), &[S2, ZERO, CONNECT]);
    wanted.options.jobs = 1;
    wanted.stop = Some(stopped);
    let run = wanted.run(|told| {
        if matches!(told, Progress::Began(case) if case.id == ZERO) {
            let _ = stop.send(true);
        }
    });
    let judged = tokio::time::timeout(Duration::from_secs(60), run).await.expect("it ends").unwrap();
    valid(&judged.results);
    assert_eq!(exit(&judged), 130);
    assert!(judged.results.run.interrupted);
    let ids: Vec<&str> = judged.results.cases.iter().map(|c| c.id.as_str()).collect();
    assert_eq!((ids, verdict(&judged, S2).0), (vec![S2], Verdict::Pass));
    server.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interrupt_while_the_target_is_looked_at() {
    let addr = raw(|mut stream| async move {
        let mut sink = Vec::new();
        let _ = stream.read_to_end(&mut sink).await;
    })
    .await;
    let (_stop, stopped) = tokio::sync::watch::channel(true);
    let mut wanted = suite(at(addr), Duration::from_secs(600), &[S2]);
    wanted.stop = Some(stopped);
    let run = tokio::time::timeout(Duration::from_secs(60), wanted.run(|_| {}));
    assert_eq!(run.await.expect("it ends").unwrap_err().exit, 130);
}

#[tokio::test(flavor = "multi_thread")]
async fn harm_to_another_connection_fails_the_hostile_case() {
    // Audio of exactly the bystander's length is lost.
    let server = reference(|| {
        Hooks::default()
            .relay_in(|kind, _, payload| kind != MessageType::AUDIO || payload.len() != 80)
            .boxed()
    })
    .await;
    let judged = run(suite(at(server.local_addr()), ENOUGH, &[GARBAGE])).await;
    assert_eq!(verdict(&judged, GARBAGE), (Verdict::Fail, "bystander-glitch".into()));
    assert_eq!(exit(&judged), 1);
    server.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_cases_without_a_bystander_say_so() {
    let server = reference(|| {
        Hooks::default()
            .message_out(|messages| {
                messages.retain(|m| !m.payload.windows(13).any(|w| w == b"Publish.Start"))
            })
            .boxed()
    })
    .await;
    let judged = run(suite(at(server.local_addr()), Duration::from_secs(1), &[GARBAGE])).await;
    assert_eq!(verdict(&judged, GARBAGE).0, Verdict::Pass);
    let finding = judged.results.findings.iter().find(|f| f.code == "no-bystander").expect("it is told");
    assert!(finding.text.contains("publish") && !finding.counts, "{}", finding.text);
    server.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn repetitions_that_differ_are_flaky() {
    let broken = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&broken);
    let server = reference(move || match seen.load(Ordering::Relaxed) {
        true => noisy_s2(),
        false => Hooks::default().boxed(),
    })
    .await;
    let mut wanted = suite(at(server.local_addr()), ENOUGH, &[S2]);
    wanted.repeat = 3;
    let judged = wanted
        .run(|told| {
            if matches!(told, Progress::Ended(_)) {
                broken.fetch_xor(true, Ordering::Relaxed);
            }
        })
        .await
        .unwrap();
    valid(&judged.results);
    let flaky = case(&judged, S2);
    assert_eq!(flaky.attempts, [Verdict::Pass, Verdict::Fail, Verdict::Pass]);
    assert_eq!((flaky.overlay, exit(&judged)), (Some(Overlay::Flaky), 1));
    server.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn fail_fast_stops_at_the_first_new_failure() {
    let server = reference(noisy_s2).await;
    let wanted = || {
        let mut suite = suite(at(server.local_addr()), ENOUGH, &["hs/s2", "ctrl/chunk-size", "conn/connect"]);
        suite.options.jobs = 1;
        suite.options.fail_fast = true;
        suite
    };
    let judged = run(wanted()).await;
    let ran = judged.results.cases.iter().filter(|c| c.verdict != Verdict::Skipped).count();
    assert_eq!((ran, exit(&judged)), (1, 1), "{}", judged.console(false));
    // An expected failure is no reason to stop.
    let judged = run(Baseline::new(&[(S2, "fail", "s2-echo", "")]).of(wanted())).await;
    assert_eq!((judged.results.cases.len(), exit(&judged)), (judged.results.run.selected, 0));
    server.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_there_is_exit_5() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    drop(listener);
    let error = suite(at(addr), SHORT, &[S2]).run(|_| {}).await.unwrap_err();
    assert_eq!(error.exit, 5);
    assert!(error.text.starts_with(&format!("nothing can be reached at {addr}: ")), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn levels_decide_what_counts() {
    let server = reference(noisy_s2).await;
    let mut wanted = suite(at(server.local_addr()), ENOUGH, &[S2, CONNECT]);
    wanted.levels = vec![rtmpspec::case::Level::Safety];
    let judged = run(wanted).await;
    assert_eq!((verdict(&judged, S2).0, exit(&judged)), (Verdict::Fail, 0));
    assert!(judged.console(false).contains("FINDINGS"));
    server.shutdown().await;
}

// ----- secrets -----

fn files(dir: &Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}

fn no_file_holds(dir: &Path, secrets: &[&str]) -> usize {
    let found = files(dir);
    for path in &found {
        let mut bytes = Vec::new();
        std::fs::File::open(path).unwrap().read_to_end(&mut bytes).unwrap();
        for secret in secrets {
            let held = bytes.windows(secret.len()).any(|w| w == secret.as_bytes());
            assert!(!held, "{} holds {secret}", path.display());
        }
    }
    found.len()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_key_is_in_no_file() {
    // `must` is a word of the results file too: the key leaves no trace and the file stays readable.
    for (template, secrets) in
        [("sk-hunter2-{n}-zq9tail", &["sk-hunter2-", "-zq9tail"][..]), ("must-{n}", &["must-"])]
    {
        let mut wanted =
            suite(Wanted::Embedded, Options::default().patience, &["nsp/relay/audio-and-video", ZERO]);
        wanted.stream = Some(template.into());
        let judged = run(wanted).await;
        assert_eq!(exit(&judged), 0, "{}", judged.console(false));
        let dir = tempfile::tempdir().unwrap();
        judged.write(dir.path(), true, true).unwrap();
        assert!(no_file_holds(dir.path(), secrets) >= 6);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_in_a_url_is_in_no_file_of_a_failing_run() {
    let server = reference(noisy_s2).await;
    let url = format!("rtmp://{}/live?token=hunter2", server.local_addr());
    let mut wanted = suite(Wanted::Url(Address::parse(&url).unwrap()), ENOUGH, &[S2, CONNECT]);
    wanted.stream = Some("key-hunter3".into());
    let judged = run(wanted).await;
    assert_eq!(exit(&judged), 1);
    assert_eq!(judged.results.run.jobs, 1, "one name for everybody: one case at a time");
    let dir = tempfile::tempdir().unwrap();
    judged.write(dir.path(), true, true).unwrap();
    no_file_holds(dir.path(), &["hunter2", "hunter3"]);
    assert!(!judged.console(false).contains("hunter"));
    // The line to paste is one word per argument for a shell.
    let words = shlex::split(&case(&judged, S2).rerun).unwrap();
    assert_eq!(words[..2], ["rtmpspec", "server"]);
    assert!(words[2].starts_with("rtmp://") && words[3] == S2, "{words:?}");
    server.shutdown().await;
}

/// Words of a hostile target reach no terminal as what they are.
#[tokio::test(flavor = "multi_thread")]
async fn escape_sequences_of_a_target_are_not_passed_on() {
    let counted = Arc::new(AtomicUsize::new(0));
    let seen = Arc::clone(&counted);
    let server = reference(move || {
        let seen = Arc::clone(&seen);
        Hooks::default()
            .message_out(move |messages| {
                for message in messages.iter_mut().filter(|m| m.payload.starts_with(b"\x02\x00\x07_result")) {
                    let mut bytes = message.payload.to_vec();
                    if let Some(at) = bytes.windows(11).position(|w| w == b"NetConnecti") {
                        bytes[at..at + 5].copy_from_slice(b"\x1b[31m");
                        seen.fetch_add(1, Ordering::Relaxed);
                    }
                    message.payload = bytes.into();
                }
            })
            .boxed()
    })
    .await;
    let judged = run(suite(at(server.local_addr()), ENOUGH, &["conn/connect"])).await;
    assert!(counted.load(Ordering::Relaxed) > 0);
    let dir = tempfile::tempdir().unwrap();
    judged.write(dir.path(), true, true).unwrap();
    for path in files(dir.path()).iter().filter(|p| p.extension().is_some_and(|e| e != "pcapng")) {
        assert!(!std::fs::read(path).unwrap().contains(&0x1b), "{}", path.display());
    }
    assert!(!judged.console(false).contains('\u{1b}'));
    server.shutdown().await;
}
