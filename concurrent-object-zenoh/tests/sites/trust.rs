//! Mutual TLS and the rules of access: the right certificate, another name, another authority, none.

use std::path::{Path, PathBuf};
use std::time::Duration;

use concurrent_object_zenoh::{Access, Certificates, Config, Site};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use zenoh::Wait;

use super::far::FarProxy;
use super::support::{SOON, free_port, host, patient, site, start, within};

/// Long enough for a connection on loopback, which the right certificate shows in each test first.
const REFUSED_AFTER: Duration = Duration::from_secs(3);

pub struct Authority {
    folder: PathBuf,
    name: &'static str,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    pub fn new(folder: &Path, name: &'static str) -> Self {
        let key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::new([]).expect("no names");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        params.distinguished_name.push(DnType::CommonName, name);
        let certificate = params.self_signed(&key).expect("signed");
        std::fs::write(folder.join(format!("{name}.pem")), certificate.pem()).expect("room");
        Self { folder: folder.to_owned(), name, issuer: Issuer::new(params, key) }
    }

    /// Signs a certificate of this common name.
    pub fn sign(&self, common_name: &str) -> Certificates {
        let file = |end: &str| self.folder.join(format!("{}-{common_name}.{end}", self.name));
        let key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::new(["127.0.0.1".to_owned()]).expect("an address");
        params.distinguished_name.push(DnType::CommonName, common_name);
        let certificate = params.signed_by(&key, &self.issuer).expect("signed");
        std::fs::write(file("pem"), certificate.pem()).expect("room");
        std::fs::write(file("key"), key.serialize_pem()).expect("room");
        let authority = self.folder.join(format!("{}.pem", self.name));
        Certificates { authority, certificate: file("pem"), key: file("key") }
    }
}

pub fn config(certificates: Certificates) -> Config {
    let (hosts, proxies, routers) = (vec!["gpu-3".to_owned()], vec!["front".to_owned()], vec!["middle".to_owned()]);
    let access = Access { hosts, proxies, routers };
    Config::new("test").certificates(certificates).access(access)
}

pub fn sees_a_host(config: &Config) -> bool {
    // A client that no router lets in is refused at once.
    Site::connect(config).is_ok_and(|site| site.wait_for_hosts(REFUSED_AFTER, |hosts| !hosts.is_empty()).is_ok())
}

#[test]
fn only_the_right_certificate_reaches_a_host() {
    only_the_right_certificate_reaches_a_host_over("quic");
}

#[test]
fn only_the_right_certificate_reaches_a_host_over_tls() {
    with_one_thread("trust::only_the_right_certificate_reaches_a_host_over_tls", || {
        only_the_right_certificate_reaches_a_host_over("tls");
    });
}

const ONE_THREAD: (&str, &str) = ("ZENOH_RUNTIME", "(rx: (handover: tx))");

