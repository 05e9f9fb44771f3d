//! Which files a path stands for, and their text.

use std::collections::BTreeSet;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::yaml::MAX_FILE;

/// The endings of the files that are read in a folder.
const ENDINGS: [&str; 3] = ["yaml", "yml", "json"];

/// A file with its text, or why it could not be read.
pub(super) type Text = (String, io::Result<String>);

/// The text of a file, or of all files of a folder, in the order of their names. `-` is the standard input. Files and
/// folders whose names start with a dot are left out.
pub(super) fn read(path: &Path, recursive: bool) -> Vec<Text> {
    if path == Path::new("-") {
        return vec![("<stdin>".to_owned(), text(io::stdin().lock()))];
    }
    let mut texts = Vec::new();
    if path.is_dir() {
        folder(path, recursive, &mut BTreeSet::new(), &mut texts);
    } else {
        texts.push(file(path));
    }
    texts
}

fn file(path: &Path) -> Text {
    (path.display().to_string(), std::fs::File::open(path).and_then(text))
}

/// The text of an input that is not too large.
fn text(input: impl Read) -> io::Result<String> {
    let mut bytes = Vec::new();
    input.take(MAX_FILE + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_FILE {
        return Err(io::Error::other(format!("it has more than {MAX_FILE} bytes")));
    }
    String::from_utf8(bytes).map_err(|_| io::Error::other("it is not text in UTF-8"))
}

/// Adds the files of a folder; `seen` keeps links from leading in circles.
fn folder(path: &Path, recursive: bool, seen: &mut BTreeSet<PathBuf>, texts: &mut Vec<Text>) {
    let read = path.canonicalize().and_then(|real| if seen.insert(real) { entries(path) } else { Ok(Vec::new()) });
    let entries = match read {
        Ok(entries) => entries,
        Err(error) => return texts.push((path.display().to_string(), Err(error))),
    };
    for entry in entries {
        if entry.is_dir() {
            if recursive {
                folder(&entry, recursive, seen, texts);
            }
        } else if entry.extension().is_some_and(|ending| ENDINGS.iter().any(|known| ending.eq_ignore_ascii_case(known)))
        {
            texts.push(file(&entry));
        }
    }
}

/// What is in a folder, sorted, without what is hidden.
fn entries(path: &Path) -> io::Result<Vec<PathBuf>> {
    let mut entries = Vec::new();
    for entry in std::fs::read_dir(path)? {
        let entry = entry?;
        if !entry.file_name().as_encoded_bytes().starts_with(b".") {
            entries.push(entry.path());
        }
    }
    entries.sort();
    Ok(entries)
}
