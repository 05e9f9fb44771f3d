//! The program under test as a process of its own, a sink that remembers, and a client that signs.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// A port that is free now. It lies below those that the system gives to outgoing connections, of which one could take it
/// before it is used, and no other call of this process gets it.
pub(crate) fn free_port() -> u16 {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let (first, span) = (10_240, 9_760);
    loop {
        let n = u64::from(std::process::id()) * 131 + NEXT.fetch_add(1, Ordering::Relaxed);
        let port = first + (n % span) as u16;
        if TcpListener::bind(("0.0.0.0", port)).is_ok() {
            return port;
        }
    }
}

/// A folder with manifests and data, and the process that runs on it.
pub(crate) struct Tidegate {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) admin: u16,
    child: Option<Child>,
    told: Arc<Mutex<Vec<String>>>,
}

impl Tidegate {
    /// A stand with these manifests; nothing runs yet.
    pub(crate) fn new(manifests: &str) -> Self {
        let stand =
            Self { folder: tempfile::tempdir().unwrap(), admin: free_port(), child: None, told: Arc::default() };
        stand.write(manifests);
        stand
    }

    /// Replaces the manifests.
    pub(crate) fn write(&self, manifests: &str) {
        std::fs::write(self.folder.path().join("manifests.yaml"), manifests).unwrap();
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tidegate"));
        command.arg("run").arg(self.folder.path().join("manifests.yaml")).arg("--data-dir").arg(self.data());
        command.args(["--listen", &format!("127.0.0.1:{}", self.admin)]).args(arguments);
        command.stdin(Stdio::null()).env("RUST_LOG", "warn");
        command
    }

    /// Starts the process and waits for its ready line.
    pub(crate) fn start(&mut self, arguments: &[&str]) {
        let out = std::fs::File::options().create(true).append(true).open(self.folder.path().join("out")).unwrap();
        let mut child = self.command(arguments).stdout(out).stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut told = Vec::new();
        loop {
            match lines.next() {
                Some(Ok(line)) if line.starts_with("ready") => break,
                Some(Ok(line)) => told.push(line),
                _ => panic!("it ended before it was ready:\n{}", told.join("\n")),
            }
        }
        let told = self.told.clone();
        std::thread::spawn(move || lines.map_while(Result::ok).for_each(|line| told.lock().unwrap().push(line)));
        self.child = Some(child);
    }

