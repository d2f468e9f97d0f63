//! The server under test: the embedded reference, a URL, or a process that the suite starts.

use std::collections::VecDeque;
use std::net::{IpAddr, SocketAddr};
use std::process::Stdio;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::AsyncReadExt as _;
use tokio::process::Child;

use crate::stage::{Place, rss_kib};

/// An RTMP address as the suite needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// Host as written, brackets of IPv6 removed.
    pub host: String,
    /// Port, 1935 if none is given.
    pub port: u16,
    /// Application: the path without leading and trailing slash, query included.
    pub app: String,
}

impl Address {
    /// Reads `rtmp://host[:port]/app`.
    ///
    /// # Errors
    /// A sentence that says what is wrong and how it is written.
    pub fn parse(url: &str) -> Result<Self, String> {
        let rest = match url.split_once("://") {
            Some(("rtmp", rest)) => rest,
            Some((scheme @ ("rtmps" | "rtmpt" | "rtmpts" | "rtmpe" | "rtmpte"), _)) => {
                return Err(format!("`{scheme}` is not judged yet: use rtmp://HOST[:PORT]/APP"));
            }
            _ => return Err("a target is written rtmp://HOST[:PORT]/APP".into()),
        };
        let (authority, app) = rest.split_once('/').unwrap_or((rest, ""));
        let (host, port) = match authority.strip_prefix('[').and_then(|a| a.split_once(']')) {
            Some((host, after)) => (host, after.strip_prefix(':')),
            None => match authority.split_once(':') {
                Some((host, port)) => (host, Some(port)),
                None => (authority, None),
            },
        };
        if authority.contains('@') {
            return Err("a user name and password before the host are not supported".into());
        }
        if host.is_empty() || host.contains(['?', '#']) {
            return Err("there is no HOST[:PORT] in it".into());
        }
        let port = match port {
            None => 1935,
            Some(port) => port.parse().map_err(|_| format!("`{port}` is no port number"))?,
        };
        let app = app.trim_end_matches('/');
        let app = if app.is_empty() { "live" } else { app };
        Ok(Self { host: host.into(), port, app: app.into() })
    }

    /// The tcUrl of connect.
    #[must_use]
    pub fn tc_url(&self) -> String {
        let host = if self.host.contains(':') { format!("[{}]", self.host) } else { self.host.clone() };
        let port = if self.port == 1935 { String::new() } else { format!(":{}", self.port) };
        format!("rtmp://{host}{port}/{}", self.app)
    }

    /// Looks the host up. Of several addresses, the first that accepts a connection is taken (`localhost` often
    /// means both `::1` and `127.0.0.1`); where none does, the first IPv4 address.
    ///
    /// # Errors
    /// A sentence that names the host.
    pub async fn resolve(&self) -> Result<SocketAddr, String> {
        let found: Vec<SocketAddr> = tokio::net::lookup_host((self.host.as_str(), self.port))
            .await
            .map_err(|e| format!("host {} cannot be resolved: {e}", self.host))?
            .take(8)
            .collect();
        if found.len() > 1 {
            for addr in &found {
                if accepts(*addr, Duration::from_secs(2)).await {
                    return Ok(*addr);
                }
            }
        }
        let first = found.iter().find(|a| a.is_ipv4()).or(found.first());
        first.copied().ok_or_else(|| format!("host {} has no address", self.host))
    }
}

/// Whether a TCP connection is accepted within `patience`.
async fn accepts(addr: SocketAddr, patience: Duration) -> bool {
    matches!(tokio::time::timeout(patience, tokio::net::TcpStream::connect(addr)).await, Ok(Ok(_)))
}

/// Whether hostile cases may go there without being asked for: loopback or private.
#[must_use]
pub fn is_near(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => ip.is_loopback() || ip.is_private() || ip.is_link_local(),
        IpAddr::V6(ip) => ip.is_loopback() || ip.is_unique_local() || ip.is_unicast_link_local(),
    }
}

/// What the suite is to judge, as asked for.
#[derive(Debug, Clone)]
pub enum Wanted {
    /// The reference server, in this process, on an ephemeral loopback port.
    Embedded,
    /// A server that runs already.
    Url(Address),
    /// A program that the suite starts: argv with `{host}`, `{port}`, `{url}`; the address of the URL, or an
    /// ephemeral loopback port.
    Spawn {
        /// Program and arguments.
        argv: Vec<String>,
        /// Where it will listen.
        address: Option<Address>,
    },
}

