//! A value of a Secret that is read anew whenever it is needed, so that a change holds from the next request.

use model::manifest::SecretKeySelector;
use model::secrets::{SecretValue, Secrets};
use model::{Error, Result};

/// A reference to one value of a Secret.
#[derive(Debug, Clone)]
pub(crate) struct Key {
    secrets: Secrets,
    namespace: String,
    selector: SecretKeySelector,
}

impl Key {
    /// The value that an object of `namespace` names by a selector.
    pub(crate) fn new(secrets: &Secrets, namespace: &str, selector: &SecretKeySelector) -> Self {
        Self { secrets: secrets.clone(), namespace: namespace.to_owned(), selector: selector.clone() }
    }

    /// The value of this moment.
    ///
    /// # Errors
    /// A value that does not exist or is empty, which would let everybody in; the text names Secret and key.
    pub(crate) fn value(&self) -> Result<SecretValue> {
        let value = self.secrets.secret(&self.namespace, &self.selector);
        let value = value.map_err(|error| Error::user(error.to_string()))?;
        if value.bytes().is_empty() {
            let SecretKeySelector { name, key, .. } = &self.selector;
            return Err(Error::user(format!("the value of `{key}` in the Secret `{name}` is empty")));
        }
        Ok(value)
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        (&self.namespace, &self.selector) == (&other.namespace, &other.selector)
    }
}
