//! Made-up JSON documents, written with white space and escapes in odd places, and paths into them.

use super::Random;

/// Names of members: plain ones mostly, so that paths find something, and what means something in a path.
const NAMES: [&str; 16] =
    ["a", "b", "c", "a", "b", "c", "n", "0", "1", "a.b", "é", "", "k*", "q\\\"t", "@this", "t\\\\s"];

#[rustfmt::skip]
const SCALARS: [&str; 36] = [
    "0", "1", "-1", "2", "3.5", "1.0", "1e3", "-0", "1.50", "12345678901234567890", "1e400", "0.1", "1E+2", "true", "false",
    "null", r#""""#, r#""a""#, r#""kim""#, r#""true""#, r#""T""#, r#""1""#, r#""2""#, r#""x y""#, r#""é""#, r#""a\"b""#,
    r#""n\nl""#, r#""*""#, r#""[1,2]""#, r#""{\"a\":{\"b\":[1,2]}}""#, r#""0x1p4""#, r#""z\\z""#, r#""<&>""#, r#""\u00e9\ud83d\ude00""#,
    r#""\ud800x""#, r#""\u2028\/""#,
];

/// A document that goes at most `depth` deep.
pub(super) fn document(random: &mut Random, depth: usize) -> String {
    let value = value(random, depth);
    format!("{}{value}{}", blanks(random), blanks(random))
}

fn value(random: &mut Random, depth: usize) -> String {
    match random.below(if depth == 0 { 1 } else { 4 }) {
        0 => random.pick(&SCALARS).to_owned(),
        1 | 2 => {
            let members = list(random, |random| {
                let name = name(random);
                format!("\"{name}\"{}:{}{}", blanks(random), blanks(random), value(random, depth - 1))
            });
            format!("{{{members}}}")
        }
        _ => {
            let elements = list(random, |random| value(random, depth - 1));
            format!("[{elements}]")
        }
    }
}

fn list(random: &mut Random, mut make: impl FnMut(&mut Random) -> String) -> String {
    let entries: Vec<_> = (0..random.below(5)).map(|_| make(random) + blanks(random)).collect();
    blanks(random).to_owned() + &entries.join(",")
}

fn blanks(random: &mut Random) -> &'static str {
    if random.one_in(5) { random.pick(&[" ", "\n", "  ", " \t"]) } else { "" }
}

fn name(random: &mut Random) -> &'static str {
    // An escaped letter is still that letter.
    if random.one_in(12) { "\\u0061" } else { random.pick(&NAMES) }
}

/// A component that names one of the members or elements that documents have.
pub(super) fn component(random: &mut Random) -> String {
    match random.below(8) {
        0 | 1 => random.pick(&["0", "1", "2", "3", "-1", "00"]).to_owned(),
        2 => random.pick(&NAMES).to_owned(),
        _ => {
            let name: String = serde_json::from_str(&format!("\"{}\"", random.pick(&NAMES))).unwrap();
            name.chars().map(|c| if r#".*?|#@\"!"#.contains(c) { format!("\\{c}") } else { c.to_string() }).collect()
        }
    }
}
