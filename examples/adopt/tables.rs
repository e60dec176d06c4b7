//! `csv::Reader<R>`: generic over its reader, and with state. Records borrow from the reader's
//! buffer, and arrive as owned text.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use concurrent_object::{RemoteError, concurrent_object};
use csv::{Position, Reader, StringRecord, Writer};

use crate::assert_told;
use crate::pictures::Thumbnail;

pub(crate) struct Table<R>(Reader<R>);

impl Table<File> {
    fn from_path(path: &Path) -> csv::Result<Self> {
        Reader::from_path(path).map(Self)
    }
}

#[concurrent_object(with(R = File), constructor = pub(crate) fn from_path(path: &Path) -> csv::Result<Self>)]
impl<R: Read> Table<R> {
    /// A reader cannot be sent to a child.
    #[concurrent_object(skip)]
    pub(crate) fn from_reader(rdr: R) -> Self {
        Self(Reader::from_reader(rdr))
    }

    pub(crate) fn has_headers(&self) -> bool {
        self.0.has_headers()
    }

    /// `csv` returns a `StringRecord`, whose fields these are.
    pub(crate) fn headers(&mut self) -> csv::Result<impl Iterator<Item = &str>> {
        self.0.headers().map(StringRecord::iter)
    }

    /// `csv` fills a record of the caller. This returns its fields, or `None` at the end.
    pub(crate) fn read_record(&mut self) -> csv::Result<Option<Vec<String>>> {
        let mut record = StringRecord::new();
        let more = self.0.read_record(&mut record)?;
        Ok(more.then(|| record.iter().map(str::to_owned).collect()))
    }

    pub(crate) fn records(&mut self) -> impl Iterator<Item = csv::Result<Vec<String>>> {
        let fields = |record: StringRecord| record.iter().map(str::to_owned).collect();
        self.0.records().map(move |record| record.map(fields))
    }

    pub(crate) fn is_done(&self) -> bool {
        self.0.is_done()
    }

    /// Byte, line and record of a `csv::Position`.
    pub(crate) fn position(&self) -> (u64, u64, u64) {
        let position: &Position = self.0.position();
        (position.byte(), position.line(), position.record())
    }
}

/// Reads a table of the pictures in a child and in this process.
pub(crate) fn read(thumbnails: &[Thumbnail], folder: &Path) -> anyhow::Result<()> {
    let text = write(thumbnails)?;
    let path = folder.join("pictures.csv");
    fs::write(&path, &text)?;
    let (child, mut here) = (TableProxy::builder("table").start_from_path(&path)?, Table::from_reader(&text[..]));
    assert_eq!(child.has_headers().wait()?, here.has_headers());
    assert_eq!(child.headers().wait_flat()?, here.headers()?.collect::<Vec<_>>());
    assert_eq!(child.read_record().wait_flat()?, here.read_record()?);
    assert_eq!(child.position().wait()?, here.position());
    let rest = child.records().wait()?.into_iter().collect::<Result<Vec<_>, RemoteError>>()?;
    assert_eq!(rest, here.records().collect::<csv::Result<Vec<_>>>()?);
    assert_eq!(child.read_record().wait_flat()?, None);
    assert!(child.is_done().wait()? && here.read_record()?.is_none() && here.is_done());
    println!("table: {} rows after the first", rest.len());

    fs::write(&path, "name,brightness\na,1\nb,2,3\n")?;
    let uneven = TableProxy::builder("uneven").start_from_path(&path)?;
    let mut here = Table::from_path(&path)?;
    assert_eq!(uneven.read_record().wait_flat()?, here.read_record()?);
    let refused = uneven.read_record().wait()?.expect_err("it has a field too many");
    assert_told(&refused, &here.read_record().expect_err("here too"));
    println!("  an error of csv: {refused}");
    Ok(())
}

fn write(thumbnails: &[Thumbnail]) -> anyhow::Result<Vec<u8>> {
    let mut writer = Writer::from_writer(Vec::new());
    writer.write_record(["name", "brightness", "bytes"])?;
    for Thumbnail { name, brightness, content } in thumbnails {
        writer.write_record([name.clone(), format!("{brightness:.1}"), content.len().to_string()])?;
    }
    writer.into_inner().map_err(|failed| io::Error::other(failed.to_string()).into())
}
