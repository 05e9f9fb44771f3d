//! The functions that every program has: those of values, and those that are written in the language itself.

use super::functions::{self, Native};
use super::parse;
use super::tree::{Function, Node};
use super::value::{Members, Value};
use std::sync::LazyLock;

/// Name, parameters and body of the functions that are written in the language.
const PRELUDE: &[(&str, &[&str], &str)] = &[
    ("IN", &["s"], "any(s == .; .)"),
    ("IN", &["source", "s"], "any(source == s; .)"),
    ("INDEX", &["key"], "INDEX(.[]; key)"),
    ("INDEX", &["s", "key"], "reduce s as $row ({}; .[$row | key | tostring] = $row)"),
    ("JOIN", &["$index", "key"], "[.[] | [., $index[key]]]"),
    ("JOIN", &["$index", "s", "key"], "s | [., $index[key]]"),
    ("JOIN", &["$index", "s", "key", "joined"], "s | [., $index[key]] | joined"),
    ("_last", &["s"], "reduce s as $item ([]; [$item]) | .[]"),
    ("add", &["f"], "[f] | add"),
    ("all", &[], "all(.[]; .)"),
    ("all", &["test"], "all(.[]; test)"),
    ("all", &["s", "test"], "isempty(s | test and empty)"),
    ("any", &[], "any(.[]; .)"),
    ("any", &["test"], "any(.[]; test)"),
    ("any", &["s", "test"], "isempty(s | test or empty) | not"),
    ("arrays", &[], "select(type == \"array\")"),
    ("booleans", &[], "select(type == \"boolean\")"),
    ("capture", &["$re"], "capture($re; null)"),
    ("capture", &["$re", "$flags"], "match($re; $flags) | .captures | _captures"),
    ("combinations", &[], "if length > 0 then .[0][] as $head | .[1:] | combinations | [$head] + . else [] end"),
    ("combinations", &["count"], "[limit(count; repeat(.))] | combinations"),
    ("del", &["f"], "delpaths([path(f)])"),
    ("finites", &[], "select(isfinite)"),
    ("first", &[], ".[0]"),
    ("first", &["s"], "label $done | s | (., break $done)"),
    (
        "from_entries",
        &[],
        "reduce .[] as $entry (null; . + ($entry | {(.key // .Key // .name // .Name): (if has(\"value\") then .value else .Value end)})) // {}",
    ),
    ("fromdate", &[], "fromdateiso8601"),
    ("fromdateiso8601", &[], "strptime(\"%Y-%m-%dT%H:%M:%S%z\") | mktime"),
    (
        "fromstream",
        &["events"],
        "foreach events as $event (null; (if .done then null else . end) | if ($event | length) == 2 then setpath([\"whole\"] + $event[0]; $event[1]) | .done = ($event[0] == []) else .done = (($event[0] | length) == 1) end; if .done then .whole else empty end)",
    ),
    ("group_by", &["key"], "_group_by(map([key]))"),
    ("gsub", &["$re", "text"], "sub($re; text; \"g\")"),
    ("gsub", &["$re", "text", "$flags"], "sub($re; text; $flags + \"g\")"),
    ("in", &["container"], ". as $key | container | has($key)"),
    ("isempty", &["s"], "label $done | (s | false, break $done), true"),
    ("iterables", &[], "select(type | . == \"array\" or . == \"object\")"),
    ("last", &[], ".[-1]"),
    ("last", &["s"], "_last(s)"),
    (
        "limit",
        &["$count", "s"],
        "if $count > 0 then label $done | foreach s as $item ($count; . - 1; $item, if . <= 0 then break $done else empty end) elif $count == 0 then empty else error(\"limit doesn't support negative count\") end",
    ),
    ("map", &["f"], "[.[] | f]"),
    ("map_values", &["f"], ".[] |= f"),
    ("match", &["$re"], "match($re; null)"),
    ("match", &["$re", "$flags"], "_match($re; $flags; false)[]"),
    ("max_by", &["key"], "_max_by(map([key]))"),
    ("min_by", &["key"], "_min_by(map([key]))"),
    ("normals", &[], "select(isnormal)"),
    ("not", &[], "if . then false else true end"),
    ("nth", &["$n"], ".[$n]"),
    ("nth", &["$n", "s"], "if $n < 0 then error(\"nth doesn't support negative index\") else first(skip($n; s)) end"),
    ("nulls", &[], "select(. == null)"),
    ("numbers", &[], "select(type == \"number\")"),
    ("objects", &[], "select(type == \"object\")"),
    ("paths", &[], "path(..) | select(. != [])"),
    ("paths", &["test"], "path(.. | select(test)) | select(. != [])"),
    ("pick", &["f"], ". as $whole | reduce path(f) as $p (null; setpath($p; $whole | getpath($p)))"),
    ("range", &["$to"], "_range(0; $to; 1)"),
    ("range", &["$from", "$to"], "_range($from; $to; 1)"),
    ("range", &["$from", "$to", "$step"], "_range($from; $to; $step)"),
    ("recurse", &[], "recurse(.[]?)"),
    ("recurse", &["f"], "def each: ., (f | each); each"),
    ("recurse", &["f", "test"], "def each: ., (f | select(test) | each); each"),
    ("repeat", &["f"], "def again: f, again; again"),
    ("scalars", &[], "select(type | . != \"array\" and . != \"object\")"),
    ("scan", &["$re"], "scan($re; null)"),
    (
        "scan",
        &["$re", "$flags"],
        "match($re; $flags + \"g\") | if .captures == [] then .string else [.captures[].string] end",
    ),
    ("select", &["test"], "if test then . else empty end"),
    (
        "skip",
        &["$count", "s"],
        "if $count > 0 then foreach s as $item ($count; . - 1; if . < 0 then $item else empty end) elif $count == 0 then s else error(\"skip doesn't support negative count\") end",
    ),
    ("sort_by", &["key"], "_sort_by(map([key]))"),
    ("split", &["$re", "$flags"], "[splits($re; $flags)]"),
    ("splits", &["$re"], "splits($re; null)"),
    ("splits", &["$re", "$flags"], "_pieces([match($re; $flags + \"g\")])[]"),
    ("strings", &[], "select(type == \"string\")"),
    ("sub", &["$re", "text"], "sub($re; text; null)"),
    (
        "sub",
        &["$re", "text", "$flags"],
        ". as $whole | [match($re; $flags)] as $found | _pieces($found) as $kept | reduce range($found | length) as $n ([]; reduce ($found[$n].captures | _captures | text) as $new ([., 0]; .[0][.[1]] += $kept[$n] + $new | .[1] += 1) | .[0]) | if . == [] then $whole else .[] + $kept[-1] end",
    ),
    ("test", &["$re"], "test($re; null)"),
    ("test", &["$re", "$flags"], "_match($re; $flags; true)"),
    ("to_entries", &[], "[keys[] as $key | {key: $key, value: .[$key]}]"),
    ("todate", &[], "todateiso8601"),
    ("todateiso8601", &[], "strftime(\"%Y-%m-%dT%H:%M:%SZ\")"),
    (
        "tostream",
        &[],
        "path(def each: (.[]? | each), .; each) as $p | getpath($p) | reduce path(.[]?) as $key ([$p, .]; [$p + $key])",
    ),
    (
        "truncate_stream",
        &["events"],
        ". as $depth | null | events | select(.[0] | length > $depth) | .[0] |= .[$depth:]",
    ),
    ("unique_by", &["key"], "_unique_by(map([key]))"),
    ("until", &["test", "f"], "def again: if test then . else f | again end; again"),
    ("values", &[], "select(. != null)"),
    (
        "walk",
        &["f"],
        "def each: if type == \"array\" then map(each) elif type == \"object\" then map_values(each) else . end | f; each",
    ),
    ("while", &["test", "f"], "def again: if test then ., (f | again) else empty end; again"),
    ("with_entries", &["f"], "to_entries | map(f) | from_entries"),
];

