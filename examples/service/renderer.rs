//! The object: stands for a library that renders pages, and that some pages crash or hang.

use std::process;
use std::thread;
use std::time::Duration;

use concurrent_object::{StartError, concurrent_object};

pub(crate) struct Renderer;

#[concurrent_object]
impl Renderer {
    pub(crate) fn new() -> Self {
        Self
    }

    /// Renders a page, in 50 ms.
    pub(crate) fn render(&self, page: &str) -> String {
        match page {
            "crash" => process::abort(),
            "endless" => loop {
                thread::sleep(Duration::from_secs(1));
            },
            _ => thread::sleep(Duration::from_millis(50)),
        }
        format!("<p>{page}</p>\n")
    }
}

/// Starts a member of the pool. A method that is cancelled and does not end is killed after the
/// grace period, with its process. The pool replaces that.
pub(crate) fn start(index: usize) -> Result<RendererProxy, StartError> {
    RendererProxy::builder(format!("renderer {index}")).cancel_grace(Duration::from_millis(100)).start()
}
