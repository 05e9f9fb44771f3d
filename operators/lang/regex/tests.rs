//! Patterns by what Go says of them.

use super::Regex;

#[test]
fn what_differs_from_the_crate() {
    let cases = [
        (r"^\d+$", "12", true),
        (r"^\d+$", "١٢", false),
        (r"^\w$", "é", false),
        (r"^\s$", "\u{b}", false),
        (r"^[[:space:]]$", "\u{b}", true),
        (r"a\b", "aé", true),
        (r"\B", "aéb", false),
        (r"\B", "é", true),
        (r"a$", "a\n", false),
        (r"(?m)a$", "a\nb", true),
        (r"a.b", "a\nb", false),
        (r"(?s)a.b", "a\nb", true),
        (r"^a{,2}$", "a{,2}", true),
        (r"^a{02}$", "a{02}", true),
        (r"^a{$", "a{", true),
        (r"^\Qa.b\E$", "a.b", true),
        (r"^\Qa*", "a*", true),
        (r"^ab\Q\E*$", "abbb", true),
        (r"^\101\x42\x{43}\n$", "ABC\n", true),
        (r"(?i)^k$", "\u{212a}", true),
        (r"(?i)^[[:^lower:]]$", "A", false),
        (r"(?i:A)b", "ab", true),
        (r"(?i:A)b", "aB", false),
        (r"^(a(?i)b|c)D$", "aBD", true),
        (r"^(a(?i)b|c)D$", "CD", true),
        (r"^(a(?i)b|c)D$", "cd", false),
        (r"^[&&a]$", "&", true),
        (r"^[a-]$", "-", true),
        (r"^[]a]$", "]", true),
        (r"^[^]]$", "]", false),
        (r"^[^a]$", "\n", true),
        (r"^[\d-z]$", "-", true),
        (r"^\pL\p{Greek}\P{Lu}\p{^Lu}$", "éαaa", true),
        (r"[\x{D800}]|\x{DFFF}", "\u{fffd}", false),
        (r"(?P<a>x)(?<a>y)", "xy", true),
        (r"a(?i)*", "b", true),
        ("", "", true),
    ];
    for (pattern, text, expected) in cases {
        assert_eq!(Regex::compile(pattern).unwrap().is_match(text), expected, "{pattern} on {text:?}");
    }
}

#[test]
fn what_is_refused() {
    let cases = [
        (r"*", 0, "nothing to repeat: *"),
        (r"a|*", 2, "nothing to repeat: *"),
        (r"a**", 1, "invalid nested repetition: **"),
        (r"a{1001}", 1, "invalid repeat count: {1001}"),
        (r"a{2,1}", 1, "invalid repeat count: {2,1}"),
        (r"(a{100}){11}", 8, "invalid repeat count: {11}"),
        (r"(a", 2, "missing closing )"),
        (r"a)", 1, "unexpected ): )"),
        (r"[a", 0, "missing closing ]: [a"),
        (r"[b-a]", 1, "the range ends before it begins: b-a"),
        (r"[a-\d]", 3, r"invalid escape: \d"),
        (r"[[:foo:]]", 1, "unknown class: [:foo:]"),
        (r"\p{Grek}", 0, r"unknown class: \p{Grek}"),
        (r"\pX", 0, r"unknown class: \pX"),
        (r"(?=a)", 0, "invalid or unsupported group: (?="),
        (r"(?x)a", 0, "invalid or unsupported group: (?x"),
        (r"(?i-)a", 0, "invalid or unsupported group: (?i-)"),
        (r"(?P<a-b>c)", 0, "invalid name of a group: (?P<a-b>"),
        (r"(a)\1", 3, r"invalid escape: \1"),
        (r"\Z", 0, r"invalid escape: \Z"),
        (r"\C", 0, r"invalid escape: \C"),
        (r"\é", 0, r"invalid escape: \é"),
        (r"\x{110000}", 0, r"invalid escape: \x{110000"),
        (r"\", 0, r"trailing backslash: \"),
    ];
    for (pattern, at, message) in cases {
        let error = Regex::compile(pattern).unwrap_err();
        assert_eq!((error.at, error.message.as_str()), (at, message), "{pattern}");
    }
    assert!(Regex::compile(&"(".repeat(101)).is_err());
    assert!(Regex::compile(&format!("{}a{}", "(".repeat(100), ")*".repeat(100))).is_ok());
    assert!(Regex::compile(r"\pL{1000}").is_err());
}

#[test]
fn groups_and_all_matches() {
    let regex = Regex::compile(r"(?<x>a)|b*").unwrap();
    assert_eq!(regex.group_names(), [None, Some("x".to_owned())]);
    let all: Vec<_> = regex.find_all("abbé", 10).iter().map(|groups| groups[0].clone().unwrap()).collect();
    assert_eq!(all, [0..1, 1..3, 5..5]);
    assert_eq!(regex.find_all("aaa", 2).len(), 2);
    assert_eq!(regex.find_at("ba", 1), Some(vec![Some(1..2), Some(1..2)]));
}

proptest::proptest! {
    #[test]
    fn no_pattern_panics(pattern in r"[\\(){}\[\]|*+?^$.:a-cABQEpPx0-9,<>ié-]{0,24}", text in "[a-cé0-9\n]{0,8}") {
        if let Ok(regex) = Regex::compile(&pattern) {
            proptest::prop_assert_eq!(regex.is_match(&text), !regex.find_all(&text, 1).is_empty());
        }
    }
}