/// Time limits of the embedded reference, in ms.
const FAR_AWAY_MS: u64 = 300_000;
/// How long a spawned target may take until it accepts connections.
pub const READY_WITHIN: Duration = Duration::from_secs(30);
/// How long a target that ended may take until its supervisor has started it again.
const BACK_WITHIN: Duration = Duration::from_secs(3);
/// How long the stderr of a target that ended is read to its end.
const LAST_WORDS: Duration = Duration::from_secs(1);
/// Lines of a spawned target's stderr kept between two cases.
const STDERR_LINES: usize = 200;

enum Kind {
    Embedded(rtmp_net::server::ServerHandle),
    Url,
    Spawn {
        argv: Vec<String>,
        process: Option<Box<Process>>,
        stderr: Arc<Mutex<VecDeque<String>>>,
        end: Option<String>,
    },
}

/// A program that the suite started, with everything that it started itself. Dropping it ends them all.
struct Process {
    child: Child,
    group: Group,
    reader: tokio::task::JoinHandle<()>,
}

/// A process group of the target's own: Ctrl-C at the terminal reaches the suite only, and what the target
/// starts (workers of a server, children of a script) ends with it.
struct Group(Option<u32>);

impl Group {
    fn end(&mut self) {
        if let (true, Some(id)) = (cfg!(unix), self.0.take()) {
            // The shell's own kill: small machines have no program of that name.
            let _ = std::process::Command::new("sh")
                .args(["-c", "kill -KILL \"-$0\"", &id.to_string()])
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status();
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.end();
    }
}

impl Process {
    /// Ends it and waits until its port and its stderr are free.
    async fn end(mut self) {
        self.group.end();
        let _ = tokio::time::timeout(Duration::from_secs(5), self.child.kill()).await;
        // A handle that has told of its end must not be asked again.
        if !self.reader.is_finished() {
            let _ = tokio::time::timeout(LAST_WORDS, &mut self.reader).await;
        }
    }
}

/// The server under test.
pub struct Target {
    place: Arc<Place>,
    kind: Kind,
    /// URL without any key, for reports.
    pub url: String,
    /// How often it was started again.
    pub restarts: u32,
    counter: Arc<AtomicU64>,
}

impl Target {
    /// Finds or starts the target.
    ///
    /// # Errors
    /// A sentence that says what could not be started or found.
    pub async fn start(wanted: Wanted, names: String) -> Result<Self, String> {
        match wanted {
            Wanted::Embedded => Self::embedded(None, names).await,
            Wanted::Url(address) => {
                let addr = address.resolve().await?;
                Ok(Self::at(&address, addr, names, Kind::Url, None))
            }
            Wanted::Spawn { argv, address } => {
                let address = match address {
                    Some(address) => address,
                    None => Address { host: "127.0.0.1".into(), port: free_port()?, app: "live".into() },
                };
                let addr = address.resolve().await?;
                let argv = fill(&argv, &address);
                let kind = Kind::Spawn { argv, process: None, stderr: Arc::default(), end: None };
                let mut target = Self::at(&address, addr, names, kind, None);
                target.launch().await?;
                Ok(target)
            }
        }
    }

    /// The reference server in this process, with deviations if a fault is to be planted.
    ///
    /// # Errors
    /// When no loopback port can be had.
    pub async fn embedded(
        tamper: Option<rtmp_net::server::TamperFactory>,
        names: String,
    ) -> Result<Self, String> {
        let mut config = rtmp_net::server::ServerConfig { tamper, ..Default::default() };
        // No verdict about the reference may depend on how busy this machine is: its own time limits, which no
        // case waits for, are far away.
        config.limits.handshake_ms = FAR_AWAY_MS;
        config.limits.request_ms = FAR_AWAY_MS;
        config.limits.idle_ping_ms = FAR_AWAY_MS;
        let server = rtmp_net::server::Server::bind(("127.0.0.1", 0), config)
            .await
            .map_err(|e| format!("the embedded reference server cannot listen: {e}"))?;
        let addr = server.local_addr();
        let address = Address { host: "127.0.0.1".into(), port: addr.port(), app: "live".into() };
        Ok(Self::at(&address, addr, names, Kind::Embedded(server.spawn()), Some(std::process::id())))
    }

    fn at(address: &Address, addr: SocketAddr, names: String, kind: Kind, pid: Option<u32>) -> Self {
        let place =
            Place { addr, app: address.app.clone(), tc_url: address.tc_url(), names, play: None, pid };
        Self { place: Arc::new(place), kind, url: address.tc_url(), restarts: 0, counter: Arc::default() }
    }

