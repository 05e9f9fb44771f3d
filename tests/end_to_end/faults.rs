//! Sinks that refuse, hang, reset, answer half or lie, each a trigger beside a healthy one in the same process.

use super::stand::{Client, Sink, Tidegate, free_port, until};
use super::{one_trigger, post};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

/// Where a broken sink is, and what the user is told of it.
struct Fault {
    name: &'static str,
    url: String,
    more: &'static str,
    told: &'static str,
}

/// A server that does the same to every connection, for as long as the test runs.
fn server(each: fn(TcpStream, u16)) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        listener.incoming().flatten().for_each(|stream| {
            std::thread::spawn(move || each(stream, port));
        });
    });
    port
}

fn request(stream: &mut TcpStream) {
    let mut bytes = [0; 4096];
    let _ = stream.read(&mut bytes);
}

fn faults(refusing: u16) -> Vec<Fault> {
    let local = |port: u16| format!("http://127.0.0.1:{port}/");
    let hanging = server(|mut stream, _| {
        request(&mut stream);
        std::thread::sleep(Duration::from_secs(3600));
    });
    let resetting = server(|mut stream, _| {
        // What is not read when a socket is closed makes the system reset the connection.
        let _ = stream.read(&mut [0; 1]);
    });
    let half = server(|mut stream, _| {
        request(&mut stream);
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Le");
    });
    let garbage = server(|mut stream, _| {
        request(&mut stream);
        let _ = stream.write_all(b"no HTTP at all\r\n\r\n");
    });
    let circle = server(|mut stream, port| {
        request(&mut stream);
        let answer = format!(
            "HTTP/1.1 307 Temporary Redirect\r\nLocation: http://127.0.0.1:{port}/\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        );
        let _ = stream.write_all(answer.as_bytes());
    });
    let failing = server(|mut stream, _| {
        request(&mut stream);
        let _ = stream.write_all(b"HTTP/1.1 500 X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    });
    let fault = |name, url, more, told| Fault { name, url, more, told };
    vec![
        fault("refuses", local(refusing), "", "Connection refused"),
        fault("hangs", local(hanging), "timeout: 1", "within 1 s"),
        fault("resets", local(resetting), "", "reset"),
        fault("half", local(half), "", "before message completed"),
        fault("garbage", local(garbage), "", "HTTP"),
        fault("circle", local(circle), "", "redirects"),
        fault("fails", local(failing), "", "status 500"),
        fault("certificate", format!("https://127.0.0.1:{garbage}/"), "tls: {enabled: true}", "corrupt message"),
        fault("nowhere", "http://nowhere.invalid/".to_owned(), "", "lookup"),
    ]
}

fn sensor(fault: &Fault) -> String {
    let Fault { name, url, more, .. } = fault;
    format!(
        r#"
---
apiVersion: argoproj.io/v1alpha1
kind: Sensor
metadata: {{name: {name}}}
spec:
  dependencies: [{{name: hit, eventSourceName: hooks, eventName: posted}}]
  triggers:
    - template:
        name: post
        http:
          url: {url}
          {more}
          payload: [{{src: {{dependencyName: hit, dataKey: body.number}}, dest: number}}]
"#
    )
}

#[test]
fn a_broken_sink_costs_its_own_trigger_and_nobody_else() {
    const EVENTS: usize = 4;
    let (healthy, port, refusing) = (Sink::answering(200, Duration::ZERO), free_port(), free_port());
    let faults = faults(refusing);
    let sensors: String = faults.iter().map(sensor).collect();
    let mut tidegate = Tidegate::new(&(one_trigger(port, healthy.port, "") + &sensors));
    tidegate.start(&[]);
    for number in 0..EVENTS {
        assert_eq!(post(port, "/in", &format!("{{\"number\":{number}}}")), 200);
    }
    until("the healthy sink got everything", || healthy.firings() == EVENTS);
    until("the others are dead", || tidegate.metric("tidegate_dead_letters", "") as usize == EVENTS * faults.len());
    let (_, rows) = tidegate.verb(&["dlq", "list", "-o", "jsonl"]);
    for Fault { name, told, .. } in &faults {
        let reasons: Vec<_> = rows.lines().filter(|row| row.contains(&format!("\"sensor\":\"{name}\""))).collect();
        assert_eq!(reasons.len(), EVENTS, "{name}");
        assert!(reasons.iter().all(|row| row.to_lowercase().contains(&told.to_lowercase())), "{name}: {}", reasons[0]);
        let log = tidegate.told();
        assert!(log.iter().any(|line| line.contains("dead letter") && line.contains(&format!("default/{name}/post"))));
        assert_eq!(tidegate.metric("tidegate_firings_total", &format!("sensor_name=\"{name}\"")), EVENTS as f64);
    }
    // When the cause is gone, what died of it is sent again.
    let recovered = Sink::at(refusing, 200, Duration::ZERO);
    assert_eq!(tidegate.verb(&["dlq", "redrive", "--trigger", "refuses/post"]), (0, format!("{EVENTS}\n")));
    until("it was sent again", || recovered.firings() == EVENTS);
    tidegate.settle();
    assert_eq!(tidegate.verb(&["dlq", "drop", "--all"]).0, 0);
    assert_eq!(tidegate.metric("tidegate_dead_letters", ""), 0.0);
    assert_eq!(tidegate.metric("tidegate_ledger_unaccounted", ""), 0.0);
    assert_eq!(Client::new(tidegate.admin).get("/readyz").0, 200);
    tidegate.stop();
}
