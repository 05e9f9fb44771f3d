//! Expression filters: govaluate over values of the data that are given names.

use super::entries::{Errors, Operator};
use super::{Json, Kind, Seen, Setup};
use lang::govaluate::{Program, Value};
use model::manifest::{EventDependencyFilter, ExprFilter};

#[derive(Debug)]
struct Exprs {
    operator: Operator,
    entries: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    program: Result<Program, String>,
    fields: Vec<Field>,
}

/// A name for what a path finds.
#[derive(Debug)]
struct Field {
    name: String,
    path: String,
    /// The path's place among the answers.
    place: usize,
}

pub(super) fn compile(spec: &EventDependencyFilter, setup: &mut Setup) -> Option<Box<dyn Kind>> {
    if spec.exprs.is_empty() {
        return None;
    }
    let entries = spec.exprs.iter().enumerate().map(|(n, entry)| Entry::compile(&format!(".exprs[{n}]"), entry, setup));
    Some(Box::new(Exprs { entries: entries.collect(), operator: Operator::new(&spec.expr_logical_operator) }))
}

impl Entry {
    fn compile(field: &str, spec: &ExprFilter, setup: &mut Setup) -> Self {
        let program = Program::compile(&spec.expr).map_err(|error| error.to_string());
        let program = setup.noted(&format!("{field}.expr"), program);
        let fields = spec.fields.iter().enumerate().map(|(n, spec)| Field {
            name: spec.name.clone(),
            path: spec.path.clone(),
            place: setup.path(&format!("{field}.fields[{n}].path"), &spec.path),
        });
        Self { program, fields: fields.collect() }
    }

    /// Every path must find something, even if the expression would not use it. Only `true` passes.
    fn judge(&self, json: &Json<'_>) -> Result<bool, String> {
        for field in &self.fields {
            if json.answer(field.place).is_none() {
                return Err(format!("path '{}' does not exist", field.path));
            }
        }
        let value = |name: &str| {
            // Of two fields with one name the later counts.
            let field = self.fields.iter().rev().find(|field| field.name == name)?;
            Some(Value::from(json.answer(field.place)?.value_view()))
        };
        let program = self.program.as_ref().map_err(String::clone)?;
        let result = program.eval(&value).map_err(|error| error.to_string())?;
        Ok(result == Value::Bool(true))
    }
}

impl Kind for Exprs {
    fn judge(&self, seen: &Seen<'_>) -> Result<bool, Errors> {
        let Some(json) = seen.json()? else { return Ok(true) };
        // An entry without fields counts for nothing.
        let entries = self.entries.iter().filter(|entry| !entry.fields.is_empty());
        self.operator.combine(entries.map(|entry| entry.judge(json)))
    }
}
