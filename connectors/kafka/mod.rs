//! How clients of Kafka connect, and what their own threads report.

mod brokers;
mod headers;
mod reports;

pub(crate) use brokers::Brokers;
pub(crate) use headers::headers;
pub(crate) use reports::Reports;

use crate::tls::Material;
use model::manifest::{SaslConfig, SecretKeySelector, TlsConfig};
use model::secrets::Secrets;
use model::{Error, Result};
use rdkafka::config::FromClientConfigAndContext;
use rdkafka::error::KafkaError;
use rdkafka::{ClientConfig, ClientContext};
use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

/// The name of firings' ids in the headers of records.
pub(crate) const IDEMPOTENCY_KEY: &str = "Idempotency-Key";

/// How long a request to brokers takes at most where an answer is waited for.
pub(crate) const REQUEST: Duration = Duration::from_secs(10);

/// The brokers and how a client proves itself to them, with the secrets of this moment.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Connection {
    brokers: String,
    /// Settings of the client by librdkafka's names.
    settings: BTreeMap<&'static str, String>,
}

impl Connection {
    /// What a manifest in `namespace` says: `url` names brokers, separated by commas.
    ///
    /// # Errors
    /// No broker, a secret that does not exist, a mechanism this client does not have, or settings that need a build
    /// with the feature `kafka-tls`.
    pub(crate) fn new(
        url: &str,
        tls: Option<&TlsConfig>,
        sasl: Option<&SaslConfig>,
        namespace: &str,
        secrets: &Secrets,
    ) -> Result<Self> {
        let brokers: Vec<_> = url.split(',').map(str::trim).filter(|broker| !broker.is_empty()).collect();
        if brokers.is_empty() {
            return Err(Error::user("url names no broker; expected one or more such as `broker-1:9092,broker-2:9092`"));
        }
        check(tls, sasl)?;
        let mut settings = BTreeMap::new();
        if let Some(tls) = tls {
            trust(&Material::read(tls, namespace, secrets)?, &mut settings)?;
        }
        if let Some(sasl) = sasl {
            prove(sasl, namespace, secrets, &mut settings)?;
        }
        let protocol = match (tls.is_some(), sasl.is_some()) {
            (false, false) => "plaintext",
            (true, false) => "ssl",
            (false, true) => "sasl_plaintext",
            (true, true) => "sasl_ssl",
        };
        settings.insert("security.protocol", protocol.to_owned());
        Ok(Self { brokers: brokers.join(","), settings })
    }

    /// The brokers, separated by commas.
    pub(crate) fn brokers(&self) -> &str {
        &self.brokers
    }

    /// The first broker, as the ids of the reference's events name it.
    pub(crate) fn first_broker(&self) -> &str {
        self.brokers.split(',').next().unwrap_or_default()
    }

    /// What a client is made from.
    pub(crate) fn config(&self) -> ClientConfig {
        let mut config = ClientConfig::new();
        config
            .set("bootstrap.servers", &self.brokers)
            .set("client.id", "tidegate")
            .set("reconnect.backoff.ms", "50")
            .set("reconnect.backoff.max.ms", "1000")
            .set("log.connection.close", "false")
            .set("socket.keepalive.enable", "true");
        for (name, value) in &self.settings {
            config.set(*name, value);
        }
        config
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection").field("brokers", &self.brokers).finish_non_exhaustive()
    }
}

/// An error of a client, as one of something outside.
pub(crate) fn external(what: impl fmt::Display, error: &KafkaError) -> Error {
    let code = error.rdkafka_error_code();
    Error::external(code.map_or_else(|| format!("{what}: {error}"), |code| format!("{what}: {code}")))
}

/// A client of these settings.
///
/// # Errors
/// Settings that librdkafka refuses, such as a certificate it cannot read. The text shows no value.
pub(crate) fn client<C: ClientContext, T: FromClientConfigAndContext<C>>(
    config: &ClientConfig,
    context: C,
) -> Result<T> {
    T::from_config_and_context(config, context).map_err(|error| match error {
        KafkaError::ClientConfig(_, why, setting, _) => Error::user(format!("{setting}: {why}")),
        KafkaError::ClientCreation(why) => Error::user(why),
        other => Error::user(other.to_string()),
    })
}

/// A topic's name.
///
/// # Errors
/// A text that can be none.
pub(crate) fn topic(name: &str) -> Result<&str> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    if (1..=249).contains(&name.len()) && name.bytes().all(allowed) && name != "." && name != ".." {
        return Ok(name);
    }
    Err(Error::user(format!(
        "topic {name:?} is no name of a topic; expected 1 to 249 letters, digits, `.`, `_` and `-`"
    )))
}

/// Refuses what this build cannot do, before any secret is read.
///
/// # Errors
/// As [`Connection::new`].
pub(crate) fn check(tls: Option<&TlsConfig>, sasl: Option<&SaslConfig>) -> Result<()> {
    if tls.is_some() {
        need_tls("tls")?;
    }
    sasl.map_or(Ok(()), |sasl| mechanism(sasl).map(drop))
}