    /// Players connect elsewhere.
    pub fn play_at(&mut self, addr: SocketAddr, address: &Address) {
        let place =
            Place { play: Some((addr, address.app.clone(), address.tc_url())), ..Place::clone(&self.place) };
        self.place = Arc::new(place);
    }

    /// `embedded`, `url` or `spawn`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self.kind {
            Kind::Embedded(_) => "embedded",
            Kind::Url => "url",
            Kind::Spawn { .. } => "spawn",
        }
    }

    /// Where it is.
    #[must_use]
    pub fn place(&self) -> Arc<Place> {
        Arc::clone(&self.place)
    }

    /// Numbers the stream names of a run.
    #[must_use]
    pub fn counter(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.counter)
    }

    /// Whether it still accepts connections, and, where the suite started it, still runs.
    pub async fn is_alive(&mut self) -> bool {
        if let Kind::Spawn { process: Some(process), end, .. } = &mut self.kind
            && let Ok(Some(status)) = process.child.try_wait()
        {
            end.get_or_insert_with(|| format!("the target's process ended: {status}"));
            return false;
        }
        let accepted = accepts(self.place.addr, Duration::from_secs(5)).await;
        if !accepted {
            self.settle(LAST_WORDS).await;
        }
        accepted
    }

    /// A process that ends closes its connections before it is gone: looks for `time` whether this one is ending.
    /// Called when something went wrong, so that the end is told of the right case.
    pub async fn settle(&mut self, time: Duration) {
        if let Kind::Spawn { process: Some(process), end, .. } = &mut self.kind
            && let Ok(Ok(status)) = tokio::time::timeout(time, process.child.wait()).await
        {
            end.get_or_insert_with(|| format!("the target's process ended: {status}"));
        }
    }

    /// Starts it again after a crash; `false` if the suite did not start it or cannot.
    pub async fn restart(&mut self) -> bool {
        let Kind::Spawn { process, end, .. } = &mut self.kind else { return self.comes_back().await };
        *end = None;
        if let Some(process) = process.take() {
            process.end().await;
        }
        self.restarts += 1;
        self.launch().await.is_ok()
    }

    /// Whether somebody else (a supervisor) starts it again.
    async fn comes_back(&mut self) -> bool {
        let deadline = tokio::time::Instant::now() + BACK_WITHIN;
        let mut ticks = tokio::time::interval(Duration::from_millis(100));
        while tokio::time::Instant::now() < deadline {
            ticks.tick().await;
            if accepts(self.place.addr, BACK_WITHIN).await {
                self.restarts += 1;
                return true;
            }
        }
        false
    }

    /// How it ended.
    #[must_use]
    pub fn obituary(&self) -> String {
        match &self.kind {
            Kind::Spawn { end: Some(end), .. } => end.clone(),
            _ => "the target no longer accepts connections".into(),
        }
    }

    /// Open descriptors, where the process is known (Linux).
    #[must_use]
    pub fn descriptors(&self) -> Option<u64> {
        let pid = self.place.pid?;
        Some(std::fs::read_dir(format!("/proc/{pid}/fd")).ok()?.count() as u64)
    }

    /// Resident memory in KiB, where the process is known.
    #[must_use]
    pub fn rss_kib(&self) -> Option<u64> {
        rss_kib(self.place.pid?)
    }

    /// What it wrote to stderr since the last call, at most the last 200 lines.
    pub fn take_stderr(&mut self) -> Vec<String> {
        match &self.kind {
            Kind::Spawn { stderr, .. } => {
                stderr.lock().unwrap_or_else(std::sync::PoisonError::into_inner).drain(..).collect()
            }
            _ => Vec::new(),
        }
    }

    /// As [`Self::take_stderr`] for a target that has ended: what it wrote last is waited for, within a bound.
    pub async fn last_words(&mut self) -> Vec<String> {
        if let Kind::Spawn { process: Some(process), end: Some(_), .. } = &mut self.kind
            && !process.reader.is_finished()
        {
            let _ = tokio::time::timeout(LAST_WORDS, &mut process.reader).await;
        }
        self.take_stderr()
    }

    /// Ends what the suite started.
    pub async fn shut_down(self) {
        match self.kind {
            Kind::Embedded(handle) => handle.shutdown().await,
            Kind::Spawn { process: Some(process), .. } => process.end().await,
            Kind::Url | Kind::Spawn { .. } => {}
        }
    }

    async fn launch(&mut self) -> Result<(), String> {
        let addr = self.place.addr;
        let Kind::Spawn { argv, process, stderr, end } = &mut self.kind else { return Ok(()) };
        let (program, arguments) = argv.split_first().ok_or("--spawn names no program")?;
        if accepts(addr, Duration::from_secs(1)).await {
            return Err(format!(
                "something listens at {addr} already, it would be judged instead of `{program}`: end it, or leave \
                 the URL out for a free port"
            ));
        }
        let mut command = std::process::Command::new(program);
        command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut child = tokio::process::Command::from(command)
            .kill_on_drop(true)
            .spawn()
            .map_err(|e| format!("`{program}` cannot be started: {e}"))?;
        let pid = child.id();
        let reader = match child.stderr.take() {
            Some(pipe) => tokio::spawn(keep_lines(pipe, Arc::clone(stderr))),
            None => tokio::spawn(async {}),
        };
        let mut started = Process { child, group: Group(pid), reader };
        let deadline = tokio::time::Instant::now() + READY_WITHIN;
        // The port is polled: there is no event for another process that starts to listen.
        let mut ticks = tokio::time::interval(Duration::from_millis(20));
        let why = loop {
            if let Ok(Some(status)) = started.child.try_wait() {
                break format!("`{program}` ended before it accepted connections: {status}");
            }
            if accepts(addr, Duration::from_secs(1)).await {
                *process = Some(Box::new(started));
                *end = None;
                self.place = Arc::new(Place { pid, ..Place::clone(&self.place) });
                return Ok(());
            }
            if tokio::time::Instant::now() > deadline {
                break format!("`{program}` did not listen at {addr} within {} s", READY_WITHIN.as_secs());
            }
            ticks.tick().await;
        };
        let stderr = Arc::clone(stderr);
        started.end().await;
        let said = stderr.lock().unwrap_or_else(std::sync::PoisonError::into_inner).iter().last().cloned();
        Err(match said {
            Some(line) => format!("{why}; its last line on stderr: {}", printable(&line)),
            None => why,
        })
    }
}

