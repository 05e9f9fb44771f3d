//! Runs a tree.

use super::function::Callable;
use super::meter::Meter;
use super::method;
use super::node::{Binary, Function, Kind, Loop, Node, Pointer, Unary, text};
use super::operate;
use super::sprig;
use super::types::Type;
use super::value::{List, Value};
use crate::EvalError;
use crate::regex::Regex;
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Why a part of a tree has no value.
enum Halt {
    Error(EvalError),
    /// A `?.` met nil: the chain around it is nil.
    Nil,
}

impl From<EvalError> for Halt {
    fn from(error: EvalError) -> Self {
        Self::Error(error)
    }
}

type Outcome = Result<Value, Halt>;

/// Runs a tree with these names.
pub(super) fn run(node: &Node, names: &Value, meter: &mut Meter) -> Result<Value, EvalError> {
    let mut run = Run { names, meter, scopes: Vec::new(), variables: Vec::new() };
    match run.evaluate(node) {
        Ok(value) => Ok(value),
        Err(Halt::Error(error)) => Err(error),
        Err(Halt::Nil) => Ok(Value::Nil),
    }
}

/// The body of a function that is running.
struct Scope {
    collection: Value,
    index: usize,
    accumulator: Value,
}

struct Run<'a> {
    names: &'a Value,
    meter: &'a mut Meter,
    scopes: Vec<Scope>,
    variables: Vec<(&'a str, Value)>,
}

fn truth(value: &Value) -> Result<bool, EvalError> {
    match value {
        Value::Bool(truth) => Ok(*truth),
        other => Err(EvalError::new(format!("expected a bool, found {}", other.kind()))),
    }
}

impl<'a> Run<'a> {
    fn evaluate(&mut self, node: &'a Node) -> Outcome {
        self.meter.step(1)?;
        match &node.kind {
            Kind::Nil => Ok(Value::Nil),
            Kind::Bool(truth) => Ok(Value::Bool(*truth)),
            Kind::Int(number) => Ok(Value::Int(*number)),
            Kind::Float(number) => Ok(Value::Float(*number)),
            Kind::Text(text) => Ok(Value::text(text.as_str())),
            Kind::Constant(value) => Ok(value.clone()),
            Kind::Name(name) => Ok(self.name(name)?),
            Kind::Unary(operator, operand) => self.unary(*operator, operand),
            Kind::Binary(operator, left, right) => self.binary(*operator, left, right),
            Kind::Matches(operand, regex) => {
                let text = self.evaluate(operand)?;
                self.meter.step(text.weight())?;
                Ok(matches(&text, regex)?)
            }
            Kind::InTexts(operand, texts) => {
                let needle = self.evaluate(operand)?;
                Ok(in_texts(&needle, texts)?)
            }
            Kind::InRange(operand, from, to) => {
                let number = self.evaluate(operand)?;
                let below = operate::order(">=", &number, &Value::Int(*from))? == Some(Ordering::Less);
                let above = operate::order("<=", &number, &Value::Int(*to))? == Some(Ordering::Greater);
                Ok(Value::Bool(!below && !above))
            }
            Kind::Chain(inner) => match self.evaluate(inner) {
                Err(Halt::Nil) => Ok(Value::Nil),
                outcome => outcome,
            },
            Kind::Member { object, property, optional } => {
                let object = self.evaluate(object)?;
                if *optional && object.is_nil() {
                    return Err(Halt::Nil);
                }
                let key = self.evaluate(property)?;
                Ok(member(&object, &key)?)
            }
            Kind::Slice { object, from, to } => self.slice(object, from.as_deref(), to.as_deref()),
            Kind::Call { callee, arguments } => {
                let arguments = self.all(arguments)?;
                match self.evaluate(callee)? {
                    Value::Function(function) => Ok(self.result(|meter| function.call(&arguments, meter))?),
                    other => Err(EvalError::new(format!("a value of type {} cannot be called", other.kind())).into()),
                }
            }
            Kind::Builtin { builtin, arguments } => {
                let arguments = self.all(arguments)?;
                let texts = arguments.iter().filter(|argument| matches!(argument, Value::Text(_)));
                self.meter.step(texts.map(Value::weight).sum())?;
                Ok(self.result(|meter| (builtin.run)(&arguments, meter))?)
            }
            Kind::Loop(each) => self.each(each),
            Kind::Pointer(pointer) => Ok(self.pointer(pointer)?),
            Kind::Let { name, value, body } => {
                let value = self.evaluate(value)?;
                self.variables.push((name, value));
                let outcome = self.evaluate(body);
                self.variables.pop();
                outcome
            }
            Kind::Conditional { condition, then, otherwise } => {
                let value = self.evaluate(condition)?;
                match (truth(&value)?, then) {
                    (true, Some(then)) => self.evaluate(then),
                    (true, None) => Ok(value),
                    (false, _) => self.evaluate(otherwise),
                }
            }
            Kind::Array(members) => {
                let members = self.all(members)?;
                Ok(self.meter.make(Value::list(members))?)
            }
            Kind::Map(pairs) => self.map(pairs),
        }
    }

