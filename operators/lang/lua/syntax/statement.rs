//! Parses statements, blocks and whole scripts.

use super::lexer::{Placed, Token, tokens};
use super::scope::Scopes;
use super::tree::{Block, Expression, ExpressionKind, FunctionTree, Link, LocalId, Statement, StatementKind};
use crate::CompileError;
use crate::budget::Budget;
use crate::lua::strings::{StringId, Texts};

type Parsed<T> = Result<T, CompileError>;

/// Deepest nesting of expressions, blocks and functions (as in C Lua).
const DEPTH: usize = 200;

/// Parses a script; its texts are added to `texts`.
pub(in crate::lua) fn parse(text: &str, texts: &mut Texts<'_>, budget: &mut Budget) -> Parsed<FunctionTree> {
    let mut parser = Parser { tokens: tokens(text)?, next: 0, scopes: Scopes::default(), texts, budget, depth: 0 };
    parser.scopes.enter_function(true);
    let body = parser.block()?;
    if *parser.token() != Token::End {
        return Err(parser.error("expected a statement or the end of the script"));
    }
    Ok(parser.finish_function(1, 0, None, body))
}

/// Reads tokens one after the other.
pub(super) struct Parser<'t, 'p> {
    tokens: Vec<Placed>,
    next: usize,
    pub(super) scopes: Scopes,
    texts: &'t mut Texts<'p>,
    budget: &'t mut Budget,
    depth: usize,
}

static END: Placed = Placed { token: Token::End, at: 0, line: 0, starts_line: false };

impl Parser<'_, '_> {
    fn placed(&self) -> &Placed {
        self.tokens.get(self.next).or(self.tokens.last()).unwrap_or(&END)
    }

    pub(super) fn token(&self) -> &Token {
        &self.placed().token
    }

    pub(super) fn token_after(&self) -> &Token {
        self.tokens.get(self.next + 1).map_or(&Token::End, |placed| &placed.token)
    }

    pub(super) fn line(&self) -> u32 {
        self.placed().line
    }

    pub(super) fn advance(&mut self) {
        self.next += 1;
    }

    pub(super) fn error(&self, message: impl Into<String>) -> CompileError {
        CompileError::new(self.placed().at, message)
    }

    pub(super) fn accept(&mut self, sign: &'static str) -> bool {
        let found = *self.token() == Token::Sign(sign);
        self.next += usize::from(found);
        found
    }

    pub(super) fn expect(&mut self, sign: &'static str) -> Parsed<()> {
        if self.accept(sign) { Ok(()) } else { Err(self.error(format!("expected '{sign}'"))) }
    }

    /// Runs a rule one level deeper.
    pub(super) fn nested<T>(&mut self, rule: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        if self.depth == DEPTH {
            return Err(self.error(format!("nested more than {DEPTH} levels deep")));
        }
        self.depth += 1;
        let parsed = rule(self);
        self.depth -= 1;
        parsed
    }

    pub(super) fn name_text(&mut self, text: &[u8]) -> Parsed<StringId> {
        self.texts.intern(text, self.budget).map_err(|exhausted| self.error(exhausted.to_string()))
    }

    pub(super) fn name(&mut self) -> Parsed<StringId> {
        let Token::Name(name) = self.token() else { return Err(self.error("expected a name")) };
        let name = name.clone();
        self.advance();
        self.name_text(name.as_bytes())
    }

    fn names(&mut self) -> Parsed<Vec<StringId>> {
        let mut names = vec![self.name()?];
        while self.accept(",") {
            names.push(self.name()?);
        }
        Ok(names)
    }

    /// Statements up to a word that closes a block, which stays unread.
    fn statements(&mut self) -> Parsed<Block> {
        let mut block = Vec::new();
        loop {
            while self.accept(";") {}
            if matches!(self.token(), Token::End | Token::Sign("end" | "else" | "elseif" | "until")) {
                return Ok(block);
            }
            let statement = self.nested(Self::statement)?;
            let is_last = matches!(statement.kind, StatementKind::Return(_) | StatementKind::Break);
            block.push(statement);
            if is_last {
                self.accept(";");
                return Ok(block);
            }
        }
    }

