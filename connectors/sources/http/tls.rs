//! TLS of a port: a certificate and its key from two secrets, read again when they change.

use crate::pem;
use crate::secret::Key;
use model::secrets::SecretValue;
use model::{Error, Result};
use rustls::ServerConfig;
use std::sync::{Arc, Mutex, PoisonError};

/// The certificate of a port.
#[derive(Debug)]
pub(crate) struct Identity {
    certificate: Key,
    key: Key,
    built: Mutex<Option<Built>>,
}

/// A configuration with the secrets it was built for.
#[derive(Debug, Clone)]
struct Built {
    secrets: (SecretValue, SecretValue),
    config: Arc<ServerConfig>,
}

impl Identity {
    /// A certificate chain and its private key, both in PEM.
    pub(crate) fn new(certificate: Key, key: Key) -> Self {
        Self { certificate, key, built: Mutex::new(None) }
    }

    /// The configuration for the next connection. Where changed secrets are of no use the last good ones go on.
    ///
    /// # Errors
    /// Secrets that are missing, or no certificate and key that belong together.
    pub(crate) fn config(&self) -> Result<Arc<ServerConfig>> {
        let mut built = self.built.lock().unwrap_or_else(PoisonError::into_inner);
        let config = self.secrets().and_then(|secrets| match &*built {
            Some(known) if known.secrets == secrets => Ok(known.clone()),
            _ => Ok(Built { config: build(&secrets.0, &secrets.1)?, secrets }),
        });
        match (config, &*built) {
            (Ok(new), _) => Ok(Arc::clone(&built.insert(new).config)),
            (Err(error), Some(known)) => {
                tracing::error!(%error, "a changed certificate cannot be used; the one before it goes on");
                Ok(Arc::clone(&known.config))
            }
            (Err(error), None) => Err(error),
        }
    }

    fn secrets(&self) -> Result<(SecretValue, SecretValue)> {
        Ok((self.certificate.value()?, self.key.value()?))
    }
}

impl PartialEq for Identity {
    fn eq(&self, other: &Self) -> bool {
        self.certificate == other.certificate && self.key == other.key
    }
}

fn build(certificate: &SecretValue, key: &SecretValue) -> Result<Arc<ServerConfig>> {
    let chain = pem::certificates("serverCertSecret", certificate)?;
    let key = pem::private_key("serverKeySecret", key)?;
    let mut config = ServerConfig::builder_with_provider(pem::provider())
        .with_safe_default_protocol_versions()
        .map_err(|error| Error::internal(error.to_string()))?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(|error| Error::user(format!("serverCertSecret and serverKeySecret cannot be used: {error}")))?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}
