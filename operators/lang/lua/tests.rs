//! What scripts do as the author of a manifest sees it, and that none runs on or grows without end.

use super::*;
use crate::budget::Exhausted;

fn transform(script: &str, event: &str) -> Result<String, String> {
    let moment = Moment { now: "2024-07-15T10:20:30.5Z".parse().unwrap(), seed: 7 };
    let script = Script::compile(script).map_err(|error| format!("{} at {}", error.message, error.at))?;
    script.transform(event, &moment).map_err(|error| error.0)
}

/// The script's value of a few expressions, as JSON.
fn values(expressions: &str) -> String {
    transform(&format!("return {{{expressions}}}"), "{}").unwrap()
}

#[test]
fn the_moment_is_all_that_a_script_knows_of_time_and_chance() {
    assert_eq!(
        values(
            "os.time(), os.clock(), os.date('%Y-%m-%d %X'), os.date('!%F', 0), os.time({year=2024, month=1, day=1})"
        ),
        r#"[1721038830,1721038830.5,"2024-07-15 10:20:30","1970-01-01",1704110400]"#
    );
    assert_eq!(values("math.random(1000), math.random(1000)"), values("math.random(1000), math.random(1000)"));
    let seeded = values("math.randomseed(7), math.random(1000)");
    assert_eq!(seeded, format!("[{}]", values("math.random(1000)").trim_matches(['[', ']'])).replace('[', "[null,"));
}

