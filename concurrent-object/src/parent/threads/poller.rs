//! What the supervisor thread sleeps on: one timer, and the ends of the processes that it watches.
//!
//! On Linux it is an epoll set (`linux`), on other targets an alarm (`portable`).

#[cfg(all(target_os = "linux", not(concurrent_object_portable)))]
mod linux;
#[cfg(not(all(target_os = "linux", not(concurrent_object_portable))))]
mod portable;

#[cfg(all(target_os = "linux", not(concurrent_object_portable)))]
pub(crate) use self::linux::Poller;
#[cfg(not(all(target_os = "linux", not(concurrent_object_portable))))]
pub(crate) use self::portable::Poller;
