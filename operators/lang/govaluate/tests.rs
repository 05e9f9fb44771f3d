//! Expressions by what the library makes of them.

use super::{Program, Value};
use serde_json::json;

fn eval(text: &str) -> Result<Value, String> {
    let event = json!({
        "n": 5, "s": "hi", "t": true, "nul": null, "list": [1, "hi", null], "o": {"a": 1}, "objects": [{}, {"a": 1}],
        "with-dash": 7, "lists": [[1]],
    });
    let program = Program::compile(text).map_err(|error| error.to_string())?;
    program.eval(&|name| event.get(name).cloned().map(Value::from)).map_err(|error| error.to_string())
}

#[test]
fn values() {
    let cases = [
        ("1 + 2 * 3 ** 2", json!(19.0)),
        ("10 - 4 - 3", json!(3.0)),
        ("2 ** 3 ** 2", json!(64.0)),
        ("-2 ** 2", json!(4.0)),
        ("7 % 4 - 1 << 2", json!(8.0)),
        ("6 & 3 | 8 ^ 1", json!(11.0)),
        ("~5", json!(-6.0)),
        ("0x1F + 1.5", json!(32.5)),
        ("1 < 2 && 'b' > 'a' || false", json!(true)),
        ("t ? 1 : 2", json!(1.0)),
        ("t ? nul : 2", json!(2.0)),
        ("nul ?? s ?? 'x'", json!("hi")),
        ("false && missing", json!(false)),
        ("true || missing", json!(true)),
        ("s in list", json!(true)),
        ("nul in list", json!(true)),
        ("n in (1, 5)", json!(true)),
        ("o in (1, 's')", json!(false)),
        ("list == list && o != list", json!(true)),
        ("1 == '1'", json!(false)),
        ("s =~ '^h.$'", json!(true)),
        ("s !~ '^h' + '.$'", json!(false)),
        ("s + 1 + true + nul + list + o", json!("hi1true<nil>[1 hi <nil>]map[a:1]")),
        ("1000000 + s", json!("1e+06hi")),
        ("[with-dash] + with\\-dash", json!(14.0)),
        ("'2014-01-02' == 1388620800", json!(true)),
        ("\"a'", json!("a")),
        ("(1, 2, (3, 4))", json!([1.0, 2.0, [3.0, 4.0]])),
        ("(list, 2)", json!([1.0, "hi", null, 2.0])),
        ("()", json!(null)),
        ("(1) 2", json!(1.0)),
        ("((n) s) == 5", json!(5.0)),
    ];
    for (text, expected) in cases {
        assert_eq!(eval(text), Ok(Value::from(expected)), "{text}");
    }
}

#[test]
fn programs_that_are_none() {
    let cases = [
        ("", 0, "Unexpected end of expression"),
        ("1 +", 3, "Unexpected end of expression"),
        ("a==-1", 1, "Invalid token: '==-'"),
        ("a&&!b", 1, "Invalid token: '&&!'"),
        ("_a", 0, "Invalid token: '_'"),
        ("a ]", 2, "Invalid token: ''"),
        ("(a", 2, "Unbalanced parenthesis"),
        ("len(a)", 3, "Undefined function len"),
        ("1 2", 2, "Cannot transition token types from Number to Number"),
        ("[a", 0, "Unclosed parameter bracket"),
        ("'a", 0, "Unclosed string literal"),
        ("a.b", 0, "Unable to access unexported field 'b' in token 'a.b'"),
        ("a. > 1", 0, "Hanging accessor on token 'a.'"),
        ("1.2.3", 0, "Unable to parse numeric value"),
        ("0xg", 0, "Unable to parse numeric value"),
        ("a =~ '('", 5, "missing closing )"),
        ("(1) 2 =~ '('", 9, "missing closing )"),
        ("a\\", 2, "nothing after the backslash"),
        ("a ? , b", 4, "expected a value, found ,"),
    ];
    for (text, at, message) in cases {
        let error = Program::compile(text).unwrap_err();
        assert_eq!((error.message.as_str(), error.at), (message, at), "{text}");
    }
    assert!(Program::compile(&format!("{}1{}", "(".repeat(101), ")".repeat(101))).is_err());
    assert!(Program::compile(&"1+".repeat(6000)).is_err());
}

#[test]
fn evaluations_that_fail() {
    let cases = [
        ("missing", "No parameter 'missing' found."),
        ("n && t", "a number cannot be used with &&"),
        ("t && n", "a number cannot be used with &&"),
        ("s > n", "a string cannot be used with >"),
        ("n - s", "a number cannot be used with -"),
        ("!n", "a number cannot be used with the prefix"),
        ("n ? 1 : 2", "a number cannot be used with ?"),
        ("n in s", "a string cannot be used with in"),
        ("n =~ 'x'", "a number cannot be used with =~"),
        ("s =~ n", "a number cannot be used with =~"),
        ("s =~ ('(' + s)", "Unable to compile regexp pattern: missing closing )"),
        ("s =~ '2014-01-02'", "a number cannot be used with =~"),
        ("n.B", "Unable to access 'B', 'n' is not a struct"),
        ("missing.B", "No parameter 'missing' found."),
        ("o in objects", "in cannot compare an object with an object"),
        ("list in lists", "in cannot compare a list with a list"),
    ];
    for (text, message) in cases {
        assert_eq!(eval(text), Err(message.to_owned()), "{text}");
    }
}

#[test]
fn texts_and_reads_are_bounded() {
    let long = Value::Text("x".repeat(1 << 20));
    let parameter = |_: &str| Some(long.clone());
    let program = |text: &str| Program::compile(text).unwrap().eval(&parameter);
    assert!(program("a + a + a").is_ok());
    assert!(program("a + a + a + a + a").is_err());
    assert!(program(&format!("({}a)", "a,".repeat(100))).is_err());
    assert!(program(&format!("{}true", "'x' =~ ('x') && ".repeat(50))).is_ok());
    assert!(program(&format!("{}true", "'x' =~ ('x') && ".repeat(51))).is_err());
}

proptest::proptest! {
    #[test]
    fn no_program_panics(text in r#"[a-c(), +*/<>=~!&|?:'".0-9x\\\[\]-]{0,30}"#) {
        let _ = eval(&text);
    }
}
