//! Schedules: field lists of all forms, in zones that change their clocks, from instants near the changes.

use super::{Answer, Language, Question, Random};
use jiff::{Timestamp, tz::TimeZone};
use lang::cron::{Dialect, Schedule};
use serde_json::{Value, json};

pub(super) const LANGUAGE: Language = Language { name: "cron", make_up, answer };

// No zone that ever skipped a whole day: there the library's search never ends.
const ZONES: [&str; 8] = [
    "UTC",
    "America/New_York",
    "Europe/Berlin",
    "America/Sao_Paulo",
    "Australia/Lord_Howe",
    "Asia/Kolkata",
    "Africa/Cairo",
    "Asia/Tehran",
];

fn make_up(random: &mut Random) -> Question {
    let seconds = random.one_in(4);
    let program = match random.below(12) {
        0 => {
            random.pick(&["@yearly", "@monthly", "@weekly", "@daily", "@hourly", "@every 1h30m", "@every x"]).to_owned()
        }
        1 => random.repeat(0, 20, |r| r.pick(&["*", "/", "-", ",", "?", "1", "9", " ", "mon", "x"]).to_owned()),
        _ => {
            let bounds = [(0, 59), (0, 59), (0, 23), (1, 31), (1, 12), (0, 6)];
            let fields = &bounds[usize::from(!seconds)..];
            fields.iter().map(|(min, max)| field(random, *min, *max)).collect::<Vec<_>>().join(" ")
        }
    };
    let prefix = match random.below(6) {
        0 => format!("TZ={} ", random.pick(&ZONES)),
        1 => format!("CRON_TZ={} ", random.pick(&ZONES)),
        _ => String::new(),
    };
    // Half of the instants lie within days of a change of the clocks in one of the zones.
    let changes = [1331449200, 1351990800, 1541300400, 1538233200, 1617462000, 1682632800, 1647808200, 1711846800];
    let after = match random.one_in(2) {
        true => random.pick(&changes) + random.below(4 * 86_400) as i64 - 2 * 86_400,
        false => random.below(3_000_000_000) as i64,
    };
    let input = json!({
        "after": after,
        "zone": random.pick(&ZONES),
        "count": 4,
        "seconds": seconds,
        "descriptors": random.one_in(2),
    });
    Question { program: prefix + &program, input }
}

fn field(random: &mut Random, min: usize, max: usize) -> String {
    let number = |r: &mut Random| match r.below(60) {
        0 => (max + 1).to_string(),
        1 if max == 12 => "Feb".to_owned(),
        2 if max == 6 => "sun".to_owned(),
        _ => (min + r.below(max - min + 1)).to_string(),
    };
    let mut members = vec![];
    for _ in 0..[1, 1, 1, 2, 3][random.below(5)] {
        let base = match random.below(6) {
            0..3 => random.pick(&["*", "*", "?"]).to_owned(),
            3 => {
                let (a, b) = (min + random.below(max - min + 1), min + random.below(max - min + 1));
                format!("{}-{}", a.min(b), a.max(b))
            }
            _ => number(random),
        };
        members.push(if random.one_in(5) { format!("{base}/{}", random.below(max)) } else { base });
    }
    members.join(",")
}

fn answer(question: &Question) -> Answer {
    let input = &question.input;
    let dialect = Dialect { seconds: input["seconds"] == true, descriptors: input["descriptors"] == true };
    let zone = TimeZone::get(input["zone"].as_str().unwrap()).unwrap();
    let schedule = Schedule::parse(&question.program, dialect, &zone).map_err(|error| error.to_string())?;
    let mut at = Timestamp::from_second(input["after"].as_i64().unwrap()).unwrap();
    let mut activations = vec![];
    for _ in 0..input["count"].as_u64().unwrap() {
        let Some(next) = schedule.next(at) else { break };
        at = next;
        activations.push(Value::from(at.as_second()));
    }
    Ok(Value::from(activations))
}
