//! `fontdue` 0.9 (64b52137), `Font`. Glyphs stand in without their geometry.
//! Constructor: `fn open(path: &Path, scale: f32) -> FontResult<Self>`.

use std::collections::HashMap;
use std::num::NonZeroU16;
use std::ops::Deref;
use std::path::Path;

use concurrent_object::concurrent_object;

#[derive(Clone, Debug)]
pub struct Font;

pub type FontResult<T> = Result<T, &'static str>;

#[derive(Copy, Clone, PartialEq, Debug)]
pub struct FontSettings {
    pub collection_index: u32,
    pub scale: f32,
    pub load_substitutions: bool,
}

#[derive(Copy, Clone, PartialEq, Debug)]
pub struct OutlineBounds {
    pub xmin: f32,
    pub ymin: f32,
    pub width: f32,
    pub height: f32,
}

#[derive(Copy, Clone, PartialEq, Debug)]
pub struct Metrics {
    pub xmin: i32,
    pub ymin: i32,
    pub width: usize,
    pub height: usize,
    pub advance_width: f32,
    pub advance_height: f32,
    pub bounds: OutlineBounds,
}

#[derive(Copy, Clone, PartialEq, Debug)]
pub struct LineMetrics {
    pub ascent: f32,
    pub descent: f32,
    pub line_gap: f32,
    pub new_line_size: f32,
}

#[derive(Copy, Clone, Debug)]
pub struct GlyphRasterConfig {
    pub glyph_index: u16,
    pub px: f32,
    pub font_hash: usize,
}

impl Font {
    pub fn open(path: &Path, scale: f32) -> FontResult<Self> {
        unimplemented!()
    }
}

#[concurrent_object]
impl Font {
    pub fn from_bytes<Data: Deref<Target = [u8]>>(data: Data, settings: FontSettings) -> FontResult<Font> {
        unimplemented!()
    }

    pub fn name(&self) -> Option<&str> {
        unimplemented!()
    }

    pub fn chars(&self) -> &HashMap<char, NonZeroU16> {
        unimplemented!()
    }

    pub fn file_hash(&self) -> usize {
        unimplemented!()
    }

    pub fn horizontal_line_metrics(&self, px: f32) -> Option<LineMetrics> {
        unimplemented!()
    }

    pub fn vertical_line_metrics(&self, px: f32) -> Option<LineMetrics> {
        unimplemented!()
    }

    pub fn units_per_em(&self) -> f32 {
        unimplemented!()
    }

    pub fn scale_factor(&self, px: f32) -> f32 {
        unimplemented!()
    }

    pub fn horizontal_kern(&self, left: char, right: char, px: f32) -> Option<f32> {
        unimplemented!()
    }

    pub fn horizontal_kern_indexed(&self, left: u16, right: u16, px: f32) -> Option<f32> {
        unimplemented!()
    }

    pub fn metrics(&self, character: char, px: f32) -> Metrics {
        unimplemented!()
    }

    pub fn metrics_indexed(&self, index: u16, px: f32) -> Metrics {
        unimplemented!()
    }

    pub fn rasterize_config(&self, config: GlyphRasterConfig) -> (Metrics, Vec<u8>) {
        unimplemented!()
    }

    pub fn rasterize(&self, character: char, px: f32) -> (Metrics, Vec<u8>) {
        unimplemented!()
    }

    pub fn rasterize_config_subpixel(&self, config: GlyphRasterConfig) -> (Metrics, Vec<u8>) {
        unimplemented!()
    }

    pub fn rasterize_subpixel(&self, character: char, px: f32) -> (Metrics, Vec<u8>) {
        unimplemented!()
    }

    pub fn rasterize_indexed(&self, index: u16, px: f32) -> (Metrics, Vec<u8>) {
        unimplemented!()
    }

    pub fn rasterize_indexed_subpixel(&self, index: u16, px: f32) -> (Metrics, Vec<u8>) {
        unimplemented!()
    }

    pub fn has_glyph(&self, character: char) -> bool {
        unimplemented!()
    }

    pub fn lookup_glyph_index(&self, character: char) -> u16 {
        unimplemented!()
    }

    pub fn glyph_count(&self) -> u16 {
        unimplemented!()
    }
}
