//! The RTMP streams of a capture as files: what TLS held decrypted, stream keys replaced.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use sha2::{Digest as _, Sha256};

use super::Observer;
use super::account::{Account, Direction};
use super::json::{StreamFile, hex};
use super::keys::{Mask, Places};

/// Bytes that all files together keep before they are written.
const KEPT: usize = 32 << 20;
/// Bytes that one file keeps.
const PIECE: usize = 256 << 10;

/// The name of a file: connections count from 0.
#[must_use]
pub fn name(connection: usize, to_server: bool) -> String {
    format!("{:03}.{}.rtmp", connection + 1, if to_server { "to_server" } else { "to_client" })
}

/// One file.
#[derive(Debug)]
struct Plan {
    name: String,
    path: PathBuf,
    /// Bytes of the stream that are to be written.
    most: u64,
    ends: &'static str,
    mask: Mask,
    at: u64,
    hash: Sha256,
    kept: Vec<u8>,
}

impl Plan {
    fn new(
        folder: &Path,
        connection: usize,
        to_server: bool,
        direction: &Direction,
        places: Option<Rc<Places>>,
    ) -> Option<Self> {
        if direction.rtmp == 0 {
            return None;
        }
        let name = name(connection, to_server);
        // What cannot be decoded cannot be searched for keys.
        let most = if places.is_some() { direction.readable } else { direction.rtmp };
        let ends = match direction {
            _ if most < direction.rtmp => "undecodable",
            Direction { gap: true, .. } => "gap",
            // TLS that cannot be opened.
            Direction { undecodable: Some(_), readable, rtmp, .. } if readable == rtmp => "undecodable",
            _ => "end",
        };
        let path = folder.join(&name);
        let mask = Mask::new(places.unwrap_or_default());
        Some(Self { name, path, most, ends, mask, at: 0, hash: Sha256::new(), kept: Vec::new() })
    }

    fn take(&mut self, bytes: &[u8]) {
        let room = usize::try_from(self.most - self.at).unwrap_or(usize::MAX);
        let start = self.kept.len();
        self.kept.extend_from_slice(&bytes[..bytes.len().min(room)]);
        let new = &mut self.kept[start..];
        self.mask.each(self.at, new.len(), |range| new[range].fill(b'x'));
        self.at += (self.kept.len() - start) as u64;
    }

    fn flush(&mut self) -> io::Result<()> {
        self.hash.update(&self.kept);
        OpenOptions::new().append(true).open(&self.path)?.write_all(&self.kept)?;
        self.kept = Vec::new();
        Ok(())
    }
}

/// Writes the files while a capture is read once more.
#[derive(Debug)]
pub struct Writer {
    plans: Vec<[Option<Plan>; 2]>,
    kept: usize,
    failed: Option<(PathBuf, io::Error)>,
}

impl Writer {
    /// Makes the files of connections that were read with the same secrets. `places`: what stands there is
    /// replaced, and files end before what cannot be decoded.
    ///
    /// # Errors
    /// A file that cannot be made.
    pub fn new(
        folder: &Path,
        accounts: &[Account],
        places: Option<&[[Rc<Places>; 2]]>,
    ) -> Result<Self, (PathBuf, io::Error)> {
        let plan = |(index, account): (usize, &Account)| {
            let places = |side: usize| places.map(|all| all[index][side].clone());
            [
                Plan::new(folder, index, true, &account.to_server, places(0)),
                Plan::new(folder, index, false, &account.to_client, places(1)),
            ]
        };
        let plans: Vec<_> = accounts.iter().enumerate().map(plan).collect();
        for plan in plans.iter().flatten().flatten() {
            File::create(&plan.path).map_err(|error| (plan.path.clone(), error))?;
        }
        Ok(Self { plans, kept: 0, failed: None })
    }

    /// Writes what is left, and says what the files hold.
    ///
    /// # Errors
    /// The first file that could not be written.
    pub fn finish(mut self) -> Result<Vec<[Option<StreamFile>; 2]>, (PathBuf, io::Error)> {
        for plan in self.plans.iter_mut().flatten().flatten() {
            if self.failed.is_none() {
                self.failed = plan.flush().err().map(|error| (plan.path.clone(), error));
            }
        }
        if let Some(failed) = self.failed {
            return Err(failed);
        }
        let file = |plan: Plan| StreamFile {
            file: plan.name,
            bytes: plan.at,
            sha256: hex(&plan.hash.finalize()),
            ends: plan.ends,
        };
        Ok(self.plans.into_iter().map(|plans| plans.map(|plan| plan.map(file))).collect())
    }
}

impl Observer for Writer {
    fn bytes(&mut self, _: usize, _: bool, _: &[u8]) {}

    fn rtmp(&mut self, connection: usize, to_server: bool, bytes: &[u8]) {
        let Some(plan) = self.plans.get_mut(connection).and_then(|p| p[usize::from(!to_server)].as_mut())
        else {
            return;
        };
        if self.failed.is_some() {
            return;
        }
        let before = plan.kept.len();
        plan.take(bytes);
        self.kept += plan.kept.len() - before;
        if plan.kept.len() >= PIECE && self.failed.is_none() {
            self.kept -= plan.kept.len();
            self.failed = plan.flush().err().map(|error| (plan.path.clone(), error));
        }
        if self.kept >= KEPT && self.failed.is_none() {
            self.kept = 0;
            for plan in self.plans.iter_mut().flatten().flatten().filter(|p| !p.kept.is_empty()) {
                if let Err(error) = plan.flush() {
                    self.failed = Some((plan.path.clone(), error));
                    return;
                }
            }
        }
    }
}
