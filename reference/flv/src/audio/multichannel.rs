//! The order of the channels (E-RTMP v2 "Enhanced Audio", `MultichannelConfig`).

use alloc::vec::Vec;
use core::fmt;

use crate::cursor::Cursor;
use crate::{HeaderError, Unencodable};

/// Where the loudspeaker of a channel stands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Channel(pub u8);

#[allow(missing_docs, reason = "the names are the specification's")]
impl Channel {
    pub const FRONT_LEFT: Self = Self(0);
    pub const FRONT_RIGHT: Self = Self(1);
    pub const FRONT_CENTER: Self = Self(2);
    pub const LOW_FREQUENCY_1: Self = Self(3);
    pub const BACK_LEFT: Self = Self(4);
    pub const BACK_RIGHT: Self = Self(5);
    pub const FRONT_LEFT_CENTER: Self = Self(6);
    pub const FRONT_RIGHT_CENTER: Self = Self(7);
    pub const BACK_CENTER: Self = Self(8);
    pub const SIDE_LEFT: Self = Self(9);
    pub const SIDE_RIGHT: Self = Self(10);
    pub const TOP_CENTER: Self = Self(11);
    pub const TOP_FRONT_LEFT: Self = Self(12);
    pub const TOP_FRONT_CENTER: Self = Self(13);
    pub const TOP_FRONT_RIGHT: Self = Self(14);
    pub const TOP_BACK_LEFT: Self = Self(15);
    pub const TOP_BACK_CENTER: Self = Self(16);
    pub const TOP_BACK_RIGHT: Self = Self(17);
    pub const LOW_FREQUENCY_2: Self = Self(18);
    pub const TOP_SIDE_LEFT: Self = Self(19);
    pub const TOP_SIDE_RIGHT: Self = Self(20);
    pub const BOTTOM_FRONT_CENTER: Self = Self(21);
    pub const BOTTOM_FRONT_LEFT: Self = Self(22);
    pub const BOTTOM_FRONT_RIGHT: Self = Self(23);
    /// The channel is empty.
    pub const UNUSED: Self = Self(0xFE);
    /// The channel holds sound for a place that nobody states.
    pub const UNKNOWN: Self = Self(0xFF);
}

const NAMES: [&str; 24] = [
    "FrontLeft",
    "FrontRight",
    "FrontCenter",
    "LowFrequency1",
    "BackLeft",
    "BackRight",
    "FrontLeftCenter",
    "FrontRightCenter",
    "BackCenter",
    "SideLeft",
    "SideRight",
    "TopCenter",
    "TopFrontLeft",
    "TopFrontCenter",
    "TopFrontRight",
    "TopBackLeft",
    "TopBackCenter",
    "TopBackRight",
    "LowFrequency2",
    "TopSideLeft",
    "TopSideRight",
    "BottomFrontCenter",
    "BottomFrontLeft",
    "BottomFrontRight",
];

impl Channel {
    /// Name, if E-RTMP v2 defines the channel.
    #[must_use]
    pub fn name(self) -> Option<&'static str> {
        match self {
            Self::UNUSED => Some("Unused"),
            Self::UNKNOWN => Some("Unknown"),
            Self(place) => NAMES.get(usize::from(place)).copied(),
        }
    }

    /// The mask of this channel alone. `None` above 31, which no mask can say.
    #[must_use]
    pub fn mask(self) -> Option<ChannelMask> {
        1u32.checked_shl(self.0.into()).map(ChannelMask)
    }
}

impl fmt::Display for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.write_str(name),
            None => write!(f, "channel {}", self.0),
        }
    }
}

impl fmt::Debug for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Channel({self})")
    }
}

/// Which channels are there: bit n stands for [`Channel`] n. Unknown bits are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ChannelMask(pub u32);

impl ChannelMask {
    /// The channels in the order of their numbers, which is the native order.
    pub fn channels(self) -> impl Iterator<Item = Channel> {
        (0..32).filter(move |bit| self.0 & (1 << bit) != 0).map(Channel)
    }
}

