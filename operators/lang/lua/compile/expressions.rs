//! Compiles expressions.

use super::emitter::Emitter;
use crate::CompileError;
use crate::lua::arithmetic::Arithmetic;
use crate::lua::code::{Instruction, Wanted};
use crate::lua::strings::StringId;
use crate::lua::syntax::tree::{BinaryOperator, Expression, ExpressionKind, Field, Link, UnaryOperator, Variable};
use crate::lua::value::Value;

type Compiled = Result<(), CompileError>;

/// A table gets its array items in groups of this many, as in the reference.
const ITEMS_PER_GROUP: u32 = 50;

impl Emitter<'_> {
    /// Leaves exactly one value.
    pub(super) fn value(&mut self, expression: &Expression) -> Compiled {
        let outer_line = std::mem::replace(&mut self.line, expression.line);
        match &expression.kind {
            ExpressionKind::Nil => self.push(Instruction::Nil(1)),
            ExpressionKind::Boolean(value) => self.push(Instruction::Boolean(*value)),
            ExpressionKind::Number(value) => self.push_constant(Value::Number(*value)),
            ExpressionKind::Text(text) => self.push_constant(Value::Text(*text)),
            ExpressionKind::Function(function) => self.make_function(function)?,
            ExpressionKind::Variable(variable, _) => self.variable(*variable),
            ExpressionKind::Table(fields) => self.table(fields)?,
            ExpressionKind::Single(inner) => self.value(inner)?,
            ExpressionKind::Chain(..) | ExpressionKind::Arguments => self.values(expression, Some(1))?,
            ExpressionKind::Unary(operator, operand) => self.unary(*operator, operand)?,
            ExpressionKind::Binary(first, rest) => self.binary(first, rest)?,
            ExpressionKind::Concatenation(parts) => self.concatenation(parts)?,
        }
        self.line = outer_line;
        Ok(())
    }

    /// Leaves as many values as wanted of a call or `...`; one of anything else.
    pub(super) fn values(&mut self, expression: &Expression, wanted: Wanted) -> Compiled {
        let outer_line = std::mem::replace(&mut self.line, expression.line);
        match &expression.kind {
            ExpressionKind::Arguments => {
                self.emit(Instruction::Arguments(wanted));
                self.height += wanted.unwrap_or(0);
            }
            ExpressionKind::Chain(head, links) => self.links(head, links, expression.line, wanted)?,
            ExpressionKind::Single(inner) => self.values(inner, wanted)?,
            _ => self.value(expression)?,
        }
        self.line = outer_line;
        Ok(())
    }

    /// Leaves exactly this many values of a list of expressions.
    pub(super) fn exactly(&mut self, expressions: &[Expression], count: usize) -> Compiled {
        for (position, expression) in expressions.iter().enumerate() {
            let height = self.height;
            let is_last = position + 1 == expressions.len();
            if is_last && expression.is_open() && position < count {
                self.values(expression, Some((count - position) as u32))?;
                return Ok(());
            }
            self.value(expression)?;
            if position >= count {
                self.drop_to(height);
            }
        }
        let missing = count.saturating_sub(expressions.len()) as u32;
        if missing > 0 {
            self.emit(Instruction::Nil(missing));
            self.height += missing;
        }
        Ok(())
    }

    /// Leaves all values of a list of expressions; answers whether the last one decides how many these are.
    pub(super) fn open(&mut self, expressions: &[Expression]) -> Result<bool, CompileError> {
        let Some((last, before)) = expressions.split_last() else { return Ok(false) };
        for expression in before {
            self.value(expression)?;
        }
        if last.is_open() {
            self.values(last, None)?;
        } else {
            self.value(last)?;
        }
        Ok(last.is_open())
    }

    /// Evaluates a condition: the jump that is taken when it is false.
    pub(super) fn jump_if_false(&mut self, condition: &Expression) -> Result<usize, CompileError> {
        self.value(condition)?;
        self.height = self.height.saturating_sub(1);
        Ok(self.jump(Instruction::JumpIfFalse(0)))
    }

    fn push_constant(&mut self, value: Value) {
        let constant = self.constant(value);
        self.push(Instruction::Constant(constant));
    }

    fn variable(&mut self, variable: Variable) {
        match variable {
            Variable::Local(local) if self.is_shared(local) => self.push(Instruction::Shared(self.slot(local))),
            Variable::Local(local) => self.push(Instruction::Local(self.slot(local))),
            Variable::Captured(place) => self.push(Instruction::Captured(place)),
            Variable::Global(name) => {
                let name = self.constant(Value::Text(name));
                self.push(Instruction::Global(name));
            }
        }
    }

    /// Leaves what a chain of indexing and calls gives; as many values as wanted if it ends with a call.
    pub(super) fn links(&mut self, head: &Expression, links: &[Link], line: u32, wanted: Wanted) -> Compiled {
        self.value(head)?;
        let mut name = match &head.kind {
            ExpressionKind::Variable(_, name) => Some(*name),
            _ => None,
        };
        for (position, link) in links.iter().enumerate() {
            self.line = line;
            let wanted = if position + 1 == links.len() { wanted } else { Some(1) };
            let slot = self.height.saturating_sub(1);
            match link {
                Link::Index(key) => name = self.index(key)?,
                Link::Call(arguments) => {
                    self.call(slot, arguments, name, line, wanted)?;
                    name = None;
                }
                Link::Method(method, arguments) => {
                    let constant = self.constant(Value::Text(*method));
                    self.push(Instruction::Method(constant));
                    self.call(slot, arguments, Some(*method), line, wanted)?;
                    name = None;
                }
            }
        }
        Ok(())
    }

    /// Leaves the member of the object on top; answers its name where it is written as one.
    fn index(&mut self, key: &Expression) -> Result<Option<StringId>, CompileError> {
        if let ExpressionKind::Text(text) = key.kind {
            let constant = self.constant(Value::Text(text));
            self.emit(Instruction::Field(constant));
            return Ok(Some(text));
        }
        self.value(key)?;
        self.pop(Instruction::Index);
        Ok(None)
    }

    fn call(
        &mut self,
        slot: u32,
        arguments: &[Expression],
        name: Option<StringId>,
        line: u32,
        wanted: Wanted,
    ) -> Compiled {
        self.open(arguments)?;
        self.line = line;
        self.name_call(name);
        self.emit(Instruction::Call(slot, wanted));
        self.height = slot + wanted.unwrap_or(0);
        Ok(())
    }

    fn unary(&mut self, operator: UnaryOperator, operand: &Expression) -> Compiled {
        self.value(operand)?;
        self.emit(match operator {
            UnaryOperator::Not => Instruction::Not,
            UnaryOperator::Negate => Instruction::Negate,
            UnaryOperator::Length => Instruction::Length,
        });
        Ok(())
    }

    fn binary(&mut self, first: &Expression, rest: &[(BinaryOperator, Expression)]) -> Compiled {
        let line = self.line;
        self.value(first)?;
        for (operator, right) in rest {
            let shortcut = match operator {
                BinaryOperator::And => Instruction::And(0),
                BinaryOperator::Or => Instruction::Or(0),
                _ => {
                    self.value(right)?;
                    self.line = line;
                    self.pop(operation(*operator));
                    continue;
                }
            };
            let shortcut = self.jump(shortcut);
            self.height = self.height.saturating_sub(1);
            self.value(right)?;
            self.land(shortcut);
        }
        Ok(())
    }

    fn concatenation(&mut self, parts: &[Expression]) -> Compiled {
        let height = self.height;
        for part in parts {
            self.value(part)?;
        }
        self.emit(Instruction::Concatenate(parts.len() as u32));
        self.height = height + 1;
        Ok(())
    }

    fn table(&mut self, fields: &[Field]) -> Compiled {
        let slot = self.height;
        self.push(Instruction::Table);
        let mut next_position = 1;
        let mut last_is_open = false;
        for (position, field) in fields.iter().enumerate() {
            match field {
                Field::Member(key, value) => {
                    self.value(key)?;
                    self.value(value)?;
                    self.emit(Instruction::SetMember(slot));
                    self.height = self.height.saturating_sub(2);
                }
                Field::Item(item) if position + 1 == fields.len() => {
                    last_is_open = self.open(std::slice::from_ref(item))?;
                }
                Field::Item(item) => self.value(item)?,
            }
            let pending = self.height - slot - 1;
            if pending == ITEMS_PER_GROUP {
                self.append(slot, &mut next_position, pending);
            }
        }
        let pending = self.height - slot - 1;
        if pending > 0 || last_is_open {
            self.append(slot, &mut next_position, pending);
        }
        Ok(())
    }

    fn append(&mut self, slot: u32, next_position: &mut u32, count: u32) {
        self.emit(Instruction::Append(slot, *next_position));
        *next_position += count;
        self.height = slot + 1;
    }
}

fn operation(operator: BinaryOperator) -> Instruction {
    match operator {
        BinaryOperator::Less => Instruction::Less,
        BinaryOperator::LessOrEqual => Instruction::LessOrEqual,
        BinaryOperator::Greater => Instruction::Greater,
        BinaryOperator::GreaterOrEqual => Instruction::GreaterOrEqual,
        BinaryOperator::Equal => Instruction::Equal(true),
        BinaryOperator::NotEqual => Instruction::Equal(false),
        BinaryOperator::Subtract => Instruction::Calculate(Arithmetic::Subtract),
        BinaryOperator::Multiply => Instruction::Calculate(Arithmetic::Multiply),
        BinaryOperator::Divide => Instruction::Calculate(Arithmetic::Divide),
        BinaryOperator::Modulo => Instruction::Calculate(Arithmetic::Modulo),
        BinaryOperator::Power => Instruction::Calculate(Arithmetic::Power),
        // `and`, `or` and `..` were compiled apart.
        BinaryOperator::Add | BinaryOperator::And | BinaryOperator::Or | BinaryOperator::Concatenate => {
            Instruction::Calculate(Arithmetic::Add)
        }
    }
}
