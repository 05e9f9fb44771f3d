//! The program under test on a folder of its own.

use super::proc::Usage;
use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

/// A running process.
pub(crate) struct Subject {
    pub(crate) port: u16,
    admin: u16,
    child: Child,
    _folder: tempfile::TempDir,
}

impl Subject {
    /// A webhook at `/in`, and a Sensor with so many triggers that each post every event to the sink.
    pub(crate) fn start(triggers: usize, sink: Option<u16>) -> Self {
        Self::of(|port| posting(port, triggers, sink))
    }

    /// A webhook at `/in`, and so many Sensors that each wait for two events that never come.
    pub(crate) fn with_sensors(sensors: usize) -> Self {
        Self::of(|port| (0..sensors).fold(source(port), |text, n| text + &waiting(n)))
    }

    fn of(manifests_for: impl FnOnce(u16) -> String) -> Self {
        let target = std::env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into());
        std::fs::create_dir_all(&target).unwrap();
        let folder = tempfile::tempdir_in(target).unwrap();
        let (port, admin) = (free_port(), free_port());
        let manifests = folder.path().join("manifests.yaml");
        std::fs::write(&manifests, manifests_for(port)).unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_tidegate"))
            .arg("run")
            .arg(manifests)
            .arg("--data-dir")
            .arg(folder.path().join("data"))
            .args(["--listen", &format!("127.0.0.1:{admin}")])
            .env("RUST_LOG", "warn")
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        while !lines.next().unwrap().unwrap().starts_with("ready") {}
        std::thread::spawn(move || lines.map_while(Result::ok).for_each(|line| eprintln!("{line}")));
        Self { port, admin, child, _folder: folder }
    }

    /// What it has used.
    pub(crate) fn usage(&self) -> Usage {
        Usage(self.child.id())
    }

    /// Waits until no firing is open at a commit.
    pub(crate) async fn settled(&self) {
        let begun = Instant::now();
        loop {
            let page = self.get("/metrics").await;
            let mut open = page.lines().filter(|line| line.starts_with("tidegate_firings_open{"));
            let unaccounted = page.lines().filter(|line| line.starts_with("tidegate_ledger_unaccounted"));
            if open.all(|line| line.ends_with(" 0")) {
                assert!(unaccounted.count() > 0, "no ledger on the page of metrics");
                return;
            }
            assert!(begun.elapsed() < Duration::from_secs(30), "firings stay open");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    async fn get(&self, path: &str) -> String {
        let mut stream = tokio::net::TcpStream::connect(("127.0.0.1", self.admin)).await.unwrap();
        let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    }
}

impl Drop for Subject {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn source(port: u16) -> String {
    format!(
        r#"apiVersion: argoproj.io/v1alpha1
kind: EventSource
metadata: {{name: hooks}}
spec:
  webhook:
    posted: {{endpoint: /in, port: "{port}", method: POST}}
"#
    )
}

fn posting(port: u16, triggers: usize, sink: Option<u16>) -> String {
    let Some(sink) = sink else { return source(port) };
    let mut text = source(port)
        + r#"---
apiVersion: argoproj.io/v1alpha1
kind: Sensor
metadata: {name: sensor}
spec:
  dependencies: [{name: hit, eventSourceName: hooks, eventName: posted}]
  triggers:
"#;
    for n in 0..triggers {
        write!(
            text,
            r#"    - template:
        name: post-{n}
        http:
          url: http://127.0.0.1:{sink}/
          method: POST
          dynamicHeaders: [{{src: {{dependencyName: hit, dataKey: header.X-Number.0}}, dest: X-Number}}]
          payload: [{{src: {{dependencyName: hit, dataKey: body}}, dest: body}}]
"#
        )
        .unwrap();
    }
    text
}

fn waiting(n: usize) -> String {
    format!(
        r#"---
apiVersion: argoproj.io/v1alpha1
kind: Sensor
metadata: {{name: sensor-{n}}}
spec:
  dependencies:
    - name: a
      eventSourceName: hooks
      eventName: posted
      filters: {{data: [{{path: body.kind, type: string, value: ["^order-{n}$"]}}]}}
    - {{name: b, eventSourceName: shop-{n}, eventName: paid}}
  triggers:
    - template: {{name: post, conditions: a && b, http: {{url: "http://127.0.0.1:9/", method: POST}}}}
"#
    )
}

/// What the disk alone takes at the paces of the measurement: p50/p99.
pub(crate) fn sync_times() -> String {
    let target = std::env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into());
    let mut file = tempfile::tempfile_in(target).unwrap();
    let mut told = Vec::new();
    for (rate, count) in [(50, 150), (1_000, 2_000)] {
        let start = Instant::now();
        let times: Vec<f64> = (0..count)
            .map(|n| {
                let due = start + Duration::from_secs(n) / rate;
                std::thread::sleep(due.saturating_duration_since(Instant::now()));
                let begun = Instant::now();
                file.write_all(&[7; 4096]).unwrap();
                file.sync_data().unwrap();
                begun.elapsed().as_secs_f64() * 1e3
            })
            .collect();
        let of = |part| super::load::quantile(times.iter().copied(), part);
        told.push(format!("{rate} a second {:.2}/{:.2} ms", of(0.5), of(0.99)));
    }
    told.join(", ")
}
