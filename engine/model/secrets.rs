//! Secrets: values that manifests refer to by name and key, and that nothing may print.

use std::collections::BTreeMap;
use std::fmt;
use std::str::Utf8Error;
use std::sync::{Arc, PoisonError, RwLock};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::manifest::{ConfigMap, ConfigMapKeySelector, Secret, SecretKeySelector, ValueFromSource};

/// A value that is not printed: `Debug` shows that there is one, nothing more.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretValue(Arc<[u8]>);

impl SecretValue {
    /// A value without the one newline that files end with.
    pub fn new(bytes: impl AsRef<[u8]>) -> Self {
        let bytes = bytes.as_ref();
        Self(bytes.strip_suffix(b"\n").unwrap_or(bytes).into())
    }

    /// The value itself; it must not reach an error, a log or an event.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// The value as text; it must not reach an error, a log or an event.
    ///
    /// # Errors
    /// If the value is not UTF-8.
    pub fn text(&self) -> Result<&str, Utf8Error> {
        std::str::from_utf8(&self.0)
    }
}

impl fmt::Debug for SecretValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretValue(..)")
    }
}

/// Why there is no value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// Nothing has this name and key.
    #[error("no {kind} `{name}` with the key `{key}`")]
    Missing {
        /// `Secret` or `ConfigMap`.
        kind: &'static str,
        /// The name.
        name: String,
        /// The key.
        key: String,
    },
    /// A value of a document is not base64.
    #[error("the value of `{key}` in `{name}` is not base64")]
    NotBase64 {
        /// The name.
        name: String,
        /// The key.
        key: String,
    },
    /// A reference names neither a Secret nor a ConfigMap.
    #[error("neither secretKeyRef nor configMapKeyRef is given")]
    NoReference,
}

/// The values of one kind of object: by namespace and name, then by key.
type Values = BTreeMap<(String, String), BTreeMap<String, SecretValue>>;

/// All values as they are at one time.
///
/// A variable of the environment wins over a file, a file over a document. Variables and files hold in all namespaces.
#[derive(Debug, Clone, Default)]
pub struct Snapshot {
    secrets: Values,
    config_maps: Values,
    files: BTreeMap<(String, String), SecretValue>,
    variables: BTreeMap<String, SecretValue>,
}

/// What the variables that hold secrets start with: `TIDEGATE_SECRET_<NAME>_<KEY>`.
pub const VARIABLE: &str = "TIDEGATE_SECRET_";

impl Snapshot {
    /// Adds the values of a Secret in a namespace; `stringData` wins over `data`.
    ///
    /// # Errors
    /// If a value in `data` is not base64.
    pub fn add_secret(&mut self, namespace: &str, secret: &Secret) -> Result<(), SecretError> {
        let name = &secret.metadata.name;
        let mut values = decoded(name, &secret.data)?;
        values.extend(plain(&secret.string_data));
        self.secrets.insert((namespace.to_owned(), name.clone()), values);
        Ok(())
    }

    /// Adds the values of a ConfigMap in a namespace.
    ///
    /// # Errors
    /// If a value in `binaryData` is not base64.
    pub fn add_config_map(&mut self, namespace: &str, map: &ConfigMap) -> Result<(), SecretError> {
        let name = &map.metadata.name;
        let mut values = decoded(name, &map.binary_data)?;
        values.extend(plain(&map.data));
        self.config_maps.insert((namespace.to_owned(), name.clone()), values);
        Ok(())
    }

    /// Adds the content of a file `name/key`.
    pub fn add_file(&mut self, name: &str, key: &str, content: &[u8]) {
        self.files.insert((name.to_owned(), key.to_owned()), SecretValue::new(content));
    }

    /// Adds a variable of the environment; one that holds no secret is left out.
    pub fn add_variable(&mut self, variable: &str, value: &str) {
        if let Some(rest) = variable.strip_prefix(VARIABLE) {
            self.variables.insert(rest.to_ascii_uppercase(), SecretValue::new(value));
        }
    }

    fn secret(&self, namespace: &str, selector: &SecretKeySelector) -> Result<SecretValue, SecretError> {
        let (name, key) = (&selector.name, &selector.key);
        let variable = self.variables.get(variable(name, key).trim_start_matches(VARIABLE));
        let found = variable.or_else(|| self.file(name, key)).or_else(|| document(&self.secrets, namespace, name, key));
        found.cloned().ok_or_else(|| missing("Secret", name, key))
    }

    fn config_map(&self, namespace: &str, selector: &ConfigMapKeySelector) -> Result<SecretValue, SecretError> {
        let (name, key) = (&selector.name, &selector.key);
        let found = self.file(name, key).or_else(|| document(&self.config_maps, namespace, name, key));
        found.cloned().ok_or_else(|| missing("ConfigMap", name, key))
    }

    fn file(&self, name: &str, key: &str) -> Option<&SecretValue> {
        self.files.get(&(name.to_owned(), key.to_owned()))
    }
}

/// The variable of the environment that holds a key of a Secret; what is neither letter nor digit becomes `_`.
pub fn variable(name: &str, key: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' };
    format!("{VARIABLE}{}_{}", name.chars().map(plain).collect::<String>(), key.chars().map(plain).collect::<String>())
}

fn missing(kind: &'static str, name: &str, key: &str) -> SecretError {
    SecretError::Missing { kind, name: name.to_owned(), key: key.to_owned() }
}

fn document<'a>(values: &'a Values, namespace: &str, name: &str, key: &str) -> Option<&'a SecretValue> {
    values.get(&(namespace.to_owned(), name.to_owned()))?.get(key)
}

