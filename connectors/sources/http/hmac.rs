//! Signatures of bodies: an HMAC in a header, compared in constant time.

use super::endpoint::{Refusal, Request};
use crate::secret::Key;
use ::hmac::digest::KeyInit;
use ::hmac::{Hmac, Mac};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use hyper::StatusCode;
use hyper::header::HeaderName;
use model::manifest::annotations::HmacAlgorithm;
use model::secrets::SecretValue;
use sha1::Sha1;
use sha2::{Sha256, Sha512};

/// The hash under an HMAC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Algorithm {
    /// HMAC-SHA1; only where a sender knows no better.
    Sha1,
    /// HMAC-SHA256.
    Sha256,
    /// HMAC-SHA512.
    Sha512,
}

/// The signature that a body must carry.
#[derive(Debug)]
pub(crate) struct Signature {
    /// The shared secret.
    pub(crate) secret: Key,
    /// The header that holds the signature.
    pub(crate) header: HeaderName,
    /// What stands before the signature itself, such as `sha256=`.
    pub(crate) prefix: String,
    /// The hash.
    pub(crate) algorithm: Algorithm,
}

impl Algorithm {
    /// The hash that a signature's prefix names: `sha1=`, `sha256=` or `sha512=`.
    pub(crate) fn of_prefix(prefix: &str) -> Option<Self> {
        match prefix {
            "sha1=" => Some(Self::Sha1),
            "sha256=" => Some(Self::Sha256),
            "sha512=" => Some(Self::Sha512),
            _ => None,
        }
    }

    /// Whether `signature` is that of `body`; takes the same time wherever they differ.
    pub(crate) fn verify(self, secret: &[u8], body: &[u8], signature: &[u8]) -> bool {
        match self {
            Self::Sha1 => verify::<Hmac<Sha1>>(secret, body, signature),
            Self::Sha256 => verify::<Hmac<Sha256>>(secret, body, signature),
            Self::Sha512 => verify::<Hmac<Sha512>>(secret, body, signature),
        }
    }
}

impl From<HmacAlgorithm> for Algorithm {
    fn from(algorithm: HmacAlgorithm) -> Self {
        match algorithm {
            HmacAlgorithm::Sha1 => Self::Sha1,
            HmacAlgorithm::Sha256 => Self::Sha256,
            HmacAlgorithm::Sha512 => Self::Sha512,
        }
    }
}

fn verify<M: Mac + KeyInit>(secret: &[u8], body: &[u8], signature: &[u8]) -> bool {
    <M as KeyInit>::new_from_slice(secret).is_ok_and(|mac| mac.chain_update(body).verify_slice(signature).is_ok())
}

impl Signature {
    /// Refuses a request whose signature is missing or wrong.
    pub(crate) fn check(&self, request: &Request<'_>) -> Result<(), Refusal> {
        let sent = request.head.headers.get(&self.header).and_then(|value| value.to_str().ok());
        let Some(sent) = sent else {
            return Err(Refusal::denied(StatusCode::UNAUTHORIZED, format!("missing signature header {}", self.header)));
        };
        let secret = secret(&self.secret)?;
        let signature = sent.strip_prefix(&self.prefix).and_then(decode);
        match signature {
            Some(signature) if self.algorithm.verify(secret.bytes(), request.body, &signature) => Ok(()),
            _ => Err(Refusal::denied(StatusCode::UNAUTHORIZED, "signature verification failed")),
        }
    }
}

/// The secret of a signature; an answer of 500 where it cannot be read, so that nothing passes unchecked.
pub(crate) fn secret(key: &Key) -> Result<SecretValue, Refusal> {
    key.value().map_err(|error| {
        tracing::error!(%error, "the secret of an endpoint cannot be read");
        Refusal::denied(StatusCode::INTERNAL_SERVER_ERROR, "the secret of this endpoint cannot be read")
    })
}

/// The bytes of a signature in hexadecimal or, where it is no such text, in base64.
fn decode(text: &str) -> Option<Vec<u8>> {
    hex(text).or_else(|| BASE64.decode(text).ok())
}

/// The bytes of a hexadecimal text.
pub(crate) fn hex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if !rest.is_empty() {
        return None;
    }
    pairs.iter().map(|[high, low]| Some(digit(high)? << 4 | digit(low)?)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 2202 and RFC 4231, test case 2 of each.
    #[test]
    fn the_vectors_of_the_rfcs_verify() {
        let (secret, body) = (b"Jefe", b"what do ya want for nothing?");
        let cases = [
            (Algorithm::Sha1, "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"),
            (Algorithm::Sha256, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
        ];
        for (algorithm, expected) in cases {
            let signature = hex(expected).unwrap();
            assert!(algorithm.verify(secret, body, &signature));
            assert!(!algorithm.verify(secret, body, &signature[..signature.len() - 1]));
            assert!(!algorithm.verify(b"jefe", body, &signature));
            assert!(!algorithm.verify(secret, body, b""));
        }
    }

    #[test]
    fn a_signature_is_read_in_hexadecimal_or_base64() {
        assert_eq!(decode("00fF"), Some(vec![0, 255]));
        assert_eq!(decode("AP8="), Some(vec![0, 255]));
        assert_eq!(decode("0"), None);
        assert_eq!(hex("é0"), None);
    }
}
