//! Tokens into a compiled template: texts, actions and what they enclose.

mod pipeline;

use std::sync::Arc;

use super::lexer::{self, Kind, Token, Word};
use super::literal;
use super::tree::{Branch, Invocation, List, Node, Templates};
use crate::CompileError;

/// The name of the template that a text is; Argo Events gives every template this one.
pub(super) const MAIN: &str = "param";

/// How deep actions and parentheses may stand in one another; Go allows 10,000 parentheses.
const MAX_NESTING: usize = 100;

/// Compiles a text into its named templates, the main one among them.
pub(super) fn parse(text: &str) -> Result<Templates, CompileError> {
    let (tokens, error) = lexer::tokens(text);
    let mut parser =
        Parser { tokens, error, index: 0, templates: Templates::new(), scope: Scope::default(), nesting: 0 };
    parser.document()?;
    Ok(parser.templates)
}

struct Parser<'a> {
    tokens: Vec<Token<'a>>,
    /// What the lexer met behind the last token.
    error: Option<CompileError>,
    index: usize,
    templates: Templates,
    scope: Scope<'a>,
    nesting: usize,
}

/// What is known inside one named template.
#[derive(Default)]
struct Scope<'a> {
    /// The variables declared so far, `$` left aside.
    variables: Vec<&'a str>,
    /// How many ranges enclose the place.
    ranges: usize,
}

/// What an action is to the list that it stands in.
enum Item {
    Node(Node),
    Else(usize),
    End(usize),
}

/// The actions that enclose others.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Control {
    If,
    With,
    Range,
}

impl Control {
    fn name(self) -> &'static str {
        match self {
            Self::If => "if",
            Self::With => "with",
            Self::Range => "range",
        }
    }
}

