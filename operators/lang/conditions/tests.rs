//! Conditions: what they say of every set of hits, and which texts are none.

use super::Condition;
use crate::CompileError;

fn compile(text: &str, dependencies: &[&str]) -> Result<Condition, CompileError> {
    Condition::compile(Some(text), dependencies)
}

#[test]
fn and_binds_tighter_than_or() {
    let condition = compile("a || b && c || (a || c) && d", &["a", "b", "c", "d"]).unwrap();
    for hits in 0..16u8 {
        let [a, b, c, d] = [0, 1, 2, 3].map(|bit| hits >> bit & 1 == 1);
        assert_eq!(condition.holds(|index| [a, b, c, d][index]), a || (b && c) || (c && d), "{hits:03b}");
    }
    assert_eq!(condition.text(), "a||b&&c||(a||c)&&d");
    assert_eq!(condition.dependencies(), [0, 1, 2, 3]);
    assert!(!condition.is_stateless());
}

#[test]
fn an_omitted_text_joins_all_dependencies() {
    for text in [None, Some("")] {
        let condition = Condition::compile(text, &["a", "b-1"]).unwrap();
        assert_eq!(condition.text(), "a&&b-1");
        assert!(condition.holds(|_| true));
        assert!(!condition.holds(|index| index == 1));
    }
    assert!(Condition::compile(Some(" "), &["a"]).is_err());
    assert!(Condition::compile(None, &["filter"]).unwrap().is_stateless());
}

#[test]
fn dash_and_underscore_are_alike_and_the_later_name_wins() {
    let condition = compile("dep_1 && dep-2", &["dep-1", "dep_1", "dep_2"]).unwrap();
    assert_eq!(condition.text(), "dep_1&&dep_2");
    assert_eq!(condition.dependencies(), [1, 2]);
    assert_eq!(compile("a", &["a", "a"]).unwrap().dependencies(), [1]);
}

#[test]
fn a_comparison_leaves_a_constant_without_dependencies() {
    let cases = [
        ("a == b", "false"),
        ("a != b && c", "true"),
        ("(a < b)", "true"),
        ("a startsWith a", "true"),
        ("true", "true"),
    ];
    for (text, constant) in cases {
        let condition = compile(text, &["a", "b", "c"]).unwrap();
        assert_eq!(condition.text(), constant, "{text}");
        assert!(condition.dependencies().is_empty() && condition.is_stateless(), "{text}");
    }
}

#[test]
fn texts_that_are_no_condition() {
    let names = ["a", "b", "in", "filter", "_c", "1d", "e.f"];
    let cases = [
        ("a &&", 4, "expected a name or (, found the end"),
        ("&& a", 0, "expected a name or (, found &&"),
        ("a b", 2, "expected &&, || or ), found b"),
        ("a & b", 2, "expected a name, &&, ||, ( or )"),
        ("a && !b", 5, "expected a name, &&, ||, ( or )"),
        ("a and b", 2, "expected &&, || or ), found and"),
        ("()", 1, "expected a name or (, found )"),
        ("(a && b", 7, "expected ) in (a&&b"),
        ("(a && b))", 8, "expected && or || in (a&&b))"),
        ("a && missing", 5, "unknown dependency missing"),
        ("a == b == a", 7, "expected at most one comparison"),
        ("in", 0, "a condition cannot use the reserved word in"),
        ("filter && a", 0, "expected a name, &&, ||, ( or )"),
        ("(filter)", 1, "expected a name, &&, ||, ( or )"),
        ("true && a", 0, "expected a name, &&, ||, ( or )"),
        ("1d", 0, "expected a name, &&, ||, ( or )"),
        ("e.f", 0, "unknown dependency e"),
    ];
    for (text, at, message) in cases {
        let error = compile(text, &names).unwrap_err();
        assert_eq!((error.message.as_str(), error.at), (message, at), "{text}");
    }
    assert!(compile("_c && a", &names).unwrap_err().message.starts_with("a condition takes names that start with"));
    assert!(compile(&format!("{}a{}", "(".repeat(101), ")".repeat(101)), &names).is_err());
    for name in ["in", "e.f", "_c", "1d", "g h", ""] {
        assert!(Condition::compile(None, &[name, "a"]).is_err(), "{name}");
    }
}

proptest::proptest! {
    #[test]
    fn no_text_panics(text in "[-&|() a-c_=<.é]{0,30}") {
        if let Ok(condition) = compile(&text, &["a", "b-c", "é"]) {
            condition.holds(|index| index == 1);
        }
    }
}
