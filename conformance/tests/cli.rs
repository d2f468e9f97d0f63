//! The program as its users meet it: exit codes, first lines, files, help. Every trial has a folder of its own.

use std::io::Read as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Output, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use libtest_mimic::{Arguments, Completion, Failed, Trial};
use rtmp_net::{Server, ServerConfig, ServerHandle};
use rtmp_proto::tamper::{HandshakePart, InputRuling, Tamper};
use rtmpspec::faults::Hooks;
use serde_json::Value;
use tempfile::TempDir;
use tokio::runtime::Runtime;

const S2: &str = "hs/s2/echoes-c1";
const ZERO: &str = "ctrl/chunk-size/zero";
/// First argument of this binary when it is started as a target: then the port and a file to write.
const TARGET: &str = "target-that-stalls";
/// Set Chunk Size 0 on the wire.
const SIZE_0: [u8; 16] = [2, 0, 0, 0, 0, 0, 4, 1, 0, 0, 0, 0, 0, 0, 0, 0];

fn main() -> ExitCode {
    if let [TARGET, port, told] =
        std::env::args().skip(1).collect::<Vec<_>>().iter().map(String::as_str).collect::<Vec<_>>()[..]
    {
        target_that_stalls(port.parse().expect("a port"), told.into());
        return ExitCode::SUCCESS;
    }
    let arguments = Arguments::from_args();
    let trial = |name: &str, run: fn()| {
        Trial::test(name, move || {
            run();
            Ok(())
        })
    };
    let trials = vec![
        trial("help-texts", help_texts),
        trial("usage-errors-are-exit-2", usage_errors),
        trial("a-typo-is-exit-4", a_typo),
        trial("nobody-there-is-exit-5", nobody_there),
        trial("a-target-that-cannot-start-is-exit-5", cannot_start),
        trial("list-and-explain", list_and_explain),
        trial("coverage", coverage),
        trial("doctor", doctor),
        trial("a-run-writes-its-files", a_run_writes_its_files),
        trial("a-failing-run", a_failing_run),
        trial("select-failed", select_failed),
        trial("bless", bless),
        trial("a-closed-pipe-changes-nothing", a_closed_pipe),
        trial("an-unwritable-place-is-found-first", an_unwritable_place),
        trial("a-key-is-nowhere", a_key_is_nowhere),
        Trial::ignorable_test("tshark-opens-the-capture", tshark_opens_the_capture),
        Trial::ignorable_test("an-interrupt-keeps-results-and-leaves-nothing", an_interrupt),
    ];
    libtest_mimic::run(&arguments, trials).exit_code()
}

// ----- running -----

struct Place(TempDir);

struct Ran {
    code: i32,
    out: String,
    err: String,
}

impl Place {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rtmpspec"));
        command.args(arguments).current_dir(self.0.path()).stdin(Stdio::null());
        for (name, _) in std::env::vars_os().filter(|(n, _)| n.to_string_lossy().starts_with("RTMPSPEC_")) {
            command.env_remove(name);
        }
        command.env("NO_COLOR", "1").env("COLUMNS", "100");
        command
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        self.command(arguments).output().unwrap().into()
    }
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().expect("it ends by itself"),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

fn run(arguments: &[&str]) -> Ran {
    Place::new().run(arguments)
}

/// The exit code and the first line on stderr.
fn refused(arguments: &[&str]) -> (i32, String) {
    let ran = run(arguments);
    assert_eq!(ran.out, "", "{arguments:?}");
    (ran.code, ran.err.lines().next().unwrap_or_default().to_owned())
}

// ----- targets -----

struct Served {
    runtime: Runtime,
    server: Option<ServerHandle>,
    addr: SocketAddr,
}

impl Served {
    fn new(tamper: Option<fn() -> Box<dyn Tamper>>) -> Self {
        let runtime = Runtime::new().unwrap();
        let config = ServerConfig { tamper: tamper.map(|t| Arc::new(t) as _), ..ServerConfig::default() };
        let server = runtime.block_on(async { Server::bind("127.0.0.1:0", config).await.unwrap().spawn() });
        Self { addr: server.local_addr(), runtime, server: Some(server) }
    }

