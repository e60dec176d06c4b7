//! The lower bound and the size of the calling thread's stack, as the system knows them.
//!
//! Where no function is known that returns them, the result is `None`. Then a recursion is not
//! measured, and ends the program if it overflows the stack.
#![allow(unsafe_code)]

/// Returns the lowest address and the size.
#[cfg(target_os = "linux")]
pub(super) fn of_this_thread() -> Option<(usize, usize)> {
    use std::mem::MaybeUninit;
    use std::ptr;
    let mut attributes = MaybeUninit::uninit();
    // SAFETY: `pthread_self` has no precondition.
    let thread = unsafe { libc::pthread_self() };
    // SAFETY: the thread is the calling one, so it exists; the room has the type of the attributes.
    if unsafe { libc::pthread_getattr_np(thread, attributes.as_mut_ptr()) } != 0 {
        return None;
    }
    let (mut low, mut size) = (ptr::null_mut(), 0);
    // SAFETY: the call above returned 0, so the attributes are initialised.
    let outcome = unsafe { libc::pthread_attr_getstack(attributes.as_ptr(), &raw mut low, &raw mut size) };
    // SAFETY: as above, and the attributes are not used any more.
    unsafe { libc::pthread_attr_destroy(attributes.as_mut_ptr()) };
    Some((low.addr(), size)).filter(|_| outcome == 0)
}

/// Returns the lowest address and the size.
#[cfg(target_vendor = "apple")]
pub(super) fn of_this_thread() -> Option<(usize, usize)> {
    // SAFETY: `pthread_self` has no precondition.
    let thread = unsafe { libc::pthread_self() };
    // SAFETY: the thread is the calling one, so it exists.
    let high = unsafe { libc::pthread_get_stackaddr_np(thread) }.addr();
    // SAFETY: as above.
    let size = unsafe { libc::pthread_get_stacksize_np(thread) };
    Some((high.checked_sub(size)?, size)).filter(|_| size > 0)
}

/// Returns the lowest address and the size.
#[cfg(windows)]
pub(super) fn of_this_thread() -> Option<(usize, usize)> {
    // SAFETY: this is the signature of the function in the system's documentation.
    #[link(name = "kernel32")]
    unsafe extern "system" {
        fn GetCurrentThreadStackLimits(low: *mut usize, high: *mut usize);
    }
    let (mut low, mut high) = (0, 0);
    // SAFETY: the function writes two addresses, for which there is room, and has no other
    // precondition.
    unsafe { GetCurrentThreadStackLimits(&raw mut low, &raw mut high) };
    Some((low, high.checked_sub(low)?)).filter(|&(_, size)| size > 0)
}

/// Returns `None`: the bounds are unknown.
#[cfg(not(any(target_os = "linux", target_vendor = "apple", windows)))]
pub(super) fn of_this_thread() -> Option<(usize, usize)> {
    None
}
