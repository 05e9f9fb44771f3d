//! What scripts do, as a manifest's author sees it.

use super::*;

fn transform(script: &str, event: &str) -> Result<String, String> {
    let script = Script::compile(script).map_err(|error| format!("{}: {}", error.at, error.message))?;
    script.transform(event, &Moment::EPOCH).map_err(|error| error.0)
}

#[test]
fn conformance_scratch() {
    let dir = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/conformance");
    let dir = if dir.exists() { dir } else { "/work/shared/conformance".into() };
    for file in ["filter_script", "transforms"] {
        let text = std::fs::read_to_string(dir.join(format!("{file}.json"))).unwrap();
        let cases: Vec<serde_json::Value> = serde_json::from_str(&text).unwrap();
        for case in cases {
            let Some(script) = case["spec"]["script"].as_str() else { continue };
            if case["spec"]["jq"].is_string() { continue }
            let Some(data) = case["event"]["data"].as_str() else { continue };
            let want = case["expect"]["result"].as_str().unwrap();
            let got = match Script::compile(script) {
                Err(error) => format!("error {error}"),
                Ok(script) if file == "filter_script" => match script.filter(data, &Moment::EPOCH) {
                    Ok(true) => "pass".to_owned(), Ok(false) => "fail".to_owned(), Err(e) => format!("error {e}"),
                },
                Ok(script) => match script.transform(data, &Moment::EPOCH) { Ok(t) => format!("ok {t}"), Err(e) => format!("error {e}") },
            };
            let good = if want == "ok" {
                let got = got.strip_prefix("ok ").unwrap_or("null");
                match case["expect"]["dataText"].as_str() { Some(t) => t == got, None => serde_json::from_str::<serde_json::Value>(got).unwrap() == case["expect"]["data"] }
            } else { got.starts_with(want) };
            println!("{} {}: {}", if good { "ok  " } else { "BAD " }, case["name"], got);
        }
    }
}
