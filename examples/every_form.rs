//! A method of each form that the attribute accepts, in a module of its own as in a library.
//!
//! `cargo expand --example every_form` shows the generated code for each.

use concurrent_object::{Call, Error};

/// A set of named gauges.
pub mod gauges {
    use std::borrow::Cow;
    use std::fmt;
    use std::future::{Future, ready};
    use std::io;
    use std::path::{Path, PathBuf};
    use std::task::{Context, Poll, Waker};

    use concurrent_object::concurrent_object;

    /// A gauge's name and value.
    pub type Reading = (String, f64);

    /// Gauges, with a tag for each.
    #[derive(Debug)]
    pub struct Gauges<T> {
        readings: Vec<Reading>,
        tags: Vec<T>,
    }

    impl<T> Default for Gauges<T> {
        fn default() -> Self {
            Self { readings: Vec::new(), tags: Vec::new() }
        }
    }

    /// Runs a future that is ready at the first poll.
    fn run<F: Future>(future: F) -> F::Output {
        let mut future = Box::pin(future);
        loop {
            if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
                return output;
            }
        }
    }

    #[concurrent_object(
        constructor = fn default() -> Self,
        block_on = run,
        output = Shown,
    )]
    impl<T: Clone> Gauges<T> {
        /// Creates gauges with these names, all with one tag.
        pub fn new(names: &[&str], tag: T) -> Self {
            let readings: Vec<_> = names.iter().map(|name| ((*name).to_owned(), 0.0)).collect();
            Self { tags: std::iter::repeat_n(tag, readings.len()).collect(), readings }
        }

        /// Reads the names from a file.
        ///
        /// # Errors
        /// If the file cannot be read.
        #[concurrent_object(with(P = PathBuf))]
        pub fn open<P: AsRef<Path>>(path: P, tag: T) -> io::Result<Self> {
            let text = std::fs::read_to_string(path)?;
            Ok(Self::new(&text.lines().collect::<Vec<_>>(), tag))
        }

        /// Sets one gauge.
        pub fn set(&mut self, reading: &Reading) -> &mut Self {
            if let Some(other) = self.readings.iter_mut().find(|other| other.0 == reading.0) {
                other.1 = reading.1;
            }
            self
        }

        /// Adds to all gauges, and returns their number.
        pub fn add(&mut self, values: &[f64], (scale, offset): (f64, f64), note: Option<&str>) -> usize {
            let added = values.iter().map(|value| value * scale + offset);
            for (reading, value) in self.readings.iter_mut().zip(added) {
                reading.1 += value;
            }
            self.readings.len() + note.map_or(0, str::len)
        }

        /// Clamps these values as the gauges do.
        pub fn clamp(&self, values: &mut [f64], count: &mut u64) -> bool {
            for value in values.iter_mut() {
                *value = value.clamp(0.0, 1.0);
            }
            *count += 1;
            !values.is_empty()
        }

        /// Returns the gauge with this name.
        #[must_use = "it changes nothing"]
        pub fn get(&self, name: &str) -> Option<&Reading> {
            self.readings.iter().find(|reading| reading.0 == name)
        }

        /// Returns the text on the panel.
        #[must_use]
        pub fn title(&self, default: Cow<'_, str>) -> Cow<'_, str> {
            self.readings.first().map_or(Cow::Owned(default.into_owned()), |reading| Cow::Borrowed(&reading.0[..]))
        }

        /// Returns all names.
        pub fn names(&self) -> impl Iterator<Item = &str> {
            self.readings.iter().map(|reading| &*reading.0)
        }

        /// Returns all tags.
        #[must_use]
        pub fn tags(&self) -> &[T] {
            &self.tags
        }

        /// Returns the gauges with these names, as far as they exist.
        #[must_use]
        pub fn among(&self, names: Vec<&str>, others: &[&Reading]) -> Vec<String> {
            let is_here = |name: &&str| self.readings.iter().any(|reading| reading.0 == **name);
            let others = others.iter().map(|reading| &*reading.0);
            names.into_iter().chain(others).filter(is_here).map(str::to_owned).collect()
        }

        /// Removes all gauges.
        pub fn clear(&mut self) {
            self.readings.clear();
        }

        /// Stores the names in a file.
        ///
        /// # Errors
        /// If the file cannot be written.
        pub async fn store(&self, path: &Path) -> Result<usize, io::Error> {
            let text: Vec<_> = self.readings.iter().map(|reading| &*reading.0).collect();
            ready(std::fs::write(path, text.join("\n"))).await?;
            Ok(text.len())
        }

        /// Fails to write.
        ///
        /// # Errors
        /// Always.
        pub fn write(&mut self) -> fmt::Result {
            Err(fmt::Error)
        }

        /// Consumes the gauges, and returns the last readings.
        #[must_use]
        pub fn finish(self) -> Vec<Reading> {
            self.readings
        }
    }
}

use gauges::{GaugesProxy, Shown};

fn main() -> Result<(), Error> {
    concurrent_object::init();
    let gauges = GaugesProxy::<u8>::builder("gauges").start(&["left", "right"], 7)?;
    gauges.set(&("left".to_owned(), 0.5)).wait()?;
    gauges.push_add(&[1.0, 2.0], (2.0, 0.0), None)?;
    if let Some(Shown::Add(count)) = gauges.wait_pull()? {
        println!("added to {count}");
    }
    let (mut values, mut count) = ([-1.0, 0.5, 2.0], 0);
    gauges.clamp(&mut values, &mut count).wait()?;
    println!("clamped {values:?}, {count} time");
    let names: Call<Vec<String>> = gauges.names();
    println!("names: {:?}, tags: {:?}", names.wait()?, gauges.tags().wait()?);
    println!("an error, told: {:?}", gauges.write().wait()?.map_err(|error| error.to_string()));
    let last = gauges.finish().wait()?;
    println!("at the end: {:?}", last.iter().map(|reading| reading.1).collect::<Vec<_>>());
    Ok(())
}
