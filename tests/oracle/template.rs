//! Templates: actions around calls of every function that gives the same each time, and texts of any tokens.

use super::{Answer, Language, Question, Random};
use lang::Moment;
use lang::template::{Template, Value};
use serde_json::json;

pub(super) const LANGUAGE: Language = Language { name: "template", make_up, answer };

/// Functions by what they take and give: `s`tring, `i`nt, `n`umber (any), `f`loat, `b`ool, `l`ist, `d`ict, `t`ime,
/// `v`ersion, `a`ny value, `r`egex, `z`one, `y` layout, `p`ath or URL, `e`ncoded text, `q` constraint, `w` version text,
/// `j`son, `u` duration; after a blank what it gives. A `*` repeats the letter before it.
#[rustfmt::skip]
const FUNCTIONS: &[&str] = &[
    "upper s s", "lower s s", "title s s", "untitle s s", "trim s s", "trimAll ss s", "trimPrefix ss s", "trimSuffix ss s",
    "nospace s s", "initials s s", "swapcase s s", "snakecase s s", "camelcase s s", "kebabcase s s", "substr iis s",
    "trunc is s", "abbrev is s", "abbrevboth iis s", "wrap is s", "wrapWith iss s", "repeat is s", "replace sss s",
    "contains ss b", "hasPrefix ss b", "hasSuffix ss b", "quote a* s", "squote a* s", "cat a* s", "indent is s", "nindent is s",
    "plural ssi s", "split ss d", "splitn sis d", "splitList ss l", "join sl s", "sortAlpha l l", "toStrings a l", "toString a s",
    "sha1sum s s", "sha256sum s s", "sha512sum s s", "adler32sum s s", "b64enc s s", "b64dec e s", "b32enc s s", "b32dec e s",
    "atoi s i", "int a i", "int64 a n", "float64 a f", "toDecimal a n", "add a* n", "add1 a n", "sub aa n", "mul aa* n",
    "div aa n", "mod aa n", "max aa* n", "min aa* n", "biggest aa* n", "addf a* f", "add1f a f", "subf aa* f", "mulf aa* f",
    "divf aa* f", "maxf aa* f", "minf aa* f", "floor a f", "ceil a f", "round ai f", "round aif f", "until i l", "untilStep iii l",
    "seq i s", "seq ii s", "seq iii s", "seq i* s", "default aa a", "empty a b", "coalesce a* a", "all a* b", "any a* b", "ternary aab a",
    "compact l l", "fromJson j a", "mustFromJson j a", "toJson a s", "mustToJson a s", "toPrettyJson a s", "toRawJson a s",
    "deepCopy a a", "typeOf a s", "typeIs sa b", "typeIsLike sa b", "kindOf a s", "kindIs sa b", "deepEqual aa b",
    "base p s", "dir p s", "clean p s", "ext p s", "isAbs p b", "osBase p s", "osDir p s", "osClean p s", "osExt p s", "osIsAbs p b",
    "list a* l", "tuple a* l", "dict sa d", "dict sasa d", "dict a* d", "get ds a", "set dsa d", "unset ds d", "hasKey ds b",
    "pluck sd* l", "keys d l", "pick ds* d", "omit ds* d", "merge dd d", "merge dd* d", "mergeOverwrite dd d",
    "mergeOverwrite dd* d", "mustMerge dd d", "dig ssad a", "dig sad a", "append la l", "push la l", "prepend la l", "first l a", "rest l l",
    "last l a", "initial l l", "reverse l l", "uniq l l", "without la* l", "has al b", "slice l l", "slice lii l", "concat l* l", "chunk il l",
    "regexMatch rs b", "mustRegexMatch rs b", "regexFind rs s", "regexFindAll rsi l", "regexReplaceAll rss s",
    "regexReplaceAllLiteral rss s", "regexSplit rsi l", "regexQuoteMeta s s", "semver w v", "semverCompare qw b",
    "urlParse p d", "urlJoin d s", "date yt s", "date yn s", "dateInZone ytz s", "htmlDate t s", "htmlDateInZone tz s",
    "dateModify ut t", "mustDateModify ut t", "toDate ys t", "unixEpoch t s", "duration a s", "duration u s", "durationRound u s",
    "printf xa* s", "print a* s", "println a* s", "len l i", "len a i", "index li a", "index ds a", "index aa* a", "html a* s", "js a* s",
    "urlquery a* s", "and aa* a", "or aa* a", "not a b", "eq aa* b", "ne aa b", "lt nn b", "le ff b", "gt ss b", "ge aa b", "call a* a", "hello  s",
];