    /// Statements in a scope of their own.
    fn block(&mut self) -> Parsed<Block> {
        let mark = self.scopes.enter_block();
        let block = self.statements()?;
        self.scopes.leave_block(mark);
        Ok(block)
    }

    fn block_until_end(&mut self) -> Parsed<Block> {
        let block = self.block()?;
        self.expect("end")?;
        Ok(block)
    }

    fn statement(&mut self) -> Parsed<Statement> {
        let (line, at) = (self.line(), self.placed().at);
        let Token::Sign(word) = *self.token() else {
            let kind = self.call_or_assignment()?;
            return Ok(Statement { line, at, kind });
        };
        if word != "(" {
            self.advance();
        }
        let kind = match word {
            "do" => StatementKind::Do(self.block_until_end()?),
            "while" => {
                let condition = self.expression()?;
                self.expect("do")?;
                StatementKind::While(condition, self.block_until_end()?)
            }
            "repeat" => self.repeat()?,
            "if" => self.branches()?,
            "for" => self.for_loop()?,
            "function" => self.function_statement(line)?,
            "local" => self.local(line)?,
            "return" => StatementKind::Return(self.returned()?),
            "break" => StatementKind::Break,
            "goto" => StatementKind::Goto(self.name()?),
            "::" => {
                let name = self.name()?;
                self.expect("::")?;
                StatementKind::Label(name)
            }
            "(" => self.call_or_assignment()?,
            _ => return Err(CompileError::new(at, format!("a statement cannot begin with '{word}'"))),
        };
        Ok(Statement { line, at, kind })
    }

    fn repeat(&mut self) -> Parsed<StatementKind> {
        let mark = self.scopes.enter_block();
        let block = self.statements()?;
        self.expect("until")?;
        let condition = self.expression()?;
        self.scopes.leave_block(mark);
        Ok(StatementKind::Repeat(block, condition))
    }

    fn branches(&mut self) -> Parsed<StatementKind> {
        let mut branches = Vec::new();
        loop {
            let condition = self.expression()?;
            self.expect("then")?;
            branches.push((condition, self.block()?));
            if self.accept("elseif") {
                continue;
            }
            let otherwise = if self.accept("else") { self.block()? } else { Vec::new() };
            self.expect("end")?;
            return Ok(StatementKind::If(branches, otherwise));
        }
    }

    fn for_loop(&mut self) -> Parsed<StatementKind> {
        let names = self.names()?;
        if let [name] = names[..]
            && self.accept("=")
        {
            return self.counting_loop(name);
        }
        self.expect("in")?;
        let values = self.expressions()?;
        self.expect("do")?;
        let mark = self.scopes.enter_block();
        let variables = names.into_iter().map(|name| self.scopes.declare(name)).collect();
        let body = self.block_until_end()?;
        self.scopes.leave_block(mark);
        Ok(StatementKind::Each { variables, values, body })
    }

    fn counting_loop(&mut self, name: StringId) -> Parsed<StatementKind> {
        let first = self.expression()?;
        let line = first.line;
        self.expect(",")?;
        let last = self.expression()?;
        let step =
            if self.accept(",") { self.expression()? } else { Expression { line, kind: ExpressionKind::Number(1.0) } };
        self.expect("do")?;
        let mark = self.scopes.enter_block();
        let variable = self.scopes.declare(name);
        let body = self.block_until_end()?;
        self.scopes.leave_block(mark);
        Ok(StatementKind::Count { variable, range: Box::new([first, last, step]), body })
    }

    fn function_statement(&mut self, line: u32) -> Parsed<StatementKind> {
        let head_line = self.line();
        let name = self.name()?;
        let head = Expression { line: head_line, kind: ExpressionKind::Variable(self.scopes.resolve(name), name) };
        let mut links = Vec::new();
        let mut is_method = false;
        while !is_method && (self.accept(".") || *self.token() == Token::Sign(":")) {
            is_method = self.accept(":");
            links.push(Link::Index(self.name_as_text()?));
        }
        let function = self.function(line, is_method)?;
        let target = if links.is_empty() {
            head
        } else {
            Expression { line: head_line, kind: ExpressionKind::Chain(Box::new(head), links) }
        };
        Ok(StatementKind::Assign(vec![target], vec![function]))
    }

