//! Expressions by what the library makes of them.

use super::Expression;
use crate::Moment;
use serde_json::json;

fn holds(text: &str) -> Result<bool, String> {
    let event = json!({
        "n": 5, "s": "abc", "t": true, "nul": null, "list": [3, 1, 2], "o": {"k": {"l": "m"}}, "x-y": 1,
        "dot.ted.a": 1, "dot.ted.b": 2, "dot.ted": "lost", "count": 1, "list2": [vec![1; 1000]], "long": "x".repeat(100_000),
        "j": "{\"a\":[{\"b\":1},{\"b\":2}]}",
    });
    let expression = Expression::compile(text).map_err(|error| format!("{}: {error}", error.at))?;
    expression.holds(&event.to_string(), &Moment::EPOCH).map_err(|error| error.to_string())
}

#[test]
fn what_holds() {
    let cases = [
        "n == 5 and s == 'abc' && t",
        "1 + 2 * 3 ** 2 == 19 and -2 ** 2 == -4 and 7 / 2 == 3.5",
        "n in [1, 5] and 'a' in ['a'] and 'k' in o and n not in 1..4",
        "s contains 'b' and s startsWith 'a' and s endsWith 'c' and s matches '^a.c$' and s not matches 'x'",
        "o.k.l == 'm' and o['k']['l'] == 'm' and o?.x?.y == nil and (o.x ?? 1) == 1",
        "list[0] == 3 and list[-1] == 2 and len(list[1:]) == 2 and s[:2] == 'ab'",
        "missing == nil and nul == nil",
        "x_y == 1 and dot.ted.a + dot.ted.b == 3",
        "all(list, # > 0) and any(list, {# == 1}) and one(list, # == 2) and none(list, # > 3)",
        "map(list, #index)[2] == 2 and filter(list, # > 1)[0] == 3 and count(list, # > 1) == 2",
        "reduce(list, #acc + #) == 6 and reduce(list, #acc + #, 4) == 10 and sum(list) == 6",
        "sort(list)[0] == 1 and sort(list, 'desc')[0] == 3 and max(1, n) == 5",
        "groupBy(list, # > 1)[true] == [3, 2] or true",
        "let v = len(s); v == 3 ? true : false",
        "s | upper() == 'ABC' and split('a,b', ',')[1] == 'b' and join(['a', 'b'], '-') == 'a-b'",
        "int('12') == 12 and asInt(n) == 5 and string(1e6) == '1e+06' and toJson(o) == '{\"k\":{\"l\":\"m\"}}'",
        "jsonpath(j, '$.a[*].b') == jsonpath(j, '$..b') and jsonpath(j, '$.a[-1].b') == 2",
        "now().Unix() == 0 and date('2024-07-15') - date('2024-07-14') == duration('24h')",
        "toJSON([1]) == \"[\\n  1\\n]\" and fromJSON('[1]')[0] == 1 and fromBase64(toBase64(s)) == s",
        "sprig.upper(s) == 'ABC' and sprig.join('-', ['a', 'b']) == 'a-b' and sprig.add(1, 2) == 3 and sprig.nope == nil",
        "sprig.dict('a', 1).a == 1 and sprig.splitList(',', 'a,b')[1] == 'b' and sprig.date('2006', now()) == '1970'",
        "/* a comment */ true // and another",
    ];
    for text in cases {
        assert_eq!(holds(text), Ok(true), "{text}");
    }
}

#[test]
fn oddities_of_the_library() {
    // A constant false on the right means that the left is never asked for.
    assert_eq!(holds("o.x.y.z && false || t"), Ok(true));
    // A list of strings is a set of strings: a number cannot be looked for in it.
    assert_eq!(holds("n in ['a', 'b']"), Err("cannot look for float among strings".into()));
    assert_eq!(holds("n in ['a', 1]"), Ok(false));
    // A `not` before an operator that binds too loosely is lost.
    assert_eq!(holds("1 + n not in [6]"), Ok(true));
    // Lists are equal only if their members are of one type: the event's numbers are floats.
    assert_eq!(holds("list == [3, 1, 2]"), Ok(false));
    assert_eq!(holds("list == [3.0, 1.0, 2.0]"), Ok(true));
    // The index in a map over a filter is that of the list before the filter.
    assert_eq!(holds("map(filter(list, # < 3), #index)[0] == 1"), Ok(true));
    // The name of a function is no name of the event's, except alone.
    assert_eq!(holds("count == 1"), Err("6: mismatched types function and int for ==".into()));
    assert_eq!(holds("count"), Err("expected a bool, found float".into()));
    assert_eq!(holds("n % 2 == 1"), Err("invalid operation: float % int".into()));
}