impl<'a> Parser<'a> {
    /// The next token without taking it. Behind the last one is what the lexer could not read.
    fn peek(&self) -> Result<Token<'a>, CompileError> {
        match (self.tokens.get(self.index).or(self.tokens.last()), &self.error) {
            (_, Some(error)) if self.index >= self.tokens.len() => Err(error.clone()),
            (Some(token), _) => Ok(*token),
            (None, _) => Err(CompileError::new(0, "unexpected EOF")),
        }
    }

    fn next(&mut self) -> Result<Token<'a>, CompileError> {
        let token = self.peek()?;
        self.index += 1;
        Ok(token)
    }

    /// The next token that is no blank, without taking it; the blanks are taken.
    fn peek_word(&mut self) -> Result<Token<'a>, CompileError> {
        while self.peek()?.kind == Kind::Space {
            self.index += 1;
        }
        self.peek()
    }

    fn next_word(&mut self) -> Result<Token<'a>, CompileError> {
        self.peek_word()?;
        self.next()
    }

    fn expect(&mut self, kind: Kind, context: &str) -> Result<Token<'a>, CompileError> {
        let token = self.next_word()?;
        if token.kind == kind { Ok(token) } else { Err(unexpected(token, context)) }
    }

    /// Runs `parse` one level deeper.
    fn nested<T>(&mut self, parse: impl FnOnce(&mut Self) -> Result<T, CompileError>) -> Result<T, CompileError> {
        if self.nesting == MAX_NESTING {
            return Err(CompileError::new(self.peek()?.at, format!("nested deeper than {MAX_NESTING}")));
        }
        self.nesting += 1;
        let result = parse(self);
        self.nesting -= 1;
        result
    }

    fn document(&mut self) -> Result<(), CompileError> {
        let mut list = List::new();
        loop {
            let (start, token) = (self.index, self.peek()?);
            match token.kind {
                Kind::End => break,
                Kind::Open => {
                    self.index += 1;
                    if self.next_word()?.kind == Kind::Word(Word::Define) {
                        self.definition()?;
                        continue;
                    }
                    self.index = start;
                }
                _ => {}
            }
            match self.item()? {
                Item::Node(node) => list.push(node),
                Item::Else(at) => return Err(CompileError::new(at, "unexpected {{else}}")),
                Item::End(at) => return Err(CompileError::new(at, "unexpected {{end}}")),
            }
        }
        self.add(MAIN, list, 0)
    }

    /// `define`, behind its keyword.
    fn definition(&mut self) -> Result<(), CompileError> {
        let (name, at) = self.template_name("define clause")?;
        self.expect(Kind::Close, "define clause")?;
        self.named(&name, at, "define clause")
    }

    /// The body of a named template up to its end, with a scope of its own.
    fn named(&mut self, name: &str, at: usize, context: &str) -> Result<(), CompileError> {
        let outer = std::mem::take(&mut self.scope);
        let (list, end) = self.nested(Self::list)?;
        self.scope = outer;
        if let Item::Else(at) = end {
            return Err(CompileError::new(at, format!("unexpected {{{{else}}}} in {context}")));
        }
        self.add(name, list, at)
    }

    /// Keeps a named template. A blank one gives way to another of its name.
    fn add(&mut self, name: &str, list: List, at: usize) -> Result<(), CompileError> {
        match self.templates.get(name) {
            Some(known) if !is_blank(known) => {
                if is_blank(&list) {
                    return Ok(());
                }
                Err(CompileError::new(at, format!("multiple definition of template {name:?}")))
            }
            _ => {
                self.templates.insert(name.to_owned(), Arc::new(list));
                Ok(())
            }
        }
    }

    /// Texts and actions up to an `end` or `else`.
    fn list(&mut self) -> Result<(List, Item), CompileError> {
        let mut list = List::new();
        loop {
            let token = self.peek_word()?;
            if token.kind == Kind::End {
                return Err(CompileError::new(token.at, "unexpected EOF"));
            }
            match self.item()? {
                Item::Node(node) => list.push(node),
                end => return Ok((list, end)),
            }
        }
    }

    fn item(&mut self) -> Result<Item, CompileError> {
        let token = self.next_word()?;
        match token.kind {
            Kind::Text => Ok(Item::Node(Node::Text(token.text.to_owned()))),
            Kind::Open => self.action(),
            _ => Err(unexpected(token, "input")),
        }
    }

    /// An action behind its opening.
    fn action(&mut self) -> Result<Item, CompileError> {
        let token = self.peek_word()?;
        let Kind::Word(word) = token.kind else { return self.plain_action() };
        self.index += 1;
        let node = match word {
            Word::Block => self.block()?,
            Word::Break => self.leave("break", token.at, Node::Break)?,
            Word::Continue => self.leave("continue", token.at, Node::Continue)?,
            Word::Else => {
                // `else if` and `else with` go on as the action that they name.
                if !matches!(self.peek_word()?.kind, Kind::Word(Word::If | Word::With)) {
                    self.expect(Kind::Close, "else")?;
                }
                return Ok(Item::Else(token.at));
            }
            Word::End => {
                self.expect(Kind::Close, "end")?;
                return Ok(Item::End(token.at));
            }
            Word::If => Node::If(self.control(Control::If)?),
            Word::Range => Node::Range(self.control(Control::Range)?),
            Word::With => Node::With(self.control(Control::With)?),
            Word::Template => self.invocation()?,
            Word::Define | Word::Nil | Word::True | Word::False => {
                self.index -= 1;
                return self.plain_action();
            }
        };
        Ok(Item::Node(node))
    }

    fn plain_action(&mut self) -> Result<Item, CompileError> {
        // Variables that it declares live on until the enclosing end.
        Ok(Item::Node(Node::Action(self.pipeline("command", Kind::Close)?)))
    }

    fn leave(&mut self, name: &str, at: usize, node: Node) -> Result<Node, CompileError> {
        self.expect(Kind::Close, &format!("{{{{{name}}}}}"))?;
        if self.scope.ranges == 0 {
            return Err(CompileError::new(at, format!("{{{{{name}}}}} outside {{{{range}}}}")));
        }
        Ok(node)
    }

    /// `if`, `with` and `range`, behind their keyword.
    fn control(&mut self, control: Control) -> Result<Box<Branch>, CompileError> {
        let outer = self.scope.variables.len();
        let branch = self.nested(|parser| parser.branch(control))?;
        self.scope.variables.truncate(outer);
        Ok(Box::new(branch))
    }

    fn branch(&mut self, control: Control) -> Result<Branch, CompileError> {
        let pipeline = self.pipeline(control.name(), Kind::Close)?;
        let ranges = self.scope.ranges;
        self.scope.ranges += usize::from(control == Control::Range);
        let (then, end) = self.list()?;
        self.scope.ranges = ranges;
        let otherwise = match end {
            Item::Else(_) => Some(self.otherwise(control)?),
            _ => None,
        };
        Ok(Branch { pipeline, then, otherwise })
    }

    /// What follows an `else`. `else if` in an `if` is an `if` in the `else`, and shares its end.
    fn otherwise(&mut self, control: Control) -> Result<List, CompileError> {
        match (control, self.peek()?.kind) {
            (Control::If, Kind::Word(Word::If)) => {
                self.index += 1;
                Ok(vec![Node::If(self.control(control)?)])
            }
            (Control::With, Kind::Word(Word::With)) => {
                self.index += 1;
                Ok(vec![Node::With(self.control(control)?)])
            }
            _ => match self.list()? {
                (_, Item::Else(at)) => Err(CompileError::new(at, "expected end; found {{else}}")),
                (list, _) => Ok(list),
            },
        }
    }

    /// `block`, behind its keyword: a named template and its call in one.
    fn block(&mut self) -> Result<Node, CompileError> {
        let (name, at) = self.template_name("block clause")?;
        let pipeline = self.pipeline("block clause", Kind::Close)?;
        self.named(&name, at, "block clause")?;
        Ok(Node::Template(Box::new(Invocation { name, pipeline: Some(pipeline), at })))
    }

    /// `template`, behind its keyword.
    fn invocation(&mut self) -> Result<Node, CompileError> {
        let (name, at) = self.template_name("template clause")?;
        let pipeline = if self.peek_word()?.kind == Kind::Close {
            self.index += 1;
            None
        } else {
            Some(self.pipeline("template clause", Kind::Close)?)
        };
        Ok(Node::Template(Box::new(Invocation { name, pipeline, at })))
    }

    fn template_name(&mut self, context: &str) -> Result<(String, usize), CompileError> {
        let token = self.next_word()?;
        if !matches!(token.kind, Kind::Quoted | Kind::Raw) {
            return Err(unexpected(token, context));
        }
        let name = literal::unquote(token.text).map_err(|message| CompileError::new(token.at, message))?;
        Ok((String::from_utf8_lossy(&name).into_owned(), token.at))
    }
}

/// Whether a template is nothing but blanks.
fn is_blank(list: &List) -> bool {
    list.iter().all(|node| matches!(node, Node::Text(text) if text.trim().is_empty()))
}

fn unexpected(token: Token<'_>, context: &str) -> CompileError {
    let what = match token.kind {
        Kind::End => "EOF".to_owned(),
        Kind::Close => "\"}}\"".to_owned(),
        _ => format!("{:?}", token.text),
    };
    CompileError::new(token.at, format!("unexpected {what} in {context}"))
}
