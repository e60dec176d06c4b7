//! Whether a picture's file is complete. Decoders differ: one paints what is missing grey, another
//! decodes only the first of many frames. So this looks for the end marker of each format.

use image::ImageFormat;

/// Whether the file ends before its format's end. Whatever the format does not define is left to
/// the decoder.
pub(crate) fn is_cut_off(format: ImageFormat, content: &[u8]) -> bool {
    let is_whole = match format {
        ImageFormat::Jpeg => has_jpeg_end(content),
        ImageFormat::Png => ends_png(content).is_some(),
        ImageFormat::Gif => ends_gif(content).is_some(),
        ImageFormat::WebP => has_webp_size(content).unwrap_or_default(),
        _ => true,
    };
    !is_whole
}

/// Whether the end-of-image marker comes after the last start-of-image marker.
fn has_jpeg_end(content: &[u8]) -> bool {
    let last = |marker| content.windows(2).rposition(|bytes| bytes == [0xFF, marker]);
    last(0xD9) > last(0xDA)
}

/// Goes from chunk to chunk, up to the one that ends the file.
fn ends_png(content: &[u8]) -> Option<()> {
    let mut rest = content.get(8..)?;
    loop {
        let (length, kind) = (rest.first_chunk::<4>()?, rest.get(4..8)?);
        let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
        if kind == b"IEND" {
            return Some(());
        }
        // Length, kind and checksum have four bytes each.
        rest = rest.get(length.checked_add(12)?..)?;
    }
}

/// Goes from block to block, up to the trailer.
fn ends_gif(content: &[u8]) -> Option<()> {
    let mut rest = content.get(13..)?;
    rest = rest.get(color_table_size(*content.get(10)?)..)?;
    loop {
        let (&introducer, block) = rest.split_first()?;
        rest = match introducer {
            b';' => return Some(()),
            b'!' => after_sub_blocks(block.get(1..)?)?,
            b',' => {
                let pixels = block.get(9 + color_table_size(*block.get(8)?)..)?;
                after_sub_blocks(pixels.get(1..)?)?
            }
            // Some writers leave a zero between blocks.
            0 => block,
            _ => return None,
        };
    }
}

/// Returns the size in bytes of the table that a GIF's flags announce.
fn color_table_size(flags: u8) -> usize {
    if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) }
}

fn after_sub_blocks(mut rest: &[u8]) -> Option<&[u8]> {
    loop {
        let (&length, block) = rest.split_first()?;
        rest = block.get(usize::from(length)..)?;
        if length == 0 {
            return Some(rest);
        }
    }
}

/// Whether the file has as many bytes as its header says.
fn has_webp_size(content: &[u8]) -> Option<bool> {
    let size = content.get(4..)?.first_chunk::<4>()?;
    let size = usize::try_from(u32::from_le_bytes(*size)).ok()?;
    Some(content.len() >= size.checked_add(8)?)
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use image::codecs::gif::GifEncoder;
    use image::{DynamicImage, Frame};

    use super::*;

    const FORMATS: [ImageFormat; 4] = [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::Gif, ImageFormat::WebP];

    fn picture() -> DynamicImage {
        let pixel = |x: u32, y: u32| image::Rgb([(x * 7 % 251) as u8, (y * 5 % 241) as u8, (x * y % 239) as u8]);
        DynamicImage::ImageRgb8(image::RgbImage::from_fn(64, 48, pixel))
    }

    fn encoded(format: ImageFormat) -> Vec<u8> {
        let mut content = Cursor::new(Vec::new());
        picture().write_to(&mut content, format).expect("encoded");
        content.into_inner()
    }

    #[test]
    fn whole_pictures_are_whole_and_those_without_an_end_are_cut_off() {
        for format in FORMATS {
            let content = encoded(format);
            assert!(!is_cut_off(format, &content), "{format:?}");
            for size in [0, 5, 12, content.len() / 20, content.len() / 2, content.len() - 20] {
                assert!(is_cut_off(format, &content[..size]), "{size} bytes of {format:?}");
            }
        }
    }

    #[test]
    fn what_follows_the_end_does_not_matter() {
        for format in FORMATS {
            let content = [encoded(format), vec![0; 100]].concat();
            assert!(!is_cut_off(format, &content), "{format:?}");
        }
    }

    #[test]
    fn half_an_animation_is_cut_off_though_its_first_frame_is_whole() {
        let mut content = Vec::new();
        let mut encoder = GifEncoder::new(&mut content);
        encoder.encode_frames((0..4).map(|_| Frame::new(picture().to_rgba8()))).expect("encoded");
        drop(encoder);
        assert!(!is_cut_off(ImageFormat::Gif, &content));
        let half = &content[..content.len() / 2];
        assert!(image::load_from_memory(half).is_ok(), "the decoder has all that it needs for the first frame");
        assert!(is_cut_off(ImageFormat::Gif, half));
    }
}