static FUNCTIONS: LazyLock<Vec<Function>> = LazyLock::new(|| {
    let empty = |_| Function { parameters: Vec::new(), body: Node::Empty };
    PRELUDE.iter().map(|(_, parameters, body)| parse::function(parameters, body).unwrap_or_else(empty)).collect()
});

/// A function of the prelude by its number in [`Node::Prelude`].
pub(super) fn get(number: usize) -> Option<&'static Function> {
    FUNCTIONS.get(number)
}

/// The call of a function that the program does not define itself.
pub(super) fn call(name: &str, arguments: Vec<Node>) -> Result<Node, String> {
    let count = arguments.len();
    let mut given = arguments.into_iter().map(Box::new);
    match (name, count, given.next(), given.next(), given.next()) {
        ("empty", 0, ..) => Ok(Node::Empty),
        ("env", 0, ..) => Ok(Node::Constant(Value::object(Members::new()))),
        ("path", 1, Some(of), ..) => Ok(Node::Path(of)),
        ("getpath", 1, Some(path), ..) => Ok(Node::GetPath(path)),
        ("_range", 3, Some(from), Some(to), Some(step)) => Ok(Node::Range(Box::new([*from, *to, *step]))),
        ("input" | "inputs", 0, ..) => Err("there is no input but the data".to_owned()),
        (_, _, first, second, third) => {
            let arguments = [first, second, third].into_iter().flatten().chain(given).map(|node| *node).collect();
            if let Some(number) = PRELUDE.iter().position(|(known, list, _)| *known == name && list.len() == count) {
                return Ok(Node::Prelude(number, arguments));
            }
            match functions::find(name, count) {
                Some(native) => Ok(Node::Native(native, arguments)),
                None => Err(format!("there is no function {name} with {count} arguments")),
            }
        }
    }
}

/// What `@name` does to its input.
pub(super) fn format(name: &str) -> Node {
    let known = match name {
        "@text" => "tostring",
        "@json" => "tojson",
        "@html" => "_html",
        "@uri" => "_uri",
        "@urid" => "_urid",
        "@csv" => "_csv",
        "@tsv" => "_tsv",
        "@sh" => "_sh",
        "@base64" => "_base64",
        "@base64d" => "_base64d",
        _ => "format",
    };
    let native = |name, count| functions::find(name, count).unwrap_or(&Native::MISSING);
    if known == "format" {
        let name = Node::Constant(Value::text(name.trim_start_matches('@')));
        return Node::Native(native(known, 1), vec![name]);
    }
    Node::Native(native(known, 0), Vec::new())
}

/// The names of all functions with the number of their parameters, as `builtins` lists them.
pub(super) fn names() -> Vec<String> {
    let special = [("empty", 0), ("env", 0), ("path", 1), ("getpath", 1), ("builtins", 0)];
    let written = PRELUDE.iter().map(|(name, parameters, _)| (*name, parameters.len()));
    let mut names: Vec<_> = written
        .chain(special)
        .chain(functions::all().map(|native| (native.name, native.arguments)))
        .filter(|(name, _)| !name.starts_with('_'))
        .collect();
    names.sort_unstable();
    names.dedup();
    names.into_iter().map(|(name, count)| format!("{name}/{count}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_function_of_the_prelude_compiles() {
        for (name, parameters, body) in PRELUDE {
            let compiled = parse::function(parameters, body);
            assert!(compiled.is_ok(), "{name}: {:?}", compiled.err());
        }
    }
}