#[rustfmt::skip]
const TEXTS: &[&str] = &[
    "", "a", "abc", "Hello World", "foo bar baz", "  x y ", "héllo wörld", "日本語", "ß", "HTTPServer2xx", "some_snake-case Name", "1", "-7",
    "12.5", "0x10", "017", "1e3", "true", "a,b,,c", "$x", "<b>&'\"</b>", "line1\nline2", "tab\there", "x\u{1}y", "\u{2028}", "ÀÉ", "dž", "_a_",
    "é\u{301}", "😀 ok", "a.b.c", "%d%%", "null", "it's", "[a]", "{}", "..", "1_000", " 1", "1.", ".5", "NaN", "Inf",
    "int", "string", "slice", "[]interface {}", "map", "float64", "k", "name", "m", "FIRST second-Third", "aXbX", "\\d", "${1}-$2x", "$0",
];

#[rustfmt::skip]
const OTHERS: &[(char, &[&str])] = &[
    ('r', &["a", "o+", "[a-z]+", "(\\w)(\\w)", "^", "$", "", "x*", ",", "(?i)HELLO", "(?P<first>[a-z]+) (?P<second>\\w+)", "(", "[", "\\s+", "b|c", "."]),
    ('z', &["UTC", "America/New_York", "Europe/Berlin", "Asia/Kolkata", "No/Where", "", "Local"]),
    ('y', &["2006-01-02", "15:04:05", "Mon Jan _2 15:04:05 MST 2006", "2006-01-02T15:04:05Z07:00", "3:04PM", "Jan 2006", "002 06", ".000", "05.999", "Monday, 02-Jan-06 15:04:05 -0700"]),
    ('p', &["/a/b.c", "a/../b/./c//d", "", "/", "../x", "http://user:pa%20ss@Host.com:80/p%41th/x%2Fy?q=1&r#frag%20x", "mailto:a@b.c", "//host/p", "/only/path?x", "http://[::1]:8080/", "http://h:p/", "a:b", "%zz", "x/y.tar.gz", "https://h/é b", "*", "http://[fe80::1%25en0]/", "://x", "?q", "#f", "HTTP://h?", "/a/..", "a/."]),
    ('e', &["aGVsbG8=", "aGVsbG8", "aGVs\nbG8=", "!!!!", "/+8=", "NBSWY3DP", "NBSWY3DPEE======", "nbsw", "aA==", "aA=", "a===", "gIA=", "aGVsbG8=x", "aA=a", "ME======", "MEA====="]),
    ('q', &[">=1.2", "^1.2.3", "~1.2", "1.x", "*", "1.2 - 1.4", ">1 <2", ">=1.0, <2.0 || ^3", "!=1.2.3", "^0.0.3", "~0", "<=1.2", "=1", ">1.2.3-beta", "x.y", ">", "", "^0", "~1.2.3-alpha", ">1.x", "<2.x", "!=1.x", "!=1.2", "1.2.3 1.2.4", "^1.2.3 || x"]),
    ('w', &["1.2.3", "v1.2", "1", "1.2.3-beta.1", "1.2.3-beta.11+build.5", "0.0.3", "01.2.3", "1.2.3-01", "a.b", "", "2.0.0", "1.4.9", "3.1.0-alpha", "1.2.3.4", "1.2.3-"]),
    ('j', &["{\"a\":1,\"b\":[true,null]}", "[1,2.5,\"x\"]", "\"s\"", "null", "1e400", "{", "12345678", "{\"a\":{\"b\":{}},\"a\":2}", "\"\\ud83d\\u00e9\""]),
    ('u', &["1h", "-1h30m", "90s", "1.5h", "x", "", "24h", "8760h1s", "1ns", "61"]),
];

/// Formats for `printf`; one in two is put together from parts instead.
const FLAGS: &[&str] = &["", "", "", "-", "+", "#", "0", " ", "+#", "-0", "# ", "[1]", "[2]", "[9]", "[x]"];
const WIDTHS: &[&str] = &["", "", "", "5", "12", "*", ".2", "8.3", ".0", ".", "3.*", "08", "1000001"];
const VERBS: &[&str] = &[
    "v", "v", "d", "s", "q", "x", "X", "f", "e", "E", "g", "G", "t", "T", "c", "U", "b", "o", "O", "%", "z", "w", "F",
    "",
];

#[rustfmt::skip]
const PATHS: &[&str] = &[
    ".", ".Input", ".Input.n", ".Input.f", ".Input.big", ".Input.s", ".Input.t", ".Input.nul", ".Input.list", ".Input.nums", ".Input.m",
    ".Input.m.k", ".Input.m.deep.er", ".Input.nope", ".Input.nope.x", ".Input.nul.x", ".Input.s.x", "$", "$.Input.m", "$.Input.e", ".Input.empty",
    ".x", "$v", "$v.k", "$i", ".Input.list.x", ".Input.strs", ".Input.neg", ".Input.html",
];

