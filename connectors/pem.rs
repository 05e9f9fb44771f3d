//! Certificates and keys as they stand in Secrets: texts in PEM.

use model::secrets::SecretValue;
use model::{Error, Result};
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::sync::Arc;

/// The one provider of cryptography.
pub(crate) fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}

/// The certificates in a value; `member` is where the manifest names it.
///
/// # Errors
/// A value without a certificate.
pub(crate) fn certificates(member: &str, value: &SecretValue) -> Result<Vec<CertificateDer<'static>>> {
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(value.bytes()).collect();
    let certificates = certificates.ok().filter(|certificates| !certificates.is_empty());
    certificates.ok_or_else(|| Error::user(format!("{member} holds no certificate in PEM")))
}

/// The private key in a value; `member` is where the manifest names it.
///
/// # Errors
/// A value without a private key.
pub(crate) fn private_key(member: &str, value: &SecretValue) -> Result<PrivateKeyDer<'static>> {
    let key = PrivateKeyDer::from_pem_slice(value.bytes());
    key.map_err(|_| Error::user(format!("{member} holds no private key in PEM")))
}
