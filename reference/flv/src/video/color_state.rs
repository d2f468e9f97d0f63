//! Which colours apply to a frame (E-RTMP v2 "Metadata Frame").

use super::{ColorChange, ColorInfo, Metadata};

/// The `colorInfo` in effect. A parsed one counts from the first frame of the video section that
/// follows it, until another replaces it or a reset ends it (E-RTMP v2 "Metadata Frame").
///
/// Feed it every metadata payload in the order of arrival, and ask it at each frame.
///
/// ```
/// use rtmp_amf::Limits;
/// use rtmp_flv::video::{ColorState, Metadata};
///
/// let mut colors = ColorState::default();
/// assert_eq!(colors.current(), None);
/// let body = b"\x02\x00\x09colorInfo\x03\x00\x06hdrCll\x03\x00\x00\x09\x00\x00\x09";
/// colors.update(&Metadata::decode(body, &Limits::default())?);
/// assert!(colors.current().is_some_and(|info| info.hdr_cll.is_some()));
/// # Ok::<(), rtmp_flv::video::MetadataError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ColorState {
    info: Option<ColorInfo>,
}

impl ColorState {
    /// Takes in what metadata say of colours; metadata that say nothing change nothing.
    pub fn update(&mut self, metadata: &Metadata) {
        match metadata.color_change() {
            Some(ColorChange::Set(info)) => self.info = Some(info),
            Some(ColorChange::Reset) => self.info = None,
            None => {}
        }
    }

    /// The colours of a frame that arrives now; `None`: what the coded stream itself states.
    #[must_use]
    pub fn current(&self) -> Option<&ColorInfo> {
        self.info.as_ref()
    }
}
