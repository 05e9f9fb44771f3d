//! The rewritings of the library that can be noticed: what is computed ahead is not looked at again when it runs.
//!
//! `x && false` never asks for `x`; `x in ["a", "b"]` becomes a look-up that no number survives; `filter(…)[0]` stops at
//! the first; `len(filter(…))` only counts; in `map(filter(…), …)` the index is that of the list before the filter.

use super::node::{Binary, Function, Kind, Node, Unary};
use super::operate;
use super::types::Type;
use super::value::Value;
use crate::CompileError;

/// Rewrites a checked tree.
pub(super) fn optimize(node: &mut Node) -> Result<(), CompileError> {
    node.walk(&mut in_texts);
    // Each round can only make the tree smaller, and none is needed once one changes nothing.
    loop {
        let mut fold = Fold { applied: false, error: None };
        node.walk(&mut |node| fold.visit(node));
        match fold.error {
            Some(error) => return Err(error),
            None if fold.applied => {}
            None => break,
        }
    }
    node.walk(&mut in_range);
    node.walk(&mut map_of_filter);
    node.walk(&mut length_of_filter);
    node.walk(&mut |node| end_of_filter(node, -1, "last", Function::FindLast));
    node.walk(&mut |node| end_of_filter(node, 0, "first", Function::Find));
    Ok(())
}

/// `x in ["a", "b"]`: the list becomes a set of texts.
fn in_texts(node: &mut Node) {
    let Kind::Binary(Binary::In, left, right) = &mut node.kind else { return };
    let Kind::Array(members) = &right.kind else { return };
    let texts = members.iter().map(|member| match &member.kind {
        Kind::Text(text) => Some(text.clone()),
        _ => None,
    });
    if let Some(texts) = texts.collect::<Option<Vec<_>>>().filter(|texts| !texts.is_empty()) {
        let left = std::mem::replace(left.as_mut(), Node::new(node.at, Kind::Nil));
        node.kind = Kind::InTexts(Box::new(left), texts);
    }
}

/// `x in 1..9` for a whole number.
fn in_range(node: &mut Node) {
    let Kind::Binary(Binary::In, left, right) = &mut node.kind else { return };
    let Kind::Binary(Binary::Range, from, to) = &right.kind else { return };
    if let (Type::Int, Kind::Int(from), Kind::Int(to)) = (&left.ty, &from.kind, &to.kind) {
        let (from, to) = (*from, *to);
        let left = std::mem::replace(left.as_mut(), Node::new(node.at, Kind::Nil));
        node.kind = Kind::InRange(Box::new(left), from, to);
    }
}

/// `map(filter(xs, p), f)`: one pass over the list.
fn map_of_filter(node: &mut Node) {
    let Kind::Loop(map) = &mut node.kind else { return };
    if map.function != Function::Map {
        return;
    }
    if let Kind::Loop(filter) = &mut map.collection.kind
        && filter.function == Function::Filter
        && filter.map.is_none()
    {
        filter.map = Some(std::mem::replace(&mut map.body, Node::new(node.at, Kind::Nil)));
        node.kind = map.collection.take();
    }
}

/// `len(filter(xs, p))`: only a count.
fn length_of_filter(node: &mut Node) {
    let Kind::Builtin { builtin, arguments } = &mut node.kind else { return };
    if let ("len", [argument]) = (builtin.name, arguments.as_mut_slice())
        && let Kind::Loop(filter) = &mut argument.kind
        && filter.function == Function::Filter
    {
        filter.function = Function::Count;
        filter.map = None;
        node.kind = argument.take();
    }
}

/// `filter(xs, p)[0]` and `first(filter(xs, p))`, or the same from the other end: only as far as needed.
fn end_of_filter(node: &mut Node, index: i64, name: &str, find: Function) {
    let (filter, throws) = match &mut node.kind {
        Kind::Member { object, property, optional: false } if matches!(property.kind, Kind::Int(i) if i == index) => {
            (object.as_mut(), true)
        }
        Kind::Builtin { builtin, arguments } if builtin.name == name => match arguments.as_mut_slice() {
            [argument] => (argument, false),
            _ => return,
        },
        _ => return,
    };
    if let Kind::Loop(each) = &mut filter.kind
        && each.function == Function::Filter
    {
        each.function = find;
        each.throws = throws;
        node.kind = filter.take();
    }
}