fn root() -> serde_json::Value {
    json!({"Input": {
        "n": 3, "f": 2.5, "big": 12345678, "neg": -4.75, "s": "some text", "t": true, "nul": null, "e": "", "empty": [], "html": "<a href='x'>&\"</a>",
        "list": [1, "two", null, [3], {"k": "v"}, false], "nums": [3, 1, 2, 1], "strs": ["b", "a", "", "b"],
        "m": {"k": "v", "deep": {"er": [1, {"x": "y"}]}, "z": null, "n": 7, "name": "é"},
    }})
}

fn quoted(text: &str, random: &mut Random) -> String {
    if !text.contains('`') && random.one_in(5) { format!("`{text}`") } else { json!(text).to_string() }
}

/// A value of a kind, as an argument.
fn value(random: &mut Random, kind: char, depth: usize) -> String {
    if random.one_in(14) {
        return value_of(random, 'a', depth);
    }
    if depth > 0 && random.one_in(3) {
        let fitting: Vec<&str> = FUNCTIONS.iter().copied().filter(|f| f.ends_with(kind)).collect();
        if !fitting.is_empty() {
            let function = random.pick(&fitting);
            return format!("({})", call(random, function, depth - 1));
        }
    }
    value_of(random, kind, depth)
}

fn value_of(random: &mut Random, kind: char, depth: usize) -> String {
    if let Some((_, texts)) = OTHERS.iter().find(|(other, _)| *other == kind) {
        let text = random.pick(texts);
        return quoted(text, random);
    }
    match kind {
        's' => {
            let text = random.pick(TEXTS);
            quoted(text, random)
        }
        'i' => random.pick(&["0", "1", "2", "3", "5", "7", "10", "-1", "-3", "'a'", "0x1F", "2.0"]).to_owned(),
        'n' => random.pick(&["0", "1", "-2", "2.5", "1e3", ".Input.n", ".Input.f", "(int64 4)", "86400"]).to_owned(),
        'f' => random.pick(&["0.0", "1.5", "-2.25", "1e6", "1e21", "1e-7", "0.1", "0.2", "123456.789", "3"]).to_owned(),
        'b' => random.pick(&["true", "false", "(not .Input.t)"]).to_owned(),
        'l' => random
            .pick(&[".Input.list", ".Input.nums", ".Input.strs", ".Input.empty", "(list)", "(until 4)"])
            .to_owned(),
        'd' => {
            random.pick(&[".Input.m", ".Input", "(dict)", ".Input.m.deep", "(dict \"k\" 1 \"x\" (list 1))"]).to_owned()
        }
        't' => random
            .pick(&[
                "(toDate \"2006-01-02\" \"2024-07-15\")",
                "(toDate \"2006-01-02T15:04:05Z07:00\" \"2024-02-29T23:59:59.5+02:00\")",
                "86400",
            ])
            .to_owned(),
        'v' => format!("(semver {})", value_of(random, 'w', 0)),
        'x' => format(random),
        _ => match random.below(12) {
            0 => "nil".to_owned(),
            1 | 2 => random.pick(PATHS).to_owned(),
            n => {
                let kind = ['s', 's', 'i', 'n', 'f', 'b', 'l', 'd', 'v', 'j'][(n - 3) % 10];
                value(random, kind, depth)
            }
        },
    }
}

fn format(random: &mut Random) -> String {
    let text = random.repeat(1, 3, |random| {
        let (flags, width, verb) = (random.pick(FLAGS), random.pick(WIDTHS), random.pick(VERBS));
        format!("%{flags}{width}{verb} ")
    });
    json!(text).to_string()
}

fn call(random: &mut Random, function: &str, depth: usize) -> String {
    let mut parts = function.split(' ');
    let (name, kinds) = (parts.next().unwrap(), parts.next().unwrap());
    let mut arguments = vec![];
    let mut before = ' ';
    for kind in kinds.chars() {
        if kind == '*' {
            for _ in 0..random.below(3) {
                arguments.push(value(random, before, depth));
            }
        } else {
            arguments.push(value(random, kind, depth));
        }
        before = kind;
    }
    if random.one_in(40) {
        arguments.pop();
    }
    if !arguments.is_empty() && random.one_in(4) {
        let last = arguments.pop().unwrap();
        return format!("{last} | {name} {}", arguments.join(" "));
    }
    format!("{name} {}", arguments.join(" "))
}

