//! Programs under test: started, watched line by line, and ended by their handle.

#![allow(dead_code, reason = "each test program uses its part")]

use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

/// No step of a test takes longer, however slow the machine.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// A program that is killed when it goes out of scope.
pub struct Program {
    name: String,
    child: Child,
    lines: Receiver<String>,
    /// All lines so far, of stdout and stderr.
    pub output: String,
}

impl Program {
    pub fn start(mut command: Command) -> Self {
        let name = command.get_program().to_string_lossy().into_owned();
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap_or_else(|e| panic!("{name} does not start: {e}"));
        let (sender, lines) = channel();
        read_lines(child.stdout.take().unwrap(), sender.clone());
        read_lines(child.stderr.take().unwrap(), sender);
        Self { name, child, lines, output: String::new() }
    }

    /// The rest of the first line that starts with `start`.
    pub fn line_starting(&mut self, start: &str) -> String {
        self.wait_for_line(|line| line.strip_prefix(start).map(str::to_owned))
    }

    /// Waits for a line that contains `part`.
    pub fn line_with(&mut self, part: &str) {
        self.wait_for_line(|line| line.contains(part).then_some(()));
    }

    fn wait_for_line<T>(&mut self, wanted: impl Fn(&str) -> Option<T>) -> T {
        let deadline = Instant::now() + PATIENCE;
        while let Some(line) = self.next_line(deadline) {
            if let Some(found) = wanted(&line) {
                return found;
            }
        }
        panic!("{} ended before the line that was waited for:\n{}", self.name, self.output);
    }

    /// Waits for the end of the program.
    pub fn finish(mut self) -> (ExitStatus, String) {
        let deadline = Instant::now() + PATIENCE;
        while self.next_line(deadline).is_some() {}
        let status = self.child.wait().expect("the program can be waited for");
        (status, std::mem::take(&mut self.output))
    }

    /// `None` once both streams are closed, i.e. the program is over.
    fn next_line(&mut self, deadline: Instant) -> Option<String> {
        let left = deadline.saturating_duration_since(Instant::now());
        match self.lines.recv_timeout(left) {
            Ok(line) => {
                self.output.push_str(&line);
                self.output.push('\n');
                Some(line)
            }
            Err(RecvTimeoutError::Disconnected) => None,
            Err(RecvTimeoutError::Timeout) => {
                panic!("{} takes more than {PATIENCE:?}:\n{}", self.name, self.output)
            }
        }
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn read_lines(stream: impl Read + Send + 'static, lines: Sender<String>) {
    thread::spawn(move || {
        for line in BufReader::new(stream).split(b'\n').map_while(Result::ok) {
            if lines.send(String::from_utf8_lossy(&line).into_owned()).is_err() {
                break;
            }
        }
    });
}

pub fn rtmpref(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rtmpref"));
    command.args(args);
    command
}

/// `rtmpref serve` on a free port, with its log as JSON, and the URL of its root.
pub fn serve(args: &[&str]) -> (Program, String) {
    let mut command = rtmpref(&["serve", "--listen", "127.0.0.1:0", "--json"]);
    command.args(args);
    let mut server = Program::start(command);
    let url = server.line_starting("listening on ");
    (server, url)
}

/// Synthetic H.264 and AAC, 20 s.
pub fn film() -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "tests", "data", "h264_aac.flv"].iter().collect()
}
