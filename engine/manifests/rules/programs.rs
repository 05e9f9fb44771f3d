//! Rules about programs in manifests: that each can be read in its language.

use lang::expr::Expression;
use lang::jq::Filter;
use lang::lua::Script;
use lang::path::Path;
use lang::regex::Regex;
use lang::set::Dest;
use lang::template::Template;
use lang::{CompileError, govaluate};
use model::manifest::{EventDependency, EventSource, Sensor, TriggerParameter, path};

use super::super::judge::Judge;
use super::Rule;
use super::filters::WITHOUT_EFFECT;
use super::parameters;

/// A program that cannot be read.
pub static BAD_PROGRAM: Rule = Rule::error("bad-program", "A program in a manifest cannot be read.");

/// All rules of the family.
pub static RULES: &[&Rule] = &[&BAD_PROGRAM];

/// A language, by what its compiler makes of a text.
struct Language {
    compile: fn(&str) -> Result<(), CompileError>,
    help: &'static str,
}

const EXPRESSION: Language = Language {
    compile: |text| govaluate::Program::compile(text).map(drop),
    help: "put blanks between operators; the names are those of `fields`",
};
const FILTER: Language = Language {
    compile: |text| Expression::compile(text).map(drop),
    help: "write an expression over the event's data, such as `body.action == \"opened\"`",
};
const TEMPLATE: Language = Language {
    compile: |text| Template::compile(text).map(drop),
    help: "write a Go template, such as `{{ .Input.body.name | upper }}`",
};
const LUA: Language = Language {
    compile: |text| Script::compile(text).map(drop),
    help: "write Lua 5.1; the event's data is in the global `event`",
};
const JQ: Language = Language {
    compile: |text| Filter::compile(text).map(drop),
    help: "write a jq program as gojq reads it; the event's data is its input, and its first output must be an object",
};
const PATH: Language = Language {
    compile: |text| Path::compile(text).map(drop),
    help: "write a gjson path: keys and indices separated by dots",
};
const DEST: Language = Language {
    compile: |text| Dest::compile(text).map(drop),
    help: "write an sjson path: keys and indices separated by dots",
};
const REGEX: Language = Language {
    compile: |text| Regex::compile(text).map(drop),
    help: "values of the type `string` are regular expressions; write `\\` before special characters",
};

/// Judges the programs of a Sensor.
pub(in crate::manifests) fn sensor(judge: &mut Judge<'_>, sensor: &Sensor) {
    for (index, dependency) in sensor.spec.dependencies.iter().enumerate() {
        of_dependency(judge, &format!("spec.dependencies[{index}]"), dependency);
    }
    for list in parameters::lists(sensor) {
        for (index, parameter) in list.parameters.iter().enumerate() {
            of_parameter(judge, &format!("{}[{index}]", list.path), parameter);
        }
    }
}

/// Judges the filters of an EventSource.
pub(in crate::manifests) fn event_source(judge: &mut Judge<'_>, source: &EventSource) {
    for (kind, name, source) in source.spec.sources() {
        if let Some(filter) = source.filter() {
            let path = path::member(&format!("spec.{}", kind.member), name);
            read(judge, &FILTER, &format!("{path}.filter.expression"), &filter.expression);
        }
    }
}

/// Compiles a text; an empty one is none.
fn read(judge: &mut Judge<'_>, language: &Language, path: &str, text: &str) {
    if !text.is_empty()
        && let Err(error) = (language.compile)(text)
    {
        judge.find_inside(&BAD_PROGRAM, path, error.at, error.message, language.help);
    }
}

fn of_dependency(judge: &mut Judge<'_>, path: &str, dependency: &EventDependency) {
    if let Some(transform) = &dependency.transform {
        read(judge, &JQ, &format!("{path}.transform.jq"), &transform.jq);
        read(judge, &LUA, &format!("{path}.transform.script"), &transform.script);
    }
    let Some(filters) = &dependency.filters else { return };
    let path = format!("{path}.filters");
    read(judge, &LUA, &format!("{path}.script"), &filters.script);
    for (index, filter) in filters.exprs.iter().enumerate() {
        let path = format!("{path}.exprs[{index}]");
        read(judge, &EXPRESSION, &format!("{path}.expr"), &filter.expr);
        for (index, field) in filter.fields.iter().enumerate() {
            read(judge, &PATH, &format!("{path}.fields[{index}].path"), &field.path);
        }
    }
    for (index, filter) in filters.data.iter().enumerate() {
        let path = format!("{path}.data[{index}]");
        read(judge, &PATH, &format!("{path}.path"), &filter.path);
        read(judge, &TEMPLATE, &format!("{path}.template"), &filter.template);
        if filter.value_type == "string" {
            for (index, value) in filter.value.iter().enumerate() {
                read(judge, &REGEX, &format!("{path}.value[{index}]"), value);
            }
        }
    }
}

fn of_parameter(judge: &mut Judge<'_>, path: &str, parameter: &TriggerParameter) {
    read(judge, &DEST, &format!("{path}.dest"), &parameter.dest);
    let Some(src) = &parameter.src else { return };
    let path = format!("{path}.src");
    read(judge, &PATH, &format!("{path}.contextKey"), &src.context_key);
    read(judge, &PATH, &format!("{path}.dataKey"), &src.data_key);
    let value = src.value.is_some();
    template(judge, &format!("{path}.contextTemplate"), &src.context_template, value || !src.context_key.is_empty());
    template(judge, &format!("{path}.dataTemplate"), &src.data_template, value || !src.data_key.is_empty());
}

/// A template that cannot be read gives way to the key beside it, or to the value.
fn template(judge: &mut Judge<'_>, path: &str, text: &str, fallback: bool) {
    match Template::compile(text) {
        Err(error) if fallback && !text.is_empty() => {
            let message =
                format!("the template cannot be read, so that what stands beside it is used: {}", error.message);
            judge.find_inside(&WITHOUT_EFFECT, path, error.at, message, TEMPLATE.help);
        }
        _ => read(judge, &TEMPLATE, path, text),
    }
}