    /// Runs it to its end: exit code and what it said on stderr.
    pub(crate) fn fails(&self, arguments: &[&str]) -> (i32, String) {
        let mut child = self.command(arguments).stderr(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
        let begun = Instant::now();
        while child.try_wait().unwrap().is_none() {
            if begun.elapsed() > Duration::from_secs(120) {
                child.kill().unwrap();
                panic!("it ought to have failed and runs");
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        let output = child.wait_with_output().unwrap();
        (output.status.code().unwrap_or(-1), String::from_utf8_lossy(&output.stderr).into_owned())
    }

    /// Runs another verb on the data folder: exit code and standard output.
    pub(crate) fn verb(&self, arguments: &[&str]) -> (i32, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tidegate"));
        let output = command.args(arguments).arg("--data-dir").arg(self.data()).output().unwrap();
        (output.status.code().unwrap_or(-1), String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// kill -9.
    pub(crate) fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    /// Sends a signal by its name.
    pub(crate) fn signal(&self, name: &str) {
        let pid = self.child.as_ref().unwrap().id().to_string();
        assert!(Command::new("kill").args(["-s", name, &pid]).status().unwrap().success());
    }

    /// SIGTERM, and waits for a clean end.
    pub(crate) fn stop(&mut self) {
        self.signal("TERM");
        let status = self.child.take().unwrap().wait().unwrap();
        assert!(status.success(), "{status}");
    }

    /// The most memory that it has had at once, in KiB.
    pub(crate) fn peak(&self) -> u64 {
        let pid = self.child.as_ref().unwrap().id();
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    }

    /// What it printed on stdout so far.
    pub(crate) fn out(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("out")).unwrap_or_default()
    }

    /// The lines that it wrote on stderr after its ready line.
    pub(crate) fn told(&self) -> Vec<String> {
        self.told.lock().unwrap().clone()
    }

    pub(crate) fn metrics(&self) -> String {
        Client::new(self.admin).get("/metrics").1
    }

    /// The sum of all samples of a metric whose labels contain `labels`.
    pub(crate) fn metric(&self, name: &str, labels: &str) -> f64 {
        let page = self.metrics();
        let samples = page.lines().filter(|line| line.starts_with(&format!("{name}{{")) && line.contains(labels));
        samples.filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok()).sum()
    }

    /// The answer of the API.
    pub(crate) fn api(&self, path: &str) -> serde_json::Value {
        serde_json::from_str(&Client::new(self.admin).get(path).1).unwrap()
    }

    /// Waits until every accepted event has been committed and every firing is done.
    pub(crate) fn settle(&self) {
        until("everything is done", || {
            let status = self.api("/api/v1/status");
            let buses = status["buses"].as_array().unwrap();
            let read = buses.iter().all(|bus| bus["behind"] == false);
            read && self.metric("tidegate_firings_open", "") == 0.0
        });
    }
}

impl Drop for Tidegate {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Waits for something that must become true; a machine under load gets its time.
pub(crate) fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < Duration::from_secs(120), "waited two minutes: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// A client of one connection.
pub(crate) struct Client {
    port: u16,
    stream: Option<BufReader<TcpStream>>,
}

impl Client {
    pub(crate) fn new(port: u16) -> Self {
        Self { port, stream: None }
    }

    pub(crate) fn get(&mut self, path: &str) -> (u16, String) {
        self.send("GET", path, &[], b"").unwrap()
    }

    pub(crate) fn post(&mut self, path: &str, headers: &[(&str, &str)], body: &[u8]) -> (u16, String) {
        self.send("POST", path, headers, body).unwrap()
    }

    /// A request on the connection, which is opened where there is none; status and body.
    pub(crate) fn send(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> std::io::Result<(u16, String)> {
        let answer = self.exchange(method, path, headers, body);
        if answer.is_err() {
            self.stream = None;
        }
        answer
    }

    fn exchange(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> std::io::Result<(u16, String)> {
        let stream = match &mut self.stream {
            Some(stream) => stream,
            none => {
                let stream = TcpStream::connect(("127.0.0.1", self.port))?;
                stream.set_read_timeout(Some(Duration::from_secs(60)))?;
                stream.set_nodelay(true)?;
                none.insert(BufReader::new(stream))
            }
        };
        let mut request = format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\n", body.len());
        headers.iter().for_each(|(name, value)| request.push_str(&format!("{name}: {value}\r\n")));
        let mut bytes = (request + "\r\n").into_bytes();
        bytes.extend_from_slice(body);
        stream.get_mut().write_all(&bytes)?;
        let (status, length, close) = read_head(stream)?;
        let mut body = vec![0; length];
        stream.read_exact(&mut body)?;
        if close {
            self.stream = None;
        }
        Ok((status, String::from_utf8_lossy(&body).into_owned()))
    }
}

/// Status, content length, and whether the connection is to be closed.
fn read_head(stream: &mut impl BufRead) -> std::io::Result<(u16, usize, bool)> {
    let (mut status, mut length, mut close) = (0, 0, false);
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line)? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        let line = line.trim_end().to_ascii_lowercase();
        if line.is_empty() {
            return Ok((status, length, close));
        }
        if line.starts_with("http/1.1 ") {
            status = line.get(9..12).and_then(|code| code.parse().ok()).unwrap_or(0);
        } else if let Some(text) = line.strip_prefix("content-length:") {
            length = text.trim().parse().unwrap_or(0);
        } else if line == "connection: close" {
            close = true;
        }
    }
}

/// A sink that remembers what it got under each firing id. It answers with a body, as sinks do.
pub(crate) struct Sink {
    pub(crate) port: u16,
    pub(crate) seen: Arc<Mutex<BTreeMap<String, Vec<String>>>>,
    pub(crate) requests: Arc<AtomicUsize>,
    stop: Arc<AtomicBool>,
}

impl Sink {
    /// A sink that answers with this status after this time.
    pub(crate) fn answering(status: u16, after: Duration) -> Self {
        Self::at(0, status, after)
    }

    /// The same on this port.
    pub(crate) fn at(port: u16, status: u16, after: Duration) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
        let sink = Self {
            port: listener.local_addr().unwrap().port(),
            seen: Arc::default(),
            requests: Arc::default(),
            stop: Arc::default(),
        };
        let (seen, requests, stop) = (sink.seen.clone(), sink.requests.clone(), sink.stop.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if stop.load(Ordering::Relaxed) {
                    return;
                }
                let (seen, requests) = (seen.clone(), requests.clone());
                std::thread::spawn(move || serve(stream, status, after, &seen, &requests));
            }
        });
        sink
    }

    /// How many different firings it got.
    pub(crate) fn firings(&self) -> usize {
        self.seen.lock().unwrap().len()
    }

    /// The bodies, once for each firing.
    pub(crate) fn bodies(&self) -> Vec<String> {
        self.seen.lock().unwrap().values().map(|bodies| bodies[0].clone()).collect()
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }
}

fn serve(
    stream: TcpStream,
    status: u16,
    after: Duration,
    seen: &Mutex<BTreeMap<String, Vec<String>>>,
    requests: &AtomicUsize,
) {
    let _ = stream.set_nodelay(true);
    let mut stream = BufReader::new(stream);
    loop {
        let (mut length, mut id, mut lines) = (0, String::new(), 0);
        loop {
            let mut line = String::new();
            if !stream.read_line(&mut line).is_ok_and(|read| read > 0) {
                return;
            }
            let line = line.trim_end();
            if line.is_empty() {
                break;
            }
            lines += 1;
            let (name, value) = line.split_once(':').unwrap_or((line, ""));
            match name.to_ascii_lowercase().as_str() {
                "content-length" => length = value.trim().parse().unwrap_or(0),
                "idempotency-key" => id = value.trim().to_owned(),
                _ => {}
            }
        }
        let mut body = vec![0; length];
        if lines == 0 || stream.read_exact(&mut body).is_err() {
            return;
        }
        requests.fetch_add(1, Ordering::Relaxed);
        seen.lock().unwrap().entry(id).or_default().push(String::from_utf8_lossy(&body).into_owned());
        std::thread::sleep(after);
        if stream.get_mut().write_all(format!("HTTP/1.1 {status} X\r\nContent-Length: 2\r\n\r\nok").as_bytes()).is_err()
        {
            return;
        }
    }
}

/// Posts `{"number": N}` for ever growing N from several connections; remembers which were accepted.
pub(crate) struct Load {
    pub(crate) accepted: Arc<Mutex<Vec<u64>>>,
    stop: Arc<AtomicBool>,
    threads: Vec<std::thread::JoinHandle<()>>,
}

impl Load {
    pub(crate) fn start(port: u16, path: &'static str, connections: usize, next: &Arc<AtomicU64>) -> Self {
        let (accepted, stop): (Arc<Mutex<Vec<u64>>>, Arc<AtomicBool>) = Default::default();
        let work = |_| {
            let (accepted, stop, next) = (accepted.clone(), stop.clone(), next.clone());
            std::thread::spawn(move || {
                let mut client = Client::new(port);
                while !stop.load(Ordering::Relaxed) {
                    let n = next.fetch_add(1, Ordering::Relaxed);
                    match client.send(
                        "POST",
                        path,
                        &[("Content-Type", "application/json")],
                        format!("{{\"number\":{n}}}").as_bytes(),
                    ) {
                        Ok((200, _)) => accepted.lock().unwrap().push(n),
                        _ => std::thread::sleep(Duration::from_millis(2)),
                    }
                }
            })
        };
        Self { threads: (0..connections).map(work).collect(), accepted: accepted.clone(), stop }
    }

    /// Stops posting and gives what was accepted.
    pub(crate) fn stop(self) -> Vec<u64> {
        self.stop.store(true, Ordering::Relaxed);
        self.threads.into_iter().for_each(|thread| thread.join().unwrap());
        std::mem::take(&mut *self.accepted.lock().unwrap())
    }
}

/// `sha256=` and the signature in hex.
pub(crate) fn sign(secret: &str, body: &[u8]) -> String {
    use hmac::{KeyInit as _, Mac as _};
    let mut mac = hmac::Hmac::<sha2::Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(body);
    let hex: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256={hex}")
}

/// Whether a path is there, said where it is not.
pub(crate) fn given(variable: &str) -> Option<PathBuf> {
    let path = std::env::var_os(variable).map(PathBuf::from).filter(|path| Path::exists(path));
    if path.is_none() {
        println!("{variable} names no folder: this test has nothing to read; tests/run sets it");
    }
    path
}
