//! Filter expressions of event sources: well-formed ones of most functions, and texts of any tokens, on one odd object.

use super::{Answer, Language, Question, Random};
use lang::{Moment, expr::Expression};
use serde_json::{Value, json};

pub(super) const LANGUAGE: Language = Language { name: "expr", make_up, answer };

#[rustfmt::skip]
const PIECES: [&str; 62] = [
    "a", "s", "list", "o", "1", "2.5", ".5", "0x1f", "1e3", "1_0", "(", ")", "[", "]", "{", "}", "'x'", "\"y\"", "'\\n'", "#", ".", "..",
    "?.", "?", ":", "??", ",", "+", "-", "*", "/", "%", "**", "^", "==", "!=", "<", ">=", "&&", "||", "!", "not", "and", "or", "in",
    "matches", "contains", "let", "=", ";", "|", "len", "filter", "map", "true", "nil", "//", " ", " ", "é", "sum", "@",
];

fn make_up(random: &mut Random) -> Question {
    let program = match random.below(10) {
        0 => random.repeat(1, 10, |r| r.pick(&PIECES).to_owned()),
        1 => format!("{} == {}", any(random, 2), any(random, 2)),
        // Anywhere else these find what the library left on its stack.
        2 => {
            let function = random.pick(&["findLast", "findLastIndex"]);
            format!("{function}({}) == {}", each(random, 2), number(random, 0))
        }
        _ => truth(random, 4),
    };
    let input = json!({
        "a": random.pick(&[0.0, 1.0, -1.0, 2.5, 1e6, 1e21, 3.0]),
        "n": random.below(9),
        "s": random.pick(&["", "a", "abc", "a,b,c", "xÉy", "12"]),
        "t": true,
        "nul": null,
        "list": [3, 1, 2, 2.5],
        "words": ["b", "a", "c"],
        "mixed": [1, "a", null, true, {"k": 1}, [1]],
        "empty": [],
        "people": [
            {"name": "ann", "age": 30, "tags": ["x"]},
            {"name": "bob", "age": 20, "tags": []},
            {"name": "cy", "age": 40, "tags": ["x", "y"]},
        ],
        "o": {"k": {"l": "m"}, "n": null, "": 0},
        "x-y": {"z": 1},
        "dot.ted": "d",
        "dot.ty.p": 2,
        "type": "push",
        "j": "{\"items\":[{\"id\":1,\"tags\":[\"p\"]},{\"id\":2}],\"length\":9}",
    });
    Question { program, input }
}

/// A bool.
fn truth(random: &mut Random, depth: usize) -> String {
    if depth == 0 {
        return random.pick(&["t", "true", "false", "not t", "!t", "nul == nil", "missing", "a == 1"]).to_owned();
    }
    let depth = depth - 1;
    match random.below(18) {
        0..4 => {
            let operator = random.pick(&["&&", "||", "and", "or", "==", "!="]);
            format!("{} {operator} {}", truth(random, depth), truth(random, depth))
        }
        4 => format!("({})", truth(random, depth)),
        5 => format!("{} ? {} : {}", truth(random, depth), truth(random, depth), truth(random, depth)),
        6 | 7 => {
            let operator = random.pick(&["<", "<=", ">", ">=", "==", "!="]);
            format!("{} {operator} {}", number(random, depth), number(random, depth))
        }
        8 | 9 => {
            let operators = ["==", "!=", "<", "contains", "startsWith", "endsWith", "not contains", "matches", "in"];
            format!("{} {} {}", text(random, depth), random.pick(&operators), text(random, depth))
        }
        10 => format!("{} matches {}", text(random, depth), random.pick(&["'^a'", "\"b$\"", "'[A-Z]'", "'('"])),
        11 | 12 => {
            let function = random.pick(&["all", "any", "none", "one"]);
            format!("{function}({})", each(random, depth))
        }
        13 => format!("{} {} {}", any(random, depth), random.pick(&["in", "not in"]), list(random, depth)),
        14 => format!("{} == {}", list(random, depth), list(random, depth)),
        15 => format!("{} == {}", any(random, depth), any(random, depth)),
        16 => {
            format!("let v = {}; {}", any(random, depth), random.pick(&["v == v", "v == a", "len(v) > 1", "v in [v]"]))
        }
        _ => format!("toJson({}) == toJson({})", any(random, depth), any(random, depth)),
    }
}

/// What stands in the body of a function.
fn predicate(random: &mut Random) -> String {
    if random.one_in(2) {
        return random.pick(&["# != nil", "true", "type(#) == 'float'", "# == 2", "toJson(#) != '1'"]).to_owned();
    }
    let bodies = [
        "# > 1",
        "{# == 2}",
        "# != nil",
        ".age > 25",
        "{.name == 'bob'}",
        "len(.tags) > 0",
        "any(.tags, # == 'x')",
        "true",
        "# in [1, 2]",
        "# in ['a', 'b']",
        "#?.k == 1",
        "type(#) == 'float'",
        "# % 2 == 0",
        "# > n",
        "#",
    ];
    random.pick(&bodies).to_owned()
}