    fn all(&mut self, nodes: &'a [Node]) -> Result<Vec<Value>, Halt> {
        nodes.iter().map(|node| self.evaluate(node)).collect()
    }

    /// Runs a function and counts what it made.
    fn result(&mut self, run: impl FnOnce(&mut Meter) -> Result<Value, EvalError>) -> Result<Value, EvalError> {
        let value = run(self.meter)?;
        self.meter.make(value)
    }

    fn name(&self, name: &str) -> Result<Value, EvalError> {
        if let Some((_, value)) = self.variables.iter().rev().find(|(known, _)| *known == name) {
            return Ok(value.clone());
        }
        if name == "$env" {
            return Ok(self.names.clone());
        }
        operate::fetch(self.names, &Value::text(name))
    }

    fn unary(&mut self, operator: Unary, operand: &'a Node) -> Outcome {
        let value = self.evaluate(operand)?;
        match (operator, value) {
            (Unary::Not, value) => Ok(Value::Bool(!truth(&value)?)),
            (Unary::Plus, value) => Ok(value),
            (Unary::Minus, Value::Int(number)) => Ok(Value::Int(number.wrapping_neg())),
            (Unary::Minus, Value::Float(number)) => Ok(Value::Float(-number)),
            (Unary::Minus, other) => Err(EvalError::new(format!("invalid operation: - {}", other.kind())).into()),
        }
    }

    fn binary(&mut self, operator: Binary, left_node: &'a Node, right_node: &'a Node) -> Outcome {
        let left = self.evaluate(left_node)?;
        match operator {
            Binary::Or if truth(&left)? => return Ok(left),
            Binary::And if !truth(&left)? => return Ok(left),
            Binary::Coalesce if !left.is_nil() => return Ok(left),
            Binary::Or | Binary::And | Binary::Coalesce => return self.evaluate(right_node),
            _ => {}
        }
        let right = self.evaluate(right_node)?;
        self.meter.step(match operator {
            Binary::Contains | Binary::StartsWith | Binary::EndsWith => left.weight(),
            // Compiling a pattern takes as long as many steps.
            Binary::Matches => 1_000 + left.weight() + 16 * right.weight(),
            // Each member is compared with what is looked for.
            Binary::In => operate::length(&right).unwrap_or(0).saturating_add(left.weight()),
            _ => left.weight().min(right.weight()),
        })?;
        let order = |allowed: &[Ordering]| -> Result<Value, EvalError> {
            let order = operate::order(text(operator), &left, &right)?;
            Ok(Value::Bool(order.is_some_and(|order| allowed.contains(&order))))
        };
        let texts = |holds: fn(&str, &str) -> bool| match (&left, &right) {
            (Value::Text(left), Value::Text(right)) => Ok(Value::Bool(holds(left, right))),
            _ => Err(EvalError::new(format!("{} takes two strings", text(operator)))),
        };
        let value = match operator {
            Binary::Equal => typed_equal(&left_node.ty, &left, &right_node.ty, &right)?,
            Binary::NotEqual => Value::Bool(!operate::equal(&left, &right)),
            Binary::Less => order(&[Ordering::Less])?,
            Binary::Greater => order(&[Ordering::Greater])?,
            Binary::LessOrEqual => order(&[Ordering::Less, Ordering::Equal])?,
            Binary::GreaterOrEqual => order(&[Ordering::Greater, Ordering::Equal])?,
            Binary::In => Value::Bool(operate::contains(&left, &right)?),
            Binary::Matches => dynamic_matches(&left, &right)?,
            Binary::Contains => texts(|text, part| text.contains(part))?,
            Binary::StartsWith => texts(|text, part| text.starts_with(part))?,
            Binary::EndsWith => texts(|text, part| text.ends_with(part))?,
            Binary::Range => range(&left, &right)?,
            Binary::Add => self.result(|_| operate::add(&left, &right))?,
            Binary::Subtract => operate::subtract(&left, &right)?,
            Binary::Multiply => operate::multiply(&left, &right)?,
            Binary::Divide => operate::divide(&left, &right)?,
            Binary::Remainder => operate::remainder(&left, &right)?,
            Binary::Power => operate::power(&left, &right)?,
            Binary::Or | Binary::And | Binary::Coalesce => Value::Nil,
        };
        Ok(value)
    }

