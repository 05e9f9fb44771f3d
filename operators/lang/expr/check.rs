//! The check of types before an expression runs: what it refuses, the library refuses.

use super::builtin;
use super::method;
use super::node::{Binary, Function, Kind, Loop, Node, Pointer, Unary, text};
use super::types::Type;
use crate::CompileError;
use crate::regex::Regex;

/// A type, and of a list written out the one type of its members if they have one.
type Known = (Type, Option<Type>);

/// Checks the tree and writes the type of each node that is looked at into it.
pub(super) fn check(node: &mut Node) -> Result<(), CompileError> {
    Checker { scopes: Vec::new(), variables: Vec::new() }.visit(node).map(|_| ())
}

/// The body of a function that is being checked.
struct Scope {
    element: Type,
    index: bool,
    accumulator: bool,
}

struct Checker {
    scopes: Vec<Scope>,
    variables: Vec<(String, Known)>,
}

impl Checker {
    fn visit(&mut self, node: &mut Node) -> Result<Known, CompileError> {
        let known = self.known(node)?;
        node.ty = known.0.clone();
        Ok(known)
    }

    fn ty(&mut self, node: &mut Node) -> Result<Type, CompileError> {
        Ok(self.visit(node)?.0)
    }

    fn known(&mut self, node: &mut Node) -> Result<Known, CompileError> {
        let at = node.at;
        let ty = match &mut node.kind {
            Kind::Nil => Type::Nil,
            Kind::Bool(_) => Type::Bool,
            Kind::Int(_) => Type::Int,
            Kind::Float(_) => Type::Float,
            Kind::Text(_) => Type::Text,
            Kind::Name(name) => return Ok(self.name(name)),
            Kind::Unary(operator, operand) => {
                let operand = self.ty(operand)?;
                unary(*operator, &operand).ok_or_else(|| CompileError::new(at, format!("mismatched type {operand}")))?
            }
            Kind::Binary(..) => self.binary(node)?,
            Kind::Chain(inner) => return self.visit(inner),
            Kind::Member { object, property, .. } => self.member(at, object, property)?,
            Kind::Slice { object, from, to } => {
                let object = self.ty(object)?;
                if !(object.is_any() || object == Type::Text || object.is_list()) {
                    return Err(CompileError::new(at, format!("cannot slice {object}")));
                }
                for end in from.iter_mut().chain(to) {
                    let ty = self.ty(end)?;
                    if !ty.is_integer() && !ty.is_any() {
                        return Err(CompileError::new(end.at, format!("non-integer slice index {ty}")));
                    }
                }
                object
            }
            Kind::Call { callee, arguments } => self.call(at, callee, arguments)?,
            Kind::Builtin { builtin, arguments } => {
                let types = arguments.iter_mut().map(|argument| self.ty(argument)).collect::<Result<Vec<_>, _>>()?;
                builtin::check(builtin, &types).map_err(|message| CompileError::new(at, message))?
            }
            Kind::Loop(each) => self.each(each)?,
            Kind::Pointer(pointer) => self.pointer(at, pointer)?,
            Kind::Let { name, value, body } => {
                let taken = builtin::is_name(name) || self.variables.iter().any(|(known, _)| known == name);
                if taken {
                    return Err(CompileError::new(at, format!("cannot redeclare {name}")));
                }
                let value = self.visit(value)?;
                self.variables.push((name.clone(), value));
                let body = self.visit(body);
                self.variables.pop();
                return body;
            }
            Kind::Conditional { condition, then, otherwise } => {
                let condition_type = self.ty(condition)?;
                if condition_type != Type::Bool && !condition_type.is_any() {
                    let message = format!("non-bool expression of type {condition_type} used as condition");
                    return Err(CompileError::new(condition.at, message));
                }
                let then = match then {
                    Some(then) => self.ty(then)?,
                    None => condition_type,
                };
                either(then, self.ty(otherwise)?)
            }
            Kind::Array(members) => return self.array(members),
            Kind::Map(pairs) => {
                for (key, value) in pairs {
                    self.visit(key)?;
                    self.visit(value)?;
                }
                Type::Map
            }
            // The later passes make these.
            Kind::Constant(_) | Kind::Matches(..) | Kind::InTexts(..) | Kind::InRange(..) => Type::Any,
        };
        Ok((ty, None))
    }

    fn name(&self, name: &str) -> Known {
        if let Some((_, known)) = self.variables.iter().rev().find(|(known, _)| known == name) {
            return known.clone();
        }
        let ty = match name {
            "$env" => Type::Map,
            _ if builtin::is_name(name) => Type::Function,
            _ => Type::Any,
        };
        (ty, None)
    }

    fn array(&mut self, members: &mut [Node]) -> Result<Known, CompileError> {
        let mut types = Vec::with_capacity(members.len());
        for member in members {
            types.push(self.ty(member)?);
        }
        let same = types.windows(2).all(|pair| match pair {
            [a, b] => *a != Type::Nil && a.same_kind(b),
            _ => false,
        });
        Ok((Type::list(), types.pop().filter(|last| same && *last != Type::Nil)))
    }