#[test]
fn nothing_leads_outside() {
    for call in
        ["io.open('/etc/passwd')", "os.execute('true')", "os.exit(1)", "require('x')", "dofile('x')", "os.remove('x')"]
    {
        let found = transform(&format!("return {{pcall(function() {call} end)}}"), "{}").unwrap();
        assert!(found.contains("not available"), "{call}: {found}");
    }
    assert_eq!(values("tostring(os.getenv('PATH'))"), r#"["nil"]"#);
}

#[test]
fn nothing_passes_from_one_evaluation_to_the_next() {
    let script = Script::compile(
        "local seen = tostring(count) .. tostring(string.extra) count = 1 string.extra = 2 return {seen}",
    );
    let script = script.unwrap();
    for _ in 0..2 {
        assert_eq!(script.transform("{}", &Moment::EPOCH).unwrap(), r#"["nilnil"]"#);
    }
}

#[test]
fn two_local_variables_do_not_swap_as_in_the_reference() {
    assert_eq!(transform("local a, b = 1, 2; a, b = b, a; return {a, b}", "{}").unwrap(), "[2,2]");
    assert_eq!(transform("a, b = 1, 2; a, b = b, a; return {a, b}", "{}").unwrap(), "[2,1]");
    assert_eq!(transform("local t = {1, 2}; t[1], t[2] = t[2], t[1]; return t", "{}").unwrap(), "[2,1]");
}

#[test]
fn what_lua_5_1_does_not_have_is_refused_where_it_stands() {
    for (script, at) in [
        ("a += 1", 2),
        ("for i = 1, 2 do continue end", 25),
        ("local x: number = 1", 7),
        ("return a // b", 10),
        ("return `x`", 7),
        ("return a and", 12),
        ("x = = 1", 4),
        ("goto nowhere", 0),
        ("break", 0),
        ("::a:: ::a::", 6),
        ("f(", 2),
    ] {
        assert_eq!(Script::compile(script).map_err(|error| error.at).err(), Some(at), "{script}");
    }
}

#[test]
fn errors_tell_where_and_why_but_no_data() {
    for (script, expected) in [
        ("\nreturn event.secret.x.y", "line 2: attempt to index a nil value"),
        ("error(event.secret)", "line 1: the script raised an error"),
        ("assert(false, event.secret)", "line 1: assertion failed"),
        ("return nil + 1", "line 1: cannot perform add operation between nil and number"),
        ("string.rep()", "line 1: bad argument #1 to rep (string expected, got nil)"),
        ("return 5", "the script returned a number and not a table"),
        ("return {f = print}", "the result contains a function"),
        ("local t = {} t.t = t return t", "the result contains itself or nests too deep"),
    ] {
        assert_eq!(transform(script, r#"{"secret":"hush"}"#), Err(expected.to_owned()), "{script}");
    }
}

/// Scripts that would run or grow without end, and those that come near it.
const HOSTILE: &[&str] = &[
    "while true do end",
    "::a:: goto a",
    "while true do pcall(error) end",
    "while true do pcall(error, {}) end",
    "local function f() pcall(f) pcall(f) end f()",
    "local function f() return f() end f()",
    "while true do xpcall(error, function() end) end",
    "return string.find(('a'):rep(28), ('a?'):rep(28) .. ('a'):rep(28))",
    "local s = ('a'):rep(100000) while true do s:find('.-b') end",
    "local s = 'x' while true do s = s .. s end",
    "local s = ('x'):rep(1e6) while true do local t = s .. 'y' end",
    "local s = ('x'):rep(1e6) while true do s:upper() end",
    "return ('x'):rep(1e18)",
    "local t = {} while true do t[#t + 1] = t end",
    "while true do local t = {} end",
    "local t = {} for i = 1, 1e9 do t['k' .. i] = i end",
    "local t = {} t[67108863] = 1",
    "local t = {} for i = 1, 300000 do t[i] = (i * 7919) % 300007 end while true do table.sort(t) end",
    "local t = {} for i = 1, 1000 do t[i] = i end while true do table.sort(t, function() return true end) end",
    "local t = {} for i = 1, 1e5 do t[i] = i end while true do table.insert(t, 1, 0) table.remove(t, 1) end",
    "while true do coroutine.wrap(function() coroutine.yield() end)() end",
    "local f = coroutine.wrap(function() while true do coroutine.yield() end end) while true do f() end",
    "return (('a'):rep(1e6):gsub('.', ('b'):rep(1e5)))",
    "local t = {} for i = 1, 200 do t[i] = i end return string.format(('%1000000d'):rep(200), unpack(t))",
    "while true do loadstring('return ' .. ('1+'):rep(1000) .. '1') end",
    "local t = setmetatable({}, {__index = function(t, k) return t[k .. 'x'] end}) while true do pcall(function() return t.x end) end",
    "local t = {} t[1e6] = 1 t[1e6] = nil while true do local n = #t + (next(t) or 0) end",
    "while true do for w in ('a b c'):gmatch('%a') do end end",
    "return table.concat(setmetatable({}, {}), ('x'):rep(1e7), 1, 1e9), ('y'):rep(1e9)",
];

#[test]
fn no_script_escapes_its_limits() {
    let limits = [Exhausted::Steps, Exhausted::Bytes].map(|limit| limit.to_string());
    for script in HOSTILE {
        let outcome = Script::compile(script).unwrap().filter("{}", &Moment::EPOCH);
        assert!(outcome.as_ref().is_err_and(|error| limits.contains(&error.0)), "{script}: {outcome:?}");
    }
}

#[test]
fn deep_calls_end_with_an_error_that_can_be_caught() {
    for script in [
        "local function f() return 1 + f() end return {pcall(f)}",
        "local t t = setmetatable({}, {__index = function(_, k) return t[k] end}) return {pcall(function() return t.x end)}",
        "local function f(n) return (('x'):gsub('x', function() return f(n + 1) end)) end return {pcall(f, 1)}",
        "local function f() table.sort({1, 2, 3}, f) end return {pcall(f)}",
        "local t = setmetatable({}, {__index = function(t, k) return t[k] end}) return {pcall(tostring, pcall(rawget, t)), pcall(function() return t.x end)}",
    ] {
        let found = transform(script, "{}").unwrap();
        assert!(found.contains("stack overflow"), "{script}: {found}");
    }
    let nested = transform("local function f() return coroutine.wrap(f)() end return f()", "{}");
    assert_eq!(nested, Err(Exhausted::Depth.to_string()));
}

#[test]
fn texts_that_nest_without_end_do_not_compile() {
    for (open, close) in
        [("(", ")"), ("{", "}"), ("do ", " end"), ("f(", ")"), ("a[", "]"), ("- ", ""), ("function() ", " end")]
    {
        let script = format!("return {}1{}", open.repeat(100_000), close.repeat(100_000));
        assert!(Script::compile(&script).is_err(), "{open}");
    }
    let long = |link: &str| format!("local a = {{}} a.a = a return a{}", link.repeat(50_000));
    for script in [long(".a"), long(" and a"), long(" == a")] {
        assert!(Script::compile(&script).unwrap().filter("{}", &Moment::EPOCH).is_ok());
    }
}

#[test]
fn a_script_can_be_shared_between_threads() {
    let script = Script::compile("return event.n == 3").unwrap();
    std::thread::scope(|scope| {
        for n in 0..4 {
            let script = &script;
            scope.spawn(move || {
                assert_eq!(script.filter(&format!("{{\"n\":{n}}}"), &Moment::EPOCH), Ok(n == 3));
            });
        }
    });
}
