//! Patterns of `string.find`, `match`, `gmatch` and `gsub`, with GopherLua's rules; matching keeps its own stack of
//! alternatives, so that no pattern recurses, and pays for every instruction.

use super::super::budget::{Budget, Exhausted};

/// How many alternatives a match may keep open (`maxRecursionLevel`).
const ALTERNATIVES: usize = 1_000_000;

/// How many instructions of a pattern cost as much as one of a script.
const INSTRUCTIONS_PER_STEP: u64 = 8;

/// Why a pattern cannot be used, or its matching stopped.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum PatternError {
    /// The pattern is wrong; the text is for the script.
    Wrong(String),
    /// The evaluation passed a limit.
    Exhausted(Exhausted),
}

impl From<Exhausted> for PatternError {
    fn from(exhausted: Exhausted) -> Self {
        Self::Exhausted(exhausted)
    }
}

/// One match: start and end of the whole, then of each capture; a position capture has only its one-based position.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Matches {
    marks: Vec<Mark>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    Place(usize),
    Position(usize),
}

/// A capture of a match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Capture {
    /// Part of the text.
    Range(std::ops::Range<usize>),
    /// A one-based position.
    Position(usize),
}

impl Matches {
    /// How many captures there are, the whole match included.
    pub(super) fn len(&self) -> usize {
        self.marks.len() / 2
    }

    /// A capture; 0 is the whole match.
    pub(super) fn capture(&self, number: usize) -> Option<Capture> {
        match (self.marks.get(number * 2)?, self.marks.get(number * 2 + 1)?) {
            (Mark::Position(position), _) | (_, Mark::Position(position)) => Some(Capture::Position(*position)),
            (Mark::Place(start), Mark::Place(end)) => Some(Capture::Range(*start..*end)),
        }
    }

    /// Where the whole match stands.
    pub(super) fn range(&self) -> std::ops::Range<usize> {
        match self.capture(0) {
            Some(Capture::Range(range)) => range,
            _ => 0..0,
        }
    }

    fn mark(&mut self, at: usize, mark: Mark) -> Mark {
        if at >= self.marks.len() {
            self.marks.resize(at + 1, Mark::Place(0));
        }
        self.marks.get_mut(at).map_or(mark, |place| std::mem::replace(place, mark))
    }
}

/// All matches of a pattern in a text from an offset on, up to a limit; a limit of -1 is none.
pub(super) fn find(
    pattern: &[u8],
    text: &[u8],
    offset: usize,
    limit: i64,
    budget: &mut Budget,
) -> Result<Vec<Matches>, PatternError> {
    budget.scan(pattern.len() * 16)?;
    let (instructions, at_start) = super::pattern_syntax::compile(pattern).map_err(PatternError::Wrong)?;
    let mut matcher = Matcher { text, instructions: &instructions, alternatives: Vec::new(), budget, performed: 0 };
    let mut found = Vec::new();
    let mut at = offset;
    while at <= text.len() {
        let matched = matcher.match_at(at)?;
        at += 1;
        if let Some((end, matches)) = matched {
            at = at.max(end);
            matcher.budget.allocate(32 + matches.marks.len() * 16)?;
            found.push(matches);
        }
        if found.len() as i64 == limit || at_start {
            break;
        }
    }
    Ok(found)
}

/// An instruction of a compiled pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Instruction {
    /// Takes one byte of a class.
    Byte(Class),
    /// Succeeds.
    Match,
    /// Succeeds at the end of the text, fails elsewhere.
    MatchAtEnd,
    /// Goes on elsewhere.
    Jump(usize),
    /// Goes on at the first, and if that fails at the second.
    Split(usize, usize),
    /// Marks the place.
    Save(usize),
    /// Marks the one-based position.
    SavePosition(usize),
    /// Takes a text between two bytes that nest.
    Balanced(Option<u8>, Option<u8>),
    /// Takes what a capture took.
    Same(usize),
}

/// A set of bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Class {
    /// Every byte.
    Any,
    /// One byte; none after the end of the pattern.
    One(Option<u8>),
    /// What follows a `%`.
    Named(Option<u8>),
    /// Any of these, or with `true` none of them.
    Set(bool, Vec<Class>),
    /// From one byte to another.
    Range(u8, u8),
    /// No byte: a range whose ends are not bytes.
    Nothing,
}

