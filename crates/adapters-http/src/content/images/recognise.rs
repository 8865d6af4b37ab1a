//! What a file is, by its bytes. Its name and its declared type are what its sender likes (V-31).

use chrono::{DateTime, Utc};
use domain::content::{Image, ImageInfo, ImageKey, ImageKind, MAX_IMAGE_BYTES, MAX_IMAGE_SIDE};
use imagesize::ImageType;

/// Characters of a file's name that are kept.
const NAME_LENGTH: usize = 120;

/// Why a file is no picture for mails; the text of the interface is `content-image-…`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NoImage {
    /// It is none of the formats that mail programs show.
    Kind,
    /// It has too many bytes.
    Size,
    /// It has too many pixels, or says none.
    Pixels,
}

impl NoImage {
    pub(super) const fn key(self) -> &'static str {
        match self {
            Self::Kind => "content-image-kind",
            Self::Size => "content-image-size",
            Self::Pixels => "content-image-pixels",
        }
    }
}

/// The picture in a file.
pub(super) fn picture(
    file_name: &str,
    bytes: Vec<u8>,
    now: DateTime<Utc>,
) -> Result<Image, NoImage> {
    if bytes.len() > MAX_IMAGE_BYTES {
        return Err(NoImage::Size);
    }
    let kind = kind_of(&bytes).ok_or(NoImage::Kind)?;
    // A head without a body is no picture either.
    let size = imagesize::blob_size(&bytes).ok().ok_or(NoImage::Kind)?;
    let side = |pixels: usize| {
        let pixels = u32::try_from(pixels).ok()?;
        (1..=MAX_IMAGE_SIDE).contains(&pixels).then_some(pixels)
    };
    let (width, height) = side(size.width)
        .zip(side(size.height))
        .ok_or(NoImage::Pixels)?;
    Ok(Image {
        info: ImageInfo {
            key: ImageKey::of(&bytes),
            file_name: tidy(file_name),
            kind,
            width,
            height,
            size: u32::try_from(bytes.len()).unwrap_or(u32::MAX),
            created_at: now,
        },
        bytes,
    })
}

fn kind_of(bytes: &[u8]) -> Option<ImageKind> {
    let found = imagesize::image_type(bytes).ok()?;
    // The first chunk says what follows; the eight bytes of the signature alone say nothing.
    let is_whole = found != ImageType::Png || bytes.get(12..16)? == b"IHDR";
    let known = [
        (ImageType::Png, ImageKind::Png),
        (ImageType::Jpeg, ImageKind::Jpeg),
        (ImageType::Gif, ImageKind::Gif),
        (ImageType::Webp, ImageKind::WebP),
    ];
    let kind = known.into_iter().find(|(name, _)| *name == found);
    kind.filter(|_| is_whole).map(|(_, kind)| kind)
}

/// Shown to staff only, and never part of an address.
fn tidy(file_name: &str) -> String {
    let base = file_name.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain = base.chars().filter(|c| !c.is_control());
    plain.take(NAME_LENGTH).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const GIF: &[u8] = b"GIF89a\x02\x00\x03\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff,\x00\x00\x00\x00\x02\x00\x03\x00\x00\x02\x02D\x01\x00;";

    fn recognised(name: &str, bytes: &[u8]) -> Result<Image, NoImage> {
        picture(name, bytes.to_vec(), DateTime::UNIX_EPOCH)
    }

    #[test]
    fn a_picture_is_what_its_bytes_say() {
        let image = recognised("C:\\写真\\春\n.html", GIF).unwrap();
        assert_eq!(image.info.kind, ImageKind::Gif);
        assert_eq!((image.info.width, image.info.height), (2, 3));
        assert_eq!(image.info.file_name, "春.html");
    }

    // V-31
    #[test]
    fn what_is_no_picture_is_refused_whatever_it_is_called() {
        let attacks: [&[u8]; 6] = [
            b"<!doctype html><script>alert(1)</script>",
            b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
            b"%PDF-1.7",
            b"\x89PNG\r\n\x1a\n",
            b"",
            b"BM\x00\x00\x00\x00",
        ];
        for bytes in attacks {
            assert_eq!(recognised("a.png", bytes), Err(NoImage::Kind), "{bytes:?}");
        }
    }

    // V-31: nothing is unpacked, so that a small file cannot become a large one in memory.
    #[test]
    fn a_picture_that_claims_to_be_huge_is_refused() {
        let mut bomb = GIF.to_vec();
        bomb[6..10].copy_from_slice(&[0xff, 0xff, 0xff, 0xff]);
        assert_eq!(recognised("a.gif", &bomb), Err(NoImage::Pixels));
        let mut long = GIF.to_vec();
        long.resize(MAX_IMAGE_BYTES + 1, 0);
        assert_eq!(recognised("a.gif", &long), Err(NoImage::Size));
    }
}
