//! Where the values of Secrets and ConfigMaps come from: documents, a folder, the environment.

use std::fs;
use std::io;
use std::path::Path;

use model::secrets::Snapshot;

use super::finding::Finding;
use super::load::{Loaded, Manifests, Object};
use super::rules::shape::NOT_BASE64;

impl Manifests {
    /// The values of the documents; those of objects without a namespace belong to `namespace`. What is not base64 is
    /// found and left out.
    pub fn secrets(&self, namespace: &str) -> (Snapshot, Vec<Finding>) {
        let mut snapshot = Snapshot::default();
        let mut findings = Vec::new();
        for secret in &self.secrets {
            if let Err(error) = snapshot.add_secret(home(secret, namespace), &secret.object) {
                findings.push(not_base64(secret, error.to_string()));
            }
        }
        for map in &self.config_maps {
            if let Err(error) = snapshot.add_config_map(home(map, namespace), &map.object) {
                findings.push(not_base64(map, error.to_string()));
            }
        }
        (snapshot, findings)
    }
}

/// The namespace that an object belongs to.
fn home<'a, T: Object>(loaded: &'a Loaded<T>, namespace: &'a str) -> &'a str {
    let own = &loaded.object.metadata().namespace;
    if own.is_empty() { namespace } else { own }
}

fn not_base64<T>(loaded: &Loaded<T>, message: String) -> Finding {
    let help = "encode the value, or write it as it is in `stringData` (a ConfigMap: in `data`)".to_owned();
    let span = loaded.node.at("data").span();
    Finding { rule: &NOT_BASE64, file: loaded.file, span, message, help }
}

/// Adds the files of a folder: `name/key` holds the value. Hidden files, which mounted volumes have, are left out.
///
/// # Errors
/// If the folder or a file in it cannot be read; the error names it.
pub fn add_folder(snapshot: &mut Snapshot, folder: &Path) -> io::Result<()> {
    for (name, path) in visible(folder)? {
        if path.is_dir() {
            for (key, path) in visible(&path)?.into_iter().filter(|(_, path)| path.is_file()) {
                let content = fs::read(&path).map_err(|error| named(&path, &error))?;
                snapshot.add_file(&name, &key, &content);
            }
        }
    }
    Ok(())
}

/// Adds the variables of the environment that hold secrets.
pub fn add_environment(snapshot: &mut Snapshot, variables: impl IntoIterator<Item = (String, String)>) {
    variables.into_iter().for_each(|(name, value)| snapshot.add_variable(&name, &value));
}

fn visible(folder: &Path) -> io::Result<Vec<(String, std::path::PathBuf)>> {
    let mut entries = Vec::new();
    for entry in fs::read_dir(folder).map_err(|error| named(folder, &error))? {
        let entry = entry.map_err(|error| named(folder, &error))?;
        if let Ok(name) = entry.file_name().into_string()
            && !name.starts_with('.')
        {
            entries.push((name, entry.path()));
        }
    }
    Ok(entries)
}

fn named(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("cannot read {}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use model::manifest::SecretKeySelector;
    use model::secrets::Secrets;

    use super::*;

    #[test]
    fn values_come_from_documents_folders_and_variables() {
        let mut manifests = Manifests::default();
        let text = "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData: {k: document}\n---\n\
                    apiVersion: v1\nkind: Secret\nmetadata: {name: bad, namespace: x}\ndata: {k: '?'}\n";
        manifests.add("s.yaml", text);
        let (mut snapshot, findings) = manifests.secrets("default");
        assert_eq!(findings.len(), 1);
        assert_eq!(manifests.position(findings[0].file, findings[0].span.start), "s.yaml:9:1");
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("b")).unwrap();
        fs::write(folder.path().join("b/k"), "file\n").unwrap();
        fs::write(folder.path().join("b/.hidden"), "no").unwrap();
        add_folder(&mut snapshot, folder.path()).unwrap();
        add_environment(&mut snapshot, [("TIDEGATE_SECRET_C_K".to_owned(), "variable".to_owned())]);
        let secrets = Secrets::new(snapshot);
        for (name, value) in [("a", "document"), ("b", "file"), ("c", "variable")] {
            let selector = SecretKeySelector { name: name.into(), key: "k".into(), optional: None };
            assert_eq!(secrets.secret("default", &selector).unwrap().text(), Ok(value));
        }
        assert!(
            add_folder(&mut Snapshot::default(), Path::new("/nowhere")).unwrap_err().to_string().contains("/nowhere")
        );
    }
}
