//! Lua: short scripts of all kinds of statements and library calls, most of them guarded, so that the texts of errors
//! are compared too.

use super::{Answer, Language, Question, Random};
use lang::Moment;
use lang::lua::Script;
use serde_json::{Value, json};

pub(super) const LANGUAGE: Language = Language { name: "lua", make_up, answer };

fn make_up(random: &mut Random) -> Question {
    let input = json!({
        "a": random.below(10), "b": "x1", "f": 1.5, "big": 9_007_199_254_740_993_u64, "t": true, "n": null,
        "l": [3, 1, null, 2], "o": {"k": "v", "d": {"e": [1, "z"]}}, "s": "a,b,c", "u": "Héllo ß", "e": [], "m": [[1], 2],
    });
    let program = match random.below(12) {
        0 => random.repeat(1, 12, |r| format!("{} ", r.pick(TOKENS))),
        1 => format!("return {}", expression(random, 3)),
        2 => format!("{} return a == b, {}", block(random, 2), expression(random, 2)),
        // On their own: in the reference an error that is caught detaches the variables that functions share.
        3 => format!("return {{tostring({})}}", call_of(random, "error", 0)),
        4 => format!("return {}", call_of(random, "coroutine", 0)),
        _ => guarded(random),
    };
    Question { program, input }
}

/// A script that returns what its body left in its variables, or the body's error.
fn guarded(random: &mut Random) -> String {
    let body = block(random, 3);
    format!(
        "local a, b, c, t = 1, 'two', nil, {{4, 5, x = 'y'}} \
         local ok, e = pcall(function() {body} end) \
         return {{tostring(ok), type(e) == 'table' and 'table' or tostring(e), tostring(a), tostring(b), type(c), \
         type(t) == 'table' and t or tostring(t), tostring(g)}}"
    )
}

const TOKENS: &[&str] = &[
    "local", "a", "b", "=", "1", "'s'", "if", "then", "else", "end", "(", ")", "{", "}", "[", "]", ",", ";", ".", ":",
    "..", "...", "return", "function", "while", "do", "for", "in", "repeat", "until", "nil", "true", "not", "and",
    "or", "#", "+", "-", "==", "~=", "break", "goto", "::", "x", "0x1F", "1e", "--c\n", "[[l]]", "+=", "//", "`", "!",
];

/// Begins with a plain statement: the reference miscompiles loops whose body begins with a jump.
fn block(random: &mut Random, depth: usize) -> String {
    random.repeat(1, 4, |r| format!("{} ", statement(r, depth))).replacen("", "local w = 0 ", 1)
}

fn statement(random: &mut Random, depth: usize) -> String {
    let inner = depth.saturating_sub(1);
    let name = random.pick(NAMES);
    match random.below(if depth == 0 { 5 } else { 18 }) {
        0 | 1 => format!("{name} = {}", expression(random, 2)),
        2 => format!("local {name} = {}", expression(random, 2)),
        3 => format!("t[{}] = {}", expression(random, 1), expression(random, 1)),
        4 => format!("t.{} = {}", random.pick(&["x", "y", "z"]), expression(random, 2)),
        5 => format!("{name}, {} = {}, {}", random.pick(NAMES), expression(random, 1), expression(random, 1)),
        6 => format!("if {} then {} else {} end", expression(random, 2), block(random, inner), block(random, inner)),
        7 => format!("for i = {}, {} do {} end", random.below(3), random.below(5), block(random, inner)),
        8 => format!("for i = 5, 1, -{} do {} if i < 3 then break end end", 1 + random.below(3), block(random, inner)),
        9 => format!("for k, v in pairs({{7, x = 1, y = 2, 8}}) do {} b = tostring(b) .. tostring(k) end", block(random, inner)),
        10 => format!("for i, v in ipairs(event.l) do {} a = v end", block(random, inner)),
        11 => format!("do local i = 0 while i < {} do i = i + 1 {} end end", random.below(5), block(random, inner)),
        12 => format!("do local i = 0 repeat local j = i i = i + 1 {} until j > {} end", block(random, inner), random.below(4)),
        13 => format!("local function f(p, ...) {} return p, ... end {name} = f({})", block(random, inner), arguments(random)),
        14 => format!("{name} = (function(...) {} return select('#', ...) end)({})", block(random, inner), arguments(random)),
        15 => format!("do goto skip {} ::skip:: end", random.pick(&["a = 99", "b = nil", "t = 3"])),
        16 => "local fs = {} for i = 1, 3 do fs[i] = function() i = i + 1 return i end end a = fs[1]() + fs[2]() + fs[1]()".to_owned(),
        _ => format!("table.{}", random.pick(&[
            "insert(t, 9)", "insert(t, 1, 'i')", "remove(t)", "remove(t, 1)", "sort(t)", "sort(t, function(p, q) return p > q end)",
            "insert(t, 7, 'far')", "remove(t, 9)", "insert(t, nil)", "remove(nil)", "insert(t, 1.5, 2)", "remove(t, 0)",
        ])),
    }
}