/// As in the reference, a mechanism that it does not know is PLAIN.
fn mechanism(sasl: &SaslConfig) -> Result<&str> {
    match sasl.mechanism.as_str() {
        scram @ ("SCRAM-SHA-256" | "SCRAM-SHA-512") => {
            need_tls(&format!("sasl.mechanism {scram}"))?;
            Ok(scram)
        }
        other @ ("OAUTHBEARER" | "GSSAPI") => Err(Error::user(format!(
            "sasl.mechanism {other} is not part of this build; it has PLAIN, SCRAM-SHA-256 and SCRAM-SHA-512"
        ))),
        _ => Ok("PLAIN"),
    }
}

fn need_tls(what: &str) -> Result<()> {
    if cfg!(feature = "kafka-tls") {
        return Ok(());
    }
    Err(Error::user(format!(
        "{what} needs a build with OpenSSL, and this one has none: build with `cargo build --release --features kafka-tls`"
    )))
}

fn trust(material: &Material, settings: &mut BTreeMap<&'static str, String>) -> Result<()> {
    match material {
        Material::Unchecked => drop(settings.insert("enable.ssl.certificate.verification", "false".into())),
        Material::System => drop(settings.insert("ssl.ca.location", "probe".into())),
        Material::Named { authority, identity } => {
            let text = |member: &str, value: &model::secrets::SecretValue| {
                value.text().map(str::to_owned).map_err(|_| Error::user(format!("tls: {member} is not PEM")))
            };
            match authority {
                Some(authority) => settings.insert("ssl.ca.pem", text("caCertSecret", authority)?),
                None => settings.insert("ssl.ca.location", "probe".into()),
            };
            if let Some((certificate, key)) = identity {
                settings.insert("ssl.certificate.pem", text("clientCertSecret", certificate)?);
                settings.insert("ssl.key.pem", text("clientKeySecret", key)?);
            }
        }
    }
    Ok(())
}

fn prove(
    sasl: &SaslConfig,
    namespace: &str,
    secrets: &Secrets,
    settings: &mut BTreeMap<&'static str, String>,
) -> Result<()> {
    let mechanism = mechanism(sasl)?;
    let read = |member: &str, selector: &Option<SecretKeySelector>| {
        let selector = selector.as_ref().ok_or_else(|| Error::user(format!("sasl.{member} is missing")))?;
        let value = secrets.secret(namespace, selector).map_err(|error| Error::user(format!("sasl: {error}")))?;
        value.text().map(str::to_owned).map_err(|_| Error::user(format!("sasl.{member} is not text")))
    };
    settings.insert("sasl.mechanism", mechanism.to_owned());
    settings.insert("sasl.username", read("userSecret", &sasl.user_secret)?);
    settings.insert("sasl.password", read("passwordSecret", &sasl.password_secret)?);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::manifest::{Secret, decode};
    use model::secrets::Snapshot;
    use serde_json::json;

    fn secrets() -> Secrets {
        let secret = json!({"metadata": {"name": "kafka"}, "stringData": {"user": "alice", "password": "canary-7f"}});
        let secret: Secret = decode(&secret).object;
        let mut snapshot = Snapshot::default();
        snapshot.add_secret("ns", &secret).unwrap();
        Secrets::new(snapshot)
    }

    fn sasl(mechanism: &str, password: &str) -> SaslConfig {
        let key = |key: &str| Some(SecretKeySelector { name: "kafka".into(), key: key.into(), optional: None });
        SaslConfig { mechanism: mechanism.into(), user_secret: key("user"), password_secret: key(password) }
    }

    #[test]
    fn brokers_and_passwords_reach_the_client_and_nothing_prints_them() {
        let sasl = sasl("", "password");
        let connection = Connection::new(" a:1 ,b:2,", None, Some(&sasl), "ns", &secrets()).unwrap();
        let config = connection.config();
        assert_eq!(config.get("bootstrap.servers"), Some("a:1,b:2"));
        assert_eq!(connection.first_broker(), "a:1");
        assert_eq!(config.get("security.protocol"), Some("sasl_plaintext"));
        assert_eq!((config.get("sasl.mechanism"), config.get("sasl.password")), (Some("PLAIN"), Some("canary-7f")));
        assert!(!format!("{connection:?}").contains("canary-7f"));
    }

    #[test]
    fn names_of_topics_are_checked() {
        assert!(["a", "a.b_C-9", &"x".repeat(249)].iter().all(|name| topic(name).is_ok()));
        assert!(["", ".", "..", "^a", "a b", "ä", "a\0", &"x".repeat(250)].iter().all(|name| topic(name).is_err()));
    }

    #[test]
    fn what_cannot_connect_is_told_why() {
        let error = |url: &str, sasl: Option<&SaslConfig>| {
            Connection::new(url, None, sasl, "ns", &secrets()).unwrap_err().to_string()
        };
        assert!(error(" , ", None).starts_with("url names no broker"));
        assert_eq!(error("a:1", Some(&sasl("PLAIN", "none"))), "sasl: no Secret `kafka` with the key `none`");
        assert!(error("a:1", Some(&sasl("GSSAPI", "password"))).contains("PLAIN, SCRAM-SHA-256"));
        if !cfg!(feature = "kafka-tls") {
            assert!(error("a:1", Some(&sasl("SCRAM-SHA-512", "password"))).contains("--features kafka-tls"));
            let tls = TlsConfig { enabled: true, ..TlsConfig::default() };
            let error = Connection::new("a:1", Some(&tls), None, "ns", &secrets()).unwrap_err().to_string();
            assert!(error.contains("--features kafka-tls"), "{error}");
        }
    }
}