/// At most 300 characters of one line of a target, nothing that a terminal would obey.
fn printable(line: &str) -> String {
    line.chars().take(300).map(|c| if c.is_control() { '\u{FFFD}' } else { c }).collect()
}

async fn keep_lines(pipe: tokio::process::ChildStderr, kept: Arc<Mutex<VecDeque<String>>>) {
    // Read bounded pieces, not lines: a target may write without a line end.
    let mut pipe = pipe;
    let mut buffer = vec![0; 4096];
    let mut partial = String::new();
    while let Ok(n @ 1..) = pipe.read(&mut buffer).await {
        partial.push_str(&String::from_utf8_lossy(&buffer[..n]));
        let mut lines: Vec<String> = partial.split('\n').map(str::to_owned).collect();
        partial = lines.pop().unwrap_or_default();
        if partial.len() > 4096 {
            lines.push(std::mem::take(&mut partial));
        }
        let mut kept = kept.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        kept.extend(lines);
        let surplus = kept.len().saturating_sub(STDERR_LINES);
        kept.drain(..surplus);
    }
    if !partial.is_empty() {
        kept.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push_back(partial);
    }
}

fn fill(argv: &[String], address: &Address) -> Vec<String> {
    argv.iter()
        .map(|a| {
            a.replace("{host}", &address.host)
                .replace("{port}", &address.port.to_string())
                .replace("{url}", &address.tc_url())
        })
        .collect()
}

fn free_port() -> Result<u16, String> {
    std::net::TcpListener::bind(("127.0.0.1", 0))
        .and_then(|l| l.local_addr())
        .map(|a| a.port())
        .map_err(|e| format!("no free loopback port: {e}"))
}

/// A template of stream names that no other run uses.
#[must_use]
pub fn fresh_names() -> String {
    format!("rs-{:08x}-{{n}}", rand::random::<u32>())
}

#[cfg(test)]
mod tests {
    use super::Address;

    #[test]
    fn addresses() {
        let a = Address::parse("rtmp://[::1]:1936/live/inst/").unwrap();
        assert_eq!((a.host.as_str(), a.port, a.app.as_str()), ("::1", 1936, "live/inst"));
        assert_eq!(a.tc_url(), "rtmp://[::1]:1936/live/inst");
        assert_eq!(Address::parse("rtmp://host").unwrap().tc_url(), "rtmp://host/live");
        for wrong in
            ["host/live", "http://host/live", "rtmps://host/live", "rtmp://:1/live", "rtmp://h:x/live"]
        {
            assert!(Address::parse(wrong).is_err(), "{wrong}");
        }
        for secret in ["rtmp://me:hunter2@host/live", "rtmp://host?key=hunter2"] {
            assert!(!Address::parse(secret).unwrap_err().contains("hunter2"), "{secret}");
        }
    }
}
