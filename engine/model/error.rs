//! The error of every part: whose fault it is, whether trying again can help, and a text a user can act on.

use std::fmt;
use std::time::Duration;

/// The result of every port.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Whose fault an error is; it decides what is told to whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// The caller or a manifest asked for what cannot be.
    User,
    /// Something outside did not do its part: a sink, a server, the network, the disk.
    External,
    /// Tidegate broke one of its own rules.
    Internal,
    /// Stored or received bytes are not what they should be.
    Data,
}

/// An error with its kind and a hint whether the same call may succeed later.
#[derive(Debug, Clone)]
pub struct Error {
    kind: ErrorKind,
    message: String,
    retry_after: Option<Duration>,
}

impl Error {
    /// An error of `kind` for which trying again is of no use.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), retry_after: None }
    }

    /// A wrong request or manifest.
    pub fn user(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::User, message)
    }

    /// A failure of something outside.
    pub fn external(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::External, message)
    }

    /// A broken rule of our own.
    pub fn internal(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Internal, message)
    }

    /// Bytes that are not what they should be.
    pub fn data(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Data, message)
    }

    /// The same error, with the hint that the call may succeed after `wait`.
    #[must_use]
    pub fn retry_after(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait);
        self
    }

    /// The same error with `context: ` put before its text.
    #[must_use]
    pub fn context(mut self, context: impl fmt::Display) -> Self {
        self.message = format!("{context}: {}", self.message);
        self
    }

    /// Whose fault it is.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// When the same call may succeed; `None` where it will not.
    pub fn retry_hint(&self) -> Option<Duration> {
        self.retry_after
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}
