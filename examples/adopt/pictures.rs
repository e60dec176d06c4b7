//! `image::DynamicImage`, and the unchanged trait `image::ImageDecoder`. Pixels arrive as bytes,
//! errors as text.

use std::fs::{self, File};
use std::io::{BufReader, Cursor};
use std::path::{Path, PathBuf};

use anyhow::bail;
use concurrent_object::concurrent_object;
use image::metadata::Orientation;
use image::{
    ColorType, DynamicImage, GenericImageView, ImageDecoder, ImageError, ImageFormat, ImageReader, ImageResult, Rgb,
    RgbImage,
};

use crate::{assert_not_made, assert_told};

pub(crate) struct Picture(DynamicImage);

#[concurrent_object]
impl Picture {
    #[concurrent_object(with(P = &Path))]
    pub(crate) fn open<P: AsRef<Path>>(path: P) -> Result<Self, ImageError> {
        image::open(path).map(Self)
    }

    #[concurrent_object(rename = new)]
    pub(crate) fn load_from_memory(buffer: &[u8]) -> Result<Self, ImageError> {
        image::load_from_memory(buffer).map(Self)
    }

    pub(crate) fn dimensions(&self) -> (u32, u32) {
        self.0.dimensions()
    }

    pub(crate) fn color(&self) -> ColorType {
        self.0.color()
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    pub(crate) fn pixels(&self) -> impl Iterator<Item = (u32, u32, [u8; 4])> {
        self.0.pixels().map(|(x, y, pixel)| (x, y, pixel.0))
    }

    pub(crate) fn invert(&mut self) {
        self.0.invert();
    }

    /// `image` returns a new picture. Here it would have to come from the child.
    pub(crate) fn thumbnail(&mut self, nwidth: u32, nheight: u32) -> &mut Self {
        self.0 = self.0.thumbnail(nwidth, nheight);
        self
    }

    /// `image` takes `impl Write + Seek`. Such a value cannot be sent, but a `Vec` can.
    pub(crate) fn write_to(&self, w: &mut Vec<u8>, format: ImageFormat) -> ImageResult<()> {
        self.0.write_to(Cursor::new(w), format)
    }

    #[concurrent_object(with(Q = &Path))]
    pub(crate) fn save<Q>(&self, path: Q) -> ImageResult<()>
    where
        Q: AsRef<Path>,
    {
        self.0.save(path)
    }

    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.0.into_bytes()
    }
}

/// A picture that is not decoded yet.
pub(crate) struct Decoder(Box<dyn ImageDecoder>);

impl Decoder {
    fn open(path: &Path) -> Result<Self, ImageError> {
        let reader: ImageReader<BufReader<File>> = ImageReader::open(path)?;
        Ok(Self(Box::new(reader.into_decoder()?)))
    }
}

#[concurrent_object(constructor = pub(crate) fn open(path: &Path) -> Result<Self, ImageError>)]
impl ImageDecoder for Decoder {
    fn dimensions(&self) -> (u32, u32) {
        self.0.dimensions()
    }

    fn color_type(&self) -> ColorType {
        self.0.color_type()
    }

    fn orientation(&mut self) -> ImageResult<Orientation> {
        self.0.orientation()
    }

    fn total_bytes(&self) -> u64 {
        self.0.total_bytes()
    }

    fn read_image(self, buf: &mut [u8]) -> ImageResult<()>
    where
        Self: Sized,
    {
        self.0.read_image(buf)
    }

    #[concurrent_object(skip)]
    fn read_image_boxed(self: Box<Self>, buf: &mut [u8]) -> ImageResult<()> {
        self.read_image(buf)
    }
}

/// A small picture, as the content of a file.
pub(crate) struct Thumbnail {
    pub(crate) name: String,
    /// The mean of its bytes.
    pub(crate) brightness: f64,
    pub(crate) content: Vec<u8>,
}

