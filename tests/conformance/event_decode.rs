//! The body of a bus message: the event that a sensor sees.

use super::{equal, text_of};
use jiff::Timestamp;
use serde_json::{Value, json};

pub(super) fn run(case: &Value) -> Result<(), String> {
    let decoded = model::envelope::read(text_of(&case["spec"]["body"]).as_bytes());
    if case["expect"]["result"] != "ok" {
        // Where the reference crashes, the message cannot be decoded here.
        return decoded.map_or(Ok(()), |event| Err(format!("expected an error, found {event:?}")));
    }
    let event = decoded.map_err(|error| error.to_string())?;
    let context = &event.context;
    // The reference shows the time in whole seconds.
    let time = context.instant().and_then(|time| Timestamp::from_second(time.as_second()).ok());
    let found = json!({
        "result": "ok",
        "context": {
            "id": context.id,
            "source": context.source,
            "specversion": context.specversion,
            "type": context.kind,
            "datacontenttype": context.datacontenttype,
            "subject": context.subject,
            "time": time.map(|time| time.to_string()),
        },
        "data": event.text(),
    });
    equal(&found, &case["expect"])
}
