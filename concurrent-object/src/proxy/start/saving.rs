//! Whether the state of an object is saved, and the files for it.
//!
//! Knows policies. Invariant: a state is saved only where a later process can begin with it.

use super::Code;
use crate::error::StartError;
use crate::parent::life::snapshot_files::SnapshotBuffers;
use crate::protocol::snapshot_policy::SnapshotPolicy;
use crate::proxy::builder::Settings;

/// When the object's state is saved; `None` if it is not. For a proxy of another program, that
/// program restarts the object.
pub(super) fn policy_of(settings: &Settings, code: Code) -> Option<SnapshotPolicy> {
    let has_next = settings.is_relayed || !settings.restart.is_never();
    Some(settings.snapshots).filter(|when| code.saves && has_next && !when.is_never())
}

/// Creates the files, unless the object lives in another program, which has them there.
pub(super) fn create_files(
    settings: &Settings,
    policy: Option<SnapshotPolicy>,
) -> Result<Option<SnapshotBuffers>, StartError> {
    let failed = || StartError::system("creating the files for snapshots");
    if policy.is_none() || settings.remote.is_some() {
        return Ok(None);
    }
    let mut buffers = SnapshotBuffers::new().map_err(failed())?;
    if let Some(state) = &settings.earlier_state {
        let mut raw = Vec::new();
        state.raw.each(&mut |bytes| raw.extend_from_slice(bytes)).expect("a state lies in no slot");
        buffers.restore_from(&state.structured, &raw).map_err(failed())?;
    }
    Ok(Some(buffers))
}
