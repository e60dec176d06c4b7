//! How the options print in `Debug`.
//!
//! Knows their names. Invariant: no value of an environment variable is printed.

use std::fmt;

use super::Options;

/// Values of environment variables may be secrets, so `Debug` omits them.
impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            name,
            max_input_size,
            max_output_size,
            max_decoded_size,
            slots,
            stack_size,
            times,
            backing_dir,
            prefault,
            restart,
            snapshots,
            on_panic,
            on_drop,
            in_thread,
            process_limits,
            ..
        } = self;
        f.debug_struct("Options")
            .field("name", name)
            .field("max_input_size", max_input_size)
            .field("max_output_size", max_output_size)
            .field("max_decoded_size", max_decoded_size)
            .field("slots", slots)
            .field("stack_size", stack_size)
            .field("times", times)
            .field("backing_dir", backing_dir)
            .field("prefault", prefault)
            .field("restart", restart)
            .field("snapshots", snapshots)
            .field("on_panic", on_panic)
            .field("on_drop", on_drop)
            .field("in_thread", in_thread)
            .field("process_limits", process_limits)
            .field("streams", &self.streams)
            .field("on_death", &self.on_death)
            .finish_non_exhaustive()
    }
}