    fn slice(&mut self, object: &'a Node, from: Option<&'a Node>, to: Option<&'a Node>) -> Outcome {
        let object = self.evaluate(object)?;
        let to = match to {
            Some(to) => self.evaluate(to)?,
            None => Value::Int(i64::try_from(operate::length(&object)?).unwrap_or(i64::MAX)),
        };
        let from = match from {
            Some(from) => self.evaluate(from)?,
            None => Value::Int(0),
        };
        Ok(self.result(|_| operate::slice(&object, &from, &to))?)
    }

    fn map(&mut self, pairs: &'a [(Node, Node)]) -> Outcome {
        let mut members: BTreeMap<Arc<str>, Value> = BTreeMap::new();
        for (key, value) in pairs {
            let key = self.evaluate(key)?;
            let value = self.evaluate(value)?;
            let Value::Text(name) = key else {
                return Err(EvalError::new(format!("cannot use {} as the name of a member", key.kind())).into());
            };
            // Of two members with one name the first counts, since the library fills a map from its end.
            members.entry(name).or_insert(value);
        }
        Ok(self.meter.make(Value::map(members))?)
    }

    fn pointer(&self, pointer: &Pointer) -> Result<Value, EvalError> {
        let scope = self.scopes.last().ok_or_else(|| EvalError::new("# outside of a function's body"))?;
        match pointer {
            Pointer::Element => element(&scope.collection, scope.index),
            Pointer::Index => Ok(Value::Int(i64::try_from(scope.index).unwrap_or(i64::MAX))),
            Pointer::Accumulator => Ok(scope.accumulator.clone()),
            Pointer::Unknown(_) => Err(EvalError::new("unknown name after #")),
        }
    }

    fn each(&mut self, each: &'a Loop) -> Outcome {
        let collection = self.evaluate(&each.collection)?;
        let length = operate::length(&collection)?;
        self.scopes.push(Scope { collection, index: 0, accumulator: Value::Nil });
        let outcome = match each.function {
            Function::Reduce => self.reduce(each, length),
            Function::GroupBy => self.group(each, length),
            Function::Map => self.map_each(each, length),
            _ => self.search(each, length),
        };
        self.scopes.pop();
        outcome
    }

    /// Runs a body for the member at an index.
    fn body(&mut self, body: &'a Node, index: usize) -> Outcome {
        if let Some(scope) = self.scopes.last_mut() {
            scope.index = index;
        }
        self.evaluate(body)
    }

    /// The functions whose body says yes or no.
    fn search(&mut self, each: &'a Loop, length: usize) -> Outcome {
        let function = each.function;
        let mut count = 0;
        let mut taken = Vec::new();
        let backwards = matches!(function, Function::FindLast | Function::FindLastIndex);
        for step in 0..length {
            let index = if backwards { length - 1 - step } else { step };
            let value = self.body(&each.body, index)?;
            let yes = truth(&value)?;
            match function {
                Function::All if !yes => return Ok(Value::Bool(false)),
                Function::Any if yes => return Ok(Value::Bool(true)),
                Function::None if yes => return Ok(Value::Bool(false)),
                Function::Find | Function::FindLast if yes => return self.taken(each),
                Function::FindIndex | Function::FindLastIndex if yes => {
                    return Ok(Value::Int(i64::try_from(index).unwrap_or(i64::MAX)));
                }
                Function::Filter if yes => taken.push(self.taken(each)?),
                _ => count += i64::from(yes),
            }
        }
        Ok(match function {
            Function::All | Function::None => Value::Bool(true),
            Function::Any => Value::Bool(false),
            Function::One => Value::Bool(count == 1),
            Function::Count => Value::Int(count),
            Function::Filter => self.meter.make(Value::list(taken))?,
            _ if each.throws => return Err(EvalError::new("the index is out of range").into()),
            _ => Value::Nil,
        })
    }

    /// What becomes of the member that a body said yes to.
    fn taken(&mut self, each: &'a Loop) -> Outcome {
        match &each.map {
            Some(map) => self.evaluate(map),
            None => Ok(self.pointer(&Pointer::Element)?),
        }
    }

    fn map_each(&mut self, each: &'a Loop, length: usize) -> Outcome {
        let mut members = Vec::new();
        for index in 0..length {
            members.push(self.body(&each.body, index)?);
        }
        Ok(self.meter.make(Value::list(members))?)
    }

