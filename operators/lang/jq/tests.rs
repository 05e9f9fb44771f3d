//! Programs of every kind, and those that would never end.

use super::Filter;
use crate::Moment;

fn run(program: &str, input: &str) -> Result<Option<String>, String> {
    Filter::compile(program).map_err(|error| format!("{}: {error}", error.at))?.first_output(input, &Moment::EPOCH)
}

/// All outputs in one array.
fn all(program: &str) -> String {
    run(&format!("[{program}]"), r#"{"a":1,"l":[3,1,2],"o":{"k":"v"},"s":"a,b"}"#).unwrap().unwrap()
}

#[test]
fn programs_give_what_gojq_gives() {
    for (program, expected) in [
        (".a, .l[1:], .l[-1], .x.y", r#"[1,[1,2],2,null]"#),
        ("1 - 2 * 3 / 4, 7 % 3, -7 % 3, 10 / 4", "[-0.5,1,-1,2.5]"),
        (
            "9007199254740993 + 1, 9223372036854775807 + 1, 100000000000000000000 * 10",
            "[9007199254740994,9223372036854775808,1000000000000000000000]",
        ),
        ("{a: (1, 2), b: (3, 4)} | [.a, .b]", "[[1,3],[1,4],[2,3],[2,4]]"),
        ("(1, 2) + (10, 20)", "[11,12,21,22]"),
        ("[.l[] | select(. > 1)], (.l | map(. * 2)), (.l | sort)", "[[3,2],[6,2,4],[1,2,3]]"),
        (".l as [$x, $y] | $x + $y, ([[1, 2]] | .[] as [$a] ?// $a | $a)", "[4,1]"),
        ("reduce .l[] as $x (0; . + $x), [foreach .l[] as $x (0; . + $x; [$x, .])]", "[6,[[3,3],[1,4],[2,6]]]"),
        ("def f: def g: 3; g; def h(x; $y): x + $y; f, h(1, 2; 10, 20)", "[3,11,12,21,22]"),
        ("label $out | 1, break $out, 2", "[1]"),
        (
            "(try error(\"x\") catch .), (.a?), (.a.b? // \"none\"), ([.l[] | try (if . > 2 then error else . end)])",
            r#"["x",1,"none",[1,2]]"#,
        ),
        ("\"a\\(.a + 1)b\\(.l)\", @base64 \"x\\(.s)\", (.s | @sh)", r#"["a2b[3,1,2]","xYSxi","'a,b'"]"#),
        ("[paths]", "[[[\"a\"],[\"l\"],[\"l\",0],[\"l\",1],[\"l\",2],[\"o\"],[\"o\",\"k\"],[\"s\"]]]"),
        (
            ".l |= map(. + 1), (.l[] |= empty), del(.l[0, 2], .o), (.l[1:] = [9]), (to_entries | length)",
            r#"[{"a":1,"l":[4,2,3],"o":{"k":"v"},"s":"a,b"},{"a":1,"l":[],"o":{"k":"v"},"s":"a,b"},{"a":1,"l":[1],"s":"a,b"},{"a":1,"l":[3,9],"o":{"k":"v"},"s":"a,b"},4]"#,
        ),
        (".a += (1, 2) | .a", "[2,3]"),
        (
            "limit(3; range(10)), first(range(5; 10)), [range(0; 10; 3)], last(range(4)), isempty(empty)",
            "[0,1,2,5,[0,3,6,9],3,true]",
        ),
        (
            "[1 | recurse(if . < 4 then . + 1 else empty end)], (1 | until(. > 100; . * 2)), [limit(3; 1 | repeat(. * 2))]",
            "[[1,2,3,4],128,[2,2,2]]",
        ),
        (
            "(.s | split(\",\")), (.s | test(\"A\"; \"i\")), (\"abc\" | sub(\"(?<x>b)\"; \"<\\(.x)>\")), ([\"a1b22\" | scan(\"[0-9]+\")])",
            r#"[["a","b"],true,"a<b>c",["1","22"]]"#,
        ),
        ("[.l | tostream] | length, (fromstream([1, [2]] | tostream))", "[4,[1,[2]]]"),
        (
            "1720000000 | todate, (strftime(\"%Y/%j %H:%M:%S %Z\")), (gmtime | mktime)",
            r#"["2024-07-03T09:46:40Z","2024/185 09:46:40 UTC",1720000000]"#,
        ),
        ("\"2024-07-15T10:20:30+02:00\" | fromdate", "[1721031630]"),
        (
            "$ENV, env, ([1, [2, [3]]] | flatten), ({} | .a.b[2] = 1), ([3, 1] | min, max), (\"x\" * 3), (null | not)",
            r#"[{},{},[1,2,3],{"a":{"b":[null,null,1]}},1,3,"xxx",true]"#,
        ),
        ("walk(if type == \"number\" then . + 1 else . end) | .l", "[[4,2,3]]"),
        (
            "[splits(\"a\") ]?, ([.l, .l] | transpose), (.l | group_by(. % 2)), ([{a: 1}, {a: 1}] | unique_by(.a) | length)",
            "[[[3,3],[1,1],[2,2]],[[2],[3,1]],1]",
        ),
    ] {
        assert_eq!(all(program), expected, "{program}");
    }
}

#[test]
fn what_is_no_program_is_told_where() {
    for (program, at, message) in [
        ("", 0, "empty"),
        (".a +", 4, "expected a term"),
        ("{a: 1", 5, "expected `}`"),
        ("[1, 2", 5, "expected `]`"),
        ("\"abc", 4, "closing quote"),
        ("\"a\\qb\"", 2, "escape"),
        ("nope(1)", 0, "no function nope with 1 argument"),
        ("$x", 0, "$x is not bound"),
        (". as $x | .y | break $z", 15, "no label $z"),
        ("input", 0, "no input"),
        ("import \"a\" as b; .", 0, "no modules"),
        ("1 == 2 == 3", 7, "parentheses"),
        (".a | if . then 1", 16, "expected `end`"),
        ("1x", 0, "no number"),
        ("def f: 1;", 9, "expected a term"),
        ("reduce .[] as x (0; 1)", 14, "expected a variable"),
    ] {
        let error = Filter::compile(program).unwrap_err();
        assert!(error.message.contains(message), "{program}: {error}");
        assert_eq!(error.at, at, "{program}: {error}");
    }
    let deep = "[".repeat(100_000) + &"]".repeat(100_000);
    assert!(Filter::compile(&deep).unwrap_err().message.contains("levels deep"));
}

#[test]
fn programs_that_would_never_end_do() {
    for program in [
        "[repeat(.)]",
        "def f: f; f",
        "def f: 1 + f; f",
        "def f(g): f(g | g); f(.)",
        "[range(infinite)]",
        "last(range(1e12))",
        "[limit(1e12; repeat(1))]",
        "\"x\" | until(false; . + .)",
        "[1] | until(false; . + .)",
        "\"x\" * 1e9",
        "reduce range(1e6) as $i (0; [.])",
        "reduce range(1e9) as $i ([]; . + [$i])",
        "2 | until(false; . * 99999999999999999999)",
        ".[500000000] = 1",
        "[range(3000)] | [combinations(3)]",
        "[range(20000)] | indices([range(10000)])",
        "([range(20000)] | map([.])) | contains(map([. + 1]))",
        "path(def f: .a | f; f)",
        "try (def f: f; f) catch 1",
        "[range(100000)] - [range(100000)]",
        "label $l | def f: (f, break $l); f",
        "halt",
        "\"x\" | halt_error",
        "try halt catch 1",
    ] {
        let filter = Filter::compile(program).unwrap_or_else(|error| panic!("{program}: {error}"));
        assert!(filter.first_output("null", &Moment::EPOCH).is_err(), "{program}");
    }
}

#[test]
fn only_objects_go_in_and_come_out() {
    let transform = |program: &str, data: &str| Filter::compile(program).unwrap().transform(data, &Moment::EPOCH);
    assert_eq!(transform(".a = 1", "null").as_deref(), Ok(r#"{"a":1}"#));
    assert_eq!(transform(".", r#"{"b":1.0,"a":"<"}"#).as_deref(), Ok("{\"a\":\"\\u003c\",\"b\":1}"));
    for (program, data) in
        [(".", "[1]"), (".", "1"), (".a", r#"{"a":1}"#), ("empty", "{}"), (".a = infinite", "{}"), (".", "{")]
    {
        assert!(transform(program, data).is_err(), "{program} of {data}");
    }
}
