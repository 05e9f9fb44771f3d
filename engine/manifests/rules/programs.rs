//! Rules about programs in manifests: that each can be read in its language.

use lang::lua::Script;
use lang::path::Path;
use lang::regex::Regex;
use lang::set::Dest;
use lang::{CompileError, govaluate};
use model::manifest::{EventDependency, Sensor, TriggerParameter};

use super::super::judge::Judge;
use super::Rule;
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
const LUA: Language = Language {
    compile: |text| Script::compile(text).map(drop),
    help: "write Lua 5.1; the event's data is in the global `event`",
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
        if filter.value_type == "string" {
            for (index, value) in filter.value.iter().enumerate() {
                read(judge, &REGEX, &format!("{path}.value[{index}]"), value);
            }
        }
    }
}

fn of_parameter(judge: &mut Judge<'_>, path: &str, parameter: &TriggerParameter) {
    read(judge, &DEST, &format!("{path}.dest"), &parameter.dest);
    if let Some(src) = &parameter.src {
        read(judge, &PATH, &format!("{path}.src.contextKey"), &src.context_key);
        read(judge, &PATH, &format!("{path}.src.dataKey"), &src.data_key);
    }
}
