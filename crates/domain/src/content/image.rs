//! Pictures of mails, kept by the product itself: mail programs fetch them from here.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};

/// How many bytes a picture may have. Mail programs fetch it again for every reader.
pub const MAX_IMAGE_BYTES: usize = 2 * 1024 * 1024;
/// How many pixels a side may have; beyond, some mail programs show nothing.
pub const MAX_IMAGE_SIDE: u32 = 8_000;
/// How many bytes all pictures of one tenant may have together.
pub const MAX_IMAGES_BYTES: u64 = 500 * 1024 * 1024;

/// A format that every mail program shows. SVG is none of them: it can carry scripts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ImageKind {
    /// PNG.
    Png,
    /// JPEG.
    Jpeg,
    /// GIF, also moving.
    Gif,
    /// WebP.
    WebP,
}

impl ImageKind {
    /// Every format.
    pub const ALL: [Self; 4] = [Self::Png, Self::Jpeg, Self::Gif, Self::WebP];

    /// The name in the storage.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Jpeg => "jpeg",
            Self::Gif => "gif",
            Self::WebP => "webp",
        }
    }

    /// The media type that it is served as, whatever it was called when it came.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Gif => "image/gif",
            Self::WebP => "image/webp",
        }
    }
}

/// A name that no format has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownKind;

impl FromStr for ImageKind {
    type Err = UnknownKind;

    fn from_str(text: &str) -> Result<Self, UnknownKind> {
        let found = Self::ALL.into_iter().find(|kind| kind.as_str() == text);
        found.ok_or(UnknownKind)
    }
}

/// The name of a picture: the SHA-256 of its bytes. The same picture has the same name, and what a
/// name stands for never changes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ImageKey([u8; 32]);

impl ImageKey {
    /// The name of these bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        let digest = ring::digest::digest(&ring::digest::SHA256, bytes);
        let mut key = [0; 32];
        key.copy_from_slice(digest.as_ref());
        Self(key)
    }

    /// The name that is stored as these bytes, if it is one.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// As it is stored.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for ImageKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for ImageKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ImageKey({self})")
    }
}

/// Text that names no picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAKey;

impl FromStr for ImageKey {
    type Err = NotAKey;

    fn from_str(text: &str) -> Result<Self, NotAKey> {
        let digits = text.as_bytes();
        if digits.len() != 64 {
            return Err(NotAKey);
        }
        let mut key = [0; 32];
        for (byte, pair) in key.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = digit(pair[0])? << 4 | digit(pair[1])?;
        }
        Ok(Self(key))
    }
}

/// Small letters only: a picture has one address.
const fn digit(character: u8) -> Result<u8, NotAKey> {
    match character {
        b'0'..=b'9' => Ok(character - b'0'),
        b'a'..=b'f' => Ok(character - b'a' + 10),
        _ => Err(NotAKey),
    }
}

/// A picture without its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageInfo {
    /// Its name.
    pub key: ImageKey,
    /// What its file was called; for people only.
    pub file_name: String,
    /// Its format, recognised by its bytes.
    pub kind: ImageKind,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
    /// How many bytes it has.
    pub size: u32,
    /// When it was uploaded.
    pub created_at: DateTime<Utc>,
}

/// A picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    /// What is known about it.
    pub info: ImageInfo,
    /// The file.
    pub bytes: Vec<u8>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_named_by_its_bytes() {
        let key = ImageKey::of(b"abc");
        let text = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(key.to_string(), text);
        assert_eq!(text.parse(), Ok(key));
        assert_eq!(ImageKey::from_bytes(key.as_bytes()), Some(key));
    }

    // V-31
    #[test]
    fn a_picture_has_one_address() {
        let text = ImageKey::of(b"abc").to_string();
        for other in [
            text.to_uppercase(),
            format!("{text}0"),
            text.replace('b', "g"),
        ] {
            assert_eq!(other.parse::<ImageKey>(), Err(NotAKey), "{other}");
        }
    }
}
