//! Packets out of pcap and pcapng files.

use std::cell::Cell;
use std::io::{self, Chain, Cursor, ErrorKind, Read};

use pcap_file::PcapError;
use pcap_file::pcap::PcapReader;
use pcap_file::pcapng::PcapNgReader;

use super::tls::Secrets;
use super::{Failure, Skipped};

const SECTION: u32 = 0x0A0D_0D0A;
const INTERFACE: u32 = 1;
const OBSOLETE_PACKET: u32 = 2;
const SIMPLE_PACKET: u32 = 3;
const ENHANCED_PACKET: u32 = 6;
const SECRETS: u32 = 10;

/// Type of the secrets in a Decryption Secrets Block that are a TLS key log: "TLSK".
const TLS_KEY_LOG: u32 = 0x544C_534B;

/// What a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content<'a> {
    /// A packet.
    Packet {
        /// Link type.
        link: u32,
        /// What was captured of it.
        data: &'a [u8],
    },
    /// A TLS key log.
    Secrets(&'a [u8]),
}

/// Reads the TLS secrets of a file, and nothing else; how many there were.
///
/// # Errors
/// [`Failure::File`].
pub fn secrets(mut file: impl Read, found: &mut Secrets) -> Result<usize, Failure> {
    let mut magic = [0; 4];
    if file.read_exact(&mut magic).is_err() || u32::from_be_bytes(magic) != SECTION {
        // Only pcapng has such blocks; what is wrong with the file is said when it is read.
        return Ok(0);
    }
    let mut count = 0;
    packets(Cursor::new(magic).chain(file), &mut Skipped::default(), |_, content| {
        if let Content::Secrets(log) = content {
            count += found.add(log);
        }
        Ok(())
    })?;
    Ok(count)
}

/// Calls `each` with each packet and each key log, in order of the file.
///
/// # Errors
/// [`Failure::File`], and what `each` returns.
pub fn packets(
    mut file: impl Read,
    skipped: &mut Skipped,
    mut each: impl FnMut(&mut Skipped, Content<'_>) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut magic = [0; 4];
    let mut got = 0;
    while got < magic.len() {
        match file.read(&mut magic[got..]) {
            Ok(0) => {
                return Err(Failure::File("the file is empty or nearly so; a capture has a header".into()));
            }
            Ok(n) => got += n,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(Failure::File(format!("the file cannot be read: {error}"))),
        }
    }
    let ended = Cell::new(false);
    let whole = Cursor::new(magic).chain(Watched { file, ended: &ended });
    match (u32::from_be_bytes(magic), magic) {
        (SECTION, _) => pcapng(whole, &ended, skipped, &mut each),
        (0xA1B2_C3D4 | 0xD4C3_B2A1 | 0xA1B2_3C4D | 0x4D3C_B2A1, _) => pcap(whole, &ended, skipped, &mut each),
        (_, [0x1F, 0x8B, ..]) => Err(Failure::File("the file is gzip: unpack it first".into())),
        (_, [0x28, 0xB5, 0x2F, 0xFD]) => Err(Failure::File("the file is zstd: unpack it first".into())),
        _ => Err(Failure::File(
            "the file is neither pcap nor pcapng; Wireshark or `editcap -F pcapng IN OUT` converts others"
                .into(),
        )),
    }
}

/// A file that knows when it was read to its end.
struct Watched<'a, R> {
    file: R,
    ended: &'a Cell<bool>,
}

impl<R: Read> Read for Watched<'_, R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.file.read(buf) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Ok(0) if !buf.is_empty() => {
                    self.ended.set(true);
                    return Ok(0);
                }
                other => return other,
            }
        }
    }
}