/// A list and a body that mostly fits its members.
fn each(random: &mut Random, depth: usize) -> String {
    match random.below(5) {
        0 => format!("{}, {}", list(random, depth), predicate(random)),
        1 => format!(
            "people, {}",
            random.pick(&[".age > 25", "{.name == 'bob'}", "len(.tags) > 0", "any(.tags, # == 'x')"])
        ),
        2 => format!(
            "words, {}",
            random.pick(&["# in ['a', 'b']", "# > 'a'", "# contains 'a'", "len(#) == 1", "#[0:1] == s"])
        ),
        _ => {
            let numbers = random.pick(&[
                "list",
                "[1, 2, 3]",
                "1..4",
                "n..5",
                "map(people, .age)",
                "list[1:]",
                "sort(list)",
                "[]",
            ]);
            format!(
                "{numbers}, {}",
                random.pick(&["# > 1", "{# == 2}", "# in [1, 2]", "# != n", "int(#) % 2 == 0", "# in 1..2"])
            )
        }
    }
}

/// A number.
fn number(random: &mut Random, depth: usize) -> String {
    if depth == 0 {
        let leaves =
            ["a", "n", "0", "1", "-2", "2.5", "dot.ty.p", "x_y.z", "people[0].age", "list[-1]", "asInt(a)", "1_0"];
        return random.pick(&leaves).to_owned();
    }
    let depth = depth - 1;
    match random.below(14) {
        0..3 => {
            let operator = random.pick(&["+", "-", "*", "/", "+", "-", "*", "/", "%", "**", "^"]);
            format!("{} {operator} {}", number(random, depth), number(random, depth))
        }
        3 => format!("({})", number(random, depth)),
        4 => format!("len({})", if random.one_in(2) { text(random, depth) } else { list(random, depth) }),
        5 => {
            let function =
                random.pick(&["abs", "ceil", "floor", "round", "int", "float", "asInt", "asFloat", "-", "+"]);
            format!("{function}({})", number(random, depth))
        }
        6 => {
            let function = random.pick(&["max", "min"]);
            format!("{function}({}, {})", number(random, depth), number(random, depth))
        }
        7 => {
            let numbers = random.pick(&["list", "[1, 2]", "1..3", "map(people, .age)", "empty", "words", "list[:2]"]);
            format!("{}({numbers})", random.pick(&["sum", "mean", "median", "first", "last"]))
        }
        8 => format!("count({})", each(random, depth)),
        9 => {
            let function = random.pick(&["find", "findIndex"]);
            format!("{function}({})", each(random, depth))
        }
        10 => {
            let numbers = random.pick(&["list", "[1, 2]", "1..3", "map(people, .age)", "words", "empty"]);
            format!("reduce({numbers}, #acc + #{})", random.pick(&["", ", 0", ", 1.5", ", ''"]))
        }
        11 => format!("{}({}, {})", random.pick(&["indexOf", "lastIndexOf"]), text(random, depth), text(random, depth)),
        12 => format!("({} ?? {})", any(random, depth), number(random, depth)),
        _ => format!("({} ? {} : {})", truth(random, depth), number(random, depth), number(random, depth)),
    }
}

/// A text.
fn text(random: &mut Random, depth: usize) -> String {
    if depth == 0 {
        let leaves = [
            "s",
            "'a'",
            "\"abc\"",
            "'É'",
            "''",
            "o.k.l",
            "o?.x",
            "dot.ted",
            "people[1].name",
            "words[0]",
            "type(s)",
            "s[0:1]",
            "s[:-1]",
            "'a\\x41'",
            "string(a)",
            "string(list)",
            "string(o)",
            "type(1)",
            "type(nul)",
            "toJSON(o)",
        ];
        return random.pick(&leaves).to_owned();
    }
    let depth = depth - 1;
    match random.below(10) {
        0 | 1 => format!("({} + {})", text(random, depth), text(random, depth)),
        2 => {
            let function = random.pick(&["upper", "lower", "trim", "string", "toBase64", "trimPrefix", "fromBase64"]);
            format!("{function}({})", text(random, depth))
        }
        3 => format!("replace({}, {}, {})", text(random, depth), text(random, depth), text(random, depth)),
        4 => format!("repeat({}, {})", text(random, depth), random.below(4)),
        5 => {
            let words = random.pick(&["words", "split(s, ',')", "['x', 'y']", "map(people, .name)", "list"]);
            format!("join({words}, {})", text(random, depth))
        }
        6 => format!("{} | {}", text(random, depth), random.pick(&["upper()", "trim('a')", "split(',') | join('-')"])),
        7 => format!("toJSON({})", any(random, depth)),
        8 => format!("string({})", any(random, depth)),
        _ => format!("({} ? {} : {})", truth(random, depth), text(random, depth), text(random, depth)),
    }
}