/// Runs a test in a process in which Zenoh reads and writes on one thread.
fn with_one_thread(test: &str, body: impl FnOnce()) {
    if std::env::var_os(ONE_THREAD.0).is_some() {
        return body();
    }
    let mut command = std::process::Command::new("/proc/self/exe");
    let output = command.args(["--exact", test, "--nocapture"]).env(ONE_THREAD.0, ONE_THREAD.1).output();
    let output = output.expect("this program can be executed");
    assert!(
        output.status.success(),
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn tls_without_one_thread_for_both_directions_is_refused() {
    let refused = Site::connect(&Config::new("test").connect("tls/127.0.0.1:7447")).expect_err("it is not sound");
    let text = std::error::Error::source(&refused).expect("the cause").to_string();
    assert!(text.contains("use `quic/…`"), "{text}");
}

fn only_the_right_certificate_reaches_a_host_over(protocol: &'static str) {
    within(move || {
        let folder = tempfile::tempdir().expect("room");
        let (ours, rogue) = (Authority::new(folder.path(), "ours"), Authority::new(folder.path(), "rogue"));
        let endpoint = format!("{protocol}/127.0.0.1:{}", free_port());
        let _serving = host(config(ours.sign("gpu-3")).listen(&endpoint)).start().expect("it listens");

        let site = Site::connect(&config(ours.sign("front")).connect(&endpoint)).expect("it opens");
        site.wait_for_hosts(SOON, |hosts| !hosts.is_empty()).expect("the right certificate is let in");
        let far = start(&site);
        assert_eq!(far.add(7).wait().expect("added"), 7);
        let values = vec![1_u64; 1_500_000];
        assert_eq!(far.sum(&values).wait().expect("summed"), 1_500_000);

        let other_name = config(ours.sign("stranger")).connect(&endpoint);
        assert!(!sees_a_host(&other_name), "a name that no rule allows");
        // It trusts our host, and its own certificate is by another authority.
        let mut files = rogue.sign("front");
        files.authority = folder.path().join("ours.pem");
        assert!(!sees_a_host(&config(files).connect(&endpoint)), "a certificate of another authority");
        let plain = Config::new("test").connect(endpoint.replace(protocol, "tcp"));
        assert!(!sees_a_host(&plain), "no certificate");
        assert_eq!(far.add(1).wait().expect("the host serves on"), 8);
    });
}

#[test]
fn a_host_of_another_authority_is_not_trusted() {
    within(|| {
        let folder = tempfile::tempdir().expect("room");
        let (ours, rogue) = (Authority::new(folder.path(), "ours"), Authority::new(folder.path(), "rogue"));
        let endpoint = format!("quic/127.0.0.1:{}", free_port());
        let mut files = rogue.sign("gpu-3");
        files.authority = folder.path().join("ours.pem");
        let _serving = host(config(files).listen(&endpoint)).start().expect("it listens");
        let site = Site::connect(&config(ours.sign("front")).connect(&endpoint)).expect("it opens");
        assert!(site.wait_for_hosts(REFUSED_AFTER, |hosts| !hosts.is_empty()).is_err());
        let far = FarProxy::builder("far").on(site.anywhere()).start(0);
        assert!(far.and_then(|far| far.wait_until_ready()).is_err());
    });
}

#[test]
fn large_values_in_both_directions_at_once_arrive_whole() {
    with_one_thread("trust::large_values_in_both_directions_at_once_arrive_whole", || {
        within(|| {
            large_values_in_both_directions("quic");
            large_values_in_both_directions("tls");
        });
    });
}

fn large_values_in_both_directions(protocol: &str) {
    let folder = tempfile::tempdir().expect("room");
    let ours = Authority::new(folder.path(), "ours");
    let endpoint = format!("{protocol}/127.0.0.1:{}", free_port());
    let ends = |name| config(ours.sign(name)).limits(patient());
    let _serving = host(ends("gpu-3").listen(&endpoint)).start().expect("it listens");
    let site = site(&ends("front").connect(&endpoint));
    let far = start(&site);
    let values = vec![1_u64; 1_500_000];
    for _ in 0..3 {
        let calls = (0..4).map(|_| (far.sum(&values), far.count_up(1_500_000))).collect::<Vec<_>>();
        for (sum, up) in calls {
            assert_eq!(sum.wait().expect("summed"), 1_500_000);
            assert_eq!(up.wait().expect("counted").len(), 1_500_000);
        }
    }
}

#[test]
fn a_proxy_sees_nothing_of_what_another_one_calls() {
    within(|| {
        let folder = tempfile::tempdir().expect("room");
        let ours = Authority::new(folder.path(), "ours");
        let endpoint = format!("quic/127.0.0.1:{}", free_port());
        let (hosts, proxies) = (vec!["gpu-3".to_owned()], vec!["front".to_owned(), "back".to_owned()]);
        let access = Access { hosts, proxies, ..Access::default() };
        let config = |name| Config::new("test").certificates(ours.sign(name)).access(access.clone());
        let _serving = host(config("gpu-3").listen(&endpoint)).start().expect("it listens");
        let files = ours.sign("back");
        let spies = ["peer", "client"].map(|mode| {
            let mut spy = zenoh::Config::default();
            let settings = [
                ("mode", format!("{mode:?}")),
                ("connect/endpoints", format!("[{endpoint:?}]")),
                ("listen/endpoints", "[]".to_owned()),
                ("scouting/multicast/enabled", "false".to_owned()),
                ("transport/link/tls/root_ca_certificate", format!("{:?}", files.authority)),
                ("transport/link/tls/connect_certificate", format!("{:?}", files.certificate)),
                ("transport/link/tls/connect_private_key", format!("{:?}", files.key)),
                ("transport/link/tls/enable_mtls", "true".to_owned()),
            ];
            for (key, value) in settings {
                spy.insert_json5(key, &value).expect("Zenoh has the key");
            }
            let spy = zenoh::open(spy).wait().expect("it connects");
            let all = spy.declare_subscriber("co/test/1/**").wait().expect("it is declared");
            (spy, all)
        });
        let far = start(&site(&config("front").connect(&endpoint)));
        for by in 0..20 {
            far.add(by).wait().expect("added");
        }
        for (_spy, all) in &spies {
            let calls = all.drain().filter(|sample| sample.key_expr().as_str().contains("/obj/")).count();
            assert_eq!(calls, 0);
        }
    });
}