const NAMES: &[&str] = &["a", "b", "c", "g", "a", "b", "t"];

fn arguments(random: &mut Random) -> String {
    let count = random.below(4);
    (0..count).map(|_| expression(random, 1)).collect::<Vec<_>>().join(", ")
}

fn expression(random: &mut Random, depth: usize) -> String {
    if depth == 0 || random.one_in(4) {
        return random.pick(SIMPLE).to_owned();
    }
    let inner = depth - 1;
    match random.below(8) {
        0 | 1 => {
            let operator =
                random.pick(&["+", "-", "*", "/", "%", "^", "..", "==", "~=", "<", "<=", ">", ">=", "and", "or"]);
            format!("{} {operator} {}", expression(random, inner), expression(random, inner))
        }
        2 => format!("{} {}", random.pick(&["not", "-", "#"]), expression(random, inner)),
        3 => format!("({})", expression(random, inner)),
        4 => format!(
            "{{{}, {} = {}, [{}] = 1}}",
            arguments(random),
            random.pick(&["x", "y"]),
            expression(random, inner),
            expression(random, 0)
        ),
        _ => call(random, inner),
    }
}

const SIMPLE: &[&str] = &[
    "nil",
    "true",
    "false",
    "0",
    "1",
    "2",
    "-1",
    "3.5",
    "1e21",
    "0.1",
    "1e15",
    "2^53",
    "'x'",
    "'10'",
    "' 7 '",
    "'0x10'",
    "'a,b,c'",
    "\"q\\\"\\n\"",
    "[[long]]",
    "a",
    "b",
    "c",
    "t",
    "g",
    "event.a",
    "event.b",
    "event.l",
    "event.l[2]",
    "event.o.k",
    "event.o.d.e[2]",
    "event.s",
    "event.u",
    "event.nope",
    "event.f",
    "event.big",
    "#event.l",
    "#event.m",
    "t.x",
    "t[1]",
    "'%d'",
    "math.huge",
    "math.pi",
    "{}",
    "{1, 2, nil, 4}",
    "{n = 1}",
    "'héllo'",
    "'1e2'",
    "'010'",
    "-0",
    "event.e",
];

fn call(random: &mut Random, depth: usize) -> String {
    let function = random.pick(FUNCTIONS);
    call_of(random, function, depth)
}

