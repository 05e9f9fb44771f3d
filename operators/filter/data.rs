//! Data filters: single values of the data compared with any of a list of texts.

use super::entries::{Errors, Operator};
use super::{Json, Kind, Seen, Setup};
use lang::Moment;
use lang::number::{parse_bool, parse_float};
use lang::path::Found;
use lang::regex::Regex;
use lang::template::{Template, Value};
use model::manifest::{DataFilter, EventDependencyFilter};

#[derive(Debug)]
struct Data {
    operator: Operator,
    entries: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    path: String,
    /// The path's place among the answers.
    place: usize,
    /// Makes the text to compare from the value.
    template: Option<Result<Template, String>>,
    test: Test,
}

/// A comparison of a value with any of the given ones; those that cannot be read are errors once it is their turn.
#[derive(Debug)]
enum Test {
    Bool(Vec<Result<bool, String>>),
    Number(fn(f64, f64) -> bool, Vec<Result<f64, String>>),
    Text(fn(bool) -> bool, Vec<Result<Regex, String>>),
    /// Nothing to compare with, or a type that does not exist; says which.
    Never(String),
}

/// How numbers are compared, the value's first.
type Compare = fn(f64, f64) -> bool;

#[rustfmt::skip]
const COMPARATORS: [(&str, Compare); 7] = [
    ("", |a, b| a == b), ("=", |a, b| a == b), ("!=", |a, b| a != b),
    (">", |a, b| a > b), (">=", |a, b| a >= b), ("<", |a, b| a < b), ("<=", |a, b| a <= b),
];

/// Whether a text passes, by whether the pattern matches it.
type Take = fn(bool) -> bool;

const TEXT_COMPARATORS: [(&str, Take); 3] =
    [("", |matches| matches), ("=", |matches| matches), ("!=", |matches| !matches)];

pub(super) fn compile(spec: &EventDependencyFilter, setup: &mut Setup) -> Option<Box<dyn Kind>> {
    if spec.data.is_empty() {
        return None;
    }
    let entries = spec.data.iter().enumerate().map(|(n, entry)| Entry::compile(&format!(".data[{n}]"), entry, setup));
    Some(Box::new(Data { entries: entries.collect(), operator: Operator::new(&spec.data_logical_operator) }))
}

impl Entry {
    fn compile(field: &str, spec: &DataFilter, setup: &mut Setup) -> Self {
        let place = setup.path(&format!("{field}.path"), &spec.path);
        let template = (!spec.template.is_empty()).then(|| {
            let template = Template::compile(&spec.template).map_err(|error| error.to_string());
            setup.noted(&format!("{field}.template"), template)
        });
        Self { path: spec.path.clone(), place, template, test: Test::compile(field, spec, setup) }
    }

    fn judge(&self, json: &Json<'_>, moment: &Moment) -> Result<bool, String> {
        let found = json.answer(self.place).ok_or_else(|| format!("path '{}' does not exist", self.path))?;
        match &self.template {
            None => self.test.judge(found),
            Some(_) if matches!(self.test, Test::Never(_)) => self.test.judge(found),
            Some(template) => {
                let template = template.as_ref().map_err(String::clone)?;
                let input = Value::text(&*found.string_view());
                let root = Value::dict([("Input".into(), input)].into());
                let text = template.render(root, moment).map_err(|error| error.to_string())?;
                if text.is_empty() || text == "<no value>" {
                    return Err(format!("the template gives nothing for the value at path '{}'", self.path));
                }
                self.test.judge(&Found::of_text(&text))
            }
        }
    }
}

impl Test {
    fn compile(field: &str, spec: &DataFilter, setup: &mut Setup) -> Self {
        if spec.value.is_empty() {
            return Self::Never("no values specified".to_owned());
        }
        match spec.value_type.as_str() {
            "bool" => Self::Bool(values(field, spec, setup, |text| {
                parse_bool(text).ok_or_else(|| format!("'{text}' is not a bool"))
            })),
            "number" => Self::Number(
                pick(&COMPARATORS, &spec.comparator).unwrap_or(|_, _| false),
                values(field, spec, setup, |text| {
                    parse_float(text).map_err(|error| format!("'{text}' is not a number: {error}"))
                }),
            ),
            "string" => Self::Text(
                pick(&TEXT_COMPARATORS, &spec.comparator).unwrap_or(|_| false),
                values(field, spec, setup, |text| Regex::compile(text).map_err(|error| error.to_string())),
            ),
            other => {
                let message = format!("unsupported JSON type '{other}'");
                Self::Never(setup.noted::<()>(&format!("{field}.type"), Err(message)).err().unwrap_or_default())
            }
        }
    }

    fn judge(&self, found: &Found<'_>) -> Result<bool, String> {
        match self {
            Self::Never(why) => Err(why.clone()),
            Self::Bool(values) => {
                let found = found.bool_view();
                any(values, |value| *value == found)
            }
            Self::Number(compare, values) => {
                let found = found.number_view();
                any(values, |value| compare(found, *value))
            }
            Self::Text(take, values) => {
                let found = found.string_view();
                any(values, |pattern| take(pattern.is_match(&found)))
            }
        }
    }
}

fn pick<T: Copy>(comparators: &[(&str, T)], name: &str) -> Option<T> {
    comparators.iter().find_map(|(known, comparator)| (*known == name).then_some(*comparator))
}

fn values<T>(
    field: &str,
    spec: &DataFilter,
    setup: &mut Setup,
    read: impl Fn(&str) -> Result<T, String>,
) -> Vec<Result<T, String>> {
    let read = |(n, text): (usize, &String)| setup.noted(&format!("{field}.value[{n}]"), read(text));
    spec.value.iter().enumerate().map(read).collect()
}

/// The first value that fits is enough; one before it that cannot be read is an error.
fn any<T>(values: &[Result<T, String>], fits: impl Fn(&T) -> bool) -> Result<bool, String> {
    for value in values {
        if fits(value.as_ref().map_err(String::clone)?) {
            return Ok(true);
        }
    }
    Ok(false)
}

impl Kind for Data {
    fn judge(&self, seen: &Seen<'_>) -> Result<bool, Errors> {
        let Some(json) = seen.json()? else { return Ok(true) };
        self.operator.combine(self.entries.iter().map(|entry| entry.judge(json, seen.moment)))
    }
}
