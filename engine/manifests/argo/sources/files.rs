//! Sources that watch files and objects.

use model::manifest::S3Artifact;
use model::manifest::event_source::{FileEventSource, HdfsEventSource, SftpEventSource, WatchPathConfig};
use regex::Regex;

use super::super::checks::Checks;
use super::hooks;

const OPERATIONS: [&str; 5] = ["CREATE", "REMOVE", "WRITE", "RENAME", "CHMOD"];

pub(super) fn minio(checks: &mut Checks, source: &S3Artifact) {
    checks.need(source.access_key.is_some(), "accessKey", "access key can't be empty");
    checks.need(source.secret_key.is_some(), "secretKey", "secret key can't be empty");
    checks.need(!source.endpoint.is_empty(), "endpoint", "endpoint url can't be empty");
    if let Some(bucket) = &source.bucket {
        checks.within("bucket", |checks| checks.need(!bucket.name.is_empty(), "name", "bucket name can't be empty"));
    }
    checks.each("events", &source.events, |checks, _, event| {
        if event.is_empty() {
            checks.bad("", "the notification has no name", "write one such as `s3:ObjectCreated:*`", "unknown event ");
        }
    });
}

pub(super) fn file(checks: &mut Checks, source: &FileEventSource) {
    let help = "add `eventType: CREATE`";
    checks.need_or(!source.event_type.is_empty(), "eventType", help, "type must be specified");
    checks.within("watchPathConfig", |checks| watched(checks, &source.watch_path_config));
}

pub(super) fn sftp(checks: &mut Checks, source: &SftpEventSource) {
    let help = "add `eventType: CREATE`";
    checks.need_or(!source.event_type.is_empty(), "eventType", help, "type must be specified");
    checks.within("watchPathConfig", |checks| watched(checks, &source.watch_path_config));
}

pub(super) fn hdfs(checks: &mut Checks, source: &HdfsEventSource) {
    checks.need_or(!source.event_type.is_empty(), "type", "add `type: CREATE`", "type is required");
    let known = source.event_type.split('|').any(|operation| OPERATIONS.contains(&operation));
    if !source.event_type.is_empty() && !known {
        let message = format!("`{}` is not a change of a file", source.event_type);
        checks.bad("type", message, "write `CREATE`, `WRITE`, `REMOVE`, `RENAME` or `CHMOD`", "type is invalid");
    }
    hooks::interval(checks, &source.check_interval, "checkInterval", "failed to parse interval");
    let (directory, path) = (source.directory.clone(), source.path.clone());
    watched(checks, &WatchPathConfig { directory, path, path_regexp: source.path_regexp.clone() });
    checks.need_or(!source.addresses.is_empty(), "addresses", "name the name nodes", "addresses is required");
    kerberos(checks, source);
}

fn kerberos(checks: &mut Checks, source: &HdfsEventSource) {
    let (cache, keytab) = (source.krb_c_cache_secret.is_some(), source.krb_keytab_secret.is_some());
    let argo = "either hdfsUser, krbCCacheSecret or krbKeytabSecret is required";
    let help = "add `hdfsUser`, `krbCCacheSecret` or `krbKeytabSecret`";
    checks.need_or(cache || keytab || !source.hdfs_user.is_empty(), "hdfsUser", help, argo);
    let argo = if keytab {
        "krbServicePrincipalName, krbConfigConfigMap, krbUsername and krbRealm are required with krbKeytabSecret"
    } else {
        "krbServicePrincipalName and krbConfigConfigMap are required with krbCCacheSecret"
    };
    let either = cache || keytab;
    checks.need(!either || !source.krb_service_principal_name.is_empty(), "krbServicePrincipalName", argo);
    checks.need(!either || source.krb_config_config_map.is_some(), "krbConfigConfigMap", argo);
    checks.need(!keytab || !source.krb_username.is_empty(), "krbUsername", argo);
    checks.need(!keytab || !source.krb_realm.is_empty(), "krbRealm", argo);
}

fn watched(checks: &mut Checks, watch: &WatchPathConfig) {
    checks.need(!watch.directory.is_empty(), "directory", "directory is required");
    if !watch.directory.is_empty() && !watch.directory.starts_with('/') {
        let message = format!("`{}` does not start at the root", watch.directory);
        let argo = "directory must be an absolute file path";
        checks.bad("directory", message, "write a path that starts with `/`", argo);
    }
    let (path, regexp) = (!watch.path.is_empty(), !watch.path_regexp.is_empty());
    let argo = "either path or pathRegexp must be specified";
    checks.need_or(path || regexp, "path", "add `path` or `pathRegexp`", argo);
    let argo = "path and pathRegexp cannot be specified together";
    let message = "`path` and `pathRegexp` exclude each other";
    checks.conflict(path && regexp, "pathRegexp", message, "remove one of them", argo);
    if watch.path.starts_with('/') {
        let message = format!("`{}` starts at the root", watch.path);
        let argo = "path must be a relative file path";
        checks.bad("path", message, "write a path within the folder, without `/` in front", argo);
    }
    if let Err(error) = Regex::new(&watch.path_regexp) {
        let argo = format!("error parsing regexp: {error}");
        checks.bad("pathRegexp", "the regular expression cannot be read", "correct it", argo);
    }
}