type Whole<'a, R> = Chain<Cursor<[u8; 4]>, Watched<'a, R>>;
type Each<'a> = &'a mut dyn FnMut(&mut Skipped, Content<'_>) -> Result<(), Failure>;

fn pcap<R: Read>(
    file: Whole<'_, R>,
    ended: &Cell<bool>,
    skipped: &mut Skipped,
    each: Each<'_>,
) -> Result<(), Failure> {
    let mut reader = PcapReader::new(file).map_err(|e| broken(&e, 0))?;
    let link = u32::from(reader.header().datalink);
    let mut count = 0_u64;
    while let Some(packet) = reader.next_raw_packet() {
        match packet {
            Ok(packet) => each(skipped, Content::Packet { link, data: &packet.data })?,
            Err(error) if ended.get() && is_end(&error) => {
                skipped.cut = true;
                break;
            }
            Err(error) => return Err(broken(&error, count)),
        }
        count += 1;
    }
    Ok(())
}

/// An interface of the section: link type and the most bytes that are kept of a packet.
#[derive(Clone, Copy)]
struct Interface {
    link: u32,
    most: u32,
}

fn pcapng<R: Read>(
    file: Whole<'_, R>,
    ended: &Cell<bool>,
    skipped: &mut Skipped,
    each: Each<'_>,
) -> Result<(), Failure> {
    let mut reader = PcapNgReader::new(file).map_err(|e| broken(&e, 0))?;
    let mut little = reader.section().endianness == pcap_file::Endianness::Little;
    let mut interfaces: Vec<Interface> = Vec::new();
    let mut count = 0_u64;
    while let Some(block) = reader.next_raw_block() {
        let block = match block {
            Ok(block) => block,
            Err(error) if ended.get() && is_end(&error) => {
                skipped.cut = true;
                break;
            }
            Err(error) => return Err(broken(&error, count)),
        };
        count += 1;
        let fields = Fields { body: &block.body, little };
        match block.type_ {
            SECTION => {
                little = block.body.first() == Some(&0x4D);
                interfaces.clear();
            }
            INTERFACE => {
                let (Some(link), Some(most)) = (fields.u16(0), fields.u32(4)) else {
                    return Err(short(count));
                };
                interfaces.push(Interface { link: u32::from(link), most });
            }
            ENHANCED_PACKET | OBSOLETE_PACKET => {
                let id =
                    if block.type_ == ENHANCED_PACKET { fields.u32(0) } else { fields.u16(0).map(u32::from) };
                let (Some(id), Some(len)) = (id, fields.u32(12)) else { return Err(short(count)) };
                let interface = usize::try_from(id).ok().and_then(|id| interfaces.get(id));
                let Some(interface) = interface else {
                    return Err(Failure::File(format!(
                        "block {count}: interface {id} is not described; the file is damaged"
                    )));
                };
                let data = usize::try_from(len).ok().and_then(|len| block.body.get(20..)?.get(..len));
                let data = data.ok_or_else(|| short(count))?;
                each(skipped, Content::Packet { link: interface.link, data })?;
            }
            SIMPLE_PACKET => {
                let (Some(original), Some(interface)) = (fields.u32(0), interfaces.first()) else {
                    return Err(short(count));
                };
                let most = if interface.most == 0 { u32::MAX } else { interface.most };
                let len = usize::try_from(original.min(most)).unwrap_or(usize::MAX);
                let data = &block.body[4..];
                let data = &data[..len.min(data.len())];
                each(skipped, Content::Packet { link: interface.link, data })?;
            }
            SECRETS => {
                skipped.secrets += 1;
                // Blocks of other programs' secrets, and damaged ones, are passed over.
                let log =
                    fields.u32(4).and_then(|len| block.body.get(8..)?.get(..usize::try_from(len).ok()?));
                if let (Some(TLS_KEY_LOG), Some(log)) = (fields.u32(0), log) {
                    each(skipped, Content::Secrets(log))?;
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// Numbers of a block in the byte order of its section.
struct Fields<'a> {
    body: &'a [u8],
    little: bool,
}

impl Fields<'_> {
    fn u16(&self, at: usize) -> Option<u16> {
        let b = *self.body.get(at..)?.first_chunk()?;
        Some(if self.little { u16::from_le_bytes(b) } else { u16::from_be_bytes(b) })
    }

    fn u32(&self, at: usize) -> Option<u32> {
        let b = *self.body.get(at..)?.first_chunk()?;
        Some(if self.little { u32::from_le_bytes(b) } else { u32::from_be_bytes(b) })
    }
}

fn short(block: u64) -> Failure {
    Failure::File(format!("block {block} is shorter than what it declares; the file is damaged"))
}

fn is_end(error: &PcapError) -> bool {
    matches!(error, PcapError::IncompleteBuffer)
        || matches!(error, PcapError::IoError(e) if e.kind() == ErrorKind::UnexpectedEof)
}

fn broken(error: &PcapError, after: u64) -> Failure {
    let text = match error {
        PcapError::IoError(e) if e.kind() == ErrorKind::UnexpectedEof => {
            "one that is not whole or larger than 8 MB; the file is damaged".into()
        }
        PcapError::IoError(e) => e.to_string(),
        other => other.to_string(),
    };
    Failure::File(format!("after {after} packets or blocks: {text}"))
}
