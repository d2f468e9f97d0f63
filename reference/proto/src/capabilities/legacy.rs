//! The masks of RTMP 7.2.1.1.

macro_rules! mask {
    ($(#[$doc:meta])* $name:ident { $($(#[$flag_doc:meta])* $flag:ident = $bit:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
        pub struct $name(pub u32);

        impl $name {
            $($(#[$flag_doc])* pub const $flag: Self = Self($bit);)*

            /// The mask of an AMF number; `None` for what is no whole number of 32 bits.
            #[must_use]
            pub fn from_f64(number: f64) -> Option<Self> {
                let bits = number as u32;
                (f64::from(bits) == number).then_some(Self(bits))
            }

            /// The AMF number.
            #[must_use]
            pub fn as_f64(self) -> f64 {
                f64::from(self.0)
            }

            /// Whether all bits of `other` are set.
            #[must_use]
            pub const fn contains(self, other: Self) -> bool {
                self.0 & other.0 == other.0
            }
        }
    };
}

mask! {
    /// `audioCodecs` (RTMP 7.2.1.1, CONN-022). Unknown bits are kept.
    AudioCodecs {
        /// Raw sound, no compression.
        NONE = 0x0001,
        /// ADPCM.
        ADPCM = 0x0002,
        /// MP3.
        MP3 = 0x0004,
        /// Not used.
        INTEL = 0x0008,
        /// Not used.
        UNUSED = 0x0010,
        /// Nellymoser at 8 kHz.
        NELLY8 = 0x0020,
        /// Nellymoser at 5, 11, 22 and 44 kHz.
        NELLY = 0x0040,
        /// G.711 A-law.
        G711A = 0x0080,
        /// G.711 mu-law.
        G711U = 0x0100,
        /// Nellymoser at 16 kHz.
        NELLY16 = 0x0200,
        /// AAC.
        AAC = 0x0400,
        /// Speex.
        SPEEX = 0x0800,
        /// Every codec.
        ALL = 0x0FFF,
    }
}

mask! {
    /// `videoCodecs` (RTMP 7.2.1.1, CONN-023). Unknown bits are kept.
    VideoCodecs {
        /// Obsolete.
        UNUSED = 0x0001,
        /// Obsolete.
        JPEG = 0x0002,
        /// Sorenson's H.263.
        SORENSON = 0x0004,
        /// Screen Video 1.
        HOMEBREW = 0x0008,
        /// On2 VP6.
        VP6 = 0x0010,
        /// On2 VP6 with alpha.
        VP6_ALPHA = 0x0020,
        /// Screen Video 2.
        HOMEBREW_V = 0x0040,
        /// H.264.
        H264 = 0x0080,
        /// Every codec.
        ALL = 0x00FF,
    }
}

mask! {
    /// `videoFunction` (RTMP 7.2.1.1; E-RTMP v1 and v2; CONN-024). Unknown bits are kept.
    VideoFunction {
        /// Frame-accurate seeks at the client.
        CLIENT_SEEK = 1,
        /// Video of a high dynamic range.
        CLIENT_HDR = 2,
        /// Packets of the type Metadata.
        CLIENT_PACKET_TYPE_METADATA = 4,
        /// The large scale tile mode of AV1.
        CLIENT_LARGE_SCALE_TILE = 8,
    }
}
