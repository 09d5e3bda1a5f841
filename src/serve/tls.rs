//! TLS on the port of the service: certificates that are read again when they change, and certificates of callers where these are asked for.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::{self, PemObject};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::{VerifierBuilderError, WebPkiClientVerifier};
use tokio_rustls::rustls::{self, RootCertStore, ServerConfig};
use tokio_rustls::server::TlsStream;

use super::keys::digest;
use crate::config::TlsFiles;

/// Time between looks at the files.
const LOOK: Duration = Duration::from_secs(1);
/// The protocols that are spoken, best first.
const PROTOCOLS: [&[u8]; 2] = [b"h2", b"http/1.1"];

/// Why certificates are not taken. None of it quotes a key.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read.
    #[error("{path}: {source}")]
    Pem {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        source: pem::Error,
    },
    /// They do not fit together.
    #[error("certificate and key: {0}")]
    Rustls(#[from] rustls::Error),
    /// The certificates by which callers are known are none.
    #[error("certificates of callers: {0}")]
    Callers(#[from] VerifierBuilderError),
}

/// What the service proves who it is with. Clones share it.
#[derive(Clone)]
pub struct Tls {
    files: TlsFiles,
    live: Arc<ArcSwap<ServerConfig>>,
}

impl Tls {
    /// Reads the files.
    ///
    /// # Errors
    /// [`TlsError`].
    pub fn open(files: &TlsFiles) -> Result<Self, TlsError> {
        Ok(Self {
            files: files.clone(),
            live: Arc::new(ArcSwap::from_pointee(load(files)?)),
        })
    }

    /// Shakes hands.
    ///
    /// # Errors
    /// What is wrong with the other side.
    pub async fn accept(&self, stream: TcpStream) -> io::Result<TlsStream<TcpStream>> {
        TlsAcceptor::from(self.live.load_full())
            .accept(stream)
            .await
    }

    /// Reads the files again whenever one has changed; connections that are open keep what they began with. Ends only when dropped.
    pub async fn follow(self) {
        let mut ticks = tokio::time::interval(LOOK);
        let mut seen = None;
        loop {
            ticks.tick().await;
            let now = self.digests().await;
            if seen.as_ref() == Some(&now) {
                continue;
            }
            let is_first = seen.is_none();
            seen = Some(now);
            match load(&self.files) {
                Ok(config) => {
                    self.live.store(Arc::new(config));
                    if !is_first {
                        tracing::info!("certificates were read again");
                    }
                }
                Err(error) => {
                    tracing::error!(%error, "certificates cannot be read; the old ones stay");
                }
            }
        }
    }

    async fn digests(&self) -> Vec<Option<blake3::Hash>> {
        let mut digests = Vec::new();
        for path in [&self.files.cert, &self.files.key, &self.files.client_ca] {
            digests.push(digest(path.clone()).await);
        }
        digests
    }
}

fn load(files: &TlsFiles) -> Result<ServerConfig, TlsError> {
    let provider = Arc::new(ring::default_provider());
    let config = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()?;
    let config = if files.client_ca.as_os_str().is_empty() {
        config.with_no_client_auth()
    } else {
        let mut roots = RootCertStore::empty();
        for root in certificates(&files.client_ca)? {
            roots.add(root)?;
        }
        let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
        config.with_client_cert_verifier(verifier.build()?)
    };
    let key = PrivateKeyDer::from_pem_file(&files.key).map_err(|source| TlsError::Pem {
        path: files.key.clone(),
        source,
    })?;
    let mut config = config.with_single_cert(certificates(&files.cert)?, key)?;
    config.alpn_protocols = PROTOCOLS.map(<[u8]>::to_vec).to_vec();
    Ok(config)
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    CertificateDer::pem_file_iter(path)
        .and_then(Iterator::collect)
        .map_err(|source| TlsError::Pem {
            path: path.to_path_buf(),
            source,
        })
}
