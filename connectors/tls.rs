//! TLS of requests: whom to trust, and who is asking.

use crate::pem;
use model::manifest::{SecretKeySelector, TlsConfig};
use model::secrets::{SecretValue, Secrets};
use model::{Error, Result};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use rustls_platform_verifier::BuilderVerifierExt;
use std::sync::Arc;

/// What a TLS setting comes down to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Material {
    /// The system's authorities.
    System,
    /// No check of the server.
    Unchecked,
    /// An authority instead of the system's, and a certificate of our own with its key.
    Named { authority: Option<SecretValue>, identity: Option<(SecretValue, SecretValue)> },
}

impl Material {
    /// Reads the secrets that a setting names.
    ///
    /// # Errors
    /// A setting that says nothing, half of a certificate, or a secret that does not exist.
    pub(crate) fn read(tls: &TlsConfig, namespace: &str, secrets: &Secrets) -> Result<Self> {
        if tls.insecure_skip_verify {
            return Ok(Self::Unchecked);
        }
        let read = |selector: &Option<SecretKeySelector>| match selector {
            Some(selector) => secrets.secret(namespace, selector).map(Some),
            None => Ok(None),
        };
        let read = |selector| read(selector).map_err(|error| Error::user(format!("tls: {error}")));
        let authority = read(&tls.ca_cert_secret)?;
        let identity = match (read(&tls.client_cert_secret)?, read(&tls.client_key_secret)?) {
            (Some(certificate), Some(key)) => Some((certificate, key)),
            (None, None) => None,
            _ if tls.enabled => None,
            _ => return Err(Error::user("tls: clientCertSecret and clientKeySecret need each other")),
        };
        match (authority, identity) {
            (None, None) if tls.enabled => Ok(Self::System),
            (None, None) => Err(Error::user("tls: name a certificate, or set enabled or insecureSkipVerify")),
            (authority, identity) => Ok(Self::Named { authority, identity }),
        }
    }

    /// The configuration of connections.
    ///
    /// # Errors
    /// Values that are no certificates or keys, or a system without authorities.
    pub(crate) fn config(&self) -> Result<Arc<ClientConfig>> {
        let wrong = |error: rustls::Error| Error::user(format!("tls: {error}"));
        let provider = pem::provider();
        let builder = ClientConfig::builder_with_provider(Arc::clone(&provider));
        let builder = builder.with_safe_default_protocol_versions().map_err(wrong)?;
        let authority = match self {
            Self::Named { authority, .. } => authority.as_ref(),
            _ => None,
        };
        let builder = match (self, authority) {
            (Self::Unchecked, _) => builder.dangerous().with_custom_certificate_verifier(Arc::new(Unchecked(provider))),
            (_, Some(authority)) => builder.with_root_certificates(roots(authority)?),
            (_, None) => builder.with_platform_verifier().map_err(wrong)?,
        };
        let config = match self {
            Self::Named { identity: Some((certificate, key)), .. } => {
                let chain = pem::certificates("tls: clientCertSecret", certificate)?;
                let key = pem::private_key("tls: clientKeySecret", key)?;
                builder.with_client_auth_cert(chain, key).map_err(wrong)?
            }
            _ => builder.with_no_client_auth(),
        };
        Ok(Arc::new(config))
    }
}

fn roots(authority: &SecretValue) -> Result<RootCertStore> {
    let mut roots = RootCertStore::empty();
    for certificate in pem::certificates("tls: caCertSecret", authority)? {
        roots.add(certificate).map_err(|error| Error::user(format!("tls: caCertSecret: {error}")))?;
    }
    Ok(roots)
}

/// Accepts any certificate whose holder has its key.
#[derive(Debug)]
struct Unchecked(Arc<CryptoProvider>);

impl ServerCertVerifier for Unchecked {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
