//! The machine to which the connection of an object was lost.
//!
//! Knows names. Invariant: its text is one line.

use std::fmt;

use super::printable::one_line;

/// The machine to which the connection of an object was lost, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LostHost {
    /// The name that the transport gives to the machines among which it has chosen, or an empty
    /// text.
    pub site: String,
    /// The name of the machine, or `None` if the object was not ready there.
    pub host: Option<String>,
    /// Why the connection is lost, as the transport says.
    pub reason: String,
}

impl fmt::Display for LostHost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the connection to ")?;
        match &self.host {
            Some(host) => write!(f, "host \"{}\"", one_line(host))?,
            None => f.write_str("its host")?,
        }
        if !self.site.is_empty() {
            write!(f, " of \"{}\"", one_line(&self.site))?;
        }
        write!(f, " was lost: {}", one_line(&self.reason))
    }
}