    fn url(&self) -> String {
        format!("rtmp://{}/live", self.addr)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        if let Some(server) = self.server.take() {
            self.runtime.block_on(server.shutdown());
        }
    }
}

/// S2 with another last byte: S2 must echo C1 (RTMP 5.2.4).
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

/// Serves until it is killed; a Set Chunk Size of 0 makes it stall and write `told`.
fn target_that_stalls(port: u16, told: PathBuf) {
    let tamper = move || {
        let told = told.clone();
        let mut last = Vec::new();
        Hooks::default()
            .bytes_in(move |bytes| {
                last.extend_from_slice(bytes);
                if last.windows(SIZE_0.len()).any(|w| w == SIZE_0) {
                    std::fs::write(&told, b"stalled").unwrap();
                    return InputRuling::Stall;
                }
                last.drain(..last.len().saturating_sub(SIZE_0.len() - 1));
                InputRuling::Process
            })
            .boxed()
    };
    Runtime::new().unwrap().block_on(async {
        let config = ServerConfig { tamper: Some(Arc::new(tamper)), ..ServerConfig::default() };
        Server::bind(("127.0.0.1", port), config).await.unwrap().run(std::future::pending()).await;
    });
}

// ----- trials -----

fn help_texts() {
    let mut all = String::new();
    for words in [
        &["--help"][..],
        &["server", "--help"],
        &["doctor", "--help"],
        &["listen", "--help"],
        &["list", "--help"],
        &["explain", "--help"],
        &["coverage", "--help"],
    ] {
        let ran = run(words);
        assert_eq!((ran.code, ran.err.as_str()), (0, ""));
        all += &format!("$ rtmpspec {}\n{}\n", words.join(" "), ran.out);
    }
    assert!(all.contains("RTMPSPEC_STREAM='key{n}' rtmpspec server"), "clap turned {{n}} into a line end");
    insta::assert_snapshot!("help", all);
}

fn usage_errors() {
    for (arguments, first) in [
        (&["server", "--nope"][..], "error: unexpected argument '--nope' found"),
        (&["server", "rtmp://a/live", "rtmp://b/live"], "error: more than one URL: one target at a time"),
        (
            &["server", "rtmps://h/live?key=hunter2"],
            "error: rtmps://h/live?xxxxxxxxxxx: `rtmps` is not judged yet: use rtmp://HOST[:PORT]/APP",
        ),
        (
            &["server", "rtmp://me:hunter2@h/live"],
            "error: rtmp://xxxxxxxxxx@h/live: a user name and password before the host are not supported",
        ),
        (&["server", "--timeout", "0"], "error: --timeout 0: 0.05 to 600 seconds"),
        (&["server", "--timeout", "1e19"], "error: --timeout 10000000000000000000: 0.05 to 600 seconds"),
        (
            &["doctor", "rtmp://127.0.0.1/live", "--timeout", "nan"],
            "error: --timeout NaN: 0.05 to 600 seconds",
        ),
        (
            &["server", "--level", "must,mst"],
            "error: --level: `mst` is no level: must, should, may, de-facto, safety",
        ),
        (&["server", "--profile", "cor"], "error: --profile cor: core, publish, play or relay"),
        (&["server", "--trace", "some"], "error: --trace some: failed or all"),
        (&["server", "--report", "pdf"], "error: --report pdf: json, junit or md"),
        (&["server", "--ready", "http"], "error: --ready http: only tcp is known"),
        (&["server", "--spawn", "'a"], "error: --spawn 'a: the quotes do not match, or it is empty"),
        (&["server", "failed"], "error: `failed` needs a run before it: none is noted in .rtmpspec/last"),
        (&["server", "--bless"], "error: the following required arguments were not provided:"),
        (&["doctor", "host"], "error: host: a target is written rtmp://HOST[:PORT]/APP"),
    ] {
        assert_eq!(refused(arguments), (2, first.into()), "{arguments:?}");
    }
    let place = Place::new();
    std::fs::write(
        place.path("b.toml"),
        "[[expect]]\ncase = \"hs/nothing/**\"\noutcome = \"fail\"\nbecause = \"x\"\nreason = \"r\"\n",
    )
    .unwrap();
    let ran = place.run(&["server", "hs/s2", "--baseline", "b.toml"]);
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
    assert_eq!(
        ran.err,
        "error: baseline b.toml, line 1: case `hs/nothing/**` matches no case; `rtmpspec list` shows them all\n"
    );
    assert_eq!(place.run(&["server", "hs/s2", "--baseline", "missing.toml"]).code, 2);
}

