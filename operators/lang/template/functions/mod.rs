//! The functions that a template may call: Go's own and those of sprig 3.3.0, by name.
//!
//! A group of functions is one file and one row of [`GROUPS`]; a function is one row of its file's table.

mod builtin;
mod compare;
mod date;
mod decimal;
mod deep;
mod default;
mod dict;
mod encoding;
mod escape;
mod list;
mod math;
mod merge;
mod path;
mod random;
mod reflect;
mod regex;
mod semver;
mod signature;
mod strings;
mod time;
mod url;
mod values;
mod words;
mod wrap;

pub use semver::Version;
pub use signature::{Function, Type};

use super::value::Value;

static GROUPS: &[&[Function]] = &[
    builtin::FUNCTIONS,
    compare::FUNCTIONS,
    date::FUNCTIONS,
    deep::FUNCTIONS,
    default::FUNCTIONS,
    dict::FUNCTIONS,
    encoding::FUNCTIONS,
    list::FUNCTIONS,
    math::FUNCTIONS,
    merge::FUNCTIONS,
    path::FUNCTIONS,
    random::FUNCTIONS,
    reflect::FUNCTIONS,
    regex::FUNCTIONS,
    semver::FUNCTIONS,
    strings::FUNCTIONS,
    url::FUNCTIONS,
    words::FUNCTIONS,
    wrap::FUNCTIONS,
];

/// Functions of sprig that no template may call here.
const REFUSED: &[(&str, &str)] = &[
    ("env", NO_ENVIRONMENT),
    ("expandenv", NO_ENVIRONMENT),
    ("getHostByName", "a template asks no name server"),
    ("bcrypt", NO_SALT),
    ("htpasswd", NO_SALT),
    ("derivePassword", NO_KEYS),
    ("genPrivateKey", NO_KEYS),
    ("buildCustomCert", NO_KEYS),
    ("genCA", NO_KEYS),
    ("genCAWithKey", NO_KEYS),
    ("genSelfSignedCert", NO_KEYS),
    ("genSelfSignedCertWithKey", NO_KEYS),
    ("genSignedCert", NO_KEYS),
    ("genSignedCertWithKey", NO_KEYS),
    ("encryptAES", NO_KEYS),
    ("decryptAES", NO_KEYS),
];

const NO_ENVIRONMENT: &str = "a template reads no environment";
const NO_SALT: &str = "a replay must give the same result, and a salt that can be foreseen protects nothing";
const NO_KEYS: &str = "a template makes and takes no keys, certificates or passwords";

/// What a name stands for.
#[derive(Debug, Clone, Copy)]
pub enum Found {
    /// A function.
    Function(&'static Function),
    /// A function of the reference that is refused here, and why.
    Refused(&'static str),
    /// Nothing.
    Nothing,
}

/// The function of this name.
pub fn find(name: &str) -> Found {
    if let Some(function) = GROUPS.iter().find_map(|group| in_group(group, name)) {
        return Found::Function(function);
    }
    match REFUSED.iter().find(|(refused, _)| *refused == name) {
        Some((_, why)) => Found::Refused(why),
        None => Found::Nothing,
    }
}

/// The method of this name that a value has; its first parameter is the value.
pub(super) fn find_method(value: &Value, name: &str) -> Option<&'static Function> {
    let methods = match value {
        Value::Time(_) => time::TIME,
        Value::Duration(_) => time::DURATION,
        Value::Month(_) | Value::Weekday(_) => time::NAMED,
        Value::Version(_) => semver::METHODS,
        _ => &[],
    };
    in_group(methods, name)
}

fn in_group(group: &'static [Function], name: &str) -> Option<&'static Function> {
    group.iter().find(|function| function.name() == name)
}
