//! The size of the picture, where the body of a legacy payload states it.

use super::{
    Codec, CodecId, FrameType, Header, ScreenHeader, SorensonHeader, Vp6Alpha, Vp6Crop, Vp6KeyFrame, jpeg,
};

/// Width and height in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PictureSize {
    /// Pixels in a row.
    pub width: u16,
    /// Rows.
    pub height: u16,
}

impl PictureSize {
    pub(super) const fn new(width: u16, height: u16) -> Self {
        Self { width, height }
    }
}

/// The size that a payload of a legacy codec states: JPEG, Sorenson H.263 and Screen Video in every
/// picture, VP6 in key frames. Other codecs state it in their decoder configuration.
#[must_use]
pub fn picture_size(payload: &[u8]) -> Option<PictureSize> {
    let (header, body) = Header::decode(payload).ok()?;
    let Codec::Legacy(codec) = header.codec else { return None };
    if header.command.is_some() {
        return None;
    }
    let is_key = matches!(header.frame_type, FrameType::KEY | FrameType::GENERATED_KEY);
    match codec {
        CodecId::JPEG => jpeg::picture_size(body),
        CodecId::SORENSON_H263 => SorensonHeader::decode(body).ok()?.size,
        CodecId::SCREEN | CodecId::SCREEN_V2 => Some(ScreenHeader::decode(body).ok()?.0.size),
        CodecId::VP6 if is_key => {
            let (crop, picture) = Vp6Crop::decode(body).ok()?;
            Some(crop.apply(Vp6KeyFrame::decode(picture).ok()?.coded_size()))
        }
        CodecId::VP6_ALPHA if is_key => {
            let (alpha, pictures) = Vp6Alpha::decode(body).ok()?;
            Some(alpha.crop.apply(Vp6KeyFrame::decode(pictures).ok()?.coded_size()))
        }
        _ => None,
    }
}