/// A list.
fn list(random: &mut Random, depth: usize) -> String {
    if depth == 0 {
        let leaves = [
            "list",
            "words",
            "people",
            "mixed",
            "empty",
            "[1, 2]",
            "['a', 'b']",
            "[]",
            "[a, s, nil]",
            "1..3",
            "n..n+2",
            "people[1:]",
            "list[:2]",
            "missing",
            "[1, 2.5, 'x']",
        ];
        return random.pick(&leaves).to_owned();
    }
    let depth = depth - 1;
    match random.below(12) {
        0..2 => format!("filter({})", each(random, depth)),
        2 | 3 => {
            let body =
                random.pick(&["#", "#index", "{[#, 1]}", "{{'k': #}}", "string(#)", "toJson(#)", "# + 1", "type(#)"]);
            format!("map({}, {body})", list(random, depth))
        }
        4 => format!(
            "{}({}{})",
            random.pick(&["split", "splitAfter"]),
            text(random, depth),
            random.pick(&[", ','", ", ''"])
        ),
        5 => format!("sort({}{})", list(random, depth), random.pick(&["", ", 'desc'", ", 'asc'", ", 'x'"])),
        6 => format!("sortBy(people, {})", random.pick(&["'age'", "'name', 'desc'", "'none'"])),
        7 => format!("take({}, {})", list(random, depth), number(random, 0)),
        8 => format!("{}[{}]", list(random, depth), random.pick(&["0", "-1", ":1", "1:", "a"])),
        9 => format!("groupBy(people, .age > 25)[{}]", random.pick(&["true", "false", "nil", "1"])),
        10 => {
            random.pick(&["keys({'a': 1})", "values({b: 2})", "toPairs({'c': 3})", "split('a,b', ',', 1)"]).to_owned()
        }
        _ => format!("[{}, {}]", any(random, depth), any(random, depth)),
    }
}

/// Anything.
fn any(random: &mut Random, depth: usize) -> String {
    match random.below(6) {
        0 => truth(random, depth),
        1 => number(random, depth),
        2 => text(random, depth),
        3 => list(random, depth),
        _ => {
            let leaves = [
                "nil",
                "o",
                "o.k",
                "o['k']",
                "o?.n?.x",
                "o.n.x",
                "get(o, 'k')",
                "get(list, 9)",
                "{'a': 1, b: [2]}",
                "fromPairs([['a', 1]])",
                "jsonpath(j, '$.items[0].id')",
                "jsonpath(j, '$.items[*].id')",
                "jsonpath(j, '$..id')",
                "jsonpath(j, '$.nope')",
                "jsonpath(j, \"$['items'][-1]['id']\")",
                "jsonpath(j, '$.length')",
                "jsonpath(j, '$.items.length')",
                "jsonpath(j, '$.items[0:1]')",
                "jsonpath(j, '$.items[0,1].id')",
                "fromJSON(j)",
                "$env.a",
                "$env['s']",
                "x_y",
                "duration('1h') + duration('30m')",
                "date('2024-07-15')",
                "date('2024-07-15T10:00:00Z').Unix()",
                "type",
                "len",
                "duration('90s').Minutes()",
                "date('2024-07-15') - duration('24h')",
                "date('x')",
                "first(empty)",
                "people[0]?.name",
                "date('2024-07-15 10:00', '2006-01-02 15:04', 'Europe/Berlin').Unix()",
                "asInt('12')",
                "asInt('x')",
                "asFloat(s)",
                "sprig.upper(s)",
                "sprig.add(1, n)",
                "sprig.add(1, 2)",
                "sprig.join('-', words)",
                "sprig.default('d', o.n)",
                "sprig.dict('a', n)",
                "sprig.list(1, 'x')",
                "sprig.first(list)",
                "sprig.splitList(',', s)",
                "sprig.trunc(2, s)",
                "sprig.hasPrefix('a', s)",
                "sprig.ternary(1, 2, t)",
                "sprig.nope(1)",
                "sprig.len(s)",
                "sprig.contains(s, 'abc')",
                "sprig.toString(list)",
                "sprig.keys(o.k)",
                "sprig.sha256sum(s)",
                "sprig.max(1, 2)",
                "sprig.int(a)",
                "sprig.upper(1)",
            ];
            random.pick(&leaves).to_owned()
        }
    }
}

fn answer(question: &Question) -> Answer {
    let expression = Expression::compile(&question.program).map_err(|error| error.to_string())?;
    let result = expression.holds(&question.input.to_string(), &Moment::EPOCH);
    result.map(Value::from).map_err(|error| error.to_string())
}