    fn local(&mut self, line: u32) -> Parsed<StatementKind> {
        if self.accept("function") {
            let name = self.name()?;
            let local = self.scopes.declare(name);
            return Ok(StatementKind::LocalFunction(local, self.function(line, false)?));
        }
        let names = self.names()?;
        if !self.accept("=") {
            let locals = names.into_iter().map(|name| self.scopes.declare(name)).collect();
            return Ok(StatementKind::Local(locals, Vec::new()));
        }
        // As in the reference, `local f = function … end` sees its own name just as `local function f` does.
        if let [name] = names[..]
            && *self.token() == Token::Sign("function")
        {
            let local = self.scopes.declare(name);
            return Ok(StatementKind::LocalFunction(local, self.expression()?));
        }
        let values = self.expressions()?;
        let locals = names.into_iter().map(|name| self.scopes.declare(name)).collect();
        Ok(StatementKind::Local(locals, values))
    }

    fn returned(&mut self) -> Parsed<Vec<Expression>> {
        let ends = matches!(self.token(), Token::End | Token::Sign("end" | "else" | "elseif" | "until" | ";"));
        if ends { Ok(Vec::new()) } else { self.expressions() }
    }

    fn call_or_assignment(&mut self) -> Parsed<StatementKind> {
        let first = self.chain()?;
        if !matches!(self.token(), Token::Sign("=" | ",")) {
            let called = match &first.kind {
                ExpressionKind::Single(inner) => inner.is_open(),
                _ => first.is_open(),
            };
            let problem = || self.error("expected a call or an assignment to what stands before this");
            return if called { Ok(StatementKind::Call(first)) } else { Err(problem()) };
        }
        let mut targets = vec![self.target(first)?];
        while self.accept(",") {
            let next = self.chain()?;
            targets.push(self.target(next)?);
        }
        self.expect("=")?;
        Ok(StatementKind::Assign(targets, self.expressions()?))
    }

    /// An expression that can be assigned to: a variable or a table's member.
    fn target(&self, expression: Expression) -> Parsed<Expression> {
        match &expression.kind {
            ExpressionKind::Variable(..) => Ok(expression),
            ExpressionKind::Chain(_, links) if matches!(links.last(), Some(Link::Index(_))) => Ok(expression),
            _ => Err(self.error("cannot assign to what stands before this")),
        }
    }

    /// A function from its parameters on; `line` is where its `function` stands.
    pub(super) fn function(&mut self, line: u32, is_method: bool) -> Parsed<Expression> {
        self.scopes.enter_function(false);
        if self.scopes.depth() > DEPTH {
            return Err(self.error("functions nested too deep"));
        }
        let parameters = self.parameters(is_method)?;
        let variadic = self.scopes.function().is_some_and(|function| function.variadic);
        let arg = if variadic {
            let name = self.name_text(b"arg")?;
            Some(self.scopes.declare(name))
        } else {
            None
        };
        let body = self.block_until_end()?;
        let function = self.finish_function(line, parameters, arg, body);
        Ok(Expression { line, kind: ExpressionKind::Function(Box::new(function)) })
    }

    /// Declares the parameters; answers how many have names.
    fn parameters(&mut self, is_method: bool) -> Parsed<u32> {
        let mut names = Vec::new();
        if is_method {
            names.push(self.name_text(b"self")?);
        }
        self.expect("(")?;
        let mut variadic = false;
        while !self.accept(")") {
            variadic = self.accept("...");
            if variadic {
                self.expect(")")?;
                break;
            }
            names.push(self.name()?);
            if !self.accept(",") {
                self.expect(")")?;
                break;
            }
            if *self.token() == Token::Sign(")") {
                return Err(self.error("expected a name"));
            }
        }
        if let Some(function) = self.scopes.function() {
            function.variadic = variadic;
        }
        let count = names.len() as u32;
        for name in names {
            self.scopes.declare(name);
        }
        Ok(count)
    }

    fn finish_function(&mut self, line: u32, parameters: u32, arg: Option<LocalId>, body: Block) -> FunctionTree {
        let scope = self.scopes.leave_function();
        FunctionTree {
            line,
            parameters,
            variadic: scope.variadic,
            arg: arg.filter(|_| !scope.uses_arguments),
            locals: scope.locals,
            captures: scope.captures,
            body,
        }
    }
}