impl FromIterator<Channel> for ChannelMask {
    /// Channels above 31 have no bit and are left out.
    fn from_iter<I: IntoIterator<Item = Channel>>(channels: I) -> Self {
        Self(channels.into_iter().filter_map(Channel::mask).fold(0, |mask, channel| mask | channel.0))
    }
}

/// The order of the channels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChannelOrder<'a> {
    /// Type 0: only their number is known.
    Unspecified,
    /// Type 1: those in the mask, in the order of their numbers.
    Native(ChannelMask),
    /// Type 2: one [`Channel`] in each byte.
    Custom(&'a [u8]),
    /// Any other type. What follows it is unknown.
    Other(u8),
}

/// The body of a payload of type [`super::PacketType::MultichannelConfig`].
///
/// ```
/// use rtmp_flv::audio::{Channel, MultichannelConfig};
///
/// let (config, _) = MultichannelConfig::decode(&[1, 6, 0, 0, 0, 0x3f])?;
/// assert_eq!(config.channels().nth(3), Some(Channel::LOW_FREQUENCY_1));
/// assert!(config.is_consistent());
/// # Ok::<(), rtmp_flv::HeaderError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MultichannelConfig<'a> {
    /// How many channels the coded audio has.
    pub count: u8,
    /// Their order.
    pub order: ChannelOrder<'a>,
}

impl<'a> MultichannelConfig<'a> {
    /// The configuration at the start of a body, and what follows it.
    ///
    /// # Errors
    /// The body ends inside it.
    pub fn decode(body: &'a [u8]) -> Result<(Self, &'a [u8]), HeaderError> {
        let mut cursor = Cursor::new(body);
        let order = cursor.u8("audio channel order")?;
        let count = cursor.u8("audio channel count")?;
        let order = match order {
            0 => ChannelOrder::Unspecified,
            1 => ChannelOrder::Native(ChannelMask(cursor.u32("audio channel flags")?)),
            2 => ChannelOrder::Custom(cursor.take(count.into(), "audio channel mapping")?),
            other => ChannelOrder::Other(other),
        };
        Ok((Self { count, order }, cursor.rest()))
    }

    /// Appends the configuration.
    ///
    /// # Errors
    /// A custom order has not as many channels as the count says, or an unknown order has the number
    /// of a known one.
    pub fn encode(&self, out: &mut Vec<u8>) -> Result<(), Unencodable> {
        match self.order {
            ChannelOrder::Unspecified => out.extend_from_slice(&[0, self.count]),
            ChannelOrder::Native(mask) => {
                out.extend_from_slice(&[1, self.count]);
                out.extend_from_slice(&mask.0.to_be_bytes());
            }
            ChannelOrder::Custom(channels) if channels.len() == usize::from(self.count) => {
                out.extend_from_slice(&[2, self.count]);
                out.extend_from_slice(channels);
            }
            ChannelOrder::Custom(_) => return Err(Unencodable("a custom order names every channel")),
            ChannelOrder::Other(order) if order > 2 => out.extend_from_slice(&[order, self.count]),
            ChannelOrder::Other(_) => return Err(Unencodable("this channel order is a known one")),
        }
        Ok(())
    }

    /// The channels in the order of the coded audio; none where the order is not known.
    pub fn channels(&self) -> impl Iterator<Item = Channel> + use<'a> {
        let (mask, custom) = match self.order {
            ChannelOrder::Native(mask) => (mask, [].as_slice()),
            ChannelOrder::Custom(channels) => (ChannelMask(0), channels),
            ChannelOrder::Unspecified | ChannelOrder::Other(_) => (ChannelMask(0), [].as_slice()),
        };
        mask.channels().chain(custom.iter().copied().map(Channel))
    }

    /// Whether the mask of a native order has as many channels as the count says. Other orders
    /// always are consistent.
    #[must_use]
    pub fn is_consistent(&self) -> bool {
        match self.order {
            ChannelOrder::Native(mask) => mask.0.count_ones() == u32::from(self.count),
            _ => true,
        }
    }
}
