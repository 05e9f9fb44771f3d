//! Words: the nearest of several to one that is misspelt, and lists of them.

/// The candidate that differs least from `word`, if it is near enough to be meant: upper and lower case do not count,
/// and at most a third of the characters may differ. Failing that, one that ends as the word does (`serverURL`, `url`).
pub(super) fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = fold(word);
    let allowed = ((word.len() + 1) / 3).min(4);
    let candidates = candidates.into_iter().filter(|candidate| !candidate.is_empty());
    let candidates = candidates.map(|candidate| (fold(candidate), candidate));
    let (mut best, mut ending) = (None, None);
    for (folded, candidate) in candidates {
        let distance = distance(&word, &folded);
        if distance <= allowed && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, candidate));
        }
        if folded.len() >= 3 && word.ends_with(&folded) {
            ending = ending.or(Some(candidate));
        }
    }
    best.map(|(_, near)| near).or(ending)
}

/// Lower case, of at most 64 characters: longer words are not compared further.
fn fold(word: &str) -> Vec<char> {
    word.chars().take(64).flat_map(char::to_lowercase).collect()
}

/// How many characters must be added, removed, replaced or swapped to make one word of the other.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let mut least = (last[j] + usize::from(x != y)).min(last[j + 1] + 1).min(row[j] + 1);
            let swapped = i > 0 && j > 0 && a[i - 1] == *y && b[j - 1] == *x;
            if swapped {
                least = least.min(before[j - 1] + 1);
            }
            row.push(least);
        }
        before = std::mem::replace(&mut last, row);
    }
    last.last().copied().unwrap_or(0)
}

/// Words as a list for people: `a`, `b` or `c`.
pub(super) fn any_of(words: &[&str]) -> String {
    let quoted: Vec<_> = words.iter().filter(|word| !word.is_empty()).map(|word| format!("`{word}`")).collect();
    match quoted.split_last() {
        None => String::new(),
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_word_is_found_if_it_is_near() {
        let fields = ["name", "conditions", "conditionsReset", "retryStrategy", "atLeastOnce"];
        assert_eq!(nearest("retryStratgey", fields), Some("retryStrategy"));
        assert_eq!(nearest("Conditions", fields), Some("conditions"));
        assert_eq!(nearest("atleastonce", fields), Some("atLeastOnce"));
        assert_eq!(nearest("serverURL", ["url", "method"]), Some("url"));
        assert_eq!(nearest("bogus", fields), None);
        assert_eq!(nearest("a", ["", "b"]), None);
        assert_eq!(nearest("", fields), None);
    }

    #[test]
    fn lists_read_like_sentences() {
        assert_eq!(any_of(&["", "and", "or"]), "`and` or `or`");
        assert_eq!(any_of(&["a", "b", "c"]), "`a`, `b` or `c`");
    }
}
