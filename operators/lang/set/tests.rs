//! The rules of writing. That they are the reference's is tested against the reference itself (`tests/oracle`).

use super::*;
use crate::json;
use crate::path::tests::documents;
use proptest::prelude::*;

fn set(doc: &str, dest: &str, insert: Insert<'_>) -> Result<String, EvalError> {
    Dest::compile(dest).unwrap().set(doc, insert)
}

fn raw(doc: &str, dest: &str) -> String {
    set(doc, dest, Insert::Raw("9")).unwrap()
}

#[test]
fn what_exists_is_replaced_and_the_rest_is_kept() {
    assert_eq!(raw(" { \"a\" : 1 , \"b\":[ 1 , {\"c\":2} ] } ", "b.1.c"), " { \"a\" : 1 , \"b\":[ 1 , {\"c\":9} ] } ");
    assert_eq!(raw(r#"{"a.b":1,"a":{"b":2}}"#, r"a\.b"), r#"{"a.b":9,"a":{"b":2}}"#);
}

#[test]
fn what_is_missing_is_created() {
    for (doc, dest, result) in [
        ("", "a.b", r#"{"a":{"b":9}}"#),
        ("", "0.b", r#"[{"b":9}]"#),
        ("", "-1", r#"{"-1":9}"#),
        (r#"{"a":1}"#, "b.1", r#"{"a":1,"b":[null,9]}"#),
        (r#"{"a":1}"#, "b.:1", r#"{"a":1,"b":{"1":9}}"#),
        (r#"{"a":1}"#, "b.-1", r#"{"a":1,"b":[9]}"#),
        (r#"{"a":1}"#, "-1", r#"{"a":1,"-1":9}"#),
        (r#"{"a":[1]}"#, "a.-1", r#"{"a":[1,9]}"#),
        (r#"{"a":[1]}"#, "a.3", r#"{"a":[1,null,null,9]}"#),
        (r#"{"a":1}"#, "a.b", r#"{"a":{"b":9}}"#),
        (r#"{"a":null}"#, "a.0", r#"{"a":[9]}"#),
        (r#"{"a":{}}"#, "a..b", r#"{"a":{"":{"b":9}}}"#),
    ] {
        assert_eq!(raw(doc, dest), result, "{dest} in {doc}");
    }
}

#[test]
fn paths_replace_what_they_find() {
    let doc = r#"[{"k":1},{"k":2,"l":0},{}]"#;
    assert_eq!(raw(doc, "#.k"), r#"[{"k":9},{"k":9,"l":0},{}]"#);
    assert_eq!(raw(doc, "#(k>1).k"), r#"[{"k":1},{"k":9,"l":0},{}]"#);
    assert_eq!(raw(doc, "#(k>0)#"), "[9,9,{}]");
    for dest in ["#", "#.none", "none*", "0|k", "@reverse", "0.a@b"] {
        assert_eq!(raw(doc, dest), doc, "{dest}");
    }
}

#[test]
fn texts_become_strings() {
    assert_eq!(set("{}", "a", Insert::Text("<b> & c")).unwrap(), r#"{"a":"<b> & c"}"#);
    assert_eq!(set("{}", "a\"", Insert::Text("<\"é")).unwrap(), r#"{"a\"":"\u003c\"é"}"#);
}

#[test]
fn what_cannot_be_written_is_an_error() {
    assert!(Dest::compile("").is_err());
    assert!(set("[1]", "a", Insert::Raw("1")).is_err());
    assert!(set("{}", "a.99999999999", Insert::Raw("1")).is_err());
    assert!(Dest::compile(&"a.".repeat(300)).is_err());
}

proptest! {
    #[test]
    fn what_is_set_is_found(
        dest in "(a|b|0|1|a\\\\\\.b)(\\.(a|b|0|1|2)){0,4}",
        doc in documents(),
        text in any::<String>(),
    ) {
        let Ok(written) = set(&doc, &dest, Insert::Text(&text)) else { return Ok(()) };
        prop_assert!(json::valid(written.as_bytes()), "{}", written);
        let found = Path::compile(&dest).unwrap().get(&written).map(|found| found.string_view().into_owned());
        prop_assert_eq!(found, Some(text));
    }

    #[test]
    fn nothing_panics(dest in r#"[ab0é#.|@()\[\]{}"\\*?!:-]{1,20}"#, doc in r#"[ab0é\[\]{}"\\:, ]{0,20}"#) {
        let _ = Dest::compile(&dest).unwrap().set(&doc, Insert::Text("x"));
    }
}
