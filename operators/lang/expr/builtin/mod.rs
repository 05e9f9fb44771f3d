//! The built-in functions: their names, what they take, and what they do.

mod check;
mod lists;
mod maps;
mod numbers;
mod sorting;
mod strings;
mod times;

use super::meter::Meter;
use super::node::Function;
use super::types::Type;
use super::value::Value;
use crate::EvalError;
use check::{Check, Parameter};
pub(super) use numbers::{float, int};

/// A built-in function without a body.
#[derive(Debug)]
pub(super) struct Builtin {
    pub(super) name: &'static str,
    check: Check,
    pub(super) run: Run,
}

/// Runs a function; the number of arguments is one that its check allows.
type Run = fn(&[Value], &mut Meter) -> Result<Value, EvalError>;

/// The function of this name.
pub(super) fn find(name: &str) -> Option<&'static Builtin> {
    BUILTINS.iter().find(|builtin| builtin.name == name)
}

/// Whether a function has this name, with a body or without.
pub(super) fn is_name(name: &str) -> bool {
    find(name).is_some() || Function::named(name).is_some()
}

/// The type of what a function gives for arguments of these types; the message says what does not fit.
pub(super) fn check(builtin: &Builtin, arguments: &[Type]) -> Result<Type, String> {
    builtin.check.run(builtin.name, arguments)
}

/// The error for arguments that only a run can find wrong.
fn wrong(name: &str, argument: &Value) -> EvalError {
    EvalError::new(format!("invalid argument for {name}: {}", argument.kind()))
}

const fn fixed(name: &'static str, overloads: &'static [&'static [Parameter]], result: Type, run: Run) -> Builtin {
    Builtin { name, check: Check::Overloads(overloads, result), run }
}

const fn checked(name: &'static str, check: fn(&[Type]) -> Result<Type, String>, run: Run) -> Builtin {
    Builtin { name, check: Check::Own(check), run }
}

const TEXT: &[&[Parameter]] = &[&[Parameter::Text]];
const TEXT_TEXT: &[&[Parameter]] = &[&[Parameter::Text, Parameter::Text]];
const TEXT_AND_MORE: &[&[Parameter]] = &[&[Parameter::Text], &[Parameter::Text, Parameter::Text]];
const ANY: &[&[Parameter]] = &[&[Parameter::Any]];
const SPLIT: &[&[Parameter]] =
    &[&[Parameter::Text, Parameter::Text], &[Parameter::Text, Parameter::Text, Parameter::Int]];
const REPLACE: &[&[Parameter]] = &[
    &[Parameter::Text, Parameter::Text, Parameter::Text],
    &[Parameter::Text, Parameter::Text, Parameter::Text, Parameter::Int],
];
const DATE: &[&[Parameter]] =
    &[&[Parameter::Text], &[Parameter::Text, Parameter::Text], &[Parameter::Text, Parameter::Text, Parameter::Text]];
const JOIN: &[&[Parameter]] = &[
    &[Parameter::List],
    &[Parameter::List, Parameter::Text],
    &[Parameter::Texts],
    &[Parameter::Texts, Parameter::Text],
];

static BUILTINS: [Builtin; 45] = [
    checked("len", check::len, |args, _| lists::len(args)),
    fixed("type", ANY, Type::Text, |args, _| maps::type_name(args)),
    checked("abs", check::number, |args, _| numbers::abs(args)),
    checked("ceil", check::to_float, |args, _| numbers::round("ceil", args, f64::ceil)),
    checked("floor", check::to_float, |args, _| numbers::round("floor", args, f64::floor)),
    checked("round", check::to_float, |args, _| numbers::round("round", args, f64::round)),
    checked("int", check::int, |args, _| numbers::int(args)),
    checked("float", check::float, |args, _| numbers::float(args)),
    fixed("string", ANY, Type::Text, strings::string),
    fixed("trim", TEXT_AND_MORE, Type::Text, |args, _| strings::trim(args)),
    fixed("trimPrefix", TEXT_AND_MORE, Type::Text, |args, _| strings::trim_prefix(args)),
    fixed("trimSuffix", TEXT_AND_MORE, Type::Text, |args, _| strings::trim_suffix(args)),
    fixed("upper", TEXT, Type::Text, |args, _| strings::upper(args)),
    fixed("lower", TEXT, Type::Text, |args, _| strings::lower(args)),
    Builtin { name: "split", check: Check::Texts(SPLIT), run: |args, meter| strings::split(args, false, meter) },
    Builtin { name: "splitAfter", check: Check::Texts(SPLIT), run: |args, meter| strings::split(args, true, meter) },
    fixed("replace", REPLACE, Type::Text, strings::replace),
    fixed("repeat", &[&[Parameter::Text, Parameter::Int]], Type::Text, strings::repeat),
    fixed("join", JOIN, Type::Text, strings::join),
    fixed("indexOf", TEXT_TEXT, Type::Int, |args, _| strings::index(args, |text, part| text.find(part))),
    fixed("lastIndexOf", TEXT_TEXT, Type::Int, |args, _| strings::index(args, |text, part| text.rfind(part))),
    fixed("hasPrefix", TEXT_TEXT, Type::Bool, |args, _| strings::has(args, |text, part| text.starts_with(part))),
    fixed("hasSuffix", TEXT_TEXT, Type::Bool, |args, _| strings::has(args, |text, part| text.ends_with(part))),
    checked("max", check::extreme, |args, _| numbers::extreme(args, std::cmp::Ordering::Less)),
    checked("min", check::extreme, |args, _| numbers::extreme(args, std::cmp::Ordering::Greater)),
    checked("sum", check::sum, numbers::sum),
    checked("mean", check::average, numbers::mean),
    checked("median", check::average, numbers::median),
    fixed("toJSON", ANY, Type::Text, maps::to_json),
    fixed("fromJSON", TEXT, Type::Any, maps::from_json),
    fixed("toBase64", TEXT, Type::Text, |args, _| strings::to_base64(args)),
    fixed("fromBase64", TEXT, Type::Text, |args, _| strings::from_base64(args)),
    fixed("now", &[&[]], Type::Time, |_, meter| times::now(meter)),
    fixed("duration", TEXT, Type::Duration, |args, _| times::duration(args)),
    fixed("date", DATE, Type::Time, |args, _| times::date(args)),
    checked("first", check::end, |args, _| lists::at(args, 0)),
    checked("last", check::end, |args, _| lists::at(args, -1)),
    checked("get", check::get, |args, _| lists::get(args)),
    checked("take", check::take, |args, _| lists::take(args)),
    checked("keys", check::map, |args, _| maps::keys(args)),
    checked("values", check::map, |args, _| maps::values(args)),
    checked("toPairs", check::map, |args, _| maps::to_pairs(args)),
    checked("fromPairs", check::from_pairs, maps::from_pairs),
    checked("sort", check::sort, sorting::sort),
    checked("sortBy", check::sort_by, sorting::sort_by),
];
