//! Wildcard patterns: `*` stands for any text, `?` for any one character, `\` takes the next character literally.

/// Steps that matching one text may take, besides 32 for each of its bytes; one that needs more is no match.
const MAX_STEPS: usize = 1024;

/// A compiled pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pattern(Vec<Term>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Term {
    /// Any text, the empty one too.
    Any,
    /// Any one character.
    One,
    /// This character.
    Char(char),
    /// Nothing at all.
    Never,
}

impl Pattern {
    /// Every text is a pattern.
    pub(super) fn new(text: &str) -> Self {
        let mut terms = Vec::new();
        let mut chars = text.chars();
        while let Some(c) = chars.next() {
            terms.push(match c {
                '*' if terms.last() == Some(&Term::Any) => continue,
                '*' => Term::Any,
                '?' => Term::One,
                '\\' => match chars.next() {
                    Some(c) => Term::Char(c),
                    // The reference compares what follows the last star from the end, where this is a backslash.
                    None if terms.contains(&Term::Any) => Term::Char('\\'),
                    None => Term::Never,
                },
                c => Term::Char(c),
            });
        }
        Self(terms)
    }

    /// Whether the whole text matches.
    pub(super) fn matches(&self, text: &str) -> bool {
        let mut steps = MAX_STEPS.saturating_add(text.len().saturating_mul(32));
        // Where to go on after a mismatch: behind the last star, with one more character given to it.
        let mut retry: Option<(usize, &str)> = None;
        let (mut at, mut rest) = (0, text);
        loop {
            let mut chars = rest.chars();
            let c = chars.next();
            let fits = match (self.0.get(at), c) {
                (None, None) => return true,
                (Some(Term::Any), _) => {
                    retry = Some((at + 1, rest));
                    at += 1;
                    continue;
                }
                (Some(Term::One), Some(_)) => true,
                (Some(Term::Char(expected)), Some(found)) => *expected == found,
                _ => false,
            };
            if fits {
                (at, rest) = (at + 1, chars.as_str());
            } else {
                let Some((behind_star, start)) = &mut retry else { return false };
                let mut skipped = start.chars();
                if skipped.next().is_none() || *behind_star == self.0.len() {
                    return *behind_star == self.0.len();
                }
                *start = skipped.as_str();
                (at, rest) = (*behind_star, *start);
            }
            steps = match steps.checked_sub(1) {
                Some(steps) => steps,
                None => return false,
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The meaning, without care for time.
    fn naive(pattern: &[Term], text: &[char]) -> bool {
        match (pattern.first(), text.first()) {
            (None, None) => true,
            (Some(Term::Any), _) => naive(&pattern[1..], text) || !text.is_empty() && naive(pattern, &text[1..]),
            (Some(Term::One), Some(_)) => naive(&pattern[1..], &text[1..]),
            (Some(Term::Char(c)), Some(found)) => c == found && naive(&pattern[1..], &text[1..]),
            _ => false,
        }
    }

    proptest! {
        #[test]
        fn matches_what_the_naive_reading_matches(pattern in "[*?aé\\\\]{0,8}", text in "[aéb*\\\\]{0,8}") {
            let compiled = Pattern::new(&pattern);
            let text_chars: Vec<char> = text.chars().collect();
            prop_assert_eq!(compiled.matches(&text), naive(&compiled.0, &text_chars));
        }
    }

    #[test]
    fn stars_marks_and_escapes() {
        for (pattern, text) in
            [("*", ""), ("a*", "abc"), ("*c", "abc"), ("a?c", "aéc"), (r"\*", "*"), (r"*\", r"a\"), ("", "")]
        {
            assert!(Pattern::new(pattern).matches(text), "{pattern} {text}");
        }
        for (pattern, text) in [("?", ""), ("a*d", "abc"), (r"\*", "a"), (r"a\", "a"), (r"\", r"\"), ("", "a")] {
            assert!(!Pattern::new(pattern).matches(text), "{pattern} {text}");
        }
    }

    #[test]
    fn a_hostile_pattern_is_given_up() {
        let pattern = "*".to_owned() + &"a".repeat(20_000) + "b*c";
        assert!(!Pattern::new(&pattern).matches(&"a".repeat(200_000)));
    }
}