impl Class {
    fn has(&self, byte: u8) -> bool {
        match self {
            Class::Any => true,
            Class::One(one) => *one == Some(byte),
            Class::Named(None) | Class::Nothing => false,
            Class::Named(Some(letter)) => named_class_has(*letter, byte),
            Class::Set(negated, classes) => classes.iter().any(|class| class.has(byte)) != *negated,
            Class::Range(from, to) => (*from..=*to).contains(&byte),
        }
    }
}

fn named_class_has(letter: u8, byte: u8) -> bool {
    let member = match letter.to_ascii_lowercase() {
        b'a' => byte.is_ascii_alphabetic(),
        b'c' => byte.is_ascii_control(),
        b'd' => byte.is_ascii_digit(),
        b'l' => byte.is_ascii_lowercase(),
        b'p' => byte.is_ascii_punctuation(),
        b's' => matches!(byte, b' ' | b'\x0c' | b'\n' | b'\r' | b'\t' | b'\x0b'),
        b'u' => byte.is_ascii_uppercase(),
        b'w' => byte.is_ascii_alphanumeric(),
        b'x' => byte.is_ascii_hexdigit(),
        b'z' => byte == 0,
        _ => return byte == letter,
    };
    member != letter.is_ascii_uppercase()
}

struct Matcher<'a, 'b> {
    text: &'a [u8],
    instructions: &'a [Instruction],
    alternatives: Vec<Alternative>,
    budget: &'b mut Budget,
    performed: u64,
}

/// What to go back to when a path fails.
enum Alternative {
    /// Another instruction at a place of the text.
    Path(usize, usize),
    /// A mark that the failed path overwrote.
    Mark(usize, Mark),
}

impl Matcher<'_, '_> {
    /// Matches at one place; the end of the match, which can lie before a saved end only at the very end of a pattern.
    fn match_at(&mut self, start: usize) -> Result<Option<(usize, Matches)>, PatternError> {
        self.alternatives.clear();
        let mut matches = Matches::default();
        let (mut next, mut at) = (0, start);
        loop {
            self.pay()?;
            let Some(instruction) = self.instructions.get(next) else { return Ok(None) };
            let advanced = match instruction {
                Instruction::Match => return Ok(Some((at, matches))),
                Instruction::MatchAtEnd if at >= self.text.len() => return Ok(Some((at, matches))),
                Instruction::MatchAtEnd => None,
                Instruction::Byte(class) => {
                    self.text.get(at).filter(|byte| class.has(**byte)).map(|_| (next + 1, at + 1))
                }
                Instruction::Jump(target) => Some((*target, at)),
                Instruction::Split(first, second) => {
                    self.remember(Alternative::Path(*second, at))?;
                    Some((*first, at))
                }
                Instruction::Save(mark) => {
                    let before = matches.mark(*mark, Mark::Place(at));
                    self.remember(Alternative::Mark(*mark, before))?;
                    Some((next + 1, at))
                }
                Instruction::SavePosition(mark) => {
                    matches.mark(*mark, Mark::Position(at + 1));
                    matches.mark(*mark + 1, Mark::Position(at + 1));
                    Some((next + 1, at))
                }
                Instruction::Balanced(open, close) => self.balanced(at, *open, *close)?.map(|end| (next + 1, end)),
                Instruction::Same(number) => self.same(at, *number, &matches)?.map(|end| (next + 1, end)),
            };
            match advanced.or_else(|| self.back(&mut matches)) {
                Some((instruction, place)) => (next, at) = (instruction, place),
                None => return Ok(None),
            }
        }
    }

    fn pay(&mut self) -> Result<(), Exhausted> {
        self.performed += 1;
        if self.performed.is_multiple_of(INSTRUCTIONS_PER_STEP) { self.budget.steps(1) } else { Ok(()) }
    }

    fn remember(&mut self, alternative: Alternative) -> Result<(), PatternError> {
        if self.alternatives.len() == ALTERNATIVES {
            return Err(PatternError::Wrong("pattern/input too complex".to_owned()));
        }
        self.alternatives.push(alternative);
        Ok(())
    }

    /// Undoes what the failed path marked, up to the next path to try.
    fn back(&mut self, matches: &mut Matches) -> Option<(usize, usize)> {
        loop {
            match self.alternatives.pop()? {
                Alternative::Path(instruction, at) => return Some((instruction, at)),
                Alternative::Mark(at, mark) => {
                    matches.mark(at, mark);
                }
            }
        }
    }