    fn group(&mut self, each: &'a Loop, length: usize) -> Outcome {
        let mut groups: Vec<(Value, Vec<Value>)> = Vec::new();
        for index in 0..length {
            let key = self.body(&each.body, index)?;
            operate::hashable(&key)?;
            let member = self.pointer(&Pointer::Element)?;
            self.meter.step(groups.len())?;
            match groups.iter_mut().find(|(known, _)| operate::same_key(known, &key)) {
                Some((_, members)) => members.push(member),
                None => groups.push((key, vec![member])),
            }
        }
        let groups = groups.into_iter().map(|(key, members)| (key, Value::list(members))).collect();
        Ok(self.meter.make(Value::groups(groups))?)
    }

    fn reduce(&mut self, each: &'a Loop, length: usize) -> Outcome {
        let (mut accumulator, first) = match &each.initial {
            Some(initial) => (self.evaluate(initial)?, 0),
            None => (self.pointer(&Pointer::Element)?, 1),
        };
        for index in first..length {
            if let Some(scope) = self.scopes.last_mut() {
                scope.accumulator = accumulator;
            }
            accumulator = self.body(&each.body, index)?;
        }
        Ok(accumulator)
    }
}

/// The member of a list, or the byte of a text, that a body runs for.
fn element(collection: &Value, index: usize) -> Result<Value, EvalError> {
    match collection {
        Value::List(list) => list.get(index).ok_or_else(|| EvalError::new("the index is out of range")),
        Value::Text(text) => match text.as_bytes().get(index) {
            Some(byte) => Ok(Value::Int(i64::from(*byte))),
            None => Err(EvalError::new("the index is out of range")),
        },
        other => Err(EvalError::new(format!("a {} has no members in an order", other.kind()))),
    }
}

fn member(object: &Value, key: &Value) -> Result<Value, EvalError> {
    let Value::Text(name) = key else { return operate::fetch(object, key) };
    if let Value::Function(Callable::Sprig) = object {
        let function = sprig::find(name)?.map(|function| Value::Function(Callable::SprigFunction(function)));
        return Ok(function.unwrap_or(Value::Nil));
    }
    match method::of(object, name) {
        Some(method) => Ok(Value::Function(Callable::Method(method, Box::new(object.clone())))),
        None => operate::fetch(object, key),
    }
}

/// `==`: where the check found whole numbers or texts on both sides, anything else is an error.
fn typed_equal(left_type: &Type, left: &Value, right_type: &Type, right: &Value) -> Result<Value, EvalError> {
    let wrong = || EvalError::new(format!("cannot compare {} with {}", left.kind(), right.kind()));
    match (left_type, right_type) {
        (Type::Int, Type::Int) if !matches!((left, right), (Value::Int(_), Value::Int(_))) => Err(wrong()),
        (Type::Text, Type::Text) if !matches!((left, right), (Value::Text(_), Value::Text(_))) => Err(wrong()),
        _ => Ok(Value::Bool(operate::equal(left, right))),
    }
}

fn matches(text: &Value, regex: &Regex) -> Result<Value, EvalError> {
    match text {
        Value::Text(text) => Ok(Value::Bool(regex.is_match(text))),
        other => Err(EvalError::new(format!("matches takes a string, found {}", other.kind()))),
    }
}

/// `matches` with a pattern that is known only now.
fn dynamic_matches(text: &Value, pattern: &Value) -> Result<Value, EvalError> {
    match pattern {
        Value::Text(pattern) => {
            let regex = Regex::compile(pattern).map_err(|_| EvalError::new("the regular expression is invalid"))?;
            matches(text, &regex)
        }
        other => Err(EvalError::new(format!("matches takes a string, found {}", other.kind()))),
    }
}

fn in_texts(needle: &Value, texts: &[String]) -> Result<Value, EvalError> {
    let text = match needle {
        Value::Text(text) => text,
        Value::Nil => "",
        other => return Err(EvalError::new(format!("cannot look for {} among strings", other.kind()))),
    };
    Ok(Value::Bool(texts.iter().any(|known| known == text)))
}

/// `from..to`; the library's budget allows for less than a million numbers.
fn range(from: &Value, to: &Value) -> Result<Value, EvalError> {
    const LIMIT: i64 = 1_000_000;
    let (from, to) = (operate::integer(from)?, operate::integer(to)?);
    let count = to.saturating_sub(from).saturating_add(1).max(0);
    if count > LIMIT {
        return Err(EvalError::new("the range is too long"));
    }
    Ok(Value::List(List::Range(from, usize::try_from(count).unwrap_or(0))))
}
