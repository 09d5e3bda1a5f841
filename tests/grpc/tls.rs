//! TLS: both protocols on one port, certificates that are changed while the service runs, callers that need one of their own.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper_util::rt::{TokioExecutor, TokioIo};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use skillgap::config::{Config, Overrides};
use skillgap::serve::{ServeError, Source, start};
use tokio::net::TcpStream;
use tokio::time::sleep;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use crate::http::{Answer, read, to};
use crate::support::starter_catalogue;

/// Who signs certificates.
struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    /// Writes a certificate for this machine, and its key.
    fn sign(&self, cert: &Path, key: &Path) {
        let pair = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        let signed = params.signed_by(&pair, &self.0).unwrap();
        std::fs::write(key, pair.serialize_pem()).unwrap();
        std::fs::write(cert, signed.pem()).unwrap();
    }
}

fn config(folder: &Path, client_ca: &str) -> Config {
    let toml = tempfile::Builder::new().suffix(".toml").tempfile().unwrap();
    let (cert, key) = (folder.join("cert.pem"), folder.join("key.pem"));
    let text = format!(
        "[grpc]\nlisten = '127.0.0.1:0'\n[admin]\nlisten = '127.0.0.1:0'\n[tls]\ncert = '{}'\nkey = '{}'\nclient_ca = '{client_ca}'",
        cert.display(),
        key.display()
    );
    std::fs::write(toml.path(), text).unwrap();
    Config::load(Some(toml.path()), &Overrides::default()).unwrap()
}

/// A caller that trusts an authority, perhaps with a certificate of its own.
fn caller(authority: &Authority, own: Option<&Path>, protocol: &[u8]) -> TlsConnector {
    let mut roots = RootCertStore::empty();
    roots.add(authority.0.der().clone()).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots);
    let mut config = match own {
        None => config.with_no_client_auth(),
        Some(folder) => {
            let cert = CertificateDer::from_pem_file(folder.join("own.pem")).unwrap();
            let key = PrivateKeyDer::from_pem_file(folder.join("own.key")).unwrap();
            config.with_client_auth_cert(vec![cert], key).unwrap()
        }
    };
    config.alpn_protocols = vec![protocol.to_vec()];
    TlsConnector::from(Arc::new(config))
}

async fn connect(
    address: std::net::SocketAddr,
    caller: &TlsConnector,
) -> std::io::Result<TlsStream<TcpStream>> {
    let stream = TcpStream::connect(address).await?;
    caller
        .connect(ServerName::try_from("localhost").unwrap(), stream)
        .await
}

async fn info(address: std::net::SocketAddr, caller: &TlsConnector) -> Result<Answer, String> {
    let stream = connect(address, caller)
        .await
        .map_err(|error| error.to_string())?;
    let is_h2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
    let request = to("GET", "/v1/serverInfo")
        .body(Full::<Bytes>::default())
        .unwrap();
    let sent = if is_h2 {
        let shake =
            hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream));
        let (mut send, connection) = shake.await.map_err(|error| error.to_string())?;
        tokio::spawn(connection);
        let (mut head, body) = request.into_parts();
        head.headers.remove("host");
        head.uri = "https://localhost/v1/serverInfo".parse().unwrap();
        send.send_request(http::Request::from_parts(head, body))
            .await
    } else {
        let shake = hyper::client::conn::http1::handshake(TokioIo::new(stream));
        let (mut send, connection) = shake.await.map_err(|error| error.to_string())?;
        tokio::spawn(connection);
        send.send_request(request).await
    };
    Ok(read(sent.map_err(|error| error.to_string())?).await)
}

#[tokio::test]
async fn certificates_change_while_the_service_runs() {
    let folder = tempfile::tempdir().unwrap();
    let (cert, key) = (
        folder.path().join("cert.pem"),
        folder.path().join("key.pem"),
    );
    let (old, new) = (Authority::new(), Authority::new());
    old.sign(&cert, &key);
    let source = Source::Opened(starter_catalogue());
    let running = start(config(folder.path(), ""), source).await.unwrap();
    for protocol in [&b"h2"[..], b"http/1.1"] {
        let answer = info(running.grpc, &caller(&old, None, protocol))
            .await
            .unwrap();
        assert_eq!(answer.status, 200);
    }
    let (old_caller, new_caller) = (caller(&old, None, b"h2"), caller(&new, None, b"h2"));
    assert!(info(running.grpc, &new_caller).await.is_err());

    // Broken ones change nothing.
    std::fs::write(&cert, "none").unwrap();
    sleep(Duration::from_millis(1_500)).await;
    assert!(info(running.grpc, &old_caller).await.is_ok());
    new.sign(&cert, &key);
    let changed = async {
        while info(running.grpc, &new_caller).await.is_err() {
            sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(5), changed)
        .await
        .unwrap();
    assert!(info(running.grpc, &old_caller).await.is_err());

    // Who speaks without TLS is not answered.
    let plain = TcpStream::connect(running.grpc).await.unwrap();
    let (mut send, connection) = hyper::client::conn::http1::handshake(TokioIo::new(plain))
        .await
        .unwrap();
    tokio::spawn(connection);
    let request = to("GET", "/v1/serverInfo")
        .body(Full::<Bytes>::default())
        .unwrap();
    assert!(send.send_request(request).await.is_err());
    running.stop().await.unwrap();
}

#[tokio::test]
async fn callers_without_a_certificate_are_refused_where_one_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let (cert, key) = (
        folder.path().join("cert.pem"),
        folder.path().join("key.pem"),
    );
    let (ours, theirs) = (Authority::new(), Authority::new());
    ours.sign(&cert, &key);
    let ca = folder.path().join("callers.pem");
    std::fs::write(&ca, theirs.0.pem()).unwrap();
    let (own, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    theirs.sign(&own.path().join("own.pem"), &own.path().join("own.key"));
    ours.sign(&other.path().join("own.pem"), &other.path().join("own.key"));
    let source = Source::Opened(starter_catalogue());
    let running = start(config(folder.path(), &ca.display().to_string()), source);
    let running = running.await.unwrap();
    let ask = async |own: Option<&Path>| info(running.grpc, &caller(&ours, own, b"http/1.1")).await;
    assert_eq!(ask(Some(own.path())).await.unwrap().status, 200);
    assert!(ask(None).await.is_err());
    assert!(ask(Some(other.path())).await.is_err());
    running.stop().await.unwrap();
}

#[tokio::test]
async fn files_that_are_no_certificates_stop_the_start() {
    let folder = tempfile::tempdir().unwrap();
    for (cert, key) in [("none", "none"), ("", "")] {
        std::fs::write(folder.path().join("cert.pem"), cert).unwrap();
        std::fs::write(folder.path().join("key.pem"), key).unwrap();
        let begun = start(config(folder.path(), ""), Source::Starter).await;
        assert!(matches!(begun, Err(ServeError::Tls(_))));
    }
}
