//! Where the object of a k8s or argoWorkflow trigger comes from.

use std::collections::BTreeMap;

use super::{ConfigMapKeySelector, SecretKeySelector};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One place; if several are given the first in the order s3, inline, file, url, git, configmap, resource is used.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct ArtifactLocation {
    /// An object in S3 or a store with its API.
    pub s3: Option<S3Artifact>,
    /// The text itself.
    pub inline: Option<String>,
    /// A file.
    pub file: Option<FileArtifact>,
    /// What a GET of a URL gives.
    pub url: Option<UrlArtifact>,
    /// A key of a ConfigMap.
    pub configmap: Option<ConfigMapKeySelector>,
    /// A file in a git repository.
    pub git: Option<GitArtifact>,
    /// The object itself.
    pub resource: Option<Value>,
}

/// A file.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct FileArtifact {
    /// The file's path.
    pub path: String,
}

/// What a GET of a URL gives; at most 512 KiB are read.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct UrlArtifact {
    /// The whole URL.
    pub path: String,
    /// Check the server's certificate. Not checked if it is not given.
    pub verify_cert: bool,
}

/// A file in a git repository.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct GitArtifact {
    /// The repository's URL.
    pub url: String,
    /// Where the repository is cloned to; a temporary folder if it is not given.
    pub clone_directory: String,
    /// A user name and a password.
    pub creds: Option<GitCreds>,
    /// A GitHub App whose token is used.
    pub github_app: Option<GitHubAppCreds>,
    /// A private key for SSH.
    pub ssh_key_secret: Option<SecretKeySelector>,
    /// The file's path within the repository.
    pub file_path: String,
    /// The branch; `master` if neither `ref`, `tag` nor this is given.
    pub branch: String,
    /// A tag; it wins over `branch`.
    pub tag: String,
    /// A full reference; it wins over `tag` and `branch` and is fetched alone.
    #[serde(rename = "ref")]
    pub reference: String,
    /// The remote to fetch from; `origin` if it is not given.
    pub remote: Option<GitRemote>,
    /// Do not check the server's SSH host key.
    pub insecure_ignore_host_key: bool,
}

/// A git remote.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct GitRemote {
    /// The remote's name.
    pub name: String,
    /// Its URLs; the first is fetched from.
    pub urls: Vec<String>,
}

/// A user name and a password for git.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct GitCreds {
    /// The user name.
    pub username: Option<SecretKeySelector>,
    /// The password.
    pub password: Option<SecretKeySelector>,
}

/// A GitHub App and where it is installed.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct GitHubAppCreds {
    /// The app's private key.
    pub private_key: Option<SecretKeySelector>,
    /// The app's id.
    #[serde(rename = "appID")]
    pub app_id: i64,
    /// The installation's id.
    #[serde(rename = "installationID")]
    pub installation_id: i64,
}

/// A bucket of S3 or of a store with its API: an artifact to read, or, as the source `minio`, a bucket to watch.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct S3Artifact {
    /// Host and port of the store, without a scheme.
    pub endpoint: String,
    /// The bucket, and for an artifact the object's key.
    pub bucket: Option<S3Bucket>,
    /// The store's region.
    pub region: String,
    /// Plain HTTP instead of HTTPS.
    pub insecure: bool,
    /// The access key.
    pub access_key: Option<SecretKeySelector>,
    /// The secret key.
    pub secret_key: Option<SecretKeySelector>,
    /// The notifications to listen for, such as `s3:ObjectCreated:*`; for the source `minio`.
    pub events: Vec<String>,
    /// Which objects are meant; for the source `minio`.
    pub filter: Option<S3Filter>,
    /// Text that is added to the data of every event; for the source `minio`.
    pub metadata: BTreeMap<String, String>,
    /// The certificate authority of the store.
    pub ca_certificate: Option<SecretKeySelector>,
}

/// A bucket, and an object in it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct S3Bucket {
    /// The object's key.
    pub key: String,
    /// The bucket's name.
    pub name: String,
}

/// Objects by the start and the end of their keys.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct S3Filter {
    /// What the key starts with.
    pub prefix: String,
    /// What the key ends with.
    pub suffix: String,
}
