//! `ssh2` 0.9 (46fac23f), `Session`. Channels, agents and the guard of `parking_lot` stand in without
//! contents.

use std::fmt;
use std::marker::PhantomData;
use std::os::fd::AsRawFd;
use std::path::Path;
use std::sync::Arc;

use concurrent_object::concurrent_object;

#[derive(Clone)]
pub struct Session {
    inner: Arc<()>,
}

pub mod raw {
    #[allow(non_camel_case_types)]
    pub struct LIBSSH2_SESSION;
}

pub struct MappedMutexGuard<'a, T: ?Sized>(PhantomData<&'a mut T>);

pub struct ScpFileStat {
    stat: [u64; 18],
}

#[derive(Debug, PartialEq)]
pub enum BlockDirections {
    None,
    Inbound,
    Outbound,
    Both,
}

#[derive(Copy, Clone, Debug)]
pub enum MethodType {
    Kex,
    HostKey,
}

#[derive(Copy, Clone, Debug)]
pub enum HostKeyType {
    Unknown,
    Rsa,
}

#[derive(Copy, Clone, Debug)]
pub enum HashType {
    Md5,
    Sha256,
}

#[derive(Copy, Clone, Debug)]
pub enum DisconnectCode {
    ByApplication,
}

#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct TraceFlags(i32);

pub struct Channel;

pub struct Listener;

pub struct Agent;

pub struct KnownHosts;

pub struct Sftp;

pub struct Prompt<'a> {
    pub text: std::borrow::Cow<'a, str>,
    pub echo: bool,
}

pub trait KeyboardInteractivePrompt {
    fn prompt<'a>(&mut self, username: &str, instructions: &str, prompts: &[Prompt<'a>]) -> Vec<String>;
}

/// Answers of the crate's user.
pub struct OwnPrompt {
    pub answers: Vec<String>,
}

impl KeyboardInteractivePrompt for OwnPrompt {
    fn prompt<'a>(&mut self, _: &str, _: &str, _: &[Prompt<'a>]) -> Vec<String> {
        unimplemented!()
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    code: i32,
    msg: std::borrow::Cow<'static, str>,
}

impl fmt::Display for Error {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        unimplemented!()
    }
}

impl std::error::Error for Error {}

#[concurrent_object]
impl Session {
    pub fn new() -> Result<Session, Error> {
        unimplemented!()
    }

    pub fn raw(&self) -> MappedMutexGuard<raw::LIBSSH2_SESSION> {
        unimplemented!()
    }

    pub fn set_banner(&self, banner: &str) -> Result<(), Error> {
        unimplemented!()
    }

    pub fn set_allow_sigpipe(&self, block: bool) {
        unimplemented!()
    }

    pub fn set_compress(&self, compress: bool) {
        unimplemented!()
    }

    pub fn set_blocking(&self, blocking: bool) {
        unimplemented!()
    }

    pub fn is_blocking(&self) -> bool {
        unimplemented!()
    }

    pub fn set_timeout(&self, timeout_ms: u32) {
        unimplemented!()
    }

    pub fn timeout(&self) -> u32 {
        unimplemented!()
    }

    pub fn handshake(&mut self) -> Result<(), Error> {
        unimplemented!()
    }

    pub fn set_tcp_stream<S: 'static + AsRawFd>(&mut self, stream: S) {
        unimplemented!()
    }

    pub fn userauth_password(&self, username: &str, password: &str) -> Result<(), Error> {
        unimplemented!()
    }

    pub fn userauth_keyboard_interactive<P: KeyboardInteractivePrompt>(
        &self,
        username: &str,
        prompter: &mut P,
    ) -> Result<(), Error> {
        unimplemented!()
    }

    pub fn userauth_agent(&self, username: &str) -> Result<(), Error> {
        unimplemented!()
    }

    pub fn userauth_pubkey_file(
        &self,
        username: &str,
        pubkey: Option<&Path>,
        privatekey: &Path,
        passphrase: Option<&str>,
    ) -> Result<(), Error> {
        unimplemented!()
    }

    pub fn userauth_pubkey_memory(
        &self,
        username: &str,
        pubkeydata: Option<&str>,
        privatekeydata: &str,
        passphrase: Option<&str>,
    ) -> Result<(), Error> {
        unimplemented!()
    }

    pub fn userauth_hostbased_file(
        &self,
        username: &str,
        publickey: &Path,
        privatekey: &Path,
        passphrase: Option<&str>,
        hostname: &str,
        local_username: Option<&str>,
    ) -> Result<(), Error> {
        unimplemented!()
    }

    pub fn authenticated(&self) -> bool {
        unimplemented!()
    }

    pub fn auth_methods(&self, username: &str) -> Result<&str, Error> {
        unimplemented!()
    }

    pub fn method_pref(&self, method_type: MethodType, prefs: &str) -> Result<(), Error> {
        unimplemented!()
    }

    pub fn methods(&self, method_type: MethodType) -> Option<&str> {
        unimplemented!()
    }

    pub fn supported_algs(&self, method_type: MethodType) -> Result<Vec<&'static str>, Error> {
        unimplemented!()
    }

    pub fn agent(&self) -> Result<Agent, Error> {
        unimplemented!()
    }

    pub fn known_hosts(&self) -> Result<KnownHosts, Error> {
        unimplemented!()
    }

    pub fn channel_session(&self) -> Result<Channel, Error> {
        unimplemented!()
    }

    pub fn channel_direct_tcpip(&self, host: &str, port: u16, src: Option<(&str, u16)>) -> Result<Channel, Error> {
        unimplemented!()
    }

    pub fn channel_direct_streamlocal(&self, socket_path: &str, src: Option<(&str, u16)>) -> Result<Channel, Error> {
        unimplemented!()
    }

    pub fn channel_forward_listen(
        &self,
        remote_port: u16,
        host: Option<&str>,
        queue_maxsize: Option<u32>,
    ) -> Result<(Listener, u16), Error> {
        unimplemented!()
    }

    pub fn scp_recv(&self, path: &Path) -> Result<(Channel, ScpFileStat), Error> {
        unimplemented!()
    }

    pub fn scp_send(
        &self,
        remote_path: &Path,
        mode: i32,
        size: u64,
        times: Option<(u64, u64)>,
    ) -> Result<Channel, Error> {
        unimplemented!()
    }

    pub fn sftp(&self) -> Result<Sftp, Error> {
        unimplemented!()
    }

    pub fn channel_open(
        &self,
        channel_type: &str,
        window_size: u32,
        packet_size: u32,
        message: Option<&str>,
    ) -> Result<Channel, Error> {
        unimplemented!()
    }

    pub fn banner(&self) -> Option<&str> {
        unimplemented!()
    }

    pub fn banner_bytes(&self) -> Option<&[u8]> {
        unimplemented!()
    }

    pub fn host_key(&self) -> Option<(&[u8], HostKeyType)> {
        unimplemented!()
    }

    pub fn host_key_hash(&self, hash: HashType) -> Option<&[u8]> {
        unimplemented!()
    }

    pub fn set_keepalive(&self, want_reply: bool, interval: u32) {
        unimplemented!()
    }

    pub fn keepalive_send(&self) -> Result<u32, Error> {
        unimplemented!()
    }

    pub fn disconnect(
        &self,
        reason: Option<DisconnectCode>,
        description: &str,
        lang: Option<&str>,
    ) -> Result<(), Error> {
        unimplemented!()
    }

    pub fn block_directions(&self) -> BlockDirections {
        unimplemented!()
    }

    pub fn trace(&self, bitmask: TraceFlags) {
        unimplemented!()
    }
}
