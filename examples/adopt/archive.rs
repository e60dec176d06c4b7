//! `zip::ZipArchive<R>`: generic over its reader, which the child opens. A file in it borrows from
//! the archive, so it is read within one call.

use std::borrow::Cow;
use std::fs::{self, File};
use std::io::{self, BufReader, Cursor, Read, Seek, Write};
use std::path::Path;

use concurrent_object::{RemoteError, concurrent_object};
use zip::result::ZipResult;
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

use crate::pictures::Thumbnail;
use crate::{assert_not_made, assert_told};

pub(crate) struct Archive<R>(ZipArchive<R>);

impl Archive<BufReader<File>> {
    fn open(path: &Path) -> ZipResult<Self> {
        Self::new(BufReader::new(File::open(path)?))
    }
}

#[concurrent_object(with(R = BufReader<File>), constructor = pub(crate) fn open(path: &Path) -> ZipResult<Self>)]
impl<R: Read + Seek> Archive<R> {
    /// A reader cannot be sent to a child.
    #[concurrent_object(skip)]
    pub(crate) fn new(reader: R) -> ZipResult<Self> {
        ZipArchive::new(reader).map(Self)
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn comment(&self) -> &[u8] {
        self.0.comment()
    }

    pub(crate) fn file_names(&self) -> impl Iterator<Item = ZipResult<Cow<'_, str>>> {
        self.0.file_names()
    }

    pub(crate) fn index_for_name(&self, name: &str) -> Option<usize> {
        self.0.index_for_name(name)
    }

    /// `zip` returns a reader here.
    pub(crate) fn by_name(&mut self, name: &str) -> ZipResult<Vec<u8>> {
        let mut content = Vec::new();
        self.0.by_name(name)?.read_to_end(&mut content)?;
        Ok(content)
    }

    pub(crate) fn extract<P: AsRef<Path>>(&mut self, directory: P) -> ZipResult<()> {
        self.0.extract(directory)
    }

    pub(crate) fn has_overlapping_files(&mut self) -> ZipResult<bool> {
        self.0.has_overlapping_files()
    }
}

/// Packs the pictures, and reads them with an archive in a child and one in this process.
pub(crate) fn unpack(thumbnails: &[Thumbnail], folder: &Path) -> anyhow::Result<()> {
    let packed = pack(thumbnails)?;
    let path = folder.join("pictures.zip");
    fs::write(&path, &packed)?;
    let (child, mut here) = (ArchiveProxy::builder("archive").start_open(&path)?, Archive::new(Cursor::new(&packed))?);
    assert_eq!(child.len().wait()?, here.len());
    assert_eq!(child.comment().wait()?, here.comment());
    let names = child.file_names().wait()?.into_iter().collect::<Result<Vec<_>, RemoteError>>()?;
    assert_eq!(names, here.file_names().collect::<ZipResult<Vec<_>>>()?);
    assert_eq!(child.has_overlapping_files().wait_flat()?, here.has_overlapping_files()?);
    for Thumbnail { name, content, .. } in thumbnails {
        assert_eq!(child.index_for_name(name).wait()?, here.index_for_name(name));
        assert_eq!(child.by_name(name).wait_flat()?, here.by_name(name)?);
        assert_eq!(child.by_name(name).wait_flat()?, *content);
    }
    let unknown = child.by_name("no such file").wait()?.expect_err("there is none");
    assert_told(&unknown, &here.by_name("no such file").expect_err("here neither"));

    let target = folder.join("extracted");
    child.extract(&target).wait_flat()?;
    let extracted = fs::read_dir(&target)?.collect::<io::Result<Vec<_>>>()?;
    assert_eq!(extracted.len(), thumbnails.len());
    println!("archive: {} pictures packed into {} bytes, and extracted", thumbnails.len(), packed.len());

    fs::write(&path, &packed[..packed.len() / 2])?;
    let refused = ArchiveProxy::builder("half").start_open(&path)?.wait_until_ready().expect_err("it is cut off");
    let here = Archive::open(&path).err().expect("here too");
    assert_not_made(&refused, &here);
    Ok(())
}

fn pack(thumbnails: &[Thumbnail]) -> ZipResult<Vec<u8>> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    writer.set_comment("thumbnails")?;
    for Thumbnail { name, content, .. } in thumbnails {
        writer.start_file(name.as_str(), SimpleFileOptions::default())?;
        writer.write_all(content)?;
    }
    Ok(writer.finish()?.into_inner())
}