#[test]
fn expressions_that_are_none() {
    let cases = [
        ("", "0: unexpected the end"),
        ("a b", "2: unexpected b"),
        ("a ==", "4: unexpected the end"),
        ("(a", "2: unexpected the end"),
        ("'a", "0: literal not terminated"),
        (r"'\q'", "1: invalid char escape"),
        ("1a", "0: bad number"),
        ("0b1", "0: invalid number 0b1"),
        ("@", "0: unrecognized character '@'"),
        ("/* a", "0: unclosed comment"),
        ("# == 1", "0: cannot use # outside of a function's body"),
        ("a ?? b || c", "7: || and ?? cannot be mixed without parentheses"),
        ("1 + 'a' == 2", "2: mismatched types int and string for +"),
        ("s matches '('", "10: missing closing )"),
        ("len(1) > 0", "0: len: cannot take int"),
        ("trim(1) == 'a'", "0: trim does not take these arguments"),
        ("all(1, true)", "4: expected an array, found int"),
        ("filter(list, 1) == 1", "13: expected a bool, found int"),
        ("filter(list, #index) == 1", "13: unknown name after #"),
        ("let len = 1; true", "4: cannot redeclare len"),
        ("1 ? true : false", "0: non-bool expression of type int used as condition"),
        ("1 % 0 == 1", "2: integer divide by zero"),
        ("n in {a: 1}.a.b || ", "19: unexpected the end"),
    ];
    for (text, message) in cases {
        assert_eq!(holds(text), Err(message.to_owned()), "{text}");
    }
    assert!(Expression::compile(&"(".repeat(300)).is_err());
    assert!(Expression::compile(&format!("true{}", " && t".repeat(300))).is_err());
    assert!(Expression::compile(&"a ?: ".repeat(150)).is_err());
}

#[test]
fn runs_that_fail() {
    let cases = [
        ("n", "expected a bool, found float"),
        ("o.x.y == 1", "cannot fetch a member from nil"),
        ("list[9] == 1", "the index is out of range"),
        ("n && t", "expected a bool, found float"),
        ("s > n", "invalid operation: string > float"),
        ("missing(1)", "a value of type nil cannot be called"),
        ("s matches s + '('", "the regular expression is invalid"),
        ("filter(list, # > 9)[0] == 1", "the index is out of range"),
        ("sprig.env('HOME') == ''", "sprig.env: a template reads no environment"),
        ("sprig.upper(1) == ''", "error calling upper: wrong type for value; expected string; got int"),
        ("sprig.printf('a') == 'a'", "a value of type nil cannot be called"),
        ("jsonpath(j, '$.x') == 1", "jsonpath: the path leads to nothing"),
    ];
    for (text, message) in cases {
        assert_eq!(holds(text), Err(message.to_owned()), "{text}");
    }
    let expression = Expression::compile("true").unwrap();
    assert!(expression.holds("[1]", &Moment::EPOCH).is_err());
    assert!(expression.holds("{", &Moment::EPOCH).is_err());
}

#[test]
fn runs_are_bounded() {
    let cases = [
        "all(1..1000000, all(1..1000000, true))",
        "len(reduce(1..1000, #acc + #acc, 'x')) > 0",
        "reduce(1..1000, [#acc], 0) == nil",
        "len(repeat(s, 1000000)) > 0 && len(map(1..999, repeat('xxxxxxxxxx', 1000000))) > 0",
        "len(jsonpath(repeat('[', 60) + repeat(']', 60), '$..*..*..*..*..*..*')) > 0",
        "groupBy(1..100000, #) == nil",
        "all(1..100000, list2 == list2)",
        "all(1..100000, string(#) matches string(#))",
        "all(1..100000, indexOf(long, 'y') == -1)",
    ];
    for text in cases {
        let error = holds(text).unwrap_err();
        let bounds = ["too many steps", "makes too much", "nests values too deep"];
        assert!(bounds.iter().any(|bound| error.contains(bound)), "{text}: {error}");
    }
}

proptest::proptest! {
    #[test]
    fn no_text_panics(text in r##"[a-cns(){}\[\], +*/<>=!&|?:'".0-9#-]{0,40}"##) {
        let _ = holds(&text);
    }

    #[test]
    fn no_name_of_an_event_panics(names in proptest::collection::vec("[a-c.-]{0,8}", 0..6)) {
        let event: serde_json::Map<_, _> = names.into_iter().map(|name| (name, json!(1))).collect();
        let event = serde_json::Value::Object(event).to_string();
        proptest::prop_assert_eq!(Expression::compile("true").unwrap().holds(&event, &Moment::EPOCH), Ok(true));
    }
}
