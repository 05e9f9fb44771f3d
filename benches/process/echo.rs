//! The limits, as processes of their own: a bare hyper server with two workers that reads a body and answers 200, and a relay
//! that sends the body on to the sink before it answers. Neither keeps anything.

use super::proc::Usage;
use http_body_util::{BodyExt as _, Empty, Full};
use hyper::body::{Bytes, Incoming};
use hyper::{Request, Response};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioIo};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command};
use std::time::Duration;

/// Names the port to a process that is to be the server, and after a colon that of the sink.
pub(crate) const PORT: &str = "TIDEGATE_BENCH_ECHO";

/// A running server.
pub(crate) struct Echo {
    pub(crate) port: u16,
    child: Child,
}

impl Echo {
    /// One that answers, or relays where there is a sink.
    pub(crate) fn start(sink: Option<u16>) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let role = sink.map_or_else(|| port.to_string(), |sink| format!("{port}:{sink}"));
        let child = Command::new(std::env::current_exe().unwrap()).env(PORT, role).spawn().unwrap();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            std::thread::sleep(Duration::from_millis(5));
        }
        Self { port, child }
    }

    /// What it has used.
    pub(crate) fn usage(&self) -> Usage {
        Usage(self.child.id())
    }
}

impl Drop for Echo {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

type Sender = Client<HttpConnector, Full<Bytes>>;

/// Serves until the process is killed.
pub(crate) fn serve(role: &str) {
    let (port, sink) = role.split_once(':').map_or((role, None), |(port, sink)| (port, Some(sink.to_owned())));
    let port: u16 = port.parse().unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let client: Sender = Client::builder(TokioExecutor::new()).build_http();
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await.unwrap();
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            stream.set_nodelay(true).unwrap();
            let (client, sink) = (client.clone(), sink.clone());
            let service = hyper::service::service_fn(move |request| answer(request, client.clone(), sink.clone()));
            tokio::spawn(hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service));
        }
    });
}

async fn answer(
    request: Request<Incoming>,
    client: Sender,
    sink: Option<String>,
) -> Result<Response<Empty<Bytes>>, hyper::Error> {
    let (parts, body) = request.into_parts();
    let body = body.collect().await?.to_bytes();
    if let Some(sink) = sink {
        let number = parts.headers.get("x-number").cloned().unwrap();
        let request = Request::post(format!("http://127.0.0.1:{sink}/")).header("X-Number", number);
        let answer = client.request(request.body(Full::new(body)).unwrap()).await.unwrap();
        answer.into_body().collect().await?;
    }
    Ok(Response::new(Empty::new()))
}