fn pipeline(random: &mut Random) -> String {
    match random.below(6) {
        0 => random.pick(PATHS).to_owned(),
        1 => {
            let path = random.pick(PATHS);
            format!(
                "{path} | {}",
                random.pick(&[
                    "upper",
                    "toJson",
                    "len",
                    "printf \"%v\"",
                    "default 7",
                    "quote",
                    "first",
                    "not",
                    "typeOf"
                ])
            )
        }
        2 => format!(
            "(semver {}).{}",
            value_of(random, 'w', 0),
            random.pick(&["Major", "Minor", "Prerelease", "Original", "IncMinor", "Nope"])
        ),
        3 => format!(
            "(toDate \"2006-01-02\" \"2024-07-15\").{}",
            random.pick(&[
                "Year",
                "Month",
                "Weekday",
                "YearDay",
                "Unix",
                "Format \"Jan 2\"",
                "AddDate 0 1 20",
                "Add 1500000000",
                "IsZero"
            ])
        ),
        _ => {
            let function = random.pick(FUNCTIONS);
            call(random, function, 2)
        }
    }
}

fn action(random: &mut Random, depth: usize) -> String {
    let (open, close) = (random.pick(&["{{", "{{ ", "{{- "]), random.pick(&["}}", " }}", " -}}"]));
    let pipe = pipeline(random);
    let nested = |random: &mut Random| random.repeat(0, 2, |random| action(random, depth.saturating_sub(1)));
    match random.below(if depth == 0 { 6 } else { 16 }) {
        0 => random.pick(&["text ", "\n", " x\n", "{ } ", "é"]).to_owned(),
        1..=4 => format!("{open}{pipe}{close}"),
        5 => format!("{open}$v := {pipe}{close}{{{{ $v }}}}"),
        6 => format!("{open}if {pipe}{close}{}{{{{else}}}}{}{{{{end}}}}", nested(random), nested(random)),
        7 => format!("{{{{if {pipe}}}}}A{{{{else if {}}}}}B{}{{{{end}}}}", pipeline(random), nested(random)),
        8 => format!("{open}with {pipe}{close}[{{{{.}}}}{}]{{{{else}}}}none{{{{end}}}}", nested(random)),
        9 => format!(
            "{{{{with $v := {pipe}}}}}{{{{$v}}}}{{{{else with {}}}}}{}{{{{end}}}}",
            pipeline(random),
            nested(random)
        ),
        10 => format!("{open}range {pipe}{close}{{{{.}}}},{}{{{{else}}}}empty{{{{end}}}}", nested(random)),
        11 => format!("{{{{range $i, $v := {pipe}}}}}{{{{$i}}}}={{{{$v}}}};{}{{{{end}}}}", nested(random)),
        12 => format!(
            "{{{{range $v := {pipe}}}}}{{{{if {}}}}}{{{{{}}}}}{{{{end}}}}{{{{$v}}}}{{{{end}}}}",
            pipeline(random),
            random.pick(&["break", "continue"])
        ),
        13 => format!("{{{{define \"t\"}}}}<{{{{.}}}}{}>{{{{end}}}}{{{{template \"t\" {pipe}}}}}", nested(random)),
        14 => format!("{{{{block \"b\" {pipe}}}}}({{{{.}}}}){{{{end}}}}"),
        _ => format!("{{{{$v := 1}}}}{{{{$v = {pipe}}}}}{{{{/* c */}}}}{{{{$v}}}}"),
    }
}

#[rustfmt::skip]
const TOKENS: &[&str] = &[
    "{{", "}}", "{{", "}}", "{{-", "-}}", " -}}", "{{- ", " ", " ", "if ", "else", "end", "range ", "with ", "define ", "template ", "block ", "break", "continue",
    ".", ".Input", ".x", "$", "$x", "$x := 1", "$x = 2", ":=", "=", "|", ",", "(", ")", "\"t\"", "`r`", "'c'", "1", "-2", "1.5e3", "0x", "1i", "nil", "true",
    "len", "upper", "nope", "/*", "*/", "\n", "text", "{", "}", "\\", "!", "é", "\"", "'", "``",
];

fn make_up(random: &mut Random) -> Question {
    let program = match random.below(8) {
        0 => random.repeat(1, 12, |r| r.pick(TOKENS).to_owned()),
        1..=4 => format!("{{{{ {} }}}}", pipeline(random)),
        _ => random.repeat(1, 4, |random| action(random, 2)),
    };
    Question { program, input: root() }
}

fn answer(question: &Question) -> Answer {
    let template = Template::compile(&question.program).map_err(|error| error.to_string())?;
    let text = template.render(Value::from(&question.input), &Moment::EPOCH).map_err(|error| error.to_string())?;
    Ok(text.into())
}
