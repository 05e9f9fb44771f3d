//! The language as a whole. That it is the reference's is tested against the reference itself (`tests/oracle`).

use super::*;
use proptest::prelude::*;

const PEOPLE: &str = r#"{
  "name": {"first": "Tom", "last": "Anderson"},
  "age": 37,
  "children": ["Sara", "Alex", "Jack"],
  "fav.movie": "Deer Hunter",
  "friends": [
    {"first": "Dale", "age": 44, "nets": ["ig", "fb"]},
    {"first": "Roger", "age": 68, "nets": ["fb"]},
    {"first": "Jane", "age": 47}
  ]
}"#;

fn get(path: &str, json: &str) -> Option<String> {
    Path::compile(path).unwrap().get(json).map(|found| found.raw().to_owned())
}

#[test]
fn every_kind_of_component() {
    for (path, raw) in [
        ("name.last", r#""Anderson""#),
        ("age", "37"),
        ("children.1", r#""Alex""#),
        ("children.#", "3"),
        ("child*.2", r#""Jack""#),
        ("c?ildren.0", r#""Sara""#),
        (r"fav\.movie", r#""Deer Hunter""#),
        ("friends.#.age", "[44,68,47]"),
        (r#"friends.#(first=="Roger").age"#, "68"),
        ("friends.#(age>45)#.first", r#"["Roger","Jane"]"#),
        (r#"friends.#(first%"D*").nets.#"#, "2"),
        (r#"friends.#(nets.#(=="ig")).first"#, r#""Dale""#),
        ("friends.#(nets==~null).first", r#""Jane""#),
        ("friends|0|first", r#""Dale""#),
        ("friends.#.nets|@flatten", r#"["ig", "fb","fb"]"#),
        ("children.@reverse.0", r#""Jack""#),
        ("name.@keys", r#"["first","last"]"#),
        (r#"{age,"who":name.first,"kind":!"person"}"#, r#"{"age":37,"who":"Tom","kind":"person"}"#),
        ("[age,none,children.0]", r#"[37,"Sara"]"#),
        ("none.@this", ""),
        ("..0.age", "37"),
        ("..#", "1"),
        ("@dig:first", r#"["Tom","Dale","Roger","Jane"]"#),
    ] {
        assert_eq!(get(path, PEOPLE), (!raw.is_empty()).then(|| raw.to_owned()), "{path}");
    }
}

#[test]
fn names_may_be_escaped_in_the_document() {
    let json = r#"{"x":"\\","\u0061":{"\"b\\":[{},{"c\n":1}]},"z":"\u007a"}"#;
    assert_eq!(get("z", json).as_deref(), Some(r#""\u007a""#));
    assert_eq!(get("a.\"b\\\\.1.c\n", json).as_deref(), Some("1"));
    assert_eq!(get("b", json), None);
}

#[test]
fn the_first_path_through_members_of_one_name_wins() {
    let json = r#"{"a":1,"a":{"c":2},"a":{"b":[3]},"a":{"b":[4]}}"#;
    assert_eq!(get("a", json).as_deref(), Some("1"));
    assert_eq!(get("a.b.0", json).as_deref(), Some("3"));
    assert_eq!(get("*.b.0", json).as_deref(), Some("3"));
}

#[test]
fn a_set_answers_every_path_in_its_place() {
    let mut set = PathSet::default();
    let paths = ["age", "name", "friends.2.first", "none.at.all", "children.#", "name.last", "age", "friends.1"];
    let places = paths.map(|path| set.add(path).unwrap());
    assert_eq!((places[6], set.len()), (places[0], 7));
    let answers = set.get(PEOPLE);
    for (path, place) in paths.iter().zip(places) {
        assert_eq!(answers[place].as_ref().map(|found| found.raw().to_owned()), get(path, PEOPLE), "{path}");
    }
}

#[test]
fn a_set_may_have_more_paths_than_a_tree() {
    let members: Vec<_> = (0..200).map(|number| format!(r#""k{number}":{number}"#)).collect();
    let json = format!("{{{}}}", members.join(","));
    let mut set = PathSet::default();
    for number in 0..200 {
        set.add(&format!("k{number}")).unwrap();
    }
    assert!(set.get(&json).iter().enumerate().all(|(place, found)| found.as_ref().unwrap().raw() == place.to_string()));
}

#[test]
fn too_long_and_too_deep_paths_are_refused() {
    assert!(Path::compile(&"a".repeat(16 * 1024 + 1)).is_err());
    assert!(Path::compile(&"a.".repeat(300)).is_err());
    assert!(Path::compile(&"[".repeat(300)).is_ok());
    assert!(Path::compile(&"#(a.".repeat(300)).is_err());
}

#[test]
fn hostile_paths_and_documents_end() {
    let deep = "[".repeat(2_000) + &"]".repeat(2_000);
    let wide = format!("[{}]", vec!["\"\\\"\""; 5_000].join(","));
    for path in ["@dig:@this", "@dig:0|@dig:0", "@flatten:{\"deep\":true}", "@pretty", "#.#.#.#(#.#)#", "@this|@ugly"] {
        for json in [&deep, &wide] {
            let _ = get(path, json);
        }
    }
    assert_eq!(get(&"@tostr|".repeat(100), &wide), None);
    assert_eq!(get(&format!("{}a", "[@this,@this].".repeat(60)), &wide), None);
}

/// Texts of the bytes that mean something in a path or a document.
const ODD: &str = r#"[ab0é#.|@()\[\]{}"\\*?!:=<>%~, -]{0,20}"#;

/// Valid documents with few names, some of them twice or escaped, and blanks in odd places.
pub(crate) fn documents() -> impl Strategy<Value = String> {
    let scalar = prop::sample::select(vec!["1", " null", "-1.5e3 ", r#""a""#, r#""\"]}""#, "true"]);
    scalar.prop_map(str::to_owned).prop_recursive(5, 40, 4, |value| {
        let name = prop::sample::select(vec!["a", "b", "0", "1", "*", r"\u0061", r"a.b", r#"\"a"#]);
        let member = (name, value.clone()).prop_map(|(name, value)| format!(r#" "{name}" :{value}"#));
        let list = |open: &'static str, close: &'static str| {
            move |entries: Vec<String>| format!("{open}{}{close}", entries.join(" ,"))
        };
        prop_oneof![
            prop::collection::vec(member, 0..4).prop_map(list("{", "}")),
            prop::collection::vec(value, 0..4).prop_map(list(" [", " ]")),
        ]
    })
}

proptest! {
    #[test]
    fn nothing_panics(path in ODD, json in ODD) {
        let path = Path::compile(&path).unwrap();
        if let Some(found) = path.get(&json) {
            let _ = (found.string_view().len(), found.bool_view(), found.number_view(), found.value_view());
        }
    }

    #[test]
    fn one_pass_finds_what_step_by_step_finds(
        paths in proptest::collection::vec("(a|b|0|1|\\\\\\*)(\\.(a|b|0|1)){0,3}", 1..6),
        json in documents(),
    ) {
        let mut set = PathSet::default();
        for path in &paths {
            set.add(path).unwrap();
        }
        let answers = set.get(&json);
        for path in &paths {
            let slow = evaluate::evaluate(&compile::compile(path).unwrap(), &json).map(|hit| hit.found);
            prop_assert_eq!(&answers[set.add(path).unwrap()], &slow, "{} in {}", path, &json);
        }
    }
}