fn decoded(name: &str, data: &BTreeMap<String, String>) -> Result<BTreeMap<String, SecretValue>, SecretError> {
    let value = |(key, text): (&String, &String)| {
        let compact: String = text.split_ascii_whitespace().collect();
        let bytes = STANDARD.decode(compact);
        let bytes = bytes.map_err(|_| SecretError::NotBase64 { name: name.to_owned(), key: key.clone() })?;
        Ok((key.clone(), SecretValue::new(bytes)))
    };
    data.iter().map(value).collect()
}

fn plain(data: &BTreeMap<String, String>) -> impl Iterator<Item = (String, SecretValue)> {
    data.iter().map(|(key, text)| (key.clone(), SecretValue::new(text)))
}

/// The values of today, for everyone who needs one; they can be replaced while the program runs.
#[derive(Debug, Clone, Default)]
pub struct Secrets(Arc<RwLock<Arc<Snapshot>>>);

impl Secrets {
    /// Starts with these values.
    pub fn new(snapshot: Snapshot) -> Self {
        Self(Arc::new(RwLock::new(Arc::new(snapshot))))
    }

    /// Puts other values in their place; who asks from now on gets these.
    pub fn replace(&self, snapshot: Snapshot) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(snapshot);
    }

    fn today(&self) -> Arc<Snapshot> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The value of a key of a Secret that an object in `namespace` refers to.
    ///
    /// # Errors
    /// If there is none.
    pub fn secret(&self, namespace: &str, selector: &SecretKeySelector) -> Result<SecretValue, SecretError> {
        self.today().secret(namespace, selector)
    }

    /// The value of a key of a ConfigMap that an object in `namespace` refers to.
    ///
    /// # Errors
    /// If there is none.
    pub fn config_map(&self, namespace: &str, selector: &ConfigMapKeySelector) -> Result<SecretValue, SecretError> {
        self.today().config_map(namespace, selector)
    }

    /// The value that comes from a Secret or, failing a reference to one, from a ConfigMap.
    ///
    /// # Errors
    /// If there is none, or no reference.
    pub fn value_from(&self, namespace: &str, source: &ValueFromSource) -> Result<SecretValue, SecretError> {
        match (&source.secret_key_ref, &source.config_map_key_ref) {
            (Some(secret), _) => self.secret(namespace, secret),
            (None, Some(map)) => self.config_map(namespace, map),
            (None, None) => Err(SecretError::NoReference),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::manifest::decode;

    fn selector(name: &str, key: &str) -> SecretKeySelector {
        SecretKeySelector { name: name.into(), key: key.into(), optional: None }
    }

    fn snapshot(secret: &Value) -> Snapshot {
        let mut snapshot = Snapshot::default();
        snapshot.add_secret("default", &decode(secret).object).unwrap();
        snapshot
    }

    #[test]
    fn documents_give_values_without_their_last_newline() {
        let secret =
            json!({"metadata": {"name": "s"}, "data": {"a": "aGVsbG8K", "b": "eA=="}, "stringData": {"b": "y\n\n"}});
        let secrets = Secrets::new(snapshot(&secret));
        assert_eq!(secrets.secret("default", &selector("s", "a")).unwrap().text(), Ok("hello"));
        assert_eq!(secrets.secret("default", &selector("s", "b")).unwrap().text(), Ok("y\n"));
        assert!(secrets.secret("other", &selector("s", "a")).is_err());
        let error = secrets.secret("default", &selector("s", "c")).unwrap_err();
        assert_eq!(error.to_string(), "no Secret `s` with the key `c`");
    }

    #[test]
    fn variables_win_over_files_and_files_over_documents() {
        let mut snapshot = snapshot(&json!({"metadata": {"name": "my-s"}, "stringData": {"k.1": "document"}}));
        let read = |snapshot: &Snapshot| {
            let secrets = Secrets::new(snapshot.clone());
            secrets.secret("default", &selector("my-s", "k.1")).unwrap().text().unwrap().to_owned()
        };
        assert_eq!(read(&snapshot), "document");
        snapshot.add_file("my-s", "k.1", b"file\n");
        assert_eq!(read(&snapshot), "file");
        snapshot.add_variable("TIDEGATE_SECRET_my_s_k_1", "variable");
        snapshot.add_variable("PATH", "/");
        assert_eq!(read(&snapshot), "variable");
        assert_eq!(variable("my-s", "k.1"), "TIDEGATE_SECRET_MY_S_K_1");
    }

    #[test]
    fn values_are_replaced_while_in_use_and_never_printed() {
        let secrets = Secrets::new(snapshot(&json!({"metadata": {"name": "s"}, "stringData": {"k": "old"}})));
        let copy = secrets.clone();
        secrets.replace(snapshot(&json!({"metadata": {"name": "s"}, "stringData": {"k": "newer"}})));
        let value = copy.secret("default", &selector("s", "k")).unwrap();
        assert_eq!(value.bytes(), b"newer");
        assert!(!format!("{copy:?} {value:?}").contains("newer"));
    }

    #[test]
    fn what_is_not_base64_is_refused_without_its_value() {
        let mut snapshot = Snapshot::default();
        let secret = decode(&json!({"metadata": {"name": "s"}, "data": {"k": "hunter2!"}})).object;
        let error = snapshot.add_secret("default", &secret).unwrap_err().to_string();
        assert_eq!(error, "the value of `k` in `s` is not base64");
    }
}