/// A call of a function, or of one of a kind of functions.
fn call_of(random: &mut Random, function: &str, depth: usize) -> String {
    let argument = |random: &mut Random| expression(random, depth);
    match function {
        "pattern" => {
            let (subject, pattern) = (random.pick(SUBJECTS), random.pick(PATTERNS));
            let function = random.pick(&["find", "match"]);
            let start = random.pick(&["", ", 1", ", 3", ", -2", ", 0", ", 99"]);
            format!("{{string.{function}({subject}, {pattern}{start})}}")
        }
        "gsub" => {
            let replacement = random.pick(&[
                "'<%0>'", "'%1%1'", "'%%'", "''", "{a = 'A', b = false, x = 1}", "function(p, q) return q or p .. p end",
                "function() end", "'%2'", "'%'", "1", "nil",
            ]);
            let limit = random.pick(&["", ", 1", ", 2", ", 0", ", -1"]);
            format!("{{string.gsub({}, {}, {replacement}{limit})}}", random.pick(SUBJECTS), random.pick(PATTERNS))
        }
        "gmatch" => format!(
            "(function() local r = {{}} for p, q in string.gmatch({}, {}) do r[#r + 1] = tostring(p) .. '|' .. tostring(q) end return r end)()",
            random.pick(SUBJECTS), random.pick(PATTERNS)
        ),
        "format" => format!("string.format({}, {}, {})", random.pick(FORMATS), random.pick(PRINTED), random.pick(PRINTED)),
        "sub" => {
            let position = |random: &mut Random| random.pick(&["0", "1", "2", "-1", "-3", "9", "-9", "1.7"]);
            let (start, end) = (position(random), position(random));
            format!("{}({}, {start}, {end})", random.pick(&["string.sub", "string.byte"]), random.pick(SUBJECTS))
        }
        "rep" => format!("string.rep({}, {})", argument(random), random.pick(&["0", "1", "3", "-1", "2.7", "'2'", "nil"])),
        "concat" => format!(
            "table.concat({{1, 'b', 2.5, x = 1}}{})",
            random.pick(&["", ", '-'", ", '-', 2", ", '', 1, 2", ", '-', 0", ", '-', 3, 9", ", '+', 9", ", 1"])
        ),
        "meta" => {
            let event = random.pick(&[
                "__add", "__concat", "__eq", "__lt", "__le", "__len", "__unm", "__index", "__call", "__tostring", "__newindex",
            ]);
            let use_of = random.pick(&[
                "m + 1", "1 + m", "m .. 'x'", "m == m2", "m < m2", "m <= m2", "#m", "-m", "m.q", "m(1, 2)", "tostring(m)", "m > m2",
                "(function() m.z = 1 return rawget(m, 'z') end)()", "m ~= m2",
            ]);
            format!(
                "(function() local mt = {{{event} = function(p, q) return 'M' end}} local m, m2 = setmetatable({{1}}, mt), \
                 setmetatable({{2}}, mt) return {use_of} end)()"
            )
        }
        "coroutine" => random
            .pick(&[
                "(function() local co = coroutine.create(function(p) local q = coroutine.yield(p + 1) return q * 2 end) \
                 local r = {coroutine.resume(co, 1)} r[3] = select(2, coroutine.resume(co, 5)) r[4] = coroutine.status(co) \
                 r[5] = tostring(select(2, coroutine.resume(co))) return r end)()",
                "(function() local r = {} for v in coroutine.wrap(function() for i = 1, 3 do coroutine.yield(i) end end) do r[#r + 1] = v end return r end)()",
                "select(2, coroutine.resume(coroutine.create(function() error('in') end)))",
                "select(2, pcall(coroutine.wrap(function() error({}) end)))",
                "tostring(coroutine.running())",
            ])
            .to_owned(),
        "error" => random
            .pick(&[
                "select(2, pcall(error, 'm'))", "select(2, pcall(error, 'm', 0))", "select(2, pcall(function() error('m', 2) end))",
                "select(2, xpcall(function() error('m') end, function(e) return e .. '!' end))", "error('out')", "error({})", "error()",
                "select(2, pcall(function() local x = nil; return x.y end))", "assert(false)", "assert(nil, 'no')", "assert(1, 2)",
                "select(2, pcall(string.rep))", "select(2, pcall(nil))", "pcall(1)",
            ])
            .to_owned(),
        "load" => random
            .pick(&[
                "loadstring('return 1 + 1')()", "type(loadstring('return ('))", "(function() local f = loadstring('g = 5') f() return g end)()",
                "setfenv(function() return z end, {z = 'env'})()", "(function() setfenv(1, {tostring = tostring}) g = 3 return g end)()",
                "getfenv(1) == _G", "(function() local f = function() return arg end return type(f()) end)()",
                "(function(...) return arg.n end)(1, nil, 3)", "(function(p, ...) return arg[1] end)(1, 2, 3)",
            ])
            .to_owned(),
        name => format!("{name}({})", (0..1 + random.below(2)).map(|_| argument(random)).collect::<Vec<_>>().join(", ")),
    }
}