    fn binary(&mut self, node: &mut Node) -> Result<Type, CompileError> {
        let at = node.at;
        let Kind::Binary(operator, left, right) = &mut node.kind else { return Ok(Type::Any) };
        let operator = *operator;
        let left_type = self.ty(left)?;
        let (right_type, member) = self.visit(right)?;
        if operator == Binary::Matches
            && let Kind::Text(pattern) = &right.kind
        {
            let regex = Regex::compile(pattern).map_err(|error| CompileError::new(right.at, error.message))?;
            let allowed = left_type.is_any() || left_type == Type::Text;
            if allowed {
                let left = std::mem::replace(left.as_mut(), Node::new(at, Kind::Nil));
                node.kind = Kind::Matches(Box::new(left), Box::new(regex));
                return Ok(Type::Bool);
            }
        }
        let found = match operator {
            Binary::In => contained(&left_type, &right_type, member.as_ref()),
            _ => operators(operator, &left_type, &right_type),
        };
        found.ok_or_else(|| {
            let message = format!("mismatched types {left_type} and {right_type} for {}", text(operator));
            CompileError::new(at, message)
        })
    }

    fn member(&mut self, at: usize, object: &mut Node, property: &mut Node) -> Result<Type, CompileError> {
        let base = self.ty(object)?;
        let key = self.ty(property)?;
        let name = match &property.kind {
            Kind::Text(name) => Some(name.as_str()),
            _ => None,
        };
        if matches!(&object.kind, Kind::Name(name) if name == "$env") {
            return Ok(if name.is_some_and(builtin::is_name) { Type::Function } else { Type::Any });
        }
        if name.is_some_and(|name| method::find(&base, name).is_some()) {
            return Ok(Type::Function);
        }
        let fits = match &base {
            Type::Any | Type::AnyMap(_) => true,
            Type::Map => matches!(key, Type::Nil | Type::Any | Type::Text),
            Type::List(_) => key.is_integer() || key.is_any(),
            _ => false,
        };
        match base {
            Type::List(member) | Type::AnyMap(member) if fits => Ok(*member),
            _ if fits => Ok(Type::Any),
            _ => Err(CompileError::new(at, format!("type {base} has no member of type {key}"))),
        }
    }

    /// A call of a value that is known only when it runs is not looked into.
    fn call(&mut self, at: usize, callee: &mut Node, arguments: &mut [Node]) -> Result<Type, CompileError> {
        let ty = self.ty(callee)?;
        if ty.is_any() {
            return Ok(Type::Any);
        }
        let not_callable = || CompileError::new(at, format!("a value of type {ty} cannot be called"));
        let Kind::Member { object, property, .. } = &callee.kind else { return Err(not_callable()) };
        let Kind::Text(name) = &property.kind else { return Err(not_callable()) };
        let method = method::find(&object.ty, name).ok_or_else(not_callable)?;
        let types = arguments.iter_mut().map(|argument| self.ty(argument)).collect::<Result<Vec<_>, _>>()?;
        let fits = |(ty, wanted): (&Type, &Type)| {
            matches!(ty, Type::Nil | Type::Any) || ty.assigns_to(wanted) || (ty.is_integer() && wanted.is_integer())
        };
        if types.len() != method.parameters.len() || !types.iter().zip(method.parameters).all(fits) {
            return Err(CompileError::new(at, format!("wrong arguments for {name}")));
        }
        Ok(method.result.clone())
    }

    fn each(&mut self, each: &mut Loop) -> Result<Type, CompileError> {
        let collection = self.ty(&mut each.collection)?;
        let element = match &collection {
            Type::Any => Type::Any,
            Type::List(member) => (**member).clone(),
            other => return Err(CompileError::new(each.collection.at, format!("expected an array, found {other}"))),
        };
        let function = each.function;
        let reduce = function == Function::Reduce;
        let scope = Scope { element: element.clone(), index: reduce || function == Function::Map, accumulator: reduce };
        self.scopes.push(scope);
        let body = self.ty(&mut each.body);
        self.scopes.pop();
        let body = body?;
        if body == Type::Nil {
            return Err(CompileError::new(each.body.at, "the body of a function cannot be nil"));
        }
        if let Some(initial) = &mut each.initial {
            self.visit(initial)?;
        }
        let takes_any = matches!(function, Function::Map | Function::GroupBy | Function::Reduce);
        if !takes_any && body != Type::Bool && !body.is_any() {
            return Err(CompileError::new(each.body.at, format!("expected a bool, found {body}")));
        }
        Ok(match function {
            Function::All | Function::None | Function::Any | Function::One => Type::Bool,
            Function::Filter => Type::List(Box::new(element)),
            Function::Map => Type::List(Box::new(body)),
            Function::Count | Function::FindIndex | Function::FindLastIndex => Type::Int,
            Function::Find | Function::FindLast => element,
            Function::GroupBy => Type::AnyMap(Box::new(Type::list())),
            Function::Reduce => body,
        })
    }

