//! A program that speaks the protocol, with a bound on all it does.

use std::collections::VecDeque;
use std::io;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::task::JoinHandle;

/// Bytes of the longest answer.
const LINE: u64 = 256 << 20;
/// Bytes of its standard error that are kept.
const TAIL: usize = 2 << 10;
/// For its standard error to end after it did.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// What is started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    /// Program and arguments.
    pub argv: Vec<String>,
    /// Where it runs.
    pub cwd: Option<PathBuf>,
}

/// It is started. Who drops it ends it.
pub struct Running {
    child: Child,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
    said: Arc<Mutex<VecDeque<u8>>>,
    listening: JoinHandle<()>,
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lost {
    /// It ended; how, and its last words.
    Ended(String),
    /// No answer in time.
    Silent,
    /// A line without an end.
    Endless,
}

impl Running {
    /// Starts the program.
    ///
    /// # Errors
    /// It cannot be started.
    pub fn start(program: &Program) -> io::Result<Self> {
        let [name, arguments @ ..] = program.argv.as_slice() else {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "no program is named"));
        };
        let mut command = Command::new(name);
        command.args(arguments).kill_on_drop(true);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        if let Some(cwd) = &program.cwd {
            command.current_dir(cwd);
        }
        let mut child = command.spawn()?;
        let piped = || io::Error::other("a pipe is missing");
        let stdin = child.stdin.take().ok_or_else(piped)?;
        let stdout = BufReader::new(child.stdout.take().ok_or_else(piped)?);
        let mut stderr = child.stderr.take().ok_or_else(piped)?;
        let said = Arc::new(Mutex::new(VecDeque::new()));
        let kept = Arc::clone(&said);
        let listening = tokio::spawn(async move {
            let mut piece = [0; 4096];
            while let Ok(read @ 1..) = stderr.read(&mut piece).await {
                let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
                kept.extend(&piece[..read]);
                let over = kept.len().saturating_sub(TAIL);
                kept.drain(..over);
            }
        });
        Ok(Self { child, stdin, stdout, said, listening })
    }

    /// One line to it and its answer.
    ///
    /// # Errors
    /// It ends, is silent, or does not come to an end; then it is of no more use.
    pub async fn ask(&mut self, line: &str, patience: Duration) -> Result<String, Lost> {
        match tokio::time::timeout(patience, self.exchange(line)).await {
            Ok(Ok(Some(answer))) => Ok(answer),
            Ok(Ok(None)) => Err(Lost::Endless),
            Ok(Err(_)) => Err(Lost::Ended(self.last_words(patience).await)),
            Err(_) => Err(Lost::Silent),
        }
    }

    async fn exchange(&mut self, line: &str) -> io::Result<Option<String>> {
        self.stdin.write_all(line.as_bytes()).await?;
        self.stdin.write_all(b"\n").await?;
        self.stdin.flush().await?;
        let mut answer = Vec::new();
        (&mut self.stdout).take(LINE).read_until(b'\n', &mut answer).await?;
        match answer.pop() {
            Some(b'\n') => Ok(Some(String::from_utf8_lossy(&answer).into_owned())),
            Some(_) if answer.len() as u64 >= LINE - 1 => Ok(None),
            _ => Err(io::ErrorKind::UnexpectedEof.into()),
        }
    }

    /// How it ended and what it wrote to its standard error at last.
    async fn last_words(&mut self, patience: Duration) -> String {
        let how = match tokio::time::timeout(patience, self.child.wait()).await {
            Ok(Ok(status)) => format!("it ended with {status}"),
            Ok(Err(error)) => error.to_string(),
            Err(_) => "it closed its standard output".to_owned(),
        };
        // What it wrote is there when its standard error ends, which a child of its own may keep open.
        let _ = tokio::time::timeout(LAST_WORDS, &mut self.listening).await;
        let said: Vec<u8> =
            self.said.lock().unwrap_or_else(PoisonError::into_inner).iter().copied().collect();
        match String::from_utf8_lossy(&said).lines().map(str::trim).rfind(|line| !line.is_empty()) {
            Some(last) => format!("{how}: {last:.300}"),
            None => how,
        }
    }

    /// The most memory it had resident so far in KiB (Linux); `None` elsewhere.
    #[must_use]
    pub fn peak_kib(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()?)).ok()?;
        let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
        line.split_whitespace().nth(1)?.parse().ok()
    }
}
