//! Pipelines, commands and operands.

use std::sync::Arc;

use super::{Parser, unexpected};
use crate::CompileError;
use crate::template::functions::{self, Found};
use crate::template::lexer::{Kind, Token, Word};
use crate::template::literal;
use crate::template::tree::{Command, Operand, Pipeline, Term};
use crate::template::value::Text;

impl Parser<'_> {
    /// A pipeline up to and with the token that ends it, with the variables that it declares in front.
    pub(super) fn pipeline(&mut self, context: &str, end: Kind) -> Result<Pipeline, CompileError> {
        let at = self.peek_word()?.at;
        let mut pipeline = Pipeline { commands: Vec::new(), variables: Vec::new(), assigns: false, at };
        self.declarations(&mut pipeline, context)?;
        loop {
            let token = self.peek_word()?;
            if token.kind == end {
                self.index += 1;
                check(&pipeline, token, context)?;
                return Ok(pipeline);
            }
            if !begins_operand(token.kind) {
                return Err(unexpected(token, context));
            }
            let command = self.command()?;
            pipeline.commands.push(command);
        }
    }

    fn declarations(&mut self, pipeline: &mut Pipeline, context: &str) -> Result<(), CompileError> {
        loop {
            let (start, variable) = (self.index, self.peek_word()?);
            if variable.kind != Kind::Variable {
                return Ok(());
            }
            self.index += 1;
            let next = self.peek_word()?;
            if !matches!(next.kind, Kind::Assign | Kind::Declare | Kind::Comma) {
                self.index = start;
                return Ok(());
            }
            self.index += 1;
            let name = variable.text.strip_prefix('$').unwrap_or_default();
            pipeline.variables.push(Arc::from(name));
            self.scope.variables.push(name);
            if next.kind != Kind::Comma {
                pipeline.assigns = next.kind == Kind::Assign;
                return Ok(());
            }
            if context != "range" || pipeline.variables.len() > 1 {
                return Err(CompileError::new(next.at, format!("too many declarations in {context}")));
            }
            if !matches!(self.peek_word()?.kind, Kind::Variable | Kind::Close | Kind::CloseParen) {
                return Err(CompileError::new(next.at, "range can only initialize variables"));
            }
        }
    }

    /// Operands with blanks between them, up to a pipe, which is taken, or the end of the pipeline, which is not.
    fn command(&mut self) -> Result<Command, CompileError> {
        let start = self.peek_word()?.at;
        let mut operands = Vec::new();
        loop {
            self.peek_word()?;
            operands.extend(self.operand()?);
            let token = self.next()?;
            match token.kind {
                Kind::Space => continue,
                Kind::Close | Kind::CloseParen => self.index -= 1,
                Kind::Pipe => {}
                _ => return Err(unexpected(token, "operand")),
            }
            break;
        }
        let mut operands = operands.into_iter();
        let operand = operands.next().ok_or_else(|| CompileError::new(start, "empty command"))?;
        Ok(Command { operand, arguments: operands.collect() })
    }

    /// A term and the fields that follow it without a blank; `None` when here is no operand.
    fn operand(&mut self) -> Result<Option<Operand>, CompileError> {
        let at = self.peek()?.at;
        let Some(term) = self.term()? else { return Ok(None) };
        let mut fields = Vec::new();
        while self.peek()?.kind == Kind::Field {
            fields.push(field(self.next()?));
        }
        if fields.is_empty() {
            return Ok(Some(Operand { term, at }));
        }
        let term = match term {
            Term::Fields(mut path) => {
                path.append(&mut fields);
                Term::Fields(path)
            }
            Term::Variable(name, mut path) => {
                path.append(&mut fields);
                Term::Variable(name, path)
            }
            Term::Bool(_) | Term::Text(_) | Term::Number(_) | Term::Nil | Term::Dot => {
                return Err(CompileError::new(at, "unexpected . after a term without fields"));
            }
            term => Term::Chain(Box::new(Operand { term, at }), fields),
        };
        Ok(Some(Operand { term, at }))
    }

    fn term(&mut self) -> Result<Option<Term>, CompileError> {
        let token = self.next_word()?;
        let invalid = |message| CompileError::new(token.at, message);
        let term = match token.kind {
            Kind::Identifier => Term::Function(match functions::find(token.text) {
                Found::Function(function) => function,
                Found::Refused(why) => return Err(invalid(format!("function {:?} is refused: {why}", token.text))),
                Found::Nothing => return Err(invalid(format!("function {:?} not defined", token.text))),
            }),
            Kind::Dot => Term::Dot,
            Kind::Word(Word::Nil) => Term::Nil,
            Kind::Word(Word::True) => Term::Bool(true),
            Kind::Word(Word::False) => Term::Bool(false),
            Kind::Variable => self.variable(token)?,
            Kind::Field => Term::Fields(vec![field(token)]),
            Kind::Char => Term::Number(literal::parse_char(token.text).map_err(invalid)?),
            Kind::Number => Term::Number(literal::parse_number(token.text).map_err(invalid)?),
            Kind::Quoted | Kind::Raw => Term::Text(literal::unquote(token.text).map_err(invalid)?.into()),
            Kind::OpenParen => {
                let inner = |parser: &mut Self| parser.pipeline("parenthesized pipeline", Kind::CloseParen);
                Term::Pipeline(Box::new(self.nested(inner)?))
            }
            _ => {
                self.index -= 1;
                return Ok(None);
            }
        };
        Ok(Some(term))
    }

    fn variable(&self, token: Token<'_>) -> Result<Term, CompileError> {
        let name = token.text.strip_prefix('$').unwrap_or_default();
        if !name.is_empty() && !self.scope.variables.contains(&name) {
            return Err(CompileError::new(token.at, format!("undefined variable {:?}", token.text)));
        }
        Ok(Term::Variable(Arc::from(name), Vec::new()))
    }
}

fn field(token: Token<'_>) -> Text {
    token.text.strip_prefix('.').unwrap_or_default().into()
}

fn begins_operand(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Word(Word::True | Word::False | Word::Nil)
            | Kind::Char
            | Kind::Dot
            | Kind::Field
            | Kind::Identifier
            | Kind::Number
            | Kind::Raw
            | Kind::Quoted
            | Kind::Variable
            | Kind::OpenParen
    )
}

/// A pipeline has a command, and only its first one may be a constant.
fn check(pipeline: &Pipeline, end: Token<'_>, context: &str) -> Result<(), CompileError> {
    if pipeline.commands.is_empty() {
        return Err(CompileError::new(end.at, format!("missing value for {context}")));
    }
    for (stage, command) in pipeline.commands.iter().enumerate().skip(1) {
        let operand = &command.operand;
        if matches!(operand.term, Term::Bool(_) | Term::Dot | Term::Nil | Term::Number(_) | Term::Text(_)) {
            let message = format!("non executable command in pipeline stage {}", stage + 1);
            return Err(CompileError::new(operand.at, message));
        }
    }
    Ok(())
}
