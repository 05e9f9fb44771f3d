//! The HTTP server of all sources that are called over HTTP: one listener a port, whatever kinds share it.
//!
//! A request is matched with a path, authorized, read up to the endpoint's limit, made into payloads by the endpoint's
//! hook, and answered once all of them are durable.

mod answer;
mod body;
mod connection;
mod endpoint;
mod hmac;
mod json;
mod listener;
mod routes;
mod stream;
mod tls;

pub(crate) use endpoint::{Context, Endpoint, Hook, Payload, Refusal, Request};
pub(crate) use hmac::{Algorithm, Signature, hex, secret};
pub(crate) use json::{header_lists, header_texts, push_string, query_lists, query_texts, text};
pub(crate) use listener::{Limits, Listener};
pub(crate) use routes::Routes;
pub(crate) use tls::Identity;