const FUNCTIONS: &[&str] = &[
    "tostring",
    "tonumber",
    "type",
    "#",
    "select",
    "unpack",
    "next",
    "rawget",
    "rawequal",
    "string.len",
    "string.upper",
    "string.lower",
    "rep",
    "string.reverse",
    "string.char",
    "math.floor",
    "math.ceil",
    "math.abs",
    "math.max",
    "math.min",
    "math.fmod",
    "math.modf",
    "math.sqrt",
    "math.pow",
    "math.mod",
    "math.ldexp",
    "math.frexp",
    "table.getn",
    "table.maxn",
    "table.concat",
    "pattern",
    "pattern",
    "gsub",
    "gsub",
    "gmatch",
    "format",
    "format",
    "sub",
    "sub",
    "concat",
    "meta",
    "meta",
    "load",
    "ipairs",
    "rawset",
    "getmetatable",
    "string.find",
    "string.format",
    "os.difftime",
    "os.getenv",
    "tonumber",
];

/// What formats print: not tables and nil, of which Go prints the insides.
const PRINTED: &[&str] =
    &["1", "-2.5", "1e21", "'x'", "'12'", "true", "event.u", "event.f", "255", "0.1", "'héllo'", "-0", "1/0"];

const SUBJECTS: &[&str] = &[
    "'hello world'",
    "'a,b,,c'",
    "'key = val'",
    "''",
    "'x1y22z'",
    "'f(a(b)c)'",
    "event.s",
    "event.u",
    "12.5",
    "'aXbX'",
];

const PATTERNS: &[&str] = &[
    "'l+'",
    "'(%w+)'",
    "'(%w+)%s*=%s*(%w+)'",
    "'%d+'",
    "','",
    "'[^,]*'",
    "'()'",
    "'%b()'",
    "'(.)%1'",
    "'^%a'",
    "'%a$'",
    "'.-'",
    "'x*'",
    "'[a-c]'",
    "'%.'",
    "'[%w_]+'",
    "'(a)(b)?'",
    "'$'",
    "'%'",
    "'['",
    "'(a'",
    "'a)'",
    "'%f'",
    "'[^%d]'",
    "''",
    "'(()l)'",
    "'[]]'",
    "'%u'",
];

const FORMATS: &[&str] = &[
    "'%d'",
    "'%5d|%-5d'",
    "'%05.1f'",
    "'%s'",
    "'%10s|'",
    "'%-4s|'",
    "'%q'",
    "'%x %X'",
    "'%g'",
    "'%.3g'",
    "'%e'",
    "'%i'",
    "'%c'",
    "'%o'",
    "'%%'",
    "'%'",
    "'%5.2s|'",
    "'%+d'",
    "'% d'",
    "'%v'",
    "'%u'",
    "'%s %s %s'",
    "'no'",
    "'%.14g'",
    "'%.0f'",
    "'%G'",
    "'%#x'",
    "'%5%'",
    "'%y'",
];

/// A text in which tables and functions print alike, wherever they stand in memory.
fn without_addresses(text: &str) -> String {
    let mut parts = text.split(": 0x");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        out += ": 0x";
        let is_address =
            ["table", "function", "thread", "userdata"].iter().any(|kind| out.ends_with(&format!("{kind}: 0x")));
        out += if is_address {
            part.trim_start_matches(|digit: char| matches!(digit, '0'..='9' | 'a'..='f'))
        } else {
            part
        };
    }
    out
}

fn answer(question: &Question) -> Answer {
    let script = Script::compile(&question.program).map_err(|error| error.to_string())?;
    let input = question.input.to_string();
    let accepts = script.filter(&input, &Moment::EPOCH).map_err(|error| error.to_string())?;
    let data = script.transform(&input, &Moment::EPOCH).map_or(Value::Null, |text| json!(without_addresses(&text)));
    Ok(json!({"accepts": accepts, "data": data}))
}