/// Makes a thumbnail of each picture that can be read, in a child and in this process.
pub(crate) fn shrink(paths: &[PathBuf], folder: &Path) -> anyhow::Result<Vec<Thumbnail>> {
    let mut made = Vec::new();
    for path in paths {
        let name = path.file_name().unwrap_or_default().display().to_string();
        let child = PictureProxy::builder(&*name).max_output_size("1 GiB").start_open(path)?;
        match (child.wait_until_ready(), Picture::open(path)) {
            (Ok(()), Ok(here)) => {
                decode_into(path, here.as_bytes())?;
                made.push(shrink_one(child, here, folder, name)?);
            }
            (Err(there), Err(here)) => {
                println!("pictures: {name}: {there}");
                assert_not_made(&there, &here);
            }
            (there, here) => bail!("{name}: {there:?}, but here {:?}", here.err()),
        }
    }
    println!("pictures: {} of {} shrunk and inverted", made.len(), paths.len());
    Ok(made)
}

fn shrink_one(child: PictureProxy, mut here: Picture, folder: &Path, name: String) -> anyhow::Result<Thumbnail> {
    assert_eq!(child.dimensions().wait()?, here.dimensions());
    assert_eq!(child.color().wait()?, here.color());
    assert_eq!(child.as_bytes().wait()?, here.as_bytes());
    child.thumbnail(64, 64).wait()?;
    child.invert().wait()?;
    here.thumbnail(64, 64).invert();
    assert_eq!(child.pixels().wait()?, here.pixels().collect::<Vec<_>>());
    let (mut content, mut expected) = (Vec::new(), Vec::new());
    child.write_to(&mut content, ImageFormat::Png).wait_flat()?;
    here.write_to(&mut expected, ImageFormat::Png)?;
    assert_eq!(content, expected);
    let again = PictureProxy::builder("again").start(&content)?;
    assert_eq!(again.as_bytes().wait()?, here.as_bytes());

    let target = folder.join(&name).with_extension("txt");
    let refused = child.save(&target).wait()?.expect_err("that is no picture's extension");
    assert_told(&refused, &here.save(target).expect_err("here neither"));
    let bytes = child.into_bytes().wait()?;
    assert_eq!(bytes, here.into_bytes());
    let brightness = bytes.iter().map(|&byte| f64::from(byte)).sum::<f64>() / bytes.len() as f64;
    Ok(Thumbnail { name, brightness, content })
}

/// Reads the picture into a buffer of this program, with a decoder that this consumes.
fn decode_into(path: &Path, expected: &[u8]) -> anyhow::Result<()> {
    let builder = DecoderProxy::builder("decoder").max_input_size("1 GiB").max_output_size("1 GiB");
    let (child, mut here) = (builder.start_open(path)?, Decoder::open(path)?);
    assert_eq!(child.dimensions().wait()?, here.dimensions());
    assert_eq!(child.color_type().wait()?, here.color_type());
    assert_eq!(child.orientation().wait_flat()?, here.orientation()?);
    let size = child.total_bytes().wait()?;
    assert_eq!(size, here.total_bytes());
    let mut buffer = vec![0; usize::try_from(size)?];
    child.read_image(&mut buffer).wait_flat()?;
    assert_eq!(buffer, expected);
    Ok(())
}

/// Draws some pictures, one of them truncated.
pub(crate) fn draw_samples(folder: &Path) -> anyhow::Result<()> {
    let stripes = RgbImage::from_fn(320, 240, |x, y| Rgb([x as u8, y as u8, if (x / 16) % 2 == 0 { 200 } else { 20 }]));
    let picture = DynamicImage::ImageRgb8(stripes);
    for name in ["stripes-2024.png", "stripes-2025.jpg", "stripes-2025.bmp"] {
        picture.save(folder.join(name))?;
    }
    picture.to_luma8().save(folder.join("grey_1999.png"))?;
    let content = fs::read(folder.join("stripes-2024.png"))?;
    Ok(fs::write(folder.join("cut_off.png"), &content[..content.len() / 2])?)
}
