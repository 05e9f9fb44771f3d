//! Clients: a pool of connections for each distinct TLS setting, shared by all triggers.

use super::connect::{Connector, Proxies};
use crate::tls::Material;
use bytes::Bytes;
use http_body_util::Full;
use hyper_util::client::legacy;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use model::Result;
use model::manifest::TlsConfig;
use model::secrets::Secrets;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How many idle connections a pool keeps to one host, and for how long.
const IDLE: (usize, Duration) = (64, Duration::from_secs(30));
/// How many TLS settings have their pools at once.
const POOLS: usize = 64;

/// A pool of connections.
#[derive(Debug, Clone)]
pub(super) struct Client {
    pub(super) pool: legacy::Client<Connector, Full<Bytes>>,
    pub(super) proxies: Arc<Proxies>,
}

/// All pools.
#[derive(Debug)]
pub(crate) struct Clients {
    proxies: Arc<Proxies>,
    plain: Client,
    others: Mutex<Vec<(Material, Client)>>,
}

impl Clients {
    /// No connections yet; proxies as the environment names them.
    pub(crate) fn from_env() -> Self {
        Self::new(Proxies::from_env())
    }

    /// No connections yet, with these proxies.
    #[cfg(test)]
    pub(crate) fn through(matcher: hyper_util::client::proxy::matcher::Matcher) -> Self {
        Self::new(Proxies::new(matcher))
    }

    fn new(proxies: Proxies) -> Self {
        let proxies = Arc::new(proxies);
        let plain = Client::new(Connector::of_system(Arc::clone(&proxies)), &proxies);
        Self { proxies, plain, others: Mutex::new(Vec::new()) }
    }

    /// The pool for the TLS settings of a trigger as its secrets are now.
    ///
    /// # Errors
    /// Settings or secrets that make no TLS connection.
    pub(super) fn client(&self, tls: Option<&TlsConfig>, namespace: &str, secrets: &Secrets) -> Result<Client> {
        let Some(tls) = tls else { return Ok(self.plain.clone()) };
        let material = Material::read(tls, namespace, secrets)?;
        let mut others = self.others.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, client)) = others.iter().find(|(known, _)| *known == material) {
            return Ok(client.clone());
        }
        let client = Client::new(Connector::new(Arc::clone(&self.proxies), material.config()?), &self.proxies);
        if others.len() == POOLS {
            others.remove(0);
        }
        others.push((material, client.clone()));
        Ok(client)
    }
}

impl Client {
    fn new(connector: Connector, proxies: &Arc<Proxies>) -> Self {
        let (connections, time) = IDLE;
        let pool = legacy::Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(time)
            .pool_max_idle_per_host(connections)
            .http1_title_case_headers(true)
            .build(connector);
        Self { pool, proxies: Arc::clone(proxies) }
    }
}