    fn balanced(&mut self, at: usize, open: Option<u8>, close: Option<u8>) -> Result<Option<usize>, Exhausted> {
        if self.text.get(at).copied().is_none_or(|byte| Some(byte) != open) {
            return Ok(None);
        }
        let mut depth = 1;
        for (offset, byte) in self.text.iter().enumerate().skip(at + 1) {
            self.pay()?;
            if Some(*byte) == close {
                depth -= 1;
            }
            if depth == 0 {
                return Ok(Some(offset + 1));
            }
            if Some(*byte) == open {
                depth += 1;
            }
        }
        Ok(None)
    }

    fn same(&mut self, at: usize, number: usize, matches: &Matches) -> Result<Option<usize>, PatternError> {
        let invalid = || PatternError::Wrong("invalid capture index".to_owned());
        let Some(Capture::Range(range)) = matches.capture(number) else { return Err(invalid()) };
        let captured = self.text.get(range).ok_or_else(invalid)?;
        self.budget.scan(captured.len())?;
        let rest = self.text.get(at..).unwrap_or_default();
        Ok(rest.starts_with(captured).then_some(at + captured.len()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(pattern: &str, text: &str) -> Option<Vec<String>> {
        let found = find(pattern.as_bytes(), text.as_bytes(), 0, 1, &mut Budget::unlimited()).unwrap();
        let captures = found.first()?;
        Some(
            (0..captures.len())
                .map(|number| match captures.capture(number) {
                    Some(Capture::Range(range)) => text[range].to_owned(),
                    Some(Capture::Position(position)) => format!("@{position}"),
                    None => "none".to_owned(),
                })
                .collect(),
        )
    }

    #[test]
    fn patterns_match_as_in_the_reference() {
        for (pattern, text, expected) in [
            ("l+", "hello", Some(vec!["ll"])),
            ("^(%w+)%s*=%s*(.-)$", "key =  a b", Some(vec!["key =  a b", "key", "a b"])),
            ("()ll()", "hello", Some(vec!["ll", "@3", "@5"])),
            ("%b()", "f(a(b)c)d", Some(vec!["(a(b)c)"])),
            ("(%a)%1", "abccd", Some(vec!["cc", "c"])),
            ("[^%d]+", "12ab3", Some(vec!["ab"])),
            ("[]]", "a]", Some(vec!["]"])),
            ("[a-]", "-", Some(vec!["-"])),
            ("a-b", "aaab", Some(vec!["aaab"])),
            ("x?$", "ab", Some(vec![""])),
            ("%a$b", "a$b", Some(vec!["a$b"])),
            ("%f", "f", Some(vec!["f"])),
            ("^b", "ab", None),
        ] {
            let expected = expected.map(|texts| texts.into_iter().map(str::to_owned).collect::<Vec<_>>());
            assert_eq!(first(pattern, text), expected, "{pattern} in {text}");
        }
    }

    #[test]
    fn all_matches_move_on_past_empty_ones() {
        let found = find(b"a*", b"baac", 0, -1, &mut Budget::unlimited()).unwrap();
        let ranges: Vec<_> = found.iter().map(Matches::range).collect();
        assert_eq!(ranges, [0..0, 1..3, 3..3, 4..4]);
    }

    #[test]
    fn a_pattern_that_never_ends_uses_up_its_steps() {
        let pattern = [b"a?".repeat(28), b"a".repeat(28)].concat();
        let found = find(&pattern, &b"a".repeat(27), 0, 1, &mut Budget::new(100_000, 1 << 20));
        assert_eq!(found, Err(PatternError::Exhausted(Exhausted::Steps)));
    }

    #[test]
    fn wrong_patterns_say_why() {
        for (pattern, problem) in [
            ("(a", "unfinished capture at EOS"),
            ("a)", "invalid ')' at 0"),
            ("[a", "unexpected EOS at 1"),
            ("%0", "invalid capture index at 0"),
            ("%1", "invalid capture index"),
        ] {
            let found = find(pattern.as_bytes(), b"abc", 0, 1, &mut Budget::unlimited());
            assert_eq!(found, Err(PatternError::Wrong(problem.to_owned())), "{pattern}");
        }
    }
}
