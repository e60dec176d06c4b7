//! The checks of sizes, slots and names.
//!
//! Knows their defaults and bounds. Invariant: no number that passes makes a file too large to map.

use super::Options;
use super::size::Size;
use crate::error::StartError;
use crate::transport::layout::Layout;

/// The default size of a call's arguments and of its result. Regions are sparse, so this costs only
/// address space. Windows counts all memory of a program at once, so the default is smaller there.
/// The 64 KiB are for other arguments and for headers beside the numbers.
const DEFAULT_SIZE: usize = (if cfg!(windows) { 4 << 20 } else { 64 << 20 }) + (64 << 10);
pub(super) const DEFAULT_SLOTS: usize = 16;
const MAX_NAME_SIZE: usize = 255;

/// The library's code in the child needs this much to decode arguments and encode results.
pub(super) const MIN_STACK_SIZE: usize = 256 << 10;
pub(super) const MAX_STACK_SIZE: usize = 1 << 40;

impl Options {
    pub(super) fn layout(&self) -> Result<Layout, StartError> {
        let given = (&self.max_input_size, &self.max_output_size);
        if (self.backing_dir.is_some() || self.prefault) && matches!(given, (None, _) | (_, None)) {
            return Err(StartError::SizesNeeded);
        }
        let size = |size: &Option<Size>, option| size.as_ref().map_or(Ok(DEFAULT_SIZE), |size| size.bytes(option));
        let input_size = size(&self.max_input_size, "max_input_size")?;
        let output_size = match &self.max_output_size {
            Some(size) => size.bytes("max_output_size")?,
            None => self.default_output_size(DEFAULT_SIZE)?,
        };
        let reason = "use 1 to 4094 slots, whose regions together fit into 32 TiB";
        Layout::new(self.slots, input_size, output_size).ok_or(StartError::InvalidLayout {
            slots: self.slots,
            input_size,
            output_size,
            reason,
        })
    }

    pub(super) fn check_name(&self) -> Result<(), StartError> {
        let reason = match self.name.as_str() {
            "" => "it is empty",
            name if name.len() > MAX_NAME_SIZE => "it is longer than 255 bytes",
            name if name.contains('\0') => "it contains a NUL byte",
            _ => return Ok(()),
        };
        Err(StartError::InvalidName { name: self.name.clone(), reason })
    }
}

pub(super) fn check_stack_size(size: &Size) -> Result<usize, StartError> {
    let size = size.bytes("stack_size")?;
    let reason = match size {
        ..MIN_STACK_SIZE => "it must be at least 256 KiB",
        MIN_STACK_SIZE..=MAX_STACK_SIZE => return Ok(size),
        _ => "it must be at most 1 TiB",
    };
    Err(StartError::InvalidStackSize { size, reason })
}