/// One round of computing literals ahead.
struct Fold {
    applied: bool,
    error: Option<CompileError>,
}

impl Fold {
    fn visit(&mut self, node: &mut Node) {
        let folded = match &mut node.kind {
            Kind::Unary(operator, operand) => unary(*operator, &operand.kind),
            Kind::Binary(operator @ (Binary::And | Binary::Or), left, right) => {
                logic(*operator == Binary::And, left, right)
            }
            Kind::Binary(operator, left, right) => match binary(*operator, &left.kind, &right.kind) {
                Some(Ok(kind)) => Some(kind),
                Some(Err(message)) => {
                    self.error.get_or_insert(CompileError::new(node.at, message));
                    None
                }
                None => None,
            },
            Kind::Array(members) => array(members),
            _ => None,
        };
        if let Some(kind) = folded {
            self.applied = true;
            match &kind {
                Kind::Int(_) => node.ty = Type::Int,
                Kind::Float(_) => node.ty = Type::Float,
                Kind::Text(_) => node.ty = Type::Text,
                // What stands for `x && true` keeps the type of the whole.
                _ => {}
            }
            node.kind = kind;
        }
    }
}

fn unary(operator: Unary, operand: &Kind) -> Option<Kind> {
    match (operator, operand) {
        (Unary::Minus, Kind::Int(number)) => Some(Kind::Int(number.wrapping_neg())),
        (Unary::Minus, Kind::Float(number)) => Some(Kind::Float(-number)),
        (Unary::Plus, Kind::Int(_) | Kind::Float(_)) => Some(operand.clone()),
        (Unary::Not, Kind::Bool(truth)) => Some(Kind::Bool(!truth)),
        _ => None,
    }
}

/// `true && x` is x, `x && false` is false, and the other way round for `||`.
fn logic(and: bool, left: &mut Node, right: &mut Node) -> Option<Kind> {
    match (&left.kind, &right.kind) {
        (Kind::Bool(truth), _) if *truth == and => Some(right.take()),
        (_, Kind::Bool(truth)) if *truth == and => Some(left.take()),
        (Kind::Bool(_), _) | (_, Kind::Bool(_)) => Some(Kind::Bool(!and)),
        _ => None,
    }
}

fn binary(operator: Binary, left: &Kind, right: &Kind) -> Option<Result<Kind, String>> {
    let (left_value, right_value) = (literal(left)?, literal(right)?);
    let numbers = is_number(left) && is_number(right);
    let texts = matches!((left, right), (Kind::Text(_), Kind::Text(_)));
    let result = match operator {
        Binary::Add if numbers || texts => operate::add(&left_value, &right_value),
        Binary::Subtract if numbers => operate::subtract(&left_value, &right_value),
        Binary::Multiply if numbers => operate::multiply(&left_value, &right_value),
        Binary::Divide if numbers => operate::divide(&left_value, &right_value),
        Binary::Power if numbers => operate::power(&left_value, &right_value),
        Binary::Remainder if numbers => operate::remainder(&left_value, &right_value),
        Binary::Equal if !matches!((left, right), (Kind::Float(_), _) | (_, Kind::Float(_))) => {
            Ok(Value::Bool(operate::equal(&left_value, &right_value)))
        }
        _ => return None,
    };
    Some(match result {
        Ok(Value::Int(number)) => Ok(Kind::Int(number)),
        Ok(Value::Float(number)) => Ok(Kind::Float(number)),
        Ok(Value::Text(text)) => Ok(Kind::Text(text.to_string())),
        Ok(Value::Bool(truth)) => Ok(Kind::Bool(truth)),
        Ok(_) => return None,
        Err(error) => Err(error.to_string()),
    })
}

fn is_number(kind: &Kind) -> bool {
    matches!(kind, Kind::Int(_) | Kind::Float(_))
}

fn literal(kind: &Kind) -> Option<Value> {
    Some(match kind {
        Kind::Bool(truth) => Value::Bool(*truth),
        Kind::Int(number) => Value::Int(*number),
        Kind::Float(number) => Value::Float(*number),
        Kind::Text(text) => Value::text(text.as_str()),
        _ => return None,
    })
}

fn array(members: &[Node]) -> Option<Kind> {
    let values: Vec<_> = members.iter().map(|member| literal(&member.kind)).collect::<Option<_>>()?;
    (!values.is_empty()).then(|| Kind::Constant(Value::list(values)))
}