fn a_typo() {
    let (code, first) = refused(&["server", "hs/s2/echos-c1"]);
    assert_eq!(code, 4);
    assert!(first.starts_with("error: no case matches `hs/s2/echos-c1`; did you mean"), "{first}");
    assert!(first.contains("hs/s2/echoes-c1"), "{first}");
    assert_eq!(
        refused(&["list", "zzzzz"]),
        (4, "error: no case matches `zzzzz`; `rtmpspec list` shows them all".into())
    );
    assert_eq!(
        refused(&["server", "--profile", "relay", S2]),
        (4, "error: nothing is selected: no case has both the selection and the profile".into())
    );
}

fn nobody_there() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = listener.local_addr().unwrap();
    drop(listener);
    let url = format!("rtmp://{addr}/live");
    for arguments in [&["server", &url][..], &["doctor", &url]] {
        let ran = run(arguments);
        assert_eq!((ran.code, ran.out.as_str(), ran.err.lines().count()), (5, "", 1), "{}", ran.err);
        assert!(ran.err.starts_with(&format!("error: nothing can be reached at {addr}: ")), "{}", ran.err);
    }
}

fn cannot_start() {
    let (code, first) = refused(&["server", "--spawn", "rtmpspec-no-such-program {port}", S2]);
    assert_eq!(code, 5);
    assert!(first.starts_with("error: `rtmpspec-no-such-program` cannot be started: "), "{first}");
}

fn list_and_explain() {
    let list = run(&["list", "hs/s2"]);
    assert_eq!((list.code, list.err.as_str()), (0, ""));
    assert!(list.out.starts_with("hs/s2/echoes-c1  must      core     "), "{}", list.out);
    assert!(list.out.ends_with("1 cases\n") || list.out.ends_with("1 case\n"), "{}", list.out);
    let json: Value = serde_json::from_str(&run(&["list", "--json"]).out).unwrap();
    let ids: Vec<&str> = json.as_array().unwrap().iter().map(|c| c["id"].as_str().unwrap()).collect();
    assert!(ids.len() >= 80 && ids.contains(&S2));
    assert!(json[0]["rules"].as_array().is_some_and(|r| !r.is_empty()));
    let case = run(&["explain", S2]);
    assert_eq!(case.code, 0);
    assert!(case.out.starts_with("hs/s2/echoes-c1\n") && case.out.contains("s2-echo"), "{}", case.out);
    let rule = run(&["explain", "chunk-031"]);
    assert!(rule.code == 0 && rule.out.contains("CHUNK-031") && rule.out.contains("5.3.1.3"), "{}", rule.out);
    let (code, first) = refused(&["explain", "hs/s2/echos-c1"]);
    assert!(code == 4 && first.contains("hs/s2/echoes-c1"), "{first}");
}

fn coverage() {
    let table = run(&["coverage"]);
    assert_eq!((table.code, table.err.as_str()), (0, ""));
    assert!(table.out.contains("819"), "{}", table.out);
    let json: Value = serde_json::from_str(&run(&["coverage", "--json"]).out).unwrap();
    assert!(json.is_object() || json.is_array());
    let strict = run(&["coverage", "--strict"]);
    assert_eq!(strict.code, 1);
    assert!(strict.err.ends_with(" requirements are not accounted for\n"), "{}", strict.err);
    assert_eq!(run(&["coverage", "--codec", "--details"]).code, 0);
}

