//! Compiles the text of a pattern.

use super::pattern::{Class, Instruction};

/// Deepest nesting of captures.
const DEPTH: usize = 100;

/// The instructions of a pattern, and whether it matches only at the start.
pub(super) fn compile(pattern: &[u8]) -> Result<(Vec<Instruction>, bool), String> {
    let at_start = pattern.first() == Some(&b'^');
    let next = usize::from(at_start);
    let mut compiler =
        Compiler { pattern, next, depth: 0, marks: 2, instructions: vec![Instruction::Save(0)], repeatable: None };
    let at_end = compiler.sequence(true)?;
    if at_end {
        compiler.instructions.extend([Instruction::Save(1), Instruction::MatchAtEnd]);
    }
    compiler.instructions.extend([Instruction::Save(1), Instruction::Match]);
    Ok((compiler.instructions, at_start))
}

struct Compiler<'a> {
    pattern: &'a [u8],
    next: usize,
    depth: usize,
    /// How many marks are given out.
    marks: usize,
    instructions: Vec<Instruction>,
    /// The class that a repetition sign here would repeat: the last instruction, alone.
    repeatable: Option<Class>,
}

impl Compiler<'_> {
    fn peek(&self) -> Option<u8> {
        self.pattern.get(self.next).copied()
    }

    fn take(&mut self) -> Option<u8> {
        let byte = self.peek();
        self.next += usize::from(byte.is_some());
        byte
    }

    /// A message that names the last place read, as the reference does.
    fn problem(&self, what: &str) -> String {
        format!("{what} at {}", self.next.saturating_sub(1))
    }

    fn byte(&mut self, class: Class) {
        self.instructions.push(Instruction::Byte(class.clone()));
        self.repeatable = Some(class);
    }

    fn other(&mut self, instruction: Instruction) {
        self.instructions.push(instruction);
        self.repeatable = None;
    }

    /// Compiles up to the end or a closing parenthesis; answers whether a final `$` asks for the end of the text.
    fn sequence(&mut self, outermost: bool) -> Result<bool, String> {
        self.repeatable = None;
        let mut at_end = false;
        while let Some(byte) = self.peek() {
            match byte {
                b'%' => self.escape()?,
                b')' if outermost => return Err(self.problem("invalid ')'")),
                b')' => return Ok(false),
                b'(' => self.capture()?,
                b'*' | b'+' | b'-' | b'?' => self.repetition(byte),
                b'$' if outermost && self.next + 1 == self.pattern.len() => {
                    self.next += 1;
                    at_end = true;
                }
                b'.' | b'[' => {
                    let class = self.class(true)?;
                    self.byte(class);
                }
                _ => {
                    self.next += 1;
                    self.byte(Class::One(Some(byte)));
                }
            }
        }
        Ok(at_end)
    }

    fn escape(&mut self) -> Result<(), String> {
        match self.pattern.get(self.next + 1).copied() {
            Some(b'0') => {
                self.next += 1;
                return Err(self.problem("invalid capture index"));
            }
            Some(digit @ b'1'..=b'9') => {
                self.next += 2;
                self.other(Instruction::Same(usize::from(digit - b'0')));
            }
            Some(b'b') => {
                self.next += 2;
                let (open, close) = (self.take(), self.take());
                self.other(Instruction::Balanced(open, close));
            }
            _ => {
                let class = self.class(true)?;
                self.byte(class);
            }
        }
        Ok(())
    }

    fn capture(&mut self) -> Result<(), String> {
        self.next += 1;
        let mark = self.marks;
        self.marks += 2;
        if self.peek() == Some(b')') {
            self.next += 1;
            self.other(Instruction::SavePosition(mark));
            return Ok(());
        }
        if self.depth == DEPTH {
            return Err("captures nested too deep".to_owned());
        }
        self.other(Instruction::Save(mark));
        self.depth += 1;
        self.sequence(false)?;
        self.depth -= 1;
        if self.take() != Some(b')') {
            return Err("unfinished capture at EOS".to_owned());
        }
        self.other(Instruction::Save(mark + 1));
        Ok(())
    }

    /// Repeats the class before the sign; a sign without one stands for itself.
    fn repetition(&mut self, sign: u8) {
        self.next += 1;
        let Some(class) = self.repeatable.take() else { return self.byte(Class::One(Some(sign))) };
        self.instructions.pop();
        let at = self.instructions.len();
        let byte = Instruction::Byte(class);
        match sign {
            b'*' => self.instructions.extend([Instruction::Split(at + 1, at + 3), byte, Instruction::Jump(at)]),
            b'-' => self.instructions.extend([Instruction::Split(at + 3, at + 1), byte, Instruction::Jump(at)]),
            b'+' => self.instructions.extend([byte, Instruction::Split(at, at + 2)]),
            _ => self.instructions.extend([Instruction::Split(at + 1, at + 2), byte]),
        }
    }

    /// One class; inside a set, `.` and `[` stand for themselves.
    fn class(&mut self, outside_set: bool) -> Result<Class, String> {
        match self.take() {
            Some(b'%') => Ok(Class::Named(self.take())),
            Some(b'.') if outside_set => Ok(Class::Any),
            Some(b'[') if outside_set => self.set(),
            Some(byte) => Ok(Class::One(Some(byte))),
            None => Err("unexpected EOS at EOS".to_owned()),
        }
    }

    fn set(&mut self) -> Result<Class, String> {
        let negated = self.peek() == Some(b'^');
        self.next += usize::from(negated);
        let mut classes = Vec::new();
        let mut is_range = false;
        loop {
            match self.peek() {
                None => return Err(self.problem("unexpected EOS")),
                Some(b']') if !classes.is_empty() => {
                    self.next += 1;
                    break;
                }
                Some(b'-') if !classes.is_empty() => {
                    self.next += 1;
                    is_range = true;
                    continue;
                }
                Some(_) => classes.push(self.class(false)?),
            }
            if std::mem::take(&mut is_range) {
                let (end, begin) = (classes.pop(), classes.pop());
                classes.push(match (begin, end) {
                    (Some(Class::One(Some(from))), Some(Class::One(Some(to)))) => Class::Range(from, to),
                    _ => Class::Nothing,
                });
            }
        }
        if is_range {
            classes.push(Class::One(Some(b'-')));
        }
        Ok(Class::Set(negated, classes))
    }
}
