//! Slash-separated paths, cut and cleaned as Go's `path` does; no file is looked at.

use super::signature::{Function, Type};
use crate::template::value::Value;

use Type::Text as Str;

/// The functions of file paths (`os…`) are those of slash paths on the systems that the reference runs on.
pub(super) static FUNCTIONS: &[Function] = &[
    Function::fixed("base", &[Str], |_, a| Ok(Value::text(base(a.bytes(0))))),
    Function::fixed("osBase", &[Str], |_, a| Ok(Value::text(base(a.bytes(0))))),
    Function::fixed("dir", &[Str], |_, a| Ok(Value::text(directory(a.bytes(0))))),
    Function::fixed("osDir", &[Str], |_, a| Ok(Value::text(directory(a.bytes(0))))),
    Function::fixed("clean", &[Str], |_, a| Ok(Value::text(clean(a.bytes(0))))),
    Function::fixed("osClean", &[Str], |_, a| Ok(Value::text(clean(a.bytes(0))))),
    Function::fixed("ext", &[Str], |_, a| Ok(Value::text(extension(a.bytes(0))))),
    Function::fixed("osExt", &[Str], |_, a| Ok(Value::text(extension(a.bytes(0))))),
    Function::fixed("isAbs", &[Str], |_, a| Ok(Value::Bool(a.bytes(0).starts_with(b"/")))),
    Function::fixed("osIsAbs", &[Str], |_, a| Ok(Value::Bool(a.bytes(0).starts_with(b"/")))),
];

/// The last element; `.` of nothing and `/` of slashes only.
fn base(path: &[u8]) -> &[u8] {
    if path.is_empty() {
        return b".";
    }
    let slashes = path.iter().rev().take_while(|byte| **byte == b'/').count();
    let path = path.get(..path.len() - slashes).unwrap_or_default();
    let last = path.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
    if last.is_empty() { b"/" } else { last }
}

/// All but the last element, cleaned.
fn directory(path: &[u8]) -> Vec<u8> {
    let end = memchr::memrchr(b'/', path).map_or(0, |slash| slash + 1);
    clean(path.get(..end).unwrap_or_default())
}

/// What follows the last point of the last element, the point included.
fn extension(path: &[u8]) -> &[u8] {
    let start = memchr::memrchr(b'/', path).map_or(0, |slash| slash + 1);
    let name = path.get(start..).unwrap_or_default();
    memchr::memrchr(b'.', name).and_then(|point| name.get(point..)).unwrap_or_default()
}

/// The shortest path that means the same: no empty elements, no `.`, no `..` behind a name.
fn clean(path: &[u8]) -> Vec<u8> {
    let is_rooted = path.starts_with(b"/");
    let mut kept: Vec<&[u8]> = Vec::new();
    for element in path.split(|byte| *byte == b'/') {
        match (element, kept.last()) {
            (b"" | b".", _) => {}
            (b"..", Some(last)) if *last != b".." => drop(kept.pop()),
            (b"..", None) if is_rooted => {}
            (element, _) => kept.push(element),
        }
    }
    let joined = kept.join(b"/".as_slice());
    match (is_rooted, joined.is_empty()) {
        (true, _) => [b"/", joined.as_slice()].concat(),
        (false, true) => b".".to_vec(),
        (false, false) => joined,
    }
}