fn doctor() {
    let server = Served::new(None);
    let text = run(&["doctor", &server.url()]);
    assert_eq!((text.code, text.err.as_str()), (0, ""));
    assert!(text.out.starts_with(&format!("{}\n", server.url())), "{}", text.out);
    for word in ["handshake", "connect", "createStream", "publish", "play", "relay verbatim", "ping answered"]
    {
        assert!(text.out.contains(word), "{word}: {}", text.out);
    }
    assert!(!text.out.contains("FAIL"));
    let json =
        run(&["doctor", &format!("{}?token=hunter2", server.url()), "--json", "--stream", "hunter3-{n}"]);
    assert_eq!(json.code, 0, "{}", json.out);
    assert!(!json.out.contains("hunter"), "{}", json.out);
    let probe: Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!((probe["answers_ping"].as_bool(), probe["barrier"].as_str()), (Some(true), Some("ping")));
    assert!(probe["steps"].as_array().unwrap().iter().all(|s| s["ok"] == true));
    let traced =
        run(&["doctor", &format!("{}?token=hunter2", server.url()), "--trace", "--stream", "hunter3-{n}"]);
    assert!(traced.out.contains("S0 S1 S2") && !traced.out.contains("hunter"), "{}", traced.out);
}

fn results(dir: &Path) -> Value {
    let text = std::fs::read_to_string(dir.join("results.json")).unwrap();
    let instance = serde_json::from_str(&text).unwrap();
    let schema = serde_json::from_str(rtmp_report::RESULTS_SCHEMA_JSON).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let errors: Vec<String> = validator.iter_errors(&instance).map(|e| e.to_string()).collect();
    assert_eq!(errors, Vec::<String>::new());
    instance
}

fn a_run_writes_its_files() {
    let place = Place::new();
    let ran = place.run(&["server", S2, "conn/connect/result", "--report", "md"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{}", ran.out);
    assert!(ran.out.contains("result: as expected (exit 0)"), "{}", ran.out);
    let dir = PathBuf::from(std::fs::read_to_string(place.path(".rtmpspec/last")).unwrap());
    assert!(dir.is_absolute() && ran.out.contains("report: .rtmpspec/runs/"), "{}", ran.out);
    let json = results(&dir);
    assert_eq!(json["schema"], "rtmpspec-results-v1");
    assert_eq!((json["summary"]["pass"].as_u64(), json["summary"]["exit_code"].as_u64()), (Some(2), Some(0)));
    assert_eq!(json["target"]["kind"], "embedded");
    assert!(json["target"]["probe"]["steps"].is_array());
    let junit = std::fs::read_to_string(dir.join("junit.xml")).unwrap();
    assert!(junit.starts_with("<?xml") && junit.contains("hs/s2/echoes-c1"));
    assert!(dir.join("report.md").is_file());
    let wire = std::fs::read_to_string(dir.join("cases/hs__s2__echoes-c1/wire.txt")).unwrap();
    assert!(wire.contains("C0 C1") && wire.contains("S0 S1 S2"), "{wire}");
    // Section header block of a pcapng file.
    let capture = std::fs::read(dir.join("cases/hs__s2__echoes-c1/wire.pcapng")).unwrap();
    assert_eq!(capture[..4], [0x0A, 0x0D, 0x0D, 0x0A]);
    let again = place.run(&["server", S2, "--trace", "failed", "--out", "here/and/there"]);
    assert_eq!(again.code, 0);
    results(&place.path("here/and/there"));
    assert!(!place.path("here/and/there/cases").exists());
    assert!(std::fs::read_to_string(place.path(".rtmpspec/last")).unwrap().ends_with("here/and/there"));
}

/// Replaces what differs between runs: the address, the folder, times.
fn steady(text: &str, replace: &[(&str, &str)]) -> String {
    let text = replace.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to));
    let mut out = String::new();
    let mut rest = text.as_str();
    while let Some(at) = rest.find(|c: char| c.is_ascii_digit()) {
        let (before, number) = rest.split_at(at);
        let end = number.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(number.len());
        let (digits, after) = number.split_at(end);
        out += before;
        let unit = after.trim_start_matches(' ');
        let is_time = unit.starts_with("ms") || unit.starts_with("s)") || unit.starts_with("s,");
        out += if is_time { "T" } else { digits };
        rest = after;
    }
    out + rest
}

