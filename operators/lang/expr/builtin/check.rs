//! Which arguments the functions take, as far as that is known before a run.

use crate::expr::types::Type;

/// What a parameter takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Parameter {
    Any,
    Text,
    Int,
    /// A list with members of any type.
    List,
    /// A list of texts.
    Texts,
}

impl Parameter {
    fn takes(self, argument: &Type) -> bool {
        match (self, argument) {
            (Self::Any, _) | (_, Type::Nil | Type::Any) | (Self::Text, Type::Text) => true,
            (Self::Int, ty) => ty.is_integer(),
            (Self::List, Type::List(member)) => member.is_any(),
            (Self::Texts, Type::List(member)) => **member == Type::Text,
            _ => false,
        }
    }
}

/// How the arguments of a function are checked.
#[derive(Debug)]
pub(super) enum Check {
    /// One of these lists of parameters must fit.
    Overloads(&'static [&'static [Parameter]], Type),
    /// One of these must fit, and the result is a list of texts.
    Texts(&'static [&'static [Parameter]]),
    /// The function has a rule of its own.
    Own(fn(&[Type]) -> Result<Type, String>),
}

impl Check {
    pub(super) fn run(&self, name: &str, arguments: &[Type]) -> Result<Type, String> {
        let (overloads, result) = match self {
            Self::Overloads(overloads, result) => (overloads, result.clone()),
            Self::Texts(overloads) => (overloads, Type::List(Box::new(Type::Text))),
            Self::Own(check) => return check(arguments).map_err(|message| format!("{name}: {message}")),
        };
        let fits = |parameters: &&&[Parameter]| {
            parameters.len() == arguments.len()
                && parameters.iter().zip(arguments).all(|(parameter, argument)| parameter.takes(argument))
        };
        match overloads.iter().find(fits) {
            Some(_) => Ok(result),
            None => Err(format!("{name} does not take these arguments")),
        }
    }
}

/// The only argument.
fn one(arguments: &[Type]) -> Result<&Type, String> {
    match arguments {
        [argument] => Ok(argument),
        _ => Err(format!("expected 1 argument, found {}", arguments.len())),
    }
}

fn refuse(argument: &Type) -> Result<Type, String> {
    Err(format!("cannot take {argument}"))
}

pub(super) fn len(arguments: &[Type]) -> Result<Type, String> {
    match one(arguments)? {
        Type::Any | Type::Text | Type::List(_) | Type::Map | Type::AnyMap(_) => Ok(Type::Int),
        other => refuse(other),
    }
}

pub(super) fn number(arguments: &[Type]) -> Result<Type, String> {
    let argument = one(arguments)?;
    if argument.is_number() || argument.is_any() { Ok(argument.clone()) } else { refuse(argument) }
}

pub(super) fn to_float(arguments: &[Type]) -> Result<Type, String> {
    number(arguments).map(|_| Type::Float)
}

/// A number, or a text that may be one.
fn convertible(arguments: &[Type], result: Type) -> Result<Type, String> {
    let argument = one(arguments)?;
    let fits = argument.is_number() || matches!(argument, Type::Any | Type::Text);
    if fits { Ok(result) } else { refuse(argument) }
}

pub(super) fn int(arguments: &[Type]) -> Result<Type, String> {
    convertible(arguments, Type::Int)
}

pub(super) fn float(arguments: &[Type]) -> Result<Type, String> {
    convertible(arguments, Type::Float)
}

/// Numbers up to the first argument that is known only at run time.
pub(super) fn extreme(arguments: &[Type]) -> Result<Type, String> {
    for argument in arguments {
        if argument.is_any() {
            return Ok(Type::Any);
        }
        if !argument.is_number() {
            return refuse(argument);
        }
    }
    arguments.first().cloned().ok_or_else(|| "expected an argument".to_owned())
}

/// The only argument, if it can be a list.
fn list(arguments: &[Type]) -> Result<&Type, String> {
    let argument = one(arguments)?;
    if argument.is_any() || argument.is_list() { Ok(argument) } else { Err(format!("cannot take {argument}")) }
}

pub(super) fn sum(arguments: &[Type]) -> Result<Type, String> {
    list(arguments).map(|_| Type::Any)
}

pub(super) fn average(arguments: &[Type]) -> Result<Type, String> {
    list(arguments).map(|_| Type::Float)
}

pub(super) fn end(arguments: &[Type]) -> Result<Type, String> {
    list(arguments).map(|ty| match ty {
        Type::List(member) => (**member).clone(),
        other => other.clone(),
    })
}

pub(super) fn get(arguments: &[Type]) -> Result<Type, String> {
    let [object, key] = arguments else {
        return Err(format!("expected 2 arguments, found {}", arguments.len()));
    };
    match (object, key) {
        (Type::Any, _) => Ok(Type::Any),
        (Type::List(member), key) if key.is_integer() || key.is_any() => Ok((**member).clone()),
        (Type::Map, Type::Any | Type::Text) => Ok(Type::Any),
        (Type::AnyMap(member), key) if *key != Type::Nil => Ok((**member).clone()),
        (object, key) => Err(format!("cannot get a member by {key} from {object}")),
    }
}

pub(super) fn take(arguments: &[Type]) -> Result<Type, String> {
    let [values, count] = arguments else {
        return Err(format!("expected 2 arguments, found {}", arguments.len()));
    };
    if !values.is_any() && !values.is_list() {
        return refuse(values);
    }
    if count.is_integer() || count.is_any() { Ok(values.clone()) } else { refuse(count) }
}

pub(super) fn map(arguments: &[Type]) -> Result<Type, String> {
    let argument = one(arguments)?;
    if argument.is_any() || argument.is_map() { Ok(Type::list()) } else { refuse(argument) }
}

pub(super) fn from_pairs(arguments: &[Type]) -> Result<Type, String> {
    list(arguments).map(|_| Type::AnyMap(Box::new(Type::Any)))
}

pub(super) fn sort(arguments: &[Type]) -> Result<Type, String> {
    sorted(arguments, 1)
}

pub(super) fn sort_by(arguments: &[Type]) -> Result<Type, String> {
    sorted(arguments, 2)
}

/// A list and texts: so many arguments or one more.
fn sorted(arguments: &[Type], least: usize) -> Result<Type, String> {
    if arguments.len() != least && arguments.len() != least + 1 {
        return Err(format!("expected {least} or {} arguments, found {}", least + 1, arguments.len()));
    }
    let Some((values, texts)) = arguments.split_first() else { return Ok(Type::list()) };
    if !values.is_any() && !values.is_list() {
        return refuse(values);
    }
    match texts.iter().find(|ty| !ty.is_any() && **ty != Type::Text) {
        Some(other) => refuse(other),
        None => Ok(Type::list()),
    }
}