    fn pointer(&self, at: usize, pointer: &Pointer) -> Result<Type, CompileError> {
        let Some(scope) = self.scopes.last() else {
            return Err(CompileError::new(at, "cannot use # outside of a function's body"));
        };
        match pointer {
            Pointer::Element => Ok(scope.element.clone()),
            Pointer::Index if scope.index => Ok(Type::Int),
            Pointer::Accumulator if scope.accumulator => Ok(Type::Any),
            _ => Err(CompileError::new(at, "unknown name after #")),
        }
    }
}

fn unary(operator: Unary, operand: &Type) -> Option<Type> {
    match operator {
        Unary::Not => (*operand == Type::Bool || operand.is_any()).then_some(Type::Bool),
        Unary::Plus | Unary::Minus => (operand.is_number() || operand.is_any()).then(|| operand.clone()),
    }
}

/// The type of `? :`, and of `??` but for its first rules.
fn either(left: Type, right: Type) -> Type {
    match (left, right) {
        (Type::Nil, right) => right,
        (left, Type::Nil) => left,
        (left, right) if left.assigns_to(&right) => left,
        _ => Type::Any,
    }
}

/// Whether one side is known only when it runs and the other too, or of one of these types.
fn one_any(left: &Type, right: &Type, allowed: fn(&Type) -> bool) -> bool {
    (left.is_any() && (right.is_any() || allowed(right))) || (right.is_any() && allowed(left))
}

/// The type of an operator's result, if it takes operands of these types.
fn operators(operator: Binary, left: &Type, right: &Type) -> Option<Type> {
    let numbers = left.is_number() && right.is_number();
    let texts = *left == Type::Text && *right == Type::Text;
    let (fits, ty) = match operator {
        Binary::Equal | Binary::NotEqual => (left.is_comparable(right), Type::Bool),
        Binary::Or | Binary::And => {
            let bools = *left == Type::Bool && *right == Type::Bool;
            (bools || one_any(left, right, |ty| *ty == Type::Bool), Type::Bool)
        }
        Binary::Less | Binary::Greater | Binary::GreaterOrEqual | Binary::LessOrEqual => {
            let ordered = |ty: &Type| ty.is_number() || matches!(ty, Type::Text | Type::Time);
            let times = *left == Type::Time && *right == Type::Time;
            (numbers || texts || times || one_any(left, right, ordered), Type::Bool)
        }
        Binary::Multiply if numbers => (true, left.combined(right)),
        Binary::Multiply => (one_any(left, right, Type::is_number), Type::Any),
        Binary::Divide | Binary::Power => (numbers || one_any(left, right, Type::is_number), Type::Float),
        Binary::Remainder if left.is_integer() && right.is_integer() => (true, left.combined(right)),
        Binary::Remainder => (one_any(left, right, Type::is_integer), Type::Any),
        Binary::Add | Binary::Subtract => return sum(operator, left, right),
        Binary::Matches | Binary::Contains | Binary::StartsWith | Binary::EndsWith => {
            (texts || one_any(left, right, |ty| *ty == Type::Text), Type::Bool)
        }
        Binary::Range => {
            let integers = left.is_integer() && right.is_integer();
            (integers || one_any(left, right, Type::is_integer), Type::List(Box::new(Type::Int)))
        }
        Binary::Coalesce => match (left, right) {
            (Type::Nil, ty) | (ty, Type::Nil) => (true, ty.clone()),
            _ if right.assigns_to(left) => (true, left.clone()),
            _ => (true, Type::Any),
        },
        Binary::In => (false, Type::Bool),
    };
    fits.then_some(ty)
}

fn sum(operator: Binary, left: &Type, right: &Type) -> Option<Type> {
    let add = operator == Binary::Add;
    match (left, right) {
        (left, right) if left.is_number() && right.is_number() => Some(left.combined(right)),
        (Type::Text, Type::Text) if add => Some(Type::Text),
        (Type::Time, Type::Duration) => Some(Type::Time),
        (Type::Duration, Type::Time) if add => Some(Type::Time),
        (Type::Time, Type::Time) if !add => Some(Type::Duration),
        (left, right) => {
            let allowed: fn(&Type) -> bool = match add {
                true => |ty| ty.is_number() || matches!(ty, Type::Text | Type::Time),
                false => |ty| ty.is_number() || *ty == Type::Time,
            };
            one_any(left, right, allowed).then_some(Type::Any)
        }
    }
}

/// The type of `in`; `member` is the type of the members of a list written out.
fn contained(left: &Type, right: &Type, member: Option<&Type>) -> Option<Type> {
    let fits = match right {
        Type::Time => matches!(left, Type::Text | Type::Any),
        Type::Map => matches!(left, Type::Nil | Type::Any | Type::Text),
        Type::AnyMap(_) | Type::Any => true,
        Type::List(element) => left.is_comparable(element) && member.is_none_or(|member| left.is_comparable(member)),
        Type::Text => left.is_any(),
        _ => false,
    };
    fits.then_some(Type::Bool)
}