fn a_failing_run() {
    let server = Served::new(Some(noisy_s2));
    let place = Place::new();
    let ran = place.run(&["server", &server.url(), S2, "--out", "run"]);
    assert_eq!((ran.code, ran.err.as_str()), (1, ""));
    let shown = steady(&ran.out, &[(&server.addr.to_string(), "HOST:PORT")]);
    insta::assert_snapshot!("a_failing_case", shown);
    // The line to paste, pasted.
    let json = results(&place.path("run"));
    let words = shlex::split(json["cases"][0]["rerun"].as_str().unwrap()).unwrap();
    assert_eq!(words[0], "rtmpspec");
    let words: Vec<&str> = words[1..].iter().map(String::as_str).collect();
    assert_eq!(place.run(&words).code, 1);
}

fn select_failed() {
    let server = Served::new(Some(noisy_s2));
    let place = Place::new();
    assert_eq!(place.run(&["server", &server.url(), "hs/s2", "hs/s1"]).code, 1);
    let ran = place.run(&["server", "failed", "--out", "second"]);
    assert_eq!(ran.code, 0, "{}", ran.out);
    let json = results(&place.path("second"));
    let ids: Vec<&str> =
        json["cases"].as_array().unwrap().iter().map(|c| c["id"].as_str().unwrap()).collect();
    assert_eq!(ids, [S2]);
    let none = place.run(&["server", "failed"]);
    assert_eq!(none.code, 4);
    assert_eq!(none.err, "error: no case matches `failed`: none was bad in the last run\n");
}

fn bless() {
    let server = Served::new(Some(noisy_s2));
    let place = Place::new();
    let arguments = ["server", &server.url(), S2, "--baseline", "b.toml"];
    let blessed = place.run(&[&arguments[..], &["--bless"]].concat());
    assert_eq!(blessed.code, 1);
    assert!(blessed.out.ends_with("b.toml: 1 entries added, 0 removed; fill in each empty reason\n"));
    let unreasoned = place.run(&arguments);
    assert_eq!(unreasoned.code, 2);
    assert!(unreasoned.err.contains("gives no reason"), "{}", unreasoned.err);
    let text = std::fs::read_to_string(place.path("b.toml")).unwrap();
    std::fs::write(place.path("b.toml"), text.replace("reason = \"\"", "reason = \"known\"")).unwrap();
    let expected = place.run(&arguments);
    assert_eq!(expected.code, 0, "{}", expected.out);
    assert!(expected.out.contains("EXPECTED FAILURES"), "{}", expected.out);
    // Against a target without the fault the entry is stale.
    let stale = place.run(&["server", S2, "--baseline", "b.toml"]);
    assert_eq!(stale.code, 3, "{}", stale.out);
    assert!(stale.out.contains("STALE BASELINE ENTRIES"), "{}", stale.out);
}

fn a_closed_pipe() {
    let server = Served::new(Some(noisy_s2));
    let place = Place::new();
    for (arguments, code) in
        [(&["list"][..], 0), (&["coverage", "--details"], 0), (&["server", &server.url(), S2], 1)]
    {
        let mut child =
            place.command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let mut err = String::new();
        child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
        assert_eq!((child.wait().unwrap().code(), err.as_str()), (Some(code), ""), "{arguments:?}");
    }
}

fn an_unwritable_place() {
    let place = Place::new();
    std::fs::write(place.path("file"), b"").unwrap();
    let ran = place.run(&["server", S2, "--out", "file/run"]);
    assert_eq!((ran.code, ran.out.as_str(), ran.err.lines().count()), (2, "", 1), "{}", ran.err);
    assert!(ran.err.starts_with("error: the run cannot be written: file/run: "), "{}", ran.err);
}

fn a_key_is_nowhere() {
    let server = Served::new(Some(noisy_s2));
    let place = Place::new();
    let url = format!("{}?token=hunter2", server.url());
    let output = place
        .command(&["server", &url, S2, "conn/connect/result", "--out", "run", "--report", "md"])
        .env("RTMPSPEC_STREAM", "hunter3-{n}")
        .output()
        .unwrap();
    let ran = Ran::from(output);
    assert_eq!(ran.code, 1, "{}", ran.err);
    let unreachable = place
        .command(&["server", "rtmp://127.0.0.1:1/live?token=hunter2", S2])
        .env("RTMPSPEC_STREAM", "hunter3-{n}")
        .output()
        .unwrap();
    let unreachable = Ran::from(unreachable);
    for text in [ran.out, ran.err, unreachable.out, unreachable.err] {
        assert!(!text.contains("hunter"), "{text}");
    }
    let mut folders = vec![place.path("run")];
    let mut files = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()) {
            if entry.is_dir() {
                folders.push(entry);
                continue;
            }
            files += 1;
            let held = std::fs::read(&entry).unwrap().windows(6).any(|w| w == b"hunter");
            assert!(!held, "{}", entry.display());
        }
    }
    assert!(files >= 7);
}

/// A missing program is never a pass; where the machine has to have it, it is a failure.
fn missing(program: &str) -> Result<Completion, Failed> {
    if std::env::var_os("RTMPSPEC_REQUIRE_PEERS").is_some_and(|v| v == "1") {
        return Err(Failed::from(format!("{program} is missing")));
    }
    Ok(Completion::ignored_with(format!("{program} is missing")))
}

fn tshark_opens_the_capture() -> Result<Completion, Failed> {
    let found = Command::new("tshark").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    if !found.is_ok_and(|status| status.success()) {
        return missing("tshark");
    }
    let place = Place::new();
    let ran = place.run(&["server", "conn/connect/result", "--out", "run"]);
    assert_eq!(ran.code, 0, "{}", ran.out);
    let capture = place.path("run/cases/conn__connect__result/wire.pcapng");
    let output = Command::new("tshark").arg("-r").arg(capture).args(["-Y", "rtmpt"]).output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.contains("connect('live')"), "{text}");
    assert!(text.contains("_result("), "{text}");
    assert!(!text.contains("Malformed"), "{text}");
    Ok(Completion::Completed)
}

fn an_interrupt() -> Result<Completion, Failed> {
    if !cfg!(unix) {
        return missing("a Unix shell");
    }
    let place = Place::new();
    let told = place.path("told");
    let exe = std::env::current_exe()?;
    let spawn = shlex::try_join([&exe.display().to_string(), TARGET, "{port}", &told.display().to_string()])
        .map_err(|e| Failed::from(e.to_string()))?;
    // Nobody would wait for this patience to end.
    let arguments =
        ["server", "--spawn", &spawn, S2, ZERO, "--jobs", "1", "--timeout", "600", "--out", "run"];
    let mut child = place.command(&arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
    let deadline = Instant::now() + Duration::from_secs(90);
    // There is no event for another program's file.
    while !told.exists() && Instant::now() < deadline {
        std::thread::sleep(Duration::from_millis(20));
    }
    let stalled = told.exists();
    Command::new("sh").args(["-c", "kill -INT \"$0\"", &child.id().to_string()]).status()?;
    let mut ended = None;
    while ended.is_none() && Instant::now() < deadline {
        ended = child.try_wait()?;
        std::thread::sleep(Duration::from_millis(20));
    }
    let _ = child.kill();
    assert!(stalled, "the stimulus never came");
    assert_eq!(ended.and_then(|status| status.code()), Some(130));
    let json = results(&place.path("run"));
    let cases = json["cases"].as_array().unwrap();
    assert_eq!((cases.len(), cases[0]["id"].as_str()), (1, Some(S2)));
    let url = json["target"]["url"].as_str().unwrap();
    let addr = url.trim_start_matches("rtmp://").trim_end_matches("/live");
    assert!(std::net::TcpStream::connect(addr).is_err(), "the target still runs");
    Ok(Completion::Completed)
}
